"""Run a batch: lock, recover, decide, perform, publish; the old report stands until the new one is whole."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from evaluation.runs.crew import Crew, Ended
from evaluation.runs.decide import Decision, decide
from evaluation.runs.disk import is_full
from evaluation.runs.fingerprint import Surroundings, facts_of, surroundings
from evaluation.runs.job import Job, needs
from evaluation.runs.locks import LockedError, lock
from evaluation.runs.manifest import MANIFEST
from evaluation.runs.project import Project
from evaluation.runs.publish import replace_file
from evaluation.runs.recovery import recover
from evaluation.runs.settings import EngineName, Limits, Wiring, resolve
from evaluation.runs.settle import Started, settle
from evaluation.runs.states import State, worst_code
from evaluation.runs.task import Outcome, Task

_WAIT = 0.1


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a batch: limits, functions of other rooms, engine, how many jobs at once, and whether to run all."""

    limits: Limits = field(default_factory=Limits)
    wiring: Wiring = field(default_factory=Wiring)
    engine: EngineName = "warm"
    workers: int = 1
    force: bool = False


@dataclass(frozen=True, slots=True)
class JobResult:
    """How one job ended: state, message, seconds it took, why it ran, and where its report or remains lie."""

    key: str
    state: State
    message: str
    seconds: float
    reasons: tuple[str, ...]
    folder: Path | None


class Observer(Protocol):
    """Who wants to hear of a batch: log, progress bar."""

    def begun(self, decision: Decision) -> None:
        """Hear that a job starts."""

    def waiting(self, running: Iterable[Task]) -> None:
        """Hear several times a second what runs."""

    def ended(self, result: JobResult) -> None:
        """Hear that a job came to its end."""

    def noted(self, text: str) -> None:
        """Hear of something else: recovery, index."""


class Silent:
    """An observer that ignores everything."""

    def begun(self, decision: Decision) -> None:
        """Ignore."""

    def waiting(self, running: Iterable[Task]) -> None:
        """Ignore."""

    def ended(self, result: JobResult) -> None:
        """Ignore."""

    def noted(self, text: str) -> None:
        """Ignore."""


def now_utc() -> datetime:
    """Read the clock of production."""
    return datetime.now(UTC)


def run_batch(
    project: Project,
    jobs: Iterable[Job],
    crew: Crew,
    settings: Settings,
    *,
    observer: Observer | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = now_utc,
) -> tuple[JobResult, ...]:
    """Run jobs (each after those it depends on) and publish those that succeed.

    Parameters
    ----------
    jobs
        In an order where each stands after those it depends on (`in_order`).
    stop
        Asked several times a second; True ends all running jobs as interrupted.

    Returns
    -------
    tuple of JobResult
        One per job, in the order given.
    """
    batch = _Batch(project, tuple(jobs), crew, settings, observer or Silent(), stop, now)
    with contextlib.ExitStack() as locks:
        batch.refuse_locked(locks)
        if batch.has_room():
            batch.run()
    return tuple(batch.results[job.key] for job in batch.jobs)


def exit_code(results: Iterable[JobResult]) -> int:
    """Exit code of a batch: that of its worst job."""
    return worst_code(result.state for result in results)


