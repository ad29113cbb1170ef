"""What is kept of a measurement comes back as it was, and the page is made from what is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.growth import Grown, Point
from benchmarks.kept import Kept, all_kept, keep
from benchmarks.measure import Measured
from benchmarks.page import how_measured
from benchmarks.rows import row_named

MADE = {"command": "python -m benchmarks", "commit": "abc", "date": "2026-11-22", "load": "0.1"}
MADE |= {"rounds": "5", "minutes": "2.0"}


def test_rows_and_growth_come_back_as_they_were(measured: Measured, tmp_path: Path) -> None:
    row = replace(measured, row=row_named("spreadsheet"))
    grown = Grown("growth-series", "Series", "series", (Point(10, 0.5, 80.0),), 1.0, 0.1)
    for what in (grown, row):
        keep(Kept(what, MADE), tmp_path / "measured")
    assert all_kept(tmp_path / "measured") == [Kept(row, MADE), Kept(grown, MADE)]


def test_a_new_measurement_takes_the_place_of_the_earlier(measured: Measured, tmp_path: Path) -> None:
    row = replace(measured, row=row_named("spreadsheet"))
    keep(Kept(row, MADE), tmp_path)
    keep(Kept(replace(row, readings={}, fault="peer differs by 0.5"), MADE), tmp_path)
    (one,) = all_kept(tmp_path)
    assert isinstance(one.what, Measured)
    assert one.what.fault == "peer differs by 0.5"


def test_a_row_says_how_it_was_measured() -> None:
    said = "Measured 2026-11-22 at commit abc by `python -m benchmarks`: rounds 5, 2.0 minutes, load at the start 0.1."
    assert how_measured(MADE) == said
