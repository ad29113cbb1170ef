"""The runner's side of the warm parent: start it, hand it tasks, watch them, end them."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from evaluation.runs.crew import DETERMINISTIC, Crew, Ended, ProcessCrew, Watch, Watched
from evaluation.runs.processes import end_tree
from evaluation.runs.states import State
from evaluation.runs.task import Task, write_task
from evaluation.runs.warm import PRELOAD


class WarmCrew:
    """Performs tasks in processes forked from one warm parent (Linux). Starts the parent with the first task."""

    def __init__(self, preload: tuple[str, ...] = PRELOAD) -> None:
        self._preload = preload
        self._watch = Watch()
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._buffer = b""

    def submit(self, task: Task) -> None:
        """Have the warm parent fork a process for the task."""
        path = write_task(task)
        if self._parent is None:
            self._start_parent()
        self._watch.add(task, None)  # no process yet; the deadline also covers the start
        self._send({"start": str(path), "key": task.job.key})

    def wait(self, seconds: float) -> list[Ended]:
        """Tasks that ended within `seconds`; should the warm parent die, all of them, and the next gets a new one."""
        for watched in self._watch.past_limits():
            self._kill(watched)
        if self._control is None or not select.select([self._control], [], [], seconds)[0]:
            return []
        try:
            data = self._control.recv(65536)
        except ConnectionResetError:  # it died with our words unread
            data = b""
        if not data:
            return self._lost_parent()
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [ended for line in lines if (ended := self._heard(json.loads(line)))]

    def kill_all(self) -> None:
        """End every task; they count as interrupted."""
        for watched in self._watch.running.values():
            watched.killed_for = watched.killed_for or State.INTERRUPTED
            self._kill(watched)

    def close(self) -> None:
        """Let the warm parent end what still runs, and itself."""
        if self._control is not None:
            self._control.close()
        if self._parent is not None:
            try:
                self._parent.wait(10)
            except subprocess.TimeoutExpired:
                end_tree(self._parent.pid)
                self._parent.wait()
        self._parent = self._control = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def parent_pid(self) -> int | None:
        """Process id of the warm parent, None before the first task."""
        return self._parent.pid if self._parent else None

    def _kill(self, watched: Watched) -> None:
        if watched.pid is not None:
            self._send({"kill": watched.pid})
        elif self._parent is not None:
            end_tree(self._parent.pid)  # it does not even start jobs

    def _start_parent(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "evaluation.runs.warm", str(theirs.fileno()), ",".join(self._preload)]
        environment = {**os.environ, **DETERMINISTIC, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        self._parent = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._control, self._buffer = ours, b""

    def _send(self, message: dict[str, Any]) -> None:
        if self._control is not None:
            try:
                self._control.sendall((json.dumps(message) + "\n").encode("utf-8"))
            except BrokenPipeError:
                return  # the next wait() finds the socket closed and settles every task

    def _heard(self, message: dict[str, Any]) -> Ended | None:
        if "started" in message:
            self._watch.running[message["started"]].pid = message["pid"]
        elif "ended" in message:
            return self._watch.end(message["ended"], message["code"])
        return None

    def _lost_parent(self) -> list[Ended]:
        """Settle all tasks after the warm parent died: its jobs died with it."""
        for watched in self._watch.running.values():
            if watched.pid is not None:
                end_tree(watched.pid)
        self.close()
        return [self._watch.end(key, -9) for key in tuple(self._watch.running)]


def local_crew(engine: str) -> Crew:
    """Choose the crew: warm where processes can be forked safely, else a fresh interpreter per task."""
    return WarmCrew() if engine == "warm" and sys.platform == "linux" else ProcessCrew()
