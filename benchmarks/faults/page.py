"""The document docs/fault-injection.md: what must be zero, then one row per fault."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from datetime import date

import psutil

from benchmarks.faults.inject import Record
from benchmarks.faults.runners import KILLED, RIVALS, STOPS
from benchmarks.faults.scenarios import SCENARIOS
from evaluation.runs.states import State

EXPECTED = {scenario.name: " or ".join(state.value for state in scenario.expected) for scenario in SCENARIOS} | {
    KILLED: "old report or new one, whole",
    RIVALS: f"one {State.PUBLISHED.value}, seven {State.LOCKED.value}",
    **dict.fromkeys(STOPS, State.INTERRUPTED.value),
}
READS = 20_000
HEADER = "| fault | times | must end as | ended as | longest, s | reads | not as it must be |"


def page(records: list[Record], command: str, day: date) -> str:
    """Write the document from the records of all faults."""
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_name[record.scenario].append(record)
    rows = "\n".join(_row(name, group) for name, group in by_name.items())
    counts = "\n".join(f"| {what} | {number} | {goal} |" for what, (number, goal) in counted(records).items())
    return (
        "# Fault injection\n\n"
        f"Written by `{command}` on {day}; do not edit.\nMachine: {_machine()}.\n\n"
        "Each fault is injected into a copy of a small project with one good report, while a reader polls that\n"
        "report. Afterwards the report must be whole, no process may be left, and the next run must need no hand.\n"
        f"Whole runners are killed at random moments (`{KILLED}`). The next run is made after every kill, and after\n"
        "each scenario every fifth time. States and exit codes: [run-states.md](run-states.md).\n\n"
        f"| measure | number | must be |\n|---|---|---|\n{counts}\n\n{HEADER}\n|---|---|---|---|---|---|---|\n{rows}\n"
    )


def counted(records: list[Record]) -> dict[str, tuple[int, str]]:
    """What was counted, and what it must be."""
    problems = [problem for record in records for problem in record.problems]
    return {
        "different faults": (len({record.scenario for record in records}), "40 or more"),
        "faults injected": (len(records), "1000 or more"),
        "good reports lost or changed by a failed run": (_number(problems, "the good report", "the report is"), "0"),
        "failed runs with exit code 0": (_number(problems, "exit code"), "0"),
        "runs that ended in another state than they must": (_number(problems, "ended as"), "0"),
        "reads by the polling reader": (sum(record.reads for record in records), f"{READS} or more"),
        "torn reads": (sum(record.torn for record in records), "0"),
        "runs with processes alive 5 s after the end": (_number(problems, "processes left"), "0"),
        "runs that left unfinished folders": (_number(problems, "staging"), "0"),
        "next runs that needed a hand": (_number(problems, "the next"), "0"),
    }


def _number(problems: list[str], *beginnings: str) -> int:
    return sum(problem.startswith(beginnings) for problem in problems)


def _row(name: str, records: list[Record]) -> str:
    states = ", ".join(sorted({record.state for record in records}))
    longest = max(record.seconds for record in records)
    wrong = sum(bool(record.problems) for record in records)
    reads = sum(record.reads for record in records)
    return f"| `{name}` | {len(records)} | {EXPECTED[name]} | {states} | {longest:.1f} | {reads} | {wrong} |"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} processors {platform.machine()}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )
