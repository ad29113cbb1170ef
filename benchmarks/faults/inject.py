"""Inject one fault into a copy of the small project while a reader polls, and say what was not as it must be."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.faults.house import House, copy_of, fingerprint_of, is_whole
from benchmarks.faults.scenario import Scenario
from evaluation.runs.batch import exit_code
from evaluation.runs.processes import descendants, strays_of
from evaluation.runs.states import State
from evaluation.runs.verify import verify

_PATIENCE = 5.0


@dataclass
class Record:
    """What one injected fault did; `problems` is empty when everything was as it must be."""

    scenario: str
    state: str
    seconds: float
    reads: int = 0
    torn: int = 0
    problems: list[str] = field(default_factory=list)


def inject(template: House, scenario: Scenario, root: Path, *, mend: bool = True) -> Record:
    """Inject the fault; afterwards let the next run mend everything without a hand's help.

    Checked: the state is the expected one; its exit code is 0 only for success; the good report is byte-identical after
    a failure, and sound after a success; no read was torn; no process is left; the next run publishes.
    """
    house = copy_of(template, root)
    published = house.project.published("s", "a")
    before = fingerprint_of(published)
    began = time.monotonic()
    with polling(published / "report.html") as reader:
        results = scenario.act(house)
        record = Record(scenario.name, results[0].state.value, time.monotonic() - began)
        _check_end(record, scenario, results, published, before)
        check_nothing_left(record, house)
        if mend:
            check_mended(record, house)
    record.reads, record.torn = reader.reads, 0 if scenario.breaks_page else reader.torn
    if record.torn:
        record.problems.append(f"{record.torn} torn reads")
    return record


@dataclass
class Reader:
    """Counts of a polling reader; a missing page is torn too."""

    reads: int = 0
    torn: int = 0


@contextlib.contextmanager
def polling(page: Path) -> Iterator[Reader]:
    """Read the page again and again in a thread, the first time before anything happens to it."""
    reader, begun, done = Reader(), threading.Event(), threading.Event()

    def poll() -> None:
        while not done.is_set():
            try:
                whole = is_whole(page.read_bytes())
            except FileNotFoundError:
                whole = False
            reader.reads += 1
            reader.torn += int(not whole)
            begun.set()
            done.wait(0.002)

    thread = threading.Thread(target=poll)
    thread.start()
    begun.wait(timeout=60)
    try:
        yield reader
    finally:
        done.set()
        thread.join()


def _check_end(record: Record, scenario: Scenario, results: tuple, published: Path, before: dict[str, str]) -> None:
    state = results[0].state
    if state not in scenario.expected:
        record.problems.append(f"ended as {state.value}: {results[0].message}")
    if (exit_code(results) == 0) != (state in (State.PUBLISHED, State.UNCHANGED)):
        record.problems.append(f"exit code {exit_code(results)} for {state.value}")
    if not state.is_success and fingerprint_of(published) != before:
        record.problems.append("the good report changed")


def check_nothing_left(record: Record, house: House) -> None:
    """Note processes and unfinished folders that are still there after five seconds."""
    deadline = time.monotonic() + _PATIENCE
    while left := _left(house):
        if time.monotonic() > deadline:
            record.problems.append(f"processes left: {left}")
            return
        psutil.wait_procs([psutil.Process(pid) for pid in left if psutil.pid_exists(pid)], timeout=0.05)
    if not cleared(house.project.staging):
        record.problems.append("staging not cleared")


def _left(house: House) -> list[int]:
    parent = getattr(house.crew, "parent_pid", None)
    below = [process.pid for process in descendants(parent)] if parent else []
    return [*below, *strays_of(house.project.staging)]


def check_mended(record: Record, house: House) -> None:
    """Let the next scheduled run happen, and note if it does not publish a sound report."""
    (result,) = house.mend()
    if result.state is not State.PUBLISHED:
        record.problems.append(f"the next run ended as {result.state.value}: {result.message}")
        return
    found = verify(house.project, result.folder)
    faults = [fault for fault in found.faults if record.scenario != "history_lost" or "history" not in fault]
    if faults:
        record.problems.append(f"the next report is not sound: {faults}")


def cleared(folder: Path) -> bool:
    """Whether no unfinished run is left."""
    return not folder.exists() or not any(path for study in folder.iterdir() for path in study.iterdir())
