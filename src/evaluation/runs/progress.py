"""What a person sees of a batch: a bar per running job on a terminal, and one line per job at the end."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from evaluation.runs.batch import JobResult
from evaluation.runs.crew import read_progress
from evaluation.runs.decide import Decision
from evaluation.runs.task import Task

_SIGN = {True: "ok  ", False: "FAIL"}


class ProgressBars:
    """An observer that draws: one bar for the batch, one per running job (cells of all). Silent when no terminal."""

    def __init__(self, jobs: int, console: Console, *, explain_reasons: bool = False) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:g}/{task.total:g}"))
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
        self._batch = self._progress.add_task("jobs", total=jobs)
        self._bars: dict[str, TaskID] = {}
        self._explain = explain_reasons

    def begun(self, decision: Decision) -> None:
        """Add a bar, and say why the job runs if that was asked for."""
        if self._explain:
            self.noted(f"{decision.job.key} runs because of: {', '.join(decision.reasons)}")
        self._bars[decision.job.key] = self._progress.add_task(f"  {decision.job.key}", total=1)

    def waiting(self, running: Iterable[Task]) -> None:
        """Move the bars of running jobs."""
        for task in running:
            index, total = read_progress(task)
            self._progress.update(self._bars[task.job.key], completed=index, total=max(total, 1))

    def ended(self, result: JobResult) -> None:
        """Take the job's bar away and move that of the batch."""
        if result.key in self._bars:
            self._progress.remove_task(self._bars.pop(result.key))
        self._progress.advance(self._batch)

    def noted(self, text: str) -> None:
        """Print the remark above the bars."""
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def summary_lines(results: Iterable[JobResult]) -> list[str]:
    """One line per job: state, job, seconds, and for a failure what happened and where to look."""
    return [_line(result) for result in results]


def _line(result: JobResult) -> str:
    text = f"{_SIGN[result.state.is_success]}  {result.state.value:<18} {result.key}"
    if result.seconds:
        text += f"  {result.seconds:.1f} s"
    if result.message:
        text += f"\n      {result.message}"
    if result.folder is not None and not result.state.is_success:
        text += f"\n      kept in {result.folder}"
    return text
