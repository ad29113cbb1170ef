"""Every fault, injected: the good report stands, no failure has exit code 0, no process stays, the next run recovers.

`python -m benchmarks.faults` injects each of them many more times and writes docs/fault-injection.md.
"""

from __future__ import annotations

import signal
from datetime import date
from pathlib import Path

import pytest

from benchmarks.faults.house import House, copy_of
from benchmarks.faults.inject import Record, inject, polling
from benchmarks.faults.page import EXPECTED, HEADER, READS, counted, page
from benchmarks.faults.runners import KILLED, REPOSITORY, interrupt, kill, rivals
from benchmarks.faults.scenarios import SCENARIOS, Scenario
from evaluation.runs.states import State

NAMES = [scenario.name for scenario in SCENARIOS]


@pytest.mark.parametrize("repeat", range(2))
@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_a_fault_harms_nothing(template: House, tmp_path: Path, scenario: Scenario, repeat: int) -> None:
    record = inject(template, scenario, tmp_path / "copy", mend=repeat == 0)
    assert record.problems == []
    assert record.reads > 0


def test_every_failing_state_is_among_the_faults() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 40
    reached = {state for scenario in SCENARIOS for state in scenario.expected}
    assert reached == set(State) - {State.UNCHANGED}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_killed_runner_leaves_a_whole_report_and_recovers(template: House, tmp_path: Path, seed: int) -> None:
    assert kill(template, tmp_path / "copy", seed).problems == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_stopped_runner_says_interrupted(template: House, tmp_path: Path, number: signal.Signals) -> None:
    assert interrupt(template, tmp_path / "copy", number).problems == []


def test_of_eight_runners_at_once_one_publishes(template: House, tmp_path: Path) -> None:
    assert rivals(template, tmp_path / "copy").problems == []


def test_the_instruments_can_see_harm(template: House, tmp_path: Path) -> None:
    """A run that tears the page, changes the good report and ends wrongly is found out on all counts."""

    def vandal(house: House) -> tuple:
        (house.project.published("s", "a") / "report.html").write_bytes(b"<html>ha")
        with polling(house.project.published("s", "a") / "report.html") as reader:
            while reader.reads < 3:
                results = house.run("1 / 0")
        return results

    record = inject(template, Scenario("vandal", vandal, (State.PUBLISHED,)), tmp_path / "copy", mend=False)
    assert record.torn > 0
    assert any("ended as error_in_notebook" in problem for problem in record.problems)
    assert "the good report changed" in record.problems


def test_a_victim_that_does_not_publish_is_a_problem_with_its_words(template: House, tmp_path: Path) -> None:
    """Nothing of the command stops at it; the record says how the runner ended."""
    broken = copy_of(template, tmp_path / "broken")
    (broken.project.notebooks / "fine.ipynb").unlink()
    record = kill(broken, tmp_path / "copy", seed=2)
    assert any(problem.startswith("ended as error_in_input") for problem in record.problems)


def test_the_page_counts_what_went_wrong() -> None:
    wrong = ["the good report changed", "exit code 0 for kernel_died", "ended as published", "3 torn reads"]
    records = [Record(KILLED, "killed", 1.25, reads=7, torn=3, problems=wrong), Record("exit_0", "published", 0.5, 2)]
    counts = {what: number for what, (number, _) in counted(records).items()}
    assert counts["faults injected"] == counts["different faults"] == 2
    assert counts["good reports lost or changed by a failed run"] == counts["failed runs with exit code 0"] == 1
    assert counts["reads by the polling reader"] == 9
    assert counts["torn reads"] == 3
    text = page(records, "command", date(2026, 1, 2))
    assert "| `exit_0` | 1 | error_in_notebook | published | 0.5 | 2 | 0 |" in text
    assert f"| `{KILLED}` | 1 | {EXPECTED[KILLED]} | killed | 1.2 | 7 | 1 |" in text


def test_the_published_page_has_every_fault_of_the_code_and_nothing_went_wrong() -> None:
    """A fault added, renamed or changed in what it must end as needs a new page: `python -m benchmarks.faults`."""
    text = (REPOSITORY / "docs" / "fault-injection.md").read_text(encoding="utf-8")
    counts, faults = (_rows(part) for part in text.split(HEADER))
    assert {row[0].strip("`"): row[2] for row in faults} == EXPECTED
    assert [row[0] for row in counts if row[2] == "0" and row[1] != "0"] == []
    assert [row[0] for row in faults if row[6] != "0"] == []
    numbers = {row[0]: int(row[1]) for row in counts}
    assert numbers["faults injected"] == sum(int(row[1]) for row in faults) >= 1000
    assert numbers["different faults"] == len(faults) >= 40
    assert numbers["reads by the polling reader"] >= READS
    assert list(numbers) == list(counted([]))


def _rows(text: str) -> list[list[str]]:
    """Cells of the tables in a text, without headings and lines."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if line[1].strip().isdigit()]
