"""The truth file counts what stands in the committed log: read cell by cell, with nothing but the standard library."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from evaluation.synthetic.layouts import vocabulary

WORDS = vocabulary(1)
FIELDS = (
    "number",
    "start",
    "end",
    "reported",
    "category",
    "sub",
    "place",
    "area",
    "a",
    "b",
    "reporter",
    "police",
    "text",
)
NONE_OF_THEM = {WORDS.total, WORDS.footer}
Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).active
        cells = [
            ["" if cell is None else str(cell)[:16] for cell in row]
            for row in sheet.iter_rows(min_row=5, values_only=True)
        ]
    else:
        content = path.read_bytes()
        text = content.decode("cp1252" if b"\xe5" in content else "utf-8-sig")
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        cells = [row for row in cells[1:] if row != cells[0]]
    full = [row for row in cells if row[0] not in NONE_OF_THEM and not row[0].startswith("Källa")]
    return [dict(zip(FIELDS, row, strict=True)) for row in full]


@pytest.fixture(scope="module")
def rows_by_file(committed: Path) -> dict[str, list[Row]]:
    files = [path for path in committed.glob("handelser_*") if not path.name.endswith(".card.toml")]
    return {path.name: rows_of(path) for path in files}


@pytest.fixture(scope="module")
def reports(rows_by_file: dict[str, list[Row]]) -> list[Row]:
    """One row per event number."""
    return list({row["number"]: row for rows in rows_by_file.values() for row in rows}.values())


@pytest.fixture(scope="module")
def planted(truth: dict[str, Any]) -> dict[str, int]:
    return truth["log"]["planted"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(".", ":"))


def last_moment(row: Row) -> datetime:
    if row["end"]:
        return moment(row["end"])
    return moment(row["start"]) + (timedelta(minutes=1439) if len(row["start"]) == 10 else timedelta())


def test_rows_by_file(rows_by_file: dict[str, list[Row]], truth: dict[str, Any]) -> None:
    assert {name: len(rows) for name, rows in rows_by_file.items()} == truth["log"]["rows_by_file"]


def test_duplicates(rows_by_file: dict[str, list[Row]], planted: dict[str, int], truth: dict[str, Any]) -> None:
    numbers = Counter(row["number"] for rows in rows_by_file.values() for row in rows)
    repeats = sum(numbers.values()) - len(numbers)
    assert repeats == planted["exact_duplicates"] + truth["log"]["rows_in_two_files"]


def test_repeated_rows_are_equal(rows_by_file: dict[str, list[Row]]) -> None:
    seen: dict[str, Row] = {}
    for rows in rows_by_file.values():
        for row in rows:
            assert seen.setdefault(row["number"], row) == row


def test_reports_add_up(reports: list[Row], planted: dict[str, int]) -> None:
    whole = planted["true_events"] - planted["not_yet_registered"] + planted["second_reports"] + planted["inventory"]
    assert len(reports) == whole


def test_late_registration(reports: list[Row], planted: dict[str, int]) -> None:
    late = [row for row in reports if moment(row["reported"]) - last_moment(row) > timedelta(days=30)]
    assert len(late) == planted["late"]


def test_batches(reports: list[Row], planted: dict[str, int], truth: dict[str, Any]) -> None:
    found = 0
    for batch in truth["batches"]:
        name, day = WORDS.reporter_names[batch["reporter"]], batch["registered"]
        mine = [row for row in reports if row["reporter"] == name and row["start"][:7] >= batch["first_month"]]
        found += sum(row["reported"].startswith(day) and str(last_moment(row)) < day for row in mine)
    assert found == planted["batch"] > 100


def test_the_inventory(reports: list[Row], planted: dict[str, int]) -> None:
    the_day = [row for row in reports if row["reported"].startswith("2024-05-14 13") and row["area"] == "0110"]
    cases = [row for row in the_day if row["reporter"] == "Trygghetsenheten" and row["start"] < "2024-05-14 12:00"]
    assert planted["inventory"] <= len(cases) <= planted["inventory"] + 1


def test_times_of_day(reports: list[Row], planted: dict[str, int]) -> None:
    assert sum(len(row["start"]) == 10 for row in reports) == planted["date_only"]


def test_coordinates(reports: list[Row], planted: dict[str, int]) -> None:
    assert sum(row["a"] == "" for row in reports) == planted["missing_coordinate"]
    pairs = [[float(row[key].replace("\u00a0", "").replace(",", ".")) for key in "ab"] for row in reports if row["a"]]
    assert sum(north < east for north, east in pairs) == planted["swapped_axes"]
    far = [north for north, east in pairs if north > 7_100_000 or 62 < north < 90]
    assert len(far) == planted["outside_box"]


def test_typing_errors(reports: list[Row], planted: dict[str, int]) -> None:
    assert sum(row["category"] in WORDS.typing_errors for row in reports) == planted["typing_errors"]


def test_hours_of_the_clock_change(reports: list[Row], planted: dict[str, int]) -> None:
    found = 0
    for row in reports:
        if len(row["start"]) == 16 and row["start"][5:7] in ("03", "10") and row["start"][11:13] == "02":
            day = moment(row["start"])
            found += day.weekday() == 6 and (day + timedelta(days=7)).month != day.month
    assert found == planted["changed_hour"] >= 3 * 11


def test_texts_hold_made_up_people(reports: list[Row]) -> None:
    filled = [row["text"] for row in reports if row["text"]]
    assert len(filled) / len(reports) == pytest.approx(0.30, abs=0.01)
    named = [text for text in filled if any(name.split()[0] in text for name in ("Anna E", "Bo T", "Eva P", "Kim D"))]
    assert named


def test_the_last_months_are_incomplete(truth: dict[str, Any]) -> None:
    lost = truth["log"]["not_yet_registered_by_month"]
    assert max(lost, key=lambda month: lost[month]) == "2026-06"
    assert sum(lost.values()) == truth["log"]["planted"]["not_yet_registered"]
