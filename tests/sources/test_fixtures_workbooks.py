"""Workbooks as people lay them out, row accounting, repetitions and revisions: 27 files written by hand."""
# ruff: noqa: E501 - one case per line reads better than a short line

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from tests.sources.fixtures import LOG, Case, check, sheet, workbook, yearly

HEAD: list[object] = ["kod", "namn", "år", "antal", "tal"]
ROW: list[object] = ["0114", "Upplands Väsby", 2023, 6646, 13376.5]
VASBY = ("0114", "Upplands Väsby", 6646, 13376.5)
LOG_HEAD: list[object] = ["Id", "Tid", "Kategori", "Område", "Text"]
SOL = "Region;Brott;År;Period;Antal;/100 000 inv"


def book(name: str, data: bytes, rows: list[tuple[object, ...]] | None, *says: str) -> Case:
    return Case(name, data, rows, says, file="fil.xlsx")


def on_log(name: str, data: bytes, rows: list[tuple[object, ...]] | None, *says: str) -> Case:
    columns = ("event_id", "occurred_from_text", "occurred_from_time", "area")
    return Case(name, data, rows, says, "incident_log", {"columns": LOG}, columns, "fil.xlsx")


def sol(name: str, lines: list[str], rows: list[tuple[object, ...]] | None, *says: str) -> Case:
    text = "\n".join([SOL, *lines]) + "\n\r"
    columns = ("area_code", "offence_type", "count", "status")
    return Case(name, text.encode("latin-1"), rows, says, "bra_sol_databasfil", {}, columns, "Databasfil.txt")


def two_sheets(second: list[object]) -> bytes:
    def build(made: openpyxl.Workbook) -> None:
        made.active.title = "Data"
        made.active.append(HEAD)
        made.active.append(ROW)
        other = made.create_sheet("Info")
        other.append(second)
        other.append(ROW)

    return workbook(build)


def with_formula() -> bytes:
    def build(made: openpyxl.Workbook) -> None:
        made.active.append(HEAD)
        made.active.append(["0114", "Väsby", 2023, "=SUM(A1:A2)", 1])

    return workbook(build)


def with_error() -> bytes:
    def build(made: openpyxl.Workbook) -> None:
        made.active.append(HEAD)
        made.active.append([*ROW[:3], "#DIV/0!", 1])
        made.active["D2"].data_type = "e"

    return workbook(build)


