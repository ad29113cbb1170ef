"""CSV and XLSX: the same figures, the notes with them, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from evaluation.tables import Column, Table, table, tables_csv, tables_xlsx
from evaluation.wording import wording

SV, EN = wording("sv"), wording("en")
FORMULAS = ["=1+1", "+46 8", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]


def of(values: list[str], number: float = -9.25) -> Table:
    frame = pd.DataFrame({"area": values, "change": [number] * len(values)})
    columns = (Column("area", "Område"), Column("change", "Förändring", "number", digits=1))
    return table(frame, "Förändring efter område", columns, SV, note="=NOTE()", source="Brå")


def cells(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_csv_carries_caption_headings_full_numbers_and_notes() -> None:
    assert cells(tables_csv(of(["Väsby"]), SV), ";") == [
        ["Förändring efter område"],
        ["Område", "Förändring"],
        ["Väsby", "-9,25"],  # unrounded, with a minus that programs read
        ["'=NOTE()"],
        ["Källa: Brå"],
    ]
    assert cells(tables_csv(of(["Väsby"]), EN), ",")[2] == ["Väsby", "-9.25"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_starts_in_csv(text: str) -> None:
    assert cells(tables_csv(of([text]), SV), ";")[2][0].startswith("'")


@given(st.text(max_size=20))
def test_no_text_whatever_starts_a_formula(text: str) -> None:
    for line in cells(tables_csv(of([text]), SV), ";"):
        for cell in line:
            assert not re.match(r"\s*[=+\-@＝＋－＠]", cell) or re.fullmatch(r"-?\d+(,\d+)?", cell)


def test_xlsx_has_no_formula_and_keeps_numbers_numbers() -> None:
    made = tables_xlsx([of(FORMULAS), of(["Väsby"])])
    book = load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["1", "2"]
    assert {
        cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
    } == {
        "s",
        "n",
    }
    assert book["2"]["B3"].value == -9.25
    parts = zipfile.ZipFile(io.BytesIO(made))
    assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


def test_equal_tables_give_equal_bytes() -> None:
    assert tables_xlsx([of(["a"])]) == tables_xlsx([of(["a"])])


def test_hidden_values_are_in_no_export() -> None:
    frame = pd.DataFrame({"area": ["a", "b"], "count": [4321, 7]})
    columns = (Column("area", "Område"), Column("count", "Antal", "count"))
    made = table(frame, "Antal", columns, SV, hidden=pd.DataFrame({"count": [True, False]}))
    assert "4321" not in tables_csv(made, SV)
    sheet = load_workbook(io.BytesIO(tables_xlsx([made])))["1"]
    assert [sheet["B3"].value, sheet["B4"].value] == ["U", 7]
