"""Written as a Swedish office exports it, read back, equal: whatever the names, figures and outer form."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.sources import reader_for
from evaluation.sources.dates import parse_moments
from evaluation.sources.export import write_table_csv
from evaluation.sources.incident_times import regular_times
from evaluation.sources.numbers import decide_signs, parse_numbers
from evaluation.sources.table import Column

SPACES = " \u00a0\u202f\u2009\u2007"
LETTERS = "abcdefghijklmnoprstuvxyzåäöABCDEÅÄÖé"
NAMES = st.text(LETTERS + " -/.&;,\"'", min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
FIGURES = st.one_of(st.none(), st.integers(0, 10**9))


def column(texts: list[str]) -> Column:
    return Column("file t.csv", "n", range(2, len(texts) + 2), texts)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=1), st.sampled_from(SPACES))
def test_whole_numbers_with_any_space(numbers: list[int | None], space: str) -> None:
    texts = [".." if number is None else f"{number:,}".replace(",", space) for number in numbers]
    signs = decide_signs([column(texts)])
    assert parse_numbers(column(texts), signs, whole=True).whole() == numbers


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1), st.sampled_from(".,"), st.sampled_from(SPACES))
def test_decimals_with_either_sign(numbers: list, sign: str, space: str) -> None:
    texts = [f"{number:,.2f}".replace(",", space).replace(".", sign) for number in numbers]
    signs = decide_signs([column(texts)])
    assert signs.decimal == sign
    assert parse_numbers(column(texts), signs).values == [float(number) for number in numbers]


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_a_dot_between_thousands_is_never_read_as_a_decimal_sign(numbers: list[int]) -> None:
    """Without a decimal sign elsewhere the column is read as thousands or refused, never as small decimals."""
    from evaluation.errors import InputError

    texts = [f"{number:,}".replace(",", ".") for number in numbers]
    try:
        values = parse_numbers(column(texts), decide_signs([column(texts)]), whole=True).whole()
    except InputError:
        return
    assert values == numbers


@given(st.lists(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2090, 1, 1)), min_size=1), st.sampled_from(
    ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%Y%m%d %H:%M", "%Y/%m/%d %H.%M"]))  # fmt: skip
def test_moments_in_every_form(moments: list[dt.datetime], form: str) -> None:
    texts = [moment.strftime(form) for moment in moments]
    kept = [dt.datetime.strptime(text, form) for text in texts]  # seconds only where the form has them
    assert [moment.value for moment in parse_moments(column(texts)).values] == kept


@given(
    st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"])
)
def test_slashes_are_read_in_the_true_order_or_refused(days: list[dt.date], form: str) -> None:
    from evaluation.errors import InputError

    texts = [day.strftime(form) for day in days]
    try:
        values = [moment.value.date() for moment in parse_moments(column(texts)).values]
    except InputError:
        assert all(day.day <= 12 for day in days)
        return
    assert values == days


@given(st.lists(st.text("0123456789-:T ", max_size=19) | st.datetimes().map(str) | st.datetimes().map(lambda t: f"{t:%Y-%m-%d %H:%M}"), min_size=1))  # fmt: skip  # noqa: E501
def test_the_matrix_of_times_agrees_with_the_calendar(texts: list[str]) -> None:
    micros, flags = regular_times(pa.array(texts, pa.string()))
    for text, micro, flag in zip(texts, micros, flags, strict=True):
        if flag == 5:  # left to the slow way
            continue
        assert pd.Timestamp(dt.datetime.fromisoformat(text)) == pd.Timestamp(micro, unit="us")


@given(
    rows=st.lists(st.tuples(NAMES, FIGURES), min_size=1, max_size=8, unique_by=lambda row: row[0].casefold()),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    delimiter=st.sampled_from(";,\t|"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    space=st.sampled_from(["", *SPACES]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_swedish_csv_round_trip(rows, encoding, delimiter, newline, space, quoting, tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerow(["Område å", "Period", "Antal"])
    for name, figure in rows:
        writer.writerow([f"Å {name}", "2024K1", ".." if figure is None else f"{figure:,}".replace(",", space)])
    path = tmp_path / "ut.csv"
    data = text.getvalue()
    path.write_bytes(data.encode("utf-8" if encoding == "cp1252" and space in SPACES[2:] and space else encoding))
    fields = {"area": "Område å", "period": "Period", "count": "Antal"}
    frame = reader_for("tidy_counts")(path, columns={"fields": fields}).frame
    assert frame["area"].tolist() == [f"Å {name}" for name, _ in rows]
    assert [None if value is pd.NA else value for value in frame["count"]] == [figure for _, figure in rows]


@given(rows=st.lists(st.tuples(NAMES, FIGURES), min_size=1, max_size=6, unique_by=lambda row: row[0].casefold()))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_exported_is_read_back(rows, tmp_path: Path) -> None:
    counts = pd.array([figure for _, figure in rows], dtype="Int64")
    frame = pd.DataFrame({"area": [f"Å {name}" for name, _ in rows], "year": 2024, "count": counts})
    write_table_csv(tmp_path / "ut.csv", frame)
    read = reader_for("tidy_counts")(tmp_path / "ut.csv").frame
    assert read["area"].tolist() == frame["area"].tolist()
    assert read["count"].tolist() == frame["count"].tolist()


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_a_harmless_apostrophe_is_what_an_export_adds(first: str, tmp_path: Path) -> None:
    write_table_csv(tmp_path / "ut.csv", pd.DataFrame({"area": [f"{first}x"], "year": [2024], "count": [1]}))
    assert reader_for("tidy_counts")(tmp_path / "ut.csv").frame["area"].tolist() == [f"'{first}x"]
