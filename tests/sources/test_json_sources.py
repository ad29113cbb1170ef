"""Kolada, Statistics Sweden and police events: their real shapes, and what each reader refuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluation.errors import InputError
from evaluation.sources import Reading, reader_for
from evaluation.sources.police_events import occurred


def reading(folder: Path, kind: str, content: Any, *, marked: bool = False, packed: bool = False) -> Reading:
    data = json.dumps(content, ensure_ascii=False).encode("utf-8-sig" if marked else "utf-8")
    path = folder / ("svar.json.gz" if packed else "svar.json")
    path.write_bytes(gzip.compress(data) if packed else data)
    return reader_for(kind)(path)


def entry(period: int = 2024, **values: object) -> dict[str, Any]:
    value = {"gender": "T", "value": 812.5, "status": "", "count": 1} | values
    return {"kpi": "N07403", "municipality": "0114", "period": period, "values": [value]}


def page(*entries: dict[str, Any], next_url: str | None = None) -> dict[str, Any]:
    return {"values": list(entries), "next_url": next_url, "previous_url": None, "count": len(entries)}


def test_kolada_pages_with_missing_values(tmp_path: Path) -> None:
    pages = [page(entry(2023), next_url="x"), page(entry(2024, gender="K", value=None, status="Missing"), entry(2023))]
    made = reading(tmp_path, "kolada", pages)
    rows = list(made.frame.itertuples(index=False, name=None))
    assert rows == [
        ("N07403", "0114", 2023, "total", 812.5, ""),
        ("N07403", "0114", 2024, "women", pd.NA, "Missing"),
    ]
    assert made.record.set_aside["rule"].tolist() == ["exact_duplicate"]
    assert made.record.missing_codes == {"value": {"Missing": 1}}
    assert made.record.rows_read == 3


def test_a_value_that_kolada_marks_as_deleted_is_no_number(tmp_path: Path) -> None:
    """Withdrawn and replaced: 812.5 goes, 790 stays. Withdrawn alone: no row at all, and no value of the year."""
    withdrawn = entry(2023, isdeleted=True)
    replaced = entry(2023, value=790.0, isdeleted=False)
    made = reading(tmp_path, "kolada", page(withdrawn, replaced, entry(2024, isdeleted=True)))
    assert list(made.frame[["year", "value"]].itertuples(index=False, name=None)) == [(2023, 790.0)]
    assert made.record.set_aside["rule"].tolist() == ["deleted_by_publisher"] * 2
    assert made.record.set_aside["row_number"].tolist() == [1, 3]
    assert (made.record.rows_read, made.record.rows_kept) == (3, 1)


def test_count_is_that_of_the_page_or_of_the_whole_answer(tmp_path: Path) -> None:
    """Two answers one after the other: the first in two pages that state its three entries, the second in one."""
    first = {**page(entry(2020), entry(2021), next_url="x"), "count": 3}
    pages = [first, {**page(entry(2022)), "count": 3}, page(entry(2023))]
    assert reading(tmp_path, "kolada", pages).record.rows_kept == 4
    with pytest.raises(InputError, match="page 1: found 2 entries, but count 3"):
        reading(tmp_path, "kolada", [{**first, "next_url": None}, page(entry(2022)), page(entry(2023))])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (page(entry(), next_url="https://example.org/2"), "next page"),
        ({**page(entry()), "count": 2}, "count 2"),
        ([], "no valid|no list|of the form|values"),
        (page({**entry(), "municipality": 114}), "municipality"),
        (page(entry(gender="X")), "gender"),
        (page(entry(value="812")), "a number or null"),
        (page(entry(isdeleted="no")), "true or false"),
        (page(entry(), entry(value=813.0)), "one value per key"),
    ],
)
def test_kolada_refuses(tmp_path: Path, content: Any, what: str) -> None:
    if content == []:
        assert reading(tmp_path, "kolada", content).frame.empty
        return
    with pytest.raises(InputError, match=what):
        reading(tmp_path, "kolada", content)


def cube(**changes: object) -> dict[str, Any]:
    return {
        "class": "dataset",
        "id": ["Region", "Tid"],
        "size": [2, 2],
        "dimension": {
            "Region": {"category": {"index": {"0163": 1, "0114": 0}, "label": {"0114": "Väsby", "0163": "Sollentuna"}}},
            "Tid": {"category": {"index": ["2025M01", "2025M02"]}},
        },
        "value": [1, 2, None, 4],
        "status": {"2": ".."},
    } | changes


def test_jsonstat_runs_the_last_dimension_fastest(tmp_path: Path) -> None:
    made = reading(tmp_path, "scb_jsonstat", cube(), packed=True)
    assert list(made.frame.itertuples(index=False, name=None)) == [
        ("0114", "Väsby", "2025M01", 1.0, ""),
        ("0114", "Väsby", "2025M02", 2.0, ""),
        ("0163", "Sollentuna", "2025M01", pd.NA, ".."),
        ("0163", "Sollentuna", "2025M02", 4.0, ""),
    ]
    assert made.record.missing_codes == {"value": {"..": 1}}
    assert [guess.what for guess in made.record.guesses] == ["gzip"]


def test_jsonstat_values_may_be_sparse(tmp_path: Path) -> None:
    made = reading(tmp_path, "scb_jsonstat", cube(value={"0": 5, "3": 6}, status="e"))
    assert made.frame["value"].tolist() == [5.0, pd.NA, pd.NA, 6.0]
    assert set(made.frame["status"]) == {"e"}


@pytest.mark.parametrize(
    "changes",
    [
        {"value": [1, 2, 3]},
        {"value": {"4": 1}},
        {"size": [2, 3]},
        {"size": [2]},
        {"id": ["Region", "Region"]},
        {"size": [10**6, 10**6]},
        {"value": [1, 2, True, 4]},
        {"value": [1, 2, "ett", 4]},
        {"class": "collection"},
        {"dimension": {"Region": {}, "Tid": {}}},
        {"status": [""]},
    ],
)
def test_jsonstat_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"svar\.json"):
        reading(tmp_path, "scb_jsonstat", cube(**changes))


V1 = {
    "columns": [
        {"code": "Region", "text": "region", "type": "d"},
        {"code": "Tid", "text": "år", "type": "t"},
        {"code": "BE0101N1", "text": "Folkmängd", "type": "c"},
    ],
    "comments": [],
    "data": [{"key": ["0114", "2015"], "values": ["42661"]}, {"key": ["0114", "2016"], "values": [".."]}],
}


def test_v1_values_are_texts_behind_a_byte_order_mark(tmp_path: Path) -> None:
    made = reading(tmp_path, "scb_v1", V1, marked=True)
    assert list(made.frame.itertuples(index=False, name=None)) == [
        ("0114", "2015", "BE0101N1", 42661.0, ""),
        ("0114", "2016", "BE0101N1", pd.NA, ".."),
    ]
    assert made.record.origin.encoding == "utf-8-sig"


@pytest.mark.parametrize(
    "data",
    [
        [{"key": ["0114"], "values": ["1"]}],
        [{"key": ["0114", "2015"], "values": ["1", "2"]}],
        [{"key": ["0114", "2015"], "values": ["ett"]}],
        [{"key": [114, "2015"], "values": ["1"]}],
        V1["data"] + V1["data"],
    ],
)
def test_v1_refuses(tmp_path: Path, data: list[Any]) -> None:
    with pytest.raises(InputError):
        reading(tmp_path, "scb_v1", {**V1, "data": data})


def event(**changes: object) -> dict[str, Any]:
    return {
        "id": 1,
        "datetime": "2023-01-14 7:10:53 +01:00",
        "name": "14 januari 03:13, Mord/dråp, försök, Upplands väsby",
        "summary": "Person\u00a0skadad.",
        "url": "/x/",
        "type": "Mord/dråp, försök ",
        "location": {"name": "Upplands väsby", "gps": "59.51961,17.92834"},
    } | changes


def test_police_event_by_hand(tmp_path: Path) -> None:
    county = {"name": "Stockholms län", "gps": "59.602496,18.138438"}
    later = event(
        id=2,
        datetime="2026-07-02 19:51:41 +02:00",
        name="2 juli 17.59, Trafikolycka, personskada, Upplands Väsby",
        location=county,
    )
    nowhere = event(id=3, name="Sammanfattning natt, Stockholms län", location=county)
    rows = reading(tmp_path, "police_events", [event(), later, nowhere, event()]).frame
    assert rows["published"].tolist()[0] == pd.Timestamp("2023-01-14 07:10:53")
    assert rows["occurred"].tolist() == [pd.Timestamp("2023-01-14 03:13"), pd.Timestamp("2026-07-02 17:59"), pd.NaT]
    assert rows["place"].tolist() == ["Upplands Väsby", "Upplands Väsby", "Stockholms län"]
    assert rows["area_code"].tolist() == ["0114", "0114", ""]
    assert rows["place_from"].tolist() == ["location", "title", "none"]
    assert rows["type"].iloc[0] == "Mord/dråp, försök"
    assert rows["summary"].iloc[0] == "Person skadad."
    assert len(rows) == 3  # the fourth entry repeats the first


def test_a_changed_event_is_a_second_version(tmp_path: Path) -> None:
    made = reading(tmp_path, "police_events", [event(), event(type="Misshandel")])
    assert made.frame[["version", "latest"]].to_numpy().tolist() == [[1, False], [2, True]]
    assert made.record.facts["events_edited"] == 1


@pytest.mark.parametrize(
    ("title", "published", "time"),
    [
        ("31 december 23.50, Brand, Ale", "2024-01-01 00:20", "2023-12-31 23:50"),
        ("1 januari 00.10, Brand, Ale", "2024-01-01 00:20", "2024-01-01 00:10"),
        ("06 augusti 1:05, Brand, Ale", "2024-08-06 02:00", "2024-08-06 01:05"),
        ("30 februari 10.00, Brand, Ale", "2024-03-01 02:00", None),
        ("Sammanfattning natt, Ale", "2024-03-01 02:00", None),
    ],
)
def test_the_year_of_a_title(title: str, published: str, time: str | None) -> None:
    assert occurred(title, pd.Timestamp(published).to_pydatetime()) == (None if time is None else pd.Timestamp(time))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "1"},
        {"datetime": "igår"},
        {"location": None},
        {"name": None},
        {"location": {"name": "Ale", "gps": "59,5 17,9"}},
    ],
)
def test_police_events_refuse(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="event 1"):
        reading(tmp_path, "police_events", [event(**changes)])
