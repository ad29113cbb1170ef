"""Numbers, codes, dates and times in the forms that offices write: 43 files written by hand."""
# ruff: noqa: E501 - one case per line reads better than a short line

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.fixtures import LOG, YEARLY, Case, check, log, yearly

NBSP, NARROW, THIN, FIGURE = "\u00a0", "\u202f", "\u2009", "\u2007"


def counts(name: str, cells: list[tuple[str, str]], expected: list[tuple[object, object]] | None, *says: str) -> Case:
    """Counts and rates as written, and as they must be read; 0114 in 2001, 2002, …"""
    lines = [f"0114;Väsby;{2001 + at};{count};{rate}" for at, (count, rate) in enumerate(cells)]
    return Case(name, yearly(*lines), expected, says, columns=("count", "rate"))  # type: ignore[arg-type]


def times(
    name: str, cells: list[str], expected: list[tuple[object, object]] | None, *says: str, **options: object
) -> Case:
    """Times as written; expected as text (None: no time) with the flag."""
    lines = [f"{at};{cell};Bråk;Smedby;x" for at, cell in enumerate(cells, start=1)]
    columns = {**LOG, **options}
    kind = ("occurred_from", "occurred_from_time")
    return Case(name, log(*lines), expected, says, "incident_log", {"columns": columns}, kind)  # type: ignore[arg-type]


NUMBERS = [
    counts("thousands with a space", [("1 234", "12 345"), ("987", "1")], [(1234, 12345.0), (987, 1.0)], "thousands_sign"),
    counts("thousands with a hard space", [(f"1{NBSP}234{NBSP}567", "1")], [(1234567, 1.0)]),
    counts("thousands with a narrow space", [(f"12{NARROW}345", "1")], [(12345, 1.0)]),
    counts("thousands with thin and figure spaces", [(f"1{THIN}234", f"1{FIGURE}000")], [(1234, 1000.0)]),
    counts("space in the wrong place", [("12 34", "1")], None, "row 2", "column 'antal'", "'12 34'", "a number"),
    counts("decimal comma", [("5", "12,5"), ("6", "0,25")], [(5, 12.5), (6, 0.25)], '"decimal_sign": ","'),
    counts("decimal point", [("5", "12.5"), ("6", "0.25")], [(5, 12.5), (6, 0.25)], '"decimal_sign": "."'),
    counts("comma and point as decimals", [("5", "12,5"), ("6", "0.25")], None, "row 3", "'0.25'", "one decimal sign"),
    counts("1.234 alone", [("1.234", "7")], None, "row 2", "'1.234'", "read in one way only", "decimal sign"),
    counts("1.234 beside a decimal comma", [("1.234", "7,5")], [(1234, 7.5)]),
    counts("1,234 beside a decimal point", [("1,234", "7.5")], [(1234, 7.5)]),
    counts("millions with points", [("1.234.567", "7")], [(1234567, 7.0)]),
    counts("counts with point zero", [("2483.0", "7.5")], [(2483, 7.5)]),
    counts("half a count", [("2.5", "7.5")], None, "row 2", "'2.5'", "a whole number from 0"),
    counts("negative count", [("-3", "1")], None, "row 2", "'-3'", "from 0"),
    counts("signs for no figure", [("..", "."), ("-", "–"), ("XX", "U"), ("", "0")],
           [(None, None), (None, None), (None, None), (None, 0.0)], '"..": 1', '"XX": 1', '"": 1'),
    counts("zero is a figure", [("0", "0")], [(0, 0.0)]),
    counts("footnote marks", [("1 241¹", "5*")], [(1241, 5.0)], "footnote_marks", "'1 241¹'"),
    counts("footnote glued to a number", [("12411)", "5")], None, "row 2", "'12411)'"),
    counts("exponent", [("1,2E+03", "5")], None, "'1,2E+03'", "a number"),
    counts("leading zero in a count", [("0123", "5")], None, "'0123'", "without leading zeros"),
    counts("percent sign", [("5", "12 %")], None, "'12 %'", "column 'tal'"),
    Case("leading zero of the code kept", yearly("0114;Väsby;2023;1;2"), [("0114", "Väsby", 1, 2.0)]),
    Case("leading zero of the code lost", yearly("114;Väsby;2023;1;2"), None, ("'114'", "0114 became 114", "row 2")),
    Case("code as Excel text", yearly('"=""0114""";Väsby;2023;1;2'), [("0114", "Väsby", 1, 2.0)]),
    Case("area called NA", yearly("0180;NA;2023;1;2"), [("0180", "NA", 1, 2.0)]),
    Case("footnote on a name", yearly("0114;Väsby 1);2023;1;2"), [("0114", "Väsby", 1, 2.0)], ("footnote_marks",)),
    Case("two names for a code", yearly("0114;Väsby;2022;1;2", "0114;Vallentuna;2023;1;2"), None,
         ("row 3", "'0114'", "'Vallentuna'", "'Väsby'")),
    Case("preliminary year", yearly("0114;Väsby;2023 prel.;1;2"), [("preliminary", 1)], columns=("status", "count")),
    Case("month in a year column", yearly("0114;Väsby;2023-05;1;2"), None, ("'2023-05'", "a year", "row 2")),
    Case("quarters", yearly("0114;Väsby;2014K1;1;2", "0114;Väsby;2014K2;3;4"),
         [("quarter", 1), ("quarter", 3)], columns=("grain", "count"),
         options={"columns": {"fields": {**{k: v for k, v in YEARLY["fields"].items() if k != "year"}, "period": "år"}}}),
    Case("fifth quarter", yearly("0114;Väsby;2014K5;1;2"), None, ("'2014K5'", "row 2"),
         options={"columns": {"fields": {**{k: v for k, v in YEARLY["fields"].items() if k != "year"}, "period": "år"}}}),
]  # fmt: skip


