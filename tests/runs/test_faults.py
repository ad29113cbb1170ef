"""Every fault, injected: the good report stands, no failure has exit code 0, no process stays, the next run recovers.

`python -m benchmarks.faults` injects each of them many more times and writes docs/fault-injection.md.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from benchmarks.faults.house import House
from benchmarks.faults.inject import inject, polling
from benchmarks.faults.kill import interrupt, kill
from benchmarks.faults.scenarios import SCENARIOS, Scenario
from evaluation.runs.states import EXIT_CODE, State

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


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_runner_leaves_a_whole_report_and_recovers(template: House, tmp_path: Path, seed: int) -> None:
    assert kill(template, tmp_path / "copy", seed).problems == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_stopped_runner_says_interrupted(template: House, tmp_path: Path, number: signal.Signals) -> None:
    code, record = interrupt(template, tmp_path / "copy", number)
    assert code == EXIT_CODE[State.INTERRUPTED]
    assert record.problems == []


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
