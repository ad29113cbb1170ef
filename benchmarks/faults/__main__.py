"""Inject every fault many times and write docs/fault-injection.md."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.faults.house import House, build_template, write_stubs
from benchmarks.faults.inject import Record, inject
from benchmarks.faults.kill import REPOSITORY, interrupt, kill
from benchmarks.faults.scenarios import SCENARIOS
from evaluation.runs.states import EXIT_CODE, State
from evaluation.runs.warm_crew import WarmCrew

OUT = REPOSITORY / "docs" / "fault-injection.md"


def main() -> int:
    """Inject, report, and return 1 if anything was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        scratch = Path(folder)
        write_stubs(scratch)
        os.environ["PYTHONPATH"] = os.pathsep.join([str(scratch), os.environ.get("PYTHONPATH", "")])
        sys.path.insert(0, str(scratch))
        with WarmCrew(("papermill",)) as crew:
            template = build_template(scratch / "hus å {x}", crew)
            records = list(_told(_all(template, scratch, options.repeats, options.kills)))
    options.out.write_text(page(records, options.repeats, options.kills), encoding="utf-8")
    return int(any(record.problems for record in records))


def _all(template: House, scratch: Path, repeats: int, kills: int) -> Iterator[Record]:
    for repeat in range(repeats):
        for scenario in SCENARIOS:
            yield inject(template, scenario, scratch / "copy", mend=repeat % 5 == 0)
            shutil.rmtree(scratch / "copy")
    for seed in range(kills):
        yield kill(template, scratch / "copy", seed)
        shutil.rmtree(scratch / "copy")
    for number in (signal.SIGTERM, signal.SIGINT):
        code, record = interrupt(template, scratch / "copy", number)
        if code != EXIT_CODE[State.INTERRUPTED]:
            record.problems.append(f"exit code {code}")
        yield record
        shutil.rmtree(scratch / "copy")


def _told(records: Iterable[Record]) -> Iterator[Record]:
    for number, record in enumerate(records, 1):
        if record.problems or number % 100 == 0:
            print(number, record.scenario, record.state, *record.problems, flush=True)
        yield record


def page(records: list[Record], repeats: int, kills: int) -> str:
    """The document: what must be zero, then one row per fault."""
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_name[record.scenario].append(record)
    rows = "\n".join(_row(name, group) for name, group in by_name.items())
    counts = "\n".join(f"| {what} | {number} |" for what, number in _counts(records).items())
    return (
        "# Fault injection\n\n"
        f"Written by `python -m benchmarks.faults --repeats {repeats} --kills {kills}`; do not edit. Each fault is\n"
        "injected into a copy of a small project with one good report, while a reader polls that report. States and\n"
        "exit codes: [run-states.md](run-states.md).\n\n"
        f"| measure | number |\n|---|---|\n{counts}\n\n"
        f"| fault | times | ended as | longest, s | reads | not as it must be |\n|---|---|---|---|---|---|\n{rows}\n"
    )


def _counts(records: list[Record]) -> dict[str, int]:
    problems = [problem for record in records for problem in record.problems]
    return {
        "different faults": len({record.scenario for record in records}),
        "faults injected": len(records),
        "good reports lost or changed by a failed run": sum("good report" in p or "not sound" in p for p in problems),
        "failed runs with exit code 0": sum(problem.startswith("exit code") for problem in problems),
        "runs that ended in another state than they must": sum(problem.startswith("ended as") for problem in problems),
        "reads by the polling reader": sum(record.reads for record in records),
        "torn reads": sum(record.torn for record in records),
        "processes alive 5 s after the end": sum(problem.startswith("processes left") for problem in problems),
        "next runs that needed a hand": sum(problem.startswith("the next") for problem in problems),
    }


def _row(name: str, records: list[Record]) -> str:
    states = ", ".join(sorted({record.state for record in records}))
    longest = max(record.seconds for record in records)
    wrong = sum(bool(record.problems) for record in records)
    reads = sum(record.reads for record in records)
    return f"| {name.replace('_', ' ')} | {len(records)} | {states} | {longest:.1f} | {reads} | {wrong} |"


if __name__ == "__main__":
    sys.exit(main())
