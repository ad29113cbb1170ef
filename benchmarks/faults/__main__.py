"""Inject every fault many times and write docs/fault-injection.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults.house import write_stubs
from benchmarks.faults.inject import Record
from benchmarks.faults.page import READS, page
from benchmarks.faults.runners import REPOSITORY, STOPS
from benchmarks.faults.scenarios import SCENARIOS
from benchmarks.faults.workers import Work, move_in, name_of, perform

OUT = REPOSITORY / "docs" / "fault-injection.md"
PHASES = ("scenarios", "kills", "rivals", "stops")


def main() -> int:
    """Inject, report, and return 1 if anything was not as it must be."""
    options = _options()
    work = [one for one in _work(options) if options.only in (None, one[0])]
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        write_stubs(Path(folder))
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
        records = list(_all(work, Path(folder), options.at_once))
    command = f"python -m benchmarks.faults --repeats {options.repeats} --kills {options.kills}"
    text = page(records, command, datetime.now(UTC).date())
    if options.only is None:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    few = options.only is None and sum(record.reads for record in records) < READS
    return int(few or any(record.problems for record in records))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10, help="times that each scenario is injected")
    parser.add_argument("--kills", type=int, default=200, help="runners killed at a random moment")
    parser.add_argument("--only", choices=PHASES, help="one phase alone; prints the page instead of writing it")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="faults injected at the same time")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args()


def _work(options: argparse.Namespace) -> list[Work]:
    scenarios = [("scenarios", number) for number in range(options.repeats * len(SCENARIOS))]
    kills = [("kills", seed) for seed in range(options.kills)]
    return [
        *scenarios,
        *kills,
        *(("rivals", number) for number in range(options.repeats)),
        *(("stops", number) for number in range(len(STOPS))),
    ]


def _all(work: list[Work], folder: Path, at_once: int) -> Iterator[Record]:
    """Records in the order of the work, each made in one of a few processes that have a project and a crew each."""
    with ProcessPoolExecutor(at_once, get_context("spawn"), move_in, (folder,)) as pool:
        futures = {pool.submit(perform, one): one for one in work}
        for number, future in enumerate(as_completed(futures), 1):
            record = _record(future, futures[future])
            if record.problems or number % 50 == 0:
                print(f"{number} of {len(work)}", record.scenario, record.state, *record.problems, flush=True)
        yield from (_record(future, one) for future, one in futures.items())


def _record(future: Future[Record], work: Work) -> Record:
    """The fault's record; a fault that brought its injector down is one that was not as it must be."""
    error = future.exception()
    return Record(name_of(work), "error", 0.0, problems=[repr(error)]) if error else future.result()


if __name__ == "__main__":
    sys.exit(main())
