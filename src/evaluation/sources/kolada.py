"""Kolada v3: one file is one answer of the data service, or a list of its pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.sources.counts import CountColumns, counts_frame, real_array, whole_array
from evaluation.sources.json_gate import Document, read_document
from evaluation.sources.municipalities import municipality_names
from evaluation.sources.points import Point
from evaluation.sources.reading import Reading, SetAside, check_schema
from evaluation.sources.schemas import COUNTS, KPI_VALUES

GENDERS = {"T": "total", "K": "women", "M": "men"}
PER_100_000 = frozenset(
    {
        *("N07402", "N07403", "N07536", "N07537", "N07538", "N07540", "N07543", "N07544", "N07546", "N07547"),
        *("N07548", "U07417", "U07452"),
    }
)
"""Reported offences per 100 000 inhabitants and year, by their titles in Kolada's catalogue. Those about children or
women are left out: the catalogue does not say which inhabitants they are divided by."""

Row = tuple[str, str, int, str, float | None, str]


def read(path: Path) -> Reading:
    """Return indicator values; one row is indicator × area × year × gender.

    `area_code` is the municipality (`0114`), region (`0001`) or country (`0000`) as text. A value that is null keeps
    its row as NA, with its status. A value that Kolada marks as deleted (`isdeleted`) is set aside: it is withdrawn.

    Raises
    ------
    InputError
        If a page is missing, a field has another type, or a key has two different values.
    """
    document = read_document(path)
    values = [value for page in _pages(document) for entry in page for value in _values(document, entry)]
    kept, aside = _usable(document, values)
    columns = list(zip(*kept, strict=True)) if kept else [()] * 6
    frame = pd.DataFrame(
        {
            "indicator": pd.array(columns[0], dtype="str"),
            "area_code": pd.array(columns[1], dtype="str"),
            "year": whole_array(columns[2]),
            "gender": pd.array(columns[3], dtype="str"),
            "value": real_array(columns[4]),
            "status": pd.array(columns[5], dtype="str"),
        }
    )
    codes = Counter(status for *_, value, status in kept if value is None)
    record = document.record("kolada", len(kept), aside, missing={"value": dict(codes)} if codes else {})
    return Reading(check_schema(frame, KPI_VALUES, document.origin.file), record)


def _pages(document: Document) -> list[list[Any]]:
    pages = document.content if isinstance(document.content, list) else [document.content]
    for at, page in enumerate(pages, start=1):
        if not isinstance(page, dict) or not isinstance(page.get("values"), list):
            raise document.refuse(f"page {at}", "no list 'values'", "an answer of Kolada v3 (/v3/data/…)")
    for at, page, total in _with_totals(pages):
        own = len(page["values"])
        if isinstance(page.get("count"), int) and page["count"] not in (own, total):
            raise document.refuse(f"page {at}", f"{own} entries, but count {page['count']}", "all entries")
    if pages and pages[-1].get("next_url"):
        raise document.refuse(
            f"page {len(pages)}",
            "an address of a next page",
            "all pages",
            "fetch the next pages too and store them as one list",
        )
    return [page["values"] for page in pages]


def _with_totals(pages: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Give each page with its number and the entries of its whole answer: the pages up to one that names no next."""
    first = 0
    for last, page in enumerate(pages):
        if not page.get("next_url") or last == len(pages) - 1:
            answer = pages[first : last + 1]
            total = sum(len(part["values"]) for part in answer)
            yield from ((number, part, total) for number, part in enumerate(answer, start=first + 1))
            first = last + 1


def _values(document: Document, entry: Any) -> list[tuple[Row, bool]]:  # noqa: ANN401 - JSON has no static type
    keys = {"kpi": str, "municipality": str, "period": int, "values": list}
    if not isinstance(entry, dict) or not all(type(entry.get(key)) is kind for key, kind in keys.items()):
        raise document.refuse("values", f"the entry {str(entry)[:80]}", "kpi, municipality (text), period, values")
    return [(_row(document, entry, value), _is_deleted(document, entry, value)) for value in entry["values"]]


def _is_deleted(document: Document, entry: dict[str, Any], value: dict[str, Any]) -> bool:
    mark = value.get("isdeleted", False)
    if not isinstance(mark, bool):
        where = f"{entry['kpi']}, {entry['municipality']}, {entry['period']}"
        raise document.refuse(where, f"isdeleted {str(mark)[:40]!r}", "true or false")
    return mark


def _row(document: Document, entry: dict[str, Any], value: Any) -> Row:  # noqa: ANN401
    number = value.get("value") if isinstance(value, dict) else "no object"
    number_fits = number is None or (isinstance(number, int | float) and not isinstance(number, bool))
    if not number_fits or value.get("gender") not in GENDERS:
        where = f"{entry['kpi']}, {entry['municipality']}, {entry['period']}"
        raise document.refuse(where, f"the value {str(value)[:80]}", "gender T, K or M and a number or null")
    status = value.get("status") or ""
    return (
        entry["kpi"],
        entry["municipality"],
        entry["period"],
        GENDERS[value["gender"]],
        None if number is None else float(number),
        str(status),
    )


def _usable(document: Document, values: list[tuple[Row, bool]]) -> tuple[list[Row], tuple[SetAside, ...]]:
    """Return rows without deleted ones and exact repetitions; row numbers count the values of the file from 1."""
    first: dict[tuple[str, str, int, str], Row] = {}
    kept, aside = [], []
    for number, (row, deleted) in enumerate(values, start=1):
        if deleted:
            aside.append(SetAside(number, "deleted_by_publisher", "marked as deleted", str(row)))
            continue
        earlier = first.setdefault(row[:4], row)
        if earlier != row:
            raise document.refuse(f"value {number}", f"{row}, but earlier {earlier}", "one value per key")
        if earlier is row:
            kept.append(row)
        else:
            aside.append(SetAside(number, "exact_duplicate", "same value as earlier", str(row)))
    return kept, tuple(aside)


def counts_of(values: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return the crime indicators among Kolada's values in the counts schema; the indicator is the offence type.

    Kolada publishes rates, no counts: `count` is NA, `rate` per 100 000 inhabitants and year. Both sexes together.
    Municipalities only: the country (`0000`) and the regions (`0001` …) stand in the same answers, and are no
    comparison areas.

    Parameters
    ----------
    values
        One row per indicator × area × year × gender, as `read` returns it.
    file
        For messages.
    """
    names = municipality_names()
    wanted = values["indicator"].isin(PER_100_000) & values["gender"].eq("total") & values["area_code"].isin(names)
    chosen = values[wanted]
    codes = chosen["area_code"].tolist()
    columns = CountColumns(
        area_code=codes,
        area=[names[code] for code in codes],
        points=[Point(dt.date(int(year), 1, 1), "year") for year in chosen["year"]],
        offence_type=chosen["indicator"].tolist(),
        count=[None] * len(chosen),
        rate=[None if value is pd.NA else float(value) for value in chosen["value"]],
        preliminary=[False] * len(chosen),
    )
    return check_schema(counts_frame(columns), COUNTS, file)
