"""A crew performs tasks in processes of their own and watches them from outside.

Two crews have the same face: `ProcessCrew` starts a fresh interpreter per task and runs everywhere; `WarmCrew`
(warm_crew.py) forks from a process that has the libraries imported. Deadline of the run and limit of memory are kept
here, by SIGKILL of everything the task started, so no cell can escape them by catching an interrupt.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import psutil

from evaluation.runs.processes import end_all, end_tree, strays_of, uses_more_than
from evaluation.runs.states import State
from evaluation.runs.task import LOG_FILE, PROGRESS_FILE, TASK_FILE, Outcome, Task, read_outcome, write_task

DETERMINISTIC = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
_LOOK_AT_MEMORY_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Ended:
    """A task came to its end, by itself or not."""

    task: Task
    outcome: Outcome


class Crew(Protocol):
    """Whatever performs tasks: submit any number, wait for the next that end, kill what is left."""

    def submit(self, task: Task) -> None:
        """Start the task."""

    def wait(self, seconds: float) -> list[Ended]:
        """Tasks that ended; after `seconds` at the latest, possibly none."""

    def kill_all(self) -> None:
        """End every task at once; they count as interrupted."""

    def close(self) -> None:
        """Free what the crew holds."""


@dataclass
class Watched:
    """A task: its process (None before it has one), its start (monotonic seconds), why it was killed if it was."""

    task: Task
    pid: int | None
    started: float
    killed_for: State | None = None


class Watch:
    """Keeps run deadline and memory limit of running tasks, by their process ids."""

    def __init__(self) -> None:
        self.running: dict[str, Watched] = {}
        self._looked = 0.0

    def add(self, task: Task, pid: int | None) -> None:
        """Watch a started task."""
        self.running[task.job.key] = Watched(task, pid, time.monotonic())

    def past_limits(self) -> list[Watched]:
        """Tasks that have now passed a limit, each with the reason written in."""
        now = time.monotonic()
        look = now - self._looked >= _LOOK_AT_MEMORY_EVERY
        self._looked = now if look else self._looked
        over: list[Watched] = []
        for watched in self.running.values():
            if watched.killed_for is None:
                watched.killed_for = _limit_passed(watched, now, look_at_memory=look)
                over += [watched] if watched.killed_for else []
        return over

    def end(self, key: str, exit_code: int) -> Ended:
        """Stop watching a task whose process is gone and say how it ended."""
        watched = self.running.pop(key)
        return Ended(watched.task, outcome_of(watched, exit_code))


def outcome_of(watched: Watched, exit_code: int) -> Outcome:
    """How a task ended: why it was killed, else what it wrote itself, else what its exit says."""
    if watched.killed_for is not None:
        return Outcome(watched.killed_for, f"ended from outside: {watched.killed_for.value}")
    written = read_outcome(watched.task.folder)
    if written is not None and exit_code == 0:
        return written
    if exit_code < 0:
        return Outcome(State.KERNEL_DIED, f"the process that ran the job was ended by signal {-exit_code}")
    return Outcome(State.NOTEBOOK_ERROR, _last_words(watched.task.folder / LOG_FILE) or f"exit code {exit_code}")


class ProcessCrew:
    """A fresh interpreter per task: slower, and the same on every system."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._processes: dict[str, psutil.Popen] = {}

    def submit(self, task: Task) -> None:
        """Start an interpreter that performs the task."""
        write_task(task)
        command = [sys.executable, "-m", "evaluation.runs.perform", str(task.folder / TASK_FILE)]
        environment = {**os.environ, **DETERMINISTIC, "EVALUATION_RUN_DIR": str(task.run_dir)}
        with (task.folder / LOG_FILE).open("wb") as log:
            process = psutil.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        self._processes[task.job.key] = process
        self._watch.add(task, process.pid)

    def wait(self, seconds: float) -> list[Ended]:
        """Tasks that ended within `seconds`."""
        for watched in self._watch.past_limits():
            end_tree(self._processes[watched.task.job.key].pid)
        gone, _ = psutil.wait_procs(list(self._processes.values()), timeout=seconds, callback=None)
        return [self._ended(key) for key in _keys_of(gone, self._processes)]

    def kill_all(self) -> None:
        """End every task; they count as interrupted."""
        for watched in self._watch.running.values():
            watched.killed_for = watched.killed_for or State.INTERRUPTED
            end_tree(self._processes[watched.task.job.key].pid)

    def close(self) -> None:
        """End what still runs."""
        self.kill_all()
        psutil.wait_procs(list(self._processes.values()), timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ended(self, key: str) -> Ended:
        process = self._processes.pop(key)
        ended = self._watch.end(key, int(process.returncode))
        end_all(strays_of(ended.task.folder))
        return ended


def read_progress(task: Task) -> tuple[int, int]:
    """(cell being executed, number of cells), zeros before the first."""
    try:
        index, total = (task.folder / PROGRESS_FILE).read_text(encoding="ascii").split()
        return int(index), int(total)
    except (FileNotFoundError, ValueError):
        return 0, 0


def _limit_passed(watched: Watched, now: float, *, look_at_memory: bool) -> State | None:
    limits = watched.task.limits
    if now - watched.started > limits.run_deadline:
        return State.RUN_DEADLINE
    if look_at_memory and watched.pid is not None and uses_more_than(limits.memory, watched.pid):
        return State.MEMORY_LIMIT
    return None


def _keys_of(gone: Iterable[psutil.Process], processes: dict[str, psutil.Popen]) -> list[str]:
    ended = {process.pid for process in gone}
    return [key for key, process in processes.items() if process.pid in ended]


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except FileNotFoundError:
        return ""
    return lines[-1] if lines else ""
