"""One lock per study, so that two runs never write the same reports; a dead holder's lock is taken over.

The lock file names its holder: PID, birth of that process (a PID can be used again) and machine. Looking and
taking happen under a guard that the operating system itself releases when its holder dies, so two processes cannot
both take over the same dead lock. On a shared drive the holder may be another machine, whose processes cannot be
asked; such a lock ends with its stated deadline.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from evaluation.errors import EvaluationError

_START = 19  # starttime, field 22 of proc_pid_stat(5), counted from the field after the name in parentheses


class LockedError(EvaluationError):
    """Another run of the same study is under way."""

    kind = "locked"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: process, its birth, machine, and when it must be done (seconds since 1970)."""

    pid: int
    born: str
    host: str
    until: float


def birth_of(pid: int) -> str | None:
    """Tell a living process from every other of its number; None when there is none or only its remains.

    Linux: which start of the machine, and the clock ticks from there to the start of the process. Its start in
    seconds since 1970 would move when the clock is set, and a living holder would look dead. Elsewhere the system
    writes those seconds down once.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return _ticks(pid) if sys.platform == "linux" else f"{process.create_time():.2f}"
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


def _ticks(pid: int) -> str:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {fields[_START]}"


def is_alive(holder: Holder, now: float) -> bool:
    """Whether the holder may still be working."""
    if holder.host != platform.node():
        return now < holder.until
    return birth_of(holder.pid) == holder.born


def read_holder(path: Path) -> Holder | None:
    """Read a lock file; None when there is none or it is no lock (a crash while it was written)."""
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


@contextlib.contextmanager
def lock(path: Path, seconds: float) -> Iterator[Holder]:
    """Hold the lock at `path` for the length of a with-block.

    Raises
    ------
    LockedError
        A living process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = Holder(os.getpid(), birth_of(os.getpid()) or "", platform.node(), time.time() + seconds)
    with guard(path):
        other = read_holder(path)
        if other is not None and is_alive(other, time.time()):
            raise _locked(path, other)
        path.write_text(json.dumps(asdict(mine)), encoding="utf-8")
    try:
        yield mine
    finally:
        with guard(path):
            if read_holder(path) == mine:
                path.unlink()


def _locked(path: Path, holder: Holder) -> LockedError:
    return LockedError(
        f"lock {path.name}",
        found=f"held by process {holder.pid} on {holder.host}",
        expected="no other run of this study",
        todo="wait until it is done; a lock whose process is gone is taken over by itself",
    )


@contextlib.contextmanager
def guard(path: Path) -> Iterator[None]:
    """Let one process at a time look and write: the others wait at the file beside `path` until the block ends."""
    descriptor = os.open(path.with_suffix(".guard"), os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)  # closing releases it, and so does dying


if sys.platform == "win32":
    import msvcrt

    def _wait_for(descriptor: int) -> None:
        while True:
            try:
                return msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError as error:  # it gives up after ten seconds; the holder may have to wait longer than that
                if error.errno != errno.EDEADLK:
                    raise
else:
    import fcntl

    def _wait_for(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
