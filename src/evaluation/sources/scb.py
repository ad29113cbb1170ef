"""Statistics Sweden: json-stat2 (PxWebApi 2) and the JSON of PxWebApi 1, as long tables with codes.

The frame has one column per dimension with its codes as text, named as in the file (`Region`, `Tid`, …), one
`<dimension>_label` beside it where the file gives labels, then `value` (Float64, NA where none was published) and
`status` (the sign for a missing value, else empty). One row is one cell of the cube.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.sources.counts import real_array
from evaluation.sources.json_gate import Document, read_document
from evaluation.sources.numbers import MISSING
from evaluation.sources.reading import Reading, check_dtypes

MAX_CELLS = 5_000_000


def read_jsonstat(path: Path) -> Reading:
    """Return a json-stat2 answer as a long table, the last dimension running fastest.

    Raises
    ------
    InputError
        If sizes, positions and number of values contradict each other.
    """
    document = read_document(path)
    cube = document.content
    if not isinstance(cube, dict) or cube.get("class") != "dataset" or not isinstance(cube.get("dimension"), dict):
        raise document.refuse("top level", "no json-stat dataset", "class 'dataset' with id, size, dimension, value")
    names, sizes = _shape(document, cube)
    count = math.prod(sizes)
    values = _sparse(document, cube.get("value"), count, "value")
    statuses = _statuses(document, cube.get("status"), count)
    data: dict[str, Any] = {}
    places = np.unravel_index(np.arange(count), sizes) if count else [np.array([], dtype=int)] * len(sizes)
    for name, size, place in zip(names, sizes, places, strict=True):
        codes, labels = _categories(document, cube["dimension"].get(name), name, size)
        data[name] = pd.array(np.array(codes, dtype=object)[place], dtype="str")
        if labels:
            data[f"{name}_label"] = pd.array(np.array(labels, dtype=object)[place], dtype="str")
    return _reading(document, "scb_jsonstat", data, [_number(document, value) for value in values], statuses)


def _shape(document: Document, cube: dict[str, Any]) -> tuple[list[str], list[int]]:
    names, sizes = cube.get("id"), cube.get("size")
    fits = isinstance(names, list) and isinstance(sizes, list) and len(names) == len(sizes) > 0
    if not fits or not all(type(size) is int and size >= 0 for size in sizes or []):
        raise document.refuse("id and size", f"{names} and {sizes}", "a size for each dimension")
    if len(set(map(str, names or []))) < len(sizes or []) or math.prod(sizes or []) > MAX_CELLS:
        raise document.refuse("id and size", f"{names}, {sizes}", f"each dimension once, at most {MAX_CELLS} cells")
    return [str(name) for name in names or []], list(sizes or [])


def _categories(document: Document, dimension: Any, name: str, size: int) -> tuple[list[str], list[str]]:  # noqa: ANN401
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index") if isinstance(category, dict) else None
    labels = category.get("label", {}) if isinstance(category, dict) else {}
    if index is None and isinstance(labels, dict) and len(labels) == size == 1:
        index = list(labels)
    if isinstance(index, dict):
        index = _by_position(index, size)
    if not isinstance(index, list) or len(index) != size or len(set(map(str, index))) != size:
        raise document.refuse(f"dimension {name}", f"categories {str(index)[:80]}", f"{size} different codes in order")
    codes = [str(code) for code in index]
    return codes, [str(labels.get(code, code)) for code in codes] if isinstance(labels, dict) and labels else []


def _by_position(index: dict[str, Any], size: int) -> list[str] | None:
    if sorted(index.values(), key=str) != sorted(range(size), key=str):
        return None
    return sorted(index, key=lambda code: int(index[code]))


def _sparse(document: Document, values: Any, count: int, what: str) -> list[Any]:  # noqa: ANN401
    """Return one entry per cell from a list, or from an object position → entry."""
    if isinstance(values, dict) and all(key.isdigit() and int(key) < count for key in values):
        return [values.get(str(at)) for at in range(count)]
    if not isinstance(values, list) or len(values) != count:
        length = len(values) if isinstance(values, list | dict) else type(values).__name__
        raise document.refuse(what, f"{length} entries", f"{count} entries, the product of the sizes")
    return values


def _statuses(document: Document, statuses: Any, count: int) -> list[str]:  # noqa: ANN401
    if statuses is None or isinstance(statuses, str):
        return [statuses or ""] * count
    return [str(status or "") for status in _sparse(document, statuses, count, "status")]


def _number(document: Document, value: Any) -> float | None:  # noqa: ANN401
    if value is None or (isinstance(value, str) and value.strip() in MISSING | {""}):
        return None
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError as error:
            raise document.refuse("value", repr(value), "a number, null or a sign for a missing figure") from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise document.refuse("value", repr(value)[:80], "a number, null or a sign for a missing figure")
    return float(value)


def _reading(
    document: Document, source: str, data: dict[str, Any], values: list[float | None], statuses: list[str]
) -> Reading:
    frame = pd.DataFrame({**data, "value": real_array(values), "status": pd.array(statuses, dtype="str")})
    dtypes = {**dict.fromkeys(data, "str"), "value": "Float64", "status": "str"}
    codes = Counter(status for value, status in zip(values, statuses, strict=True) if value is None)
    record = document.record(source, len(frame), missing={"value": dict(sorted(codes.items()))} if codes else {})
    return Reading(check_dtypes(frame, dtypes, document.origin.file), record)


def read_v1(path: Path) -> Reading:
    """Return a PxWebApi 1 answer as a long table; several contents become rows with their code in `ContentsCode`.

    Raises
    ------
    InputError
        If a row has another number of keys or values than the columns say, or a key stands twice.
    """
    document = read_document(path)
    answer = document.content
    if not isinstance(answer, dict) or not all(isinstance(answer.get(key), list) for key in ("columns", "data")):
        raise document.refuse("top level", "no lists 'columns' and 'data'", "an answer of PxWebApi 1 in format json")
    columns = answer["columns"]
    if not all(isinstance(column, dict) and {"code", "type"} <= set(column) for column in columns):
        raise document.refuse("columns", str(columns)[:80], "columns with code, text and type")
    keys = [str(column["code"]) for column in columns if column["type"] != "c"]
    contents = [str(column["code"]) for column in columns if column["type"] == "c"]
    rows = [
        (*_key(document, at, row, keys), content, _value(document, at, row, number, contents))
        for at, row in enumerate(answer["data"], start=1)
        for number, content in enumerate(contents)
    ]
    if len({row[:-1] for row in rows}) < len(rows):
        raise document.refuse("data", "a key twice", "each combination of codes once")
    names = [*keys, "ContentsCode"]
    data = {name: pd.array([row[at] for row in rows], dtype="str") for at, name in enumerate(names)}
    texts = [row[-1] for row in rows]
    statuses = [text.strip() if _number(document, text) is None else "" for text in texts]
    return _reading(document, "scb_v1", data, [_number(document, text) for text in texts], statuses)


def _key(document: Document, at: int, row: Any, keys: list[str]) -> list[str]:  # noqa: ANN401
    key = row.get("key") if isinstance(row, dict) else None
    if not isinstance(key, list) or len(key) != len(keys) or not all(isinstance(code, str) for code in key):
        raise document.refuse(f"data row {at}", str(row)[:80], f"a key of {len(keys)} codes as text")
    return key


def _value(document: Document, at: int, row: dict[str, Any], number: int, contents: list[str]) -> str:
    values = row.get("values")
    if not isinstance(values, list) or len(values) != len(contents) or not isinstance(values[number], str):
        raise document.refuse(f"data row {at}", str(row)[:80], f"{len(contents)} values as text")
    return str(values[number])
