"""Cells and lines as the organisations write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from evaluation.synthetic import write_one_log
from evaluation.synthetic.layouts import Layout, vocabulary
from evaluation.synthetic.lines import cells, csv_lines, degrees_text, metres_text
from evaluation.synthetic.log import months_of_reports
from evaluation.synthetic.log_files import file_name
from evaluation.synthetic.world import exempelkoping

WORLD, WORDS = exempelkoping(), vocabulary(1)
LAYOUTS = {layout.file: layout for layout in WORDS.layouts}
NBSP = "\u00a0"


def columns_of(layout: Layout, month: str) -> dict[str, list[str]]:
    """The cells of everyone's reports of one month in one layout, by field."""
    names = ("number", "from", "to", "reported", "category", "sub", "place", "area", "first", "second")
    at = int(np.flatnonzero(WORLD.months == np.datetime64(month))[0])
    made = next(made for number, made in enumerate(months_of_reports(WORLD, 1, 120_000)) if number == at)
    values = cells(WORLD, WORDS, layout, np.datetime64(month), made.columns)
    return dict(zip((*names, "reporter", "police", "text"), (column.to_pylist() for column in values), strict=True))


def test_quotes_semicolons_and_line_breaks_survive_a_csv_reader() -> None:
    texts = ["", 'says "no"', "one; two", "first\nsecond"]
    written = csv_lines([pa.array(["a", "b", "c", "d"]), pa.array(texts)]).decode("utf-8")
    assert list(csv.reader(io.StringIO(written, newline=""), delimiter=";")) == [
        [letter, text] for letter, text in zip("abcd", texts, strict=True)
    ]


def test_no_rows_are_no_bytes() -> None:
    assert csv_lines([pa.array([], pa.string()), pa.array([], pa.string())]) == b""


def testmetres_text_with_and_without_spaces() -> None:
    values = np.array([6_822_005.4, 671_034.0])
    assert metres_text(values, np.array([False, False])).to_pylist() == ["6822005", "671034"]
    spaced = metres_text(values, np.array([True, True])).to_pylist()
    assert spaced == [f"6{NBSP}822{NBSP}005", f"671{NBSP}034"]


def testdegrees_text_have_a_decimal_comma_and_keep_their_zeros() -> None:
    assert degrees_text(np.array([61.00042, 18.2])).to_pylist() == ["61,00042", "18,20000"]


def test_codes_of_the_old_division_before_and_of_the_new_one_after() -> None:
    layout = LAYOUTS["handelser_polis"]
    before, after = (set(columns_of(layout, month)["area"]) for month in ("2019-12", "2020-01"))
    assert before == {"0100", "0110", "0120", "0205", "0310", "0420", "0430", "0500", "NA"}
    assert after == {"0100", "0110", "0120", "0210", "0311", "0312", "0425", "0500", "NA"}


def test_times_without_a_clock_and_exact_times_without_an_end() -> None:
    values = columns_of(LAYOUTS["handelser_bostadsbolag"], "2018-05")
    for start, end, reported in zip(values["from"], values["to"], values["reported"], strict=True):
        assert len(start) in (10, 16)
        assert end == "" or (len(start) == 16 and end >= start)
        assert reported[13] == "."
    assert min(values["from"])[:7] == max(values["from"])[:7] == "2018-05"


def test_spellings_follow_the_calendar() -> None:
    layout = LAYOUTS["handelser_kommun_2015-2019"]
    words = {
        month: set(
            np.array(columns_of(layout, month)["category"])[
                np.array(columns_of(layout, month)["reporter"]) == "Polisen"
            ]
        )
        for month in ("2018-12", "2019-01")
    }
    assert "0352" in words["2018-12"]
    assert not {"0371", "0372"} & words["2018-12"]
    assert {"0371", "0372"} <= words["2019-01"]
    assert "0352" not in words["2019-01"]


def test_every_file_name_says_that_it_is_synthetic() -> None:
    for layout in WORDS.layouts:
        assert "syntetiska_exempeldata" in file_name(layout, WORDS)


@pytest.mark.parametrize("events", [3000, 50_000])
def test_one_large_log_is_plain_cp1252(tmp_path: Path, events: int) -> None:
    written = write_one_log(tmp_path / "log", WORLD, 3, events)
    (file,) = tmp_path.iterdir()
    text = file.read_bytes().decode("cp1252")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) - 1 == written.rows[file.name]
    assert {len(row) for row in rows} == {13}
    assert written.rows[file.name] == pytest.approx(events * 1.024, rel=0.01)
    assert {row[10] for row in rows[1:]} == set(WORDS.reporter_names.values())
