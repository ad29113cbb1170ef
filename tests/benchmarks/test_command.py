"""What the command writes where; nothing is measured."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import growth
from benchmarks.growth import GROWTHS, Point
from benchmarks.measure import Measured

PUBLISHED = Path(command.__file__).parent / "growth"


@pytest.mark.parametrize(
    ("quick", "out", "folder"),
    [
        (False, None, PUBLISHED),
        (True, None, None),
        (True, Path("elsewhere/page.md"), Path("elsewhere/growth")),
        (False, Path("elsewhere/page.md"), Path("elsewhere/growth")),
    ],
)
def test_only_a_full_run_draws_the_published_figures(quick: bool, out: Path | None, folder: Path | None) -> None:
    assert command.figures_folder(Namespace(quick=quick, out=out)) == folder


def test_growth_draws_beside_its_page_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "point", lambda row, what, size: Point(size, float(size), 100.0))
    for folder in (None, tmp_path / "growth"):
        grown = growth.grow("growth-series", GROWTHS["growth-series"], folder, quick=True, top=False)
        assert grown.of_time == pytest.approx(1.0)  # seconds were made equal to the size
    assert [path.name for path in tmp_path.rglob("*.svg")] == ["growth-series.svg"]


def test_small_sizes_are_printed_once_and_keep_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "measure_row", lambda row, size, pairs: Measured(row, size, {}, {}, {}, "a fault"))
    monkeypatch.setattr(command, "KEPT", tmp_path / "measured")
    monkeypatch.setattr("sys.argv", ["benchmarks", "spreadsheet", "bootstrap", "--quick"])
    assert command.main() == 1, "nothing was measured"
    assert capsys.readouterr().out.count("# Benchmarks: results") == 1
    assert not (tmp_path / "measured").exists()
