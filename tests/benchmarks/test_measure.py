"""Comparing before measuring: who agrees, who is missing, who is refused. Counted, not timed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.contend import called, compare, whole
from benchmarks.measure import NoTimesError, Reading, agreed, last_line, measure_row, one_round
from benchmarks.row import Contender, Given, Row, Used, missing
from benchmarks.rows import NAMES, row_named


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(3, tmp_path)


def test_missing_modules_programs_and_packages_of_r_are_named() -> None:
    needs = ("json", "no_such_module", "program:no-such-program", "R:noSuchPackage")
    assert missing(Contender("peer", len, needs=needs)) == needs[1:]


def test_contenders_take_turns_and_every_second_round_goes_backwards(row: Row, given: Given, monkeypatch) -> None:
    order: list[str] = []

    def count(_: Row, __: Given, contender: Contender) -> Reading:
        order.append(contender.name)
        return Reading(1.0, 1.0, 1.0, 0)

    monkeypatch.setattr(measure, "reading", count)
    pair = [row.ours, row.peers[0]]
    one_round(row, given, pair, 0)
    one_round(row, given, pair, 1)
    assert order == ["ours", "peer", "peer", "ours"]


@pytest.mark.parametrize(("difference", "is_refused"), [(1e-7, False), (1e-5, True), (float("nan"), True)])
def test_a_peer_that_differs_is_refused(
    row: Row, given: Given, monkeypatch, difference: float, is_refused: bool
) -> None:
    printed = measure.Done(f'{{"difference": {difference if difference == difference else "NaN"}}}', 0.0, 0.0)
    monkeypatch.setattr(measure, "child", lambda *_: printed)
    if is_refused:
        with pytest.raises(NoTimesError, match=r"peer differs by .* allowed: 1e-06"):
            agreed(row, given, row.peers[0], "a", "b")
    else:
        assert agreed(row, given, row.peers[0], "a", "b") == difference


def test_a_row_without_times_keeps_the_fault_and_who_is_missing(row: Row, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise NoTimesError("inputs sums failed: no space left")

    monkeypatch.setattr(measure, "child", fail)
    found = measure_row(row, 10, 5)
    assert found.fault == "inputs sums failed: no space left"
    assert found.absent == {"absent peer": ("no_such_module",)}
    assert found.readings == {}


def test_a_program_that_measures_itself_is_believed(given: Given) -> None:
    work = Contender("R", lambda _: Used(42, cpu=0.25, wall=0.5, peak=80.0))
    assert called(work, given) == (42, {"cpu": 0.25, "wall": 0.5, "peak": 80.0})


def test_the_first_call_counts_where_later_ones_find_it_done(given: Given) -> None:
    calls: list[int] = []
    called(Contender("ours", lambda g: calls.append(g.size), first=True), given)
    assert calls == [3]


def test_bytes_are_those_of_the_file_that_was_made(given: Given) -> None:
    page = given.folder / "page.html"
    _, used = whole(Contender("ours", lambda _: (page.write_text("x" * 7), page)[1]), given)
    assert used["bytes"] == 7


def test_two_kept_results_are_compared_by_the_row(row: Row, given: Given) -> None:
    import pickle

    kept = [given.folder / name for name in ("mine", "theirs")]
    for path, value in zip(kept, (3.0, 2.5), strict=True):
        path.write_bytes(pickle.dumps(value))
    assert compare(row, given, *map(str, kept)) == {"difference": 0.5}


def test_the_last_line_that_says_something_is_the_message() -> None:
    assert last_line("Traceback\n  at\nValueError: no\n\n") == "ValueError: no"
    assert last_line("\n") == "(it said nothing)"


@pytest.mark.parametrize("name", NAMES)
def test_every_row_names_itself_its_goals_and_contenders_that_exist(name: str) -> None:
    row = row_named(name)
    assert row.goals
    known = {"", "floor", *(peer.name for peer in row.peers)}
    assert {goal.against for goal in row.goals} <= known
    assert len(row.contenders()) == 1 + len(row.peers) + (row.floor is not None)
    assert row.quick <= row.size
    assert replace(row, name=name) == row
