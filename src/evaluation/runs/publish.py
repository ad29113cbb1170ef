"""Publish a finished run: everything is on disk before its folder takes the old one's place in one step.

A reader sees the whole old report or the whole new one. Linux swaps two folders in one system call (`renameat2` with
RENAME_EXCHANGE), macOS likewise (`renamex_np` with RENAME_SWAP). Elsewhere the old folder is first renamed aside; a
crash between the two renames is mended by the next run (`recovery.py`), which renames it back.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}
ASIDE = ".replaced-by-"


def write_file(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes) -> None:
    """Write beside the file, wait for the disk, rename over it: readers see the old bytes or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write_file(beside, data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_tree(folder: Path) -> None:
    """Wait until every file and folder below `folder` is on disk."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's list of names is on disk (Windows has no such thing and does not need it)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(finished: Path, published: Path) -> None:
    """Put the folder `finished` in the place of `published` (same disk); what stood there before is removed after."""
    published.parent.mkdir(parents=True, exist_ok=True)
    sync_tree(finished)
    if not published.exists():
        finished.rename(published)
    elif not exchange(finished, published):
        _rename_twice(finished, published)
    sync_folder(published.parent)
    if finished.exists():
        shutil.rmtree(finished)


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step; False where the system or its file system cannot."""
    if sys.platform == "linux":
        done = _call("renameat2", _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    elif sys.platform == "darwin":
        done = _call("renamex_np", os.fsencode(one), os.fsencode(other), _RENAME_EXCHANGE)
    else:
        return False
    return done


def _call(name: str, *arguments: int | bytes) -> bool:
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is None:
        return False
    if function(*arguments) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code))


def _rename_twice(finished: Path, published: Path) -> None:
    aside = finished.with_name(f"{finished.name}{ASIDE}{published.name}")
    published.rename(aside)
    try:
        finished.rename(published)
    except OSError:
        aside.rename(published)
        raise
    shutil.rmtree(aside)