def at(text: str | None) -> object:
    import pandas as pd

    return None if text is None else pd.Timestamp(text)


TIMES = [
    times("iso", ["2024-01-02 07:30", "2024-01-02T07:30:15", "2024-01-02"],
          [(at("2024-01-02 07:30"), "known"), (at("2024-01-02 07:30:15"), "known"), (at("2024-01-02"), "no_time_of_day")]),
    times("slashes, one day above 12", ["03/04/2024 10:00", "25/04/2024 11:00"],
          [(at("2024-04-03 10:00"), "known"), (at("2024-04-25 11:00"), "known")], "date_order", "dmy"),
    times("slashes, month first", ["03/04/2024 10:00", "04/25/2024 11:00"],
          [(at("2024-03-04 10:00"), "known"), (at("2024-04-25 11:00"), "known")], "mdy"),
    times("slashes, open", ["03/04/2024", "05/06/2024"], None, "row 2", "'03/04/2024'", "read in two ways", "dmy or mdy"),
    times("slashes, open but decided", ["03/04/2024"], [(at("2024-04-03"), "no_time_of_day")], "named by the caller",
          date_order="dmy"),
    times("slashes in two orders", ["13/04/2024", "04/25/2024"], None, "two different orders"),
    times("same day and month", ["03/03/2024"], [(at("2024-03-03"), "no_time_of_day")]),
    times("points and words", ["3.4.2024 10.15", "3 april 2024 kl 10.15", "den 3 april 2024"],
          [(at("2024-04-03 10:15"), "known"), (at("2024-04-03 10:15"), "known"), (at("2024-04-03"), "no_time_of_day")]),
    times("two-digit year", ["3/4/24"], None, "years with two digits"),
    times("hour that comes twice", ["2024-10-27 02:30", "2024-10-27 03:00", "2024-10-27 01:59"],
          [(at("2024-10-27 02:30"), "ambiguous_hour"), (at("2024-10-27 03:00"), "known"), (at("2024-10-27 01:59"), "known")]),
    times("hour that does not exist", ["2024-03-31 02:30", "2024-03-24 02:30"],
          [(at("2024-03-31 02:30"), "nonexistent_hour"), (at("2024-03-24 02:30"), "known")]),
    times("offsets settle the hour", ["2024-10-27 02:30 +02:00", "2024-10-27T01:30:00Z"],
          [(at("2024-10-27 02:30"), "known"), (at("2024-10-27 02:30"), "known")]),
    times("days that do not exist", ["2024-02-30 10:00", "2023-02-29", "2024-01-01 24:00", ""],
          [(None, "unreadable"), (None, "unreadable"), (None, "unreadable"), (None, "missing")]),
]  # fmt: skip


@pytest.mark.parametrize("case", [*NUMBERS, *TIMES], ids=lambda case: case.name)
def test_values(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
