"""A crew of other machines: the same tasks over dask.distributed (extra `cluster`).

A worker performs a task in a scratch folder of its own, with its own warm parent, and returns the files; only this
side publishes, so a task that dask runs again after losing a worker is still published once. Workers see the project
folder at the same path (a network drive), or name their own copy in EVALUATION_ROOT; give each one thread.
"""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evaluation.runs.crew import Crew, Ended
from evaluation.runs.project import ROOT_VARIABLE
from evaluation.runs.states import State
from evaluation.runs.task import Outcome, Task, write_task
from evaluation.runs.warm_crew import local_crew

_RETRIES = 2
_ASK_FOR_STOP_EVERY = 1.0
_KEPT_BESIDE = ("executed.ipynb", "process.log")
_here = threading.local()


@dataclass(frozen=True, slots=True)
class Returned:
    """What comes back from a worker: the outcome and the bytes of the files, by path below the task's folder."""

    outcome: Outcome
    files: dict[str, bytes]


def perform_remotely(task: Task, stop: str) -> Returned:
    """Perform a task on the machine this runs on; `stop` names the event that ends it."""
    root = Path(os.environ.get(ROOT_VARIABLE) or task.root)
    with tempfile.TemporaryDirectory(prefix="evaluation-") as scratch:
        local = replace(task, root=root, folder=Path(scratch))
        crew = _crew_of_this_thread(task.engine)
        crew.submit(local)
        outcome = _await(crew, stop)
        return Returned(outcome, _files(local))


class ClusterCrew:
    """Performs tasks on the workers of a dask scheduler."""

    def __init__(self, address: str) -> None:
        import distributed

        library: Any = distributed  # carries no types
        self._client = library.Client(address, set_as_default=False)
        self._stop = library.Event(f"evaluation-stop-{os.urandom(8).hex()}", client=self._client)
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._futures: dict[str, tuple[Task, Any]] = {}

    def submit(self, task: Task) -> None:
        """Hand the task to the scheduler; after a lost worker it goes to another."""
        write_task(task)
        key = task.job.key
        future = self._client.submit(
            perform_remotely, task, self._stop.name, pure=False, retries=_RETRIES, key=f"evaluation-{task.folder.name}"
        )
        self._futures[key] = (task, future)
        future.add_done_callback(lambda _: self._done.put(key))

    def wait(self, seconds: float) -> list[Ended]:
        """Tasks that ended within `seconds`, their files written into their folders here."""
        try:
            keys = [self._done.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._done.empty():
            keys.append(self._done.get())
        return [self._ended(key) for key in keys]

    def kill_all(self) -> None:
        """End every task; they count as interrupted. Without a worker nobody hears of the stop: they are taken back."""
        self._stop.set()
        if not self._client.nthreads():
            self._client.cancel([future for _, future in self._futures.values()])

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ended(self, key: str) -> Ended:
        task, future = self._futures.pop(key)
        if future.cancelled() and self._stop.is_set():
            return Ended(task, Outcome(State.INTERRUPTED, "interrupted before a worker took the job"))
        if future.status != "finished":
            return Ended(task, Outcome(State.KERNEL_DIED, f"the cluster lost the job: {future.exception()!r}"))
        returned: Returned = future.result()
        for name, data in returned.files.items():
            path = task.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return Ended(task, returned.outcome)


def _crew_of_this_thread(engine: str) -> Crew:
    crews: dict[str, Crew] = _here.__dict__.setdefault("crews", {})
    if engine not in crews:
        crews[engine] = local_crew(engine)
    return crews[engine]


def _await(crew: Crew, stop: str) -> Outcome:
    event = _stop_event(stop)
    while True:
        ended = crew.wait(_ASK_FOR_STOP_EVERY)
        if ended:
            return ended[0].outcome
        if event.is_set():
            crew.kill_all()


def _stop_event(name: str) -> Any:  # noqa: ANN401  distributed carries no types
    import distributed

    library: Any = distributed
    return library.Event(name, client=library.get_client())


def _files(task: Task) -> dict[str, bytes]:
    paths = [path for path in task.run_dir.rglob("*") if path.is_file()]
    paths += [task.folder / name for name in _KEPT_BESIDE if (task.folder / name).is_file()]
    return {path.relative_to(task.folder).as_posix(): path.read_bytes() for path in paths}
