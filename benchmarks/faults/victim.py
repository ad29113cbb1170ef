"""A runner that publishes one report after another until it is stopped: `python -m benchmarks.faults.victim ROOT`.

Each line it says is the state of a finished batch; it ends with the batch's exit code when one does not succeed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from benchmarks.faults.house import WIRING, job
from evaluation.runs import warm
from evaluation.runs.batch import Settings, exit_code, run_batch
from evaluation.runs.crew import DETERMINISTIC
from evaluation.runs.interruption import interruptible
from evaluation.runs.project import Project
from evaluation.runs.warm_crew import WarmCrew

PRELOAD = ("papermill",)


def main(root: Path, crew: WarmCrew, say: Callable[[str], None], batches: int = sys.maxsize) -> int:
    """Publish until something ends it. Its limits are those of production: no deadline of a test can end it first."""
    project = Project(root)
    with interruptible() as stop, crew:
        for number in count(100):
            jobs = [job(project, parameters={"number": number})]
            results = run_batch(project, jobs, crew, Settings(wiring=WIRING), stop=stop)
            say(f"{results[0].state.value} {results[0].message}".strip())
            if exit_code(results) or number - 99 >= batches:
                return exit_code(results)
    return 0


def forked(root: Path, pipe: Connection, batches: int = sys.maxsize) -> None:
    """Do the same in a process forked from one that has the libraries imported; start when the pipe says so."""
    pipe.recv()
    sys.exit(main(root, ForkedCrew(PRELOAD), pipe.send, batches))


class ForkedCrew(WarmCrew):
    """The warm crew, except that its parent is forked from this process: the same code, without a second of imports."""

    def _start_parent(self) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                os.setsid()
                os.environ.update(DETERMINISTIC)
                warm.main([str(theirs.detach()), ",".join(PRELOAD)])
            finally:
                os._exit(0)
        theirs.close()
        self._parent: Any = _Child(pid)
        self._control, self._buffer = ours, b""


@dataclass(frozen=True)
class _Child:
    """What a crew asks of its parent process."""

    pid: int

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it is gone."""
        try:
            psutil.Process(self.pid).wait(timeout)
        except psutil.TimeoutExpired as error:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0) from error


def _print(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), WarmCrew(PRELOAD), _print))
