"""The structured log: one JSON object a line for machines, beside the lines people read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from evaluation.runs.batch import JobResult, Observer, now_utc
from evaluation.runs.decide import Decision
from evaluation.runs.task import Task


class JsonLog:
    """An observer that writes events to a file: `time` (UTC), `event`, `job`, and what belongs to the event.

    Each line is written whole and at once, so logs of parallel batches may share a file.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = now_utc) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._now = now

    def begun(self, decision: Decision) -> None:
        """Write that a job starts, and why."""
        self._write("job started", job=decision.job.key, reasons=list(decision.reasons))

    def waiting(self, running: Iterable[Task]) -> None:
        """Write nothing."""

    def ended(self, result: JobResult) -> None:
        """Write how a job ended."""
        self._write(
            "job ended",
            job=result.key,
            state=result.state.value,
            exit_code=result.state.exit_code,
            seconds=round(result.seconds, 3),
            message=result.message,
        )

    def noted(self, text: str) -> None:
        """Write a remark."""
        self._write("note", text=text)

    def _write(self, event: str, **content: object) -> None:
        record = {"time": self._now().isoformat(timespec="milliseconds"), "event": event, **content}
        self._file.write((json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class Both:
    """Several observers as one."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def begun(self, decision: Decision) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.begun(decision)

    def waiting(self, running: Iterable[Task]) -> None:
        """Tell all."""
        tasks = tuple(running)
        for observer in self._observers:
            observer.waiting(tasks)

    def ended(self, result: JobResult) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.ended(result)

    def noted(self, text: str) -> None:
        """Tell all."""
        for observer in self._observers:
            observer.noted(text)