CASES = [
    # workbooks
    book("numbers as numbers", sheet(HEAD, ROW), [VASBY], '"sheet": "Sheet"', "xlsx"),
    book("numbers as text", sheet(HEAD, ["0114", "Upplands Väsby", "2023", "6 646", "13 376,5"]), [VASBY], '","'),
    book("code stored as a number", sheet(HEAD, [1290, "Kristianstad", 2023, 1, 2]), [("1290", "Kristianstad", 1, 2.0)],
         "codes_stored_as_numbers"),
    book("code has lost its zero", sheet(HEAD, [114, "Väsby", 2023, 1, 2]), None, "sheet Sheet", "row 2", "'kod'",
         "0114 became 114"),
    book("merged title above", sheet(["Anmälda brott 2023"], HEAD, ROW, merged=("A1:E1",)), [VASBY], '"header_rows": [2]'),
    book("header over two rows", sheet(["Område", None, None, "Utfall", None], ["kod", "namn", "år", "antal", "tal"], ROW,
                                       merged=("A1:C1", "D1:E1")), [VASBY], '"header_rows": [2]'),
    book("names only from two rows", sheet(["kod", "namn", "år", "antal", None], [None, None, None, None, "tal"], ROW,
                                           merged=("A1:A2",)), [VASBY], "two rows read together"),
    book("name merged over its rows", sheet(HEAD, ROW, [None, None, 2024, 6406, 12760.5], merged=("A2:A3", "B2:B3")),
         [VASBY, ("0114", "Upplands Väsby", 6406, 12760.5)], "merged_cells", "2 filled downwards"),
    book("figure merged over two rows", sheet(HEAD, ROW, ["0125", "Ekerö", 2023, None, 1], merged=("D2:D3",)), None,
         "6646 in a cell merged over rows 2-3", "row 2, column 4"),
    book("notes below", sheet(HEAD, ROW, [], ["Källa: Brå"]), [VASBY], '"footer_rows": [4]', "blank_row"),
    book("the right one of two sheets", two_sheets(["Om", "tabellen"]), [VASBY], "not: Info"),
    book("two sheets with the header", two_sheets(HEAD), None, "2 sheets", "name the sheet"),
    book("formula never calculated", with_formula(), None, "formula without a stored value", "D2"),
    book("error in a cell", with_error(), None, "#DIV/0!", "D2"),
    book("count turned into a date", sheet(HEAD, [*ROW[:3], dt.date(2024, 5, 1), 1]), None, "2024, 5, 1",
         "turned the number into a date"),
    on_log("true dates and times", sheet(LOG_HEAD, [1, dt.datetime(2024, 1, 2, 7, 30), "Bråk", "NA", "x"],
                                         [2, dt.date(2024, 1, 3), "Bråk", "Smedby", "y"]),
           [("1", "2024-01-02 07:30:00", "known", "NA"), ("2", "2024-01-03", "no_time_of_day", "Smedby")]),
    on_log("slipped cells", sheet(LOG_HEAD, ["Bråk", "Smedby", "x", None, None], [2, "2024-01-03", "Bråk", "Smedby", "y"]),
           [("2", "2024-01-03", "no_time_of_day", "Smedby")], "slipped_row"),
    # repetitions, contradictions, revisions
    Case("row twice", yearly("0114;V;2023;1;2", "0114;V;2023;1;2"), [("0114", "V", 1, 2.0)], ("exact_duplicate",)),
    Case("two figures", yearly("0114;V;2023;1;2", "0114;V;2023;3;2"), None, ("row 3", "a second figure", "in row 2")),
    Case("final and preliminary", yearly("0114;V;2023;1;2", "0114;V;2023 prel.;1;2"), None, ("a second figure",)),
    Case("one area twice in the denominator", yearly("0114;V;2023;5", "0114;V;2023;6", header="area_code;area;year;mean_population"),
         None, ("a second row", "row 3", "row 2"), "mean_population", {}),
    Case("agreement twice", b"agreement,start,end\n1,2017-01-01,2018-12-31\n1,2017-01-01,2019-12-31\n", None,
         ("a second row", "'agreement': '1'"), "agreement_register", {}),
    Case("agreement ends before it starts", b"agreement,start,end\n1,2018-01-01,2017-12-31\n", None,
         ("row 2", "not before the first day"), "agreement_register", {}),
    sol("parents echoed", ["Ale kommun;3-7 kap.;2023 prel.;Jan;5;1;"] * 7 + ["Ale kommun;3 kap.;2023 prel.;Jan;2;0;"],
        [("1440", "3-7 kap.", 5, "preliminary"), ("1440", "3 kap.", 2, "preliminary")], '"exact_duplicate": {"rows": 6'),
    sol("one label under two parents", ["Ale kommun;Obekant;2023;Jan;5;1;", "Ale kommun;Obekant;2023;Jan;6;1;"], None,
        "a second figure", "same label may stand under two parents"),
    sol("years in the other column, code in the label", ["Hela landet;0950 - Befogenhetsbedrägeri, grovt;År;2025;14278;135;",
                                                         "Hela landet;Befogenhetsbedrägeri;År;2026 prel.;..;..;"],
        [("", "0950", 14278, "final"), ("", "Befogenhetsbedrägeri", None, "preliminary")], "crime_codes", '"..": 1'),
    sol("unknown month", ["Ale kommun;3-7 kap.;2023;May 2;5;1;"], None, "'May 2'", "a month (Jan-Dec)", "row 2"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_workbook_or_repetition(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


def test_there_are_enough_hand_made_files() -> None:
    from tests.sources.test_fixtures_text import CASES as TEXT
    from tests.sources.test_fixtures_values import NUMBERS, TIMES
    from tests.sources.test_hostile import REFUSED

    cases = [*TEXT, *NUMBERS, *TIMES, *CASES]
    assert len({case.name for case in cases}) + len(REFUSED) >= 100