@dataclass
class _Batch:
    """One batch under way: what waits, what runs, what ended."""

    project: Project
    jobs: tuple[Job, ...]
    crew: Crew
    settings: Settings
    observer: Observer
    stop: Callable[[], bool]
    now: Callable[[], datetime]
    results: dict[str, JobResult] = field(default_factory=dict)
    running: dict[str, Started] = field(default_factory=dict)

    def refuse_locked(self, locks: contextlib.ExitStack) -> None:
        """Take the lock of each study; jobs of a study that another run holds end as locked."""
        seconds = self.settings.limits.run_deadline * max(1, len(self.jobs)) + 3600
        for study in dict.fromkeys(job.study for job in self.jobs):
            try:
                locks.enter_context(lock(self.project.locks / f"{study}.lock", seconds))
            except LockedError as error:
                self._end_all(State.LOCKED, str(error), study)

    def has_room(self) -> bool:
        """Whether enough of the disk is free; if not, every job ends as disk full."""
        self.project.reports.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.project.reports).free
        if free < self.settings.limits.free_disk:
            self._end_all(State.DISK_FULL, f"{free} bytes free, {self.settings.limits.free_disk} needed")
        return free >= self.settings.limits.free_disk

    def run(self) -> None:
        """Start what is ready, settle what ends, until nothing is left; then make the index."""
        for study in dict.fromkeys(job.study for job in self._waiting()):
            for line in recover(self.project, study):
                self.observer.noted(line)
        if not self._waiting():
            return
        around = surroundings(self.project)
        while (ready := self._start_ready(around)) or self.running:
            if self.stop():
                self.crew.kill_all()
                self._end_waiting_as_interrupted()
            if self.running and not ready:
                self.observer.waiting(started.task for started in self.running.values())
            for ended in self.crew.wait(_WAIT) if self.running else ():
                self._settle(ended, around)
        self._make_index()

    def _waiting(self) -> list[Job]:
        return [job for job in self.jobs if job.key not in self.results and job.key not in self.running]

    def _start_ready(self, around: Surroundings) -> bool:
        """Decide on jobs whose dependencies are done, while a worker is free; True when something moved."""
        moved = False
        for job in self._waiting():
            if len(self.running) >= self.settings.workers:
                break
            within = [key for key in needs(job) if any(other.key == key for other in self.jobs)]
            failed = [key for key in within if key in self.results and not self.results[key].state.is_success]
            if failed:
                message = f"depends on {failed[0]}, which ended as {self.results[failed[0]].state.value}"
                self._finish(JobResult(job.key, State.INPUT_ERROR, message, 0.0, (), None))
                moved = True
            elif all(key in self.results for key in within):
                self._begin(decide(self.project, job, around, force=self.settings.force))
                moved = True
        return moved

    def _begin(self, decision: Decision) -> None:
        job = decision.job
        published = self.project.published(job.study, job.id)
        if decision.missing:
            message = f"missing: {', '.join(decision.missing)}"
            self._finish(JobResult(job.key, State.INPUT_ERROR, message, 0.0, decision.reasons, None))
        elif decision.is_unchanged:
            self._finish(JobResult(job.key, State.UNCHANGED, "", 0.0, (), published))
        else:
            self._submit(decision)

    def _submit(self, decision: Decision) -> None:
        run_id = f"{self.now():%Y%m%dT%H%M%S}Z-{secrets.token_hex(4)}"
        folder = self.project.staging / decision.job.study / f"{decision.job.id}.{run_id}"
        task = Task(
            decision.job,
            self.project.root,
            folder,
            self.settings.limits,
            self.settings.wiring,
            self.settings.engine,
            facts_of(decision.job, decision.parts),
        )
        self.running[decision.job.key] = Started(task, run_id, decision, self.now(), time.monotonic())
        self.observer.begun(decision)
        try:
            self.crew.submit(task)
        except OSError as error:
            if not is_full(error):
                raise
            self._settle(Ended(task, Outcome(State.DISK_FULL, str(error))), None)

    def _settle(self, ended: Ended, around: Surroundings | None) -> None:
        started = self.running.pop(ended.task.job.key)
        state, message, folder = settle(self.project, started, ended.outcome, around, self.now())
        seconds = time.monotonic() - started.clock
        self._finish(JobResult(ended.task.job.key, state, message, seconds, started.decision.reasons, folder))

    def _finish(self, result: JobResult) -> None:
        self.results[result.key] = result
        self.observer.ended(result)

    def _end_all(self, state: State, message: str, study: str | None = None) -> None:
        for job in self._waiting():
            if study in (None, job.study):
                self._finish(JobResult(job.key, state, message, 0.0, (), None))

    def _end_waiting_as_interrupted(self) -> None:
        self._end_all(State.INTERRUPTED, "the batch was interrupted before this job started")

    def _make_index(self) -> None:
        if self.settings.wiring.index is None or self._index_stands():
            return
        text: str = resolve(self.settings.wiring.index)(self.project.reports)
        replace_file(self.project.reports / "index.html", text.encode("utf-8"))
        self.observer.noted(f"index: {self.project.reports / 'index.html'}")

    def _index_stands(self) -> bool:
        """Whether an index made now would be the same: made today, from what is published, and nothing changed."""
        if any(result.state is not State.UNCHANGED for result in self.results.values()):
            return False
        try:
            made = (self.project.reports / "index.html").stat().st_mtime
        except FileNotFoundError:
            return False
        newest = max(path.stat().st_mtime for path in self.project.reports.glob(f"[!.]*/*/{MANIFEST}"))
        return newest <= made and datetime.fromtimestamp(made, UTC).date() == self.now().date()
