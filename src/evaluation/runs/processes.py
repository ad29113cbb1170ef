"""End processes so that none survives: children, grandchildren, and those that hid in a session of their own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

from evaluation.runs.project import RUN_DIRECTORY_VARIABLE

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Ask Linux to kill this process when the one that made it dies; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Ask Linux to make this process the parent of its descendants' orphans; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """All living processes below `pid`, without itself."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end_tree(pid: int) -> None:
    """Kill a process with everything below it and its process group; returns when the signals are sent.

    Raises
    ------
    ValueError
        `pid` is none of a single process: the system takes 0 and negative numbers for many.
    """
    if pid <= 1:
        raise ValueError(f"no process of ours can have the id {pid}")
    below = descendants(pid)
    end(pid)
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for process in below:
        end(process.pid)


def end(pid: int) -> None:
    """Kill one process if it is there."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).kill()


def uses_more_than(limit: int, pid: int) -> bool:
    """Whether a process and all below it hold more than `limit` bytes of memory, pages they share counted once.

    Asking for shares is slow, so the sum that counts shared pages for each process is looked at first.
    """
    try:
        family = [psutil.Process(pid), *descendants(pid)]
    except psutil.NoSuchProcess:
        return False
    return sum(map(_resident, family)) > limit and sum(map(_share, family)) > limit


def strays_of(staging: Path) -> list[int]:
    """Find processes whose environment names a run folder below `staging`: what a killed run left behind."""
    return [process.pid for process in psutil.process_iter() if _run_dir(process).startswith(f"{staging}{os.sep}")]


def end_all(pids: Iterable[int]) -> None:
    """Kill each with everything below it."""
    for pid in pids:
        if pid != os.getpid():
            end_tree(pid)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _share(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", process.memory_info().rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def _run_dir(process: psutil.Process) -> str:
    try:
        return process.environ().get(RUN_DIRECTORY_VARIABLE, "")
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return ""
