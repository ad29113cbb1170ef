"""From columns of text to the canonical incident frame, the same for small files, workbooks and streamed batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.errors import ParameterError
from evaluation.sources.dates import UNKNOWN_CLOCK, DateOrder
from evaluation.sources.header import Wanted
from evaluation.sources.incident_schema import (
    FIELDS,
    INCIDENT_COLUMNS,
    TEXT_FIELDS,
    TIME_FIELDS,
    TIME_FLAGS,
    IncidentColumns,
)
from evaluation.sources.incident_times import ColumnTimes, times_of
from evaluation.sources.labels import clean_text
from evaluation.sources.reading import Guess, check_dtypes

NAMES = frozenset({"category", "subcategory", "area", "reporter", "reported_to_police"})
"""Fields of few distinct words: composed letters and single spaces; all other texts are only stripped."""
REQUIRED = ("category", "occurred_from")
CLOCK = "_clock"
SPACE = ord(" ")
"""The last of the signs that count as space in ASCII; no text has the control characters before it."""
COMBINING = ("\u0308", "\u030a", "\u0301")


@dataclass(frozen=True, slots=True, eq=False)
class IncidentFrame:
    """Incidents of one file or batch, with what had to be decided and met on the way."""

    frame: pd.DataFrame
    guesses: tuple[Guess, ...]
    unknown: dict[str, Counter[str]]
    orders: dict[str, DateOrder | None]


def wanted_columns(columns: IncidentColumns) -> Wanted:
    """Return the columns to look for: one per field, and one more for a time of day in its own column.

    Raises
    ------
    ParameterError
        If the map names a field that incidents do not have, or leaves out a required one.
    """
    strange = sorted((set(columns.fields) | set(columns.values)) - set(FIELDS))
    lacking = sorted(set(REQUIRED) - set(columns.fields))
    if strange or lacking:
        raise ParameterError(
            "column map of the incident log",
            found=f"unknown fields {strange}, missing fields {lacking}",
            expected=f"fields out of {list(FIELDS)}, at least {list(REQUIRED)}",
            todo="correct the map: our field on the left, the header of the file on the right",
        )
    names: dict[str, tuple[str, ...]] = {}
    for field, header in columns.fields.items():
        pair = (header,) if isinstance(header, str) else header
        names |= {ours: (theirs,) for ours, theirs in zip((field, field + CLOCK), pair, strict=False)}
    return Wanted(names, frozenset(names), running=frozenset({"free_text"}))


def incident_frame(
    place: str,
    texts: Mapping[str, pa.Array],
    numbers: NDArray[np.int64],
    file: str,
    columns: IncidentColumns,
    orders: Mapping[str, DateOrder | None] | None = None,
    *,
    compose: bool = True,
) -> IncidentFrame:
    """Return incidents from text columns.

    Parameters
    ----------
    texts
        Our field (and field + `_clock`) → cells as text, without missing values, all of one length.
    numbers
        Row number of each row.
    orders
        Order of day and month per time field, as settled by an earlier batch of the same file.
    compose
        Whether letters may be written as a base and a combining mark, to be put together.
    """
    length = len(numbers)
    empty = pa.array([""] * length, pa.string()) if length < 1000 else pa.repeat(pa.scalar(""), length)
    stripped = {name: array if name in NAMES else _stripped(array) for name, array in texts.items()}
    if compose:
        stripped |= {name: _composed(array) for name, array in stripped.items() if name in TEXT_FIELDS}
    unknown: dict[str, Counter[str]] = {}
    for field in NAMES & set(stripped):
        stripped[field], unknown[field] = _words(stripped[field], columns.values.get(field))
    times = {
        field: times_of(
            place,
            str(columns.fields[field]),
            numbers,
            stripped[field],
            stripped.get(field + CLOCK),
            columns.date_order or (orders or {}).get(field),
        )
        for field in TIME_FIELDS
        if field in stripped
    }
    data: dict[str, object] = {}
    written = _as_strings({name: stripped.get(name, empty) for name in TEXT_FIELDS} | _written(stripped, empty))
    for name in INCIDENT_COLUMNS:
        data[name] = written.get(name)
    data |= _time_columns(times, length)
    data["source_file"] = _categories(np.zeros(length, dtype=np.int8), [file])
    data["row_number"] = numbers
    return IncidentFrame(
        pd.DataFrame(data, copy=False),
        tuple(dict.fromkeys(guess for time in times.values() for guess in time.guesses)),
        {field: counts for field, counts in unknown.items() if counts},
        {field: time.order for field, time in times.items()},
    )


def checked(incidents: IncidentFrame, file: str) -> pd.DataFrame:
    """Return the frame if it has exactly the canonical columns and types."""
    return check_dtypes(incidents.frame, INCIDENT_COLUMNS, file)


def slipped_rows(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which incidents cannot be trusted in any column, because the cells have slipped.

    Where the time should stand is something without a digit, or neither the time nor the required category is there.
    A single cell that was deleted in a workbook, the rest of its row moved left, leaves no such trace: only a list of
    known values finds it (`IncidentColumns.values`, counted in the record's unknown codes).
    """
    flags = frame["occurred_from_time"].cat.codes.to_numpy()
    slipped = np.zeros(len(frame), dtype=bool)
    suspects = np.flatnonzero(flags >= TIME_FLAGS.index("missing"))
    texts = frame["occurred_from_text"].take(suspects).tolist()
    categories = frame["category"].take(suspects).tolist()
    for at, text, category in zip(suspects, texts, categories, strict=True):
        slipped[at] = not category or (text.casefold() not in UNKNOWN_CLOCK and not any(map(str.isdigit, text)))
    return slipped


def _written(stripped: Mapping[str, pa.Array], empty: pa.Array) -> dict[str, pa.Array]:
    """Return the text of each time as it stands in the file, date and clock with a space between them."""
    written = {}
    for field in TIME_FIELDS:
        date, clock = stripped.get(field, empty), stripped.get(field + CLOCK)
        joined = date if clock is None else pc.ascii_trim_whitespace(pc.binary_join_element_wise(date, clock, " "))
        written[f"{field}_text"] = joined
    return written


def _as_strings(arrays: Mapping[str, pa.Array]) -> dict[str, pd.Series]:
    table = pa.table({name: array.cast(pa.large_string()) for name, array in arrays.items()})
    frame = table.to_pandas()
    return {name: frame[name] for name in frame}


def _time_columns(times: Mapping[str, ColumnTimes], length: int) -> dict[str, object]:
    nothing = ColumnTimes(
        np.full(length, np.iinfo(np.int64).min), np.full(length, TIME_FLAGS.index("missing"), dtype=np.int8), None, ()
    )
    columns: dict[str, object] = {}
    for field in TIME_FIELDS:
        time = times.get(field, nothing)
        columns[field] = time.micros.view("datetime64[us]")
        columns[f"{field}_time"] = _categories(time.flags, TIME_FLAGS)
    return columns


def _categories(codes: NDArray[np.int8], categories: Sequence[str]) -> pd.Categorical[int]:
    return pd.Categorical.from_codes(codes.astype(np.int8), dtype=pd.CategoricalDtype(list(categories)))


def _stripped(array: pa.Array) -> pa.Array:
    """Return texts without space around them; the array itself, uncopied, where no text has any."""
    if not len(array) or array.buffers()[2] is None:
        return array
    signs = np.frombuffer(array.buffers()[2], dtype=np.uint8)
    bounds = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    filled = bounds[:-1] < bounds[1:]
    outermost = signs[bounds[:-1][filled]], signs[bounds[1:][filled] - 1]
    return pc.ascii_trim_whitespace(array) if any((edge <= SPACE).any() for edge in outermost) else array


def _composed(array: pa.Array) -> pa.Array:
    """Return texts with composed letters; files from some systems write å as a and a ring."""
    if any(pc.any(pc.match_substring(array, mark)).as_py() for mark in COMBINING):
        return pc.utf8_normalize(array, form="NFC")
    return array


def _words(array: pa.Array, mapping: Mapping[str, str] | None) -> tuple[pa.Array, Counter[str]]:
    """Return a column of few distinct words, cleaned and translated, and how often each word was not in the map."""
    coded = array.dictionary_encode()
    words = [clean_text(word) for word in coded.dictionary.to_pylist()]
    translated = words if mapping is None else [mapping.get(word, word) for word in words]
    strange: Counter[str] = Counter()
    if mapping is not None:
        counts = np.bincount(coded.indices.to_numpy(zero_copy_only=False), minlength=len(words))
        for word, number in zip(words, counts, strict=True):
            strange.update({word: int(number)} if word and word not in mapping and number else {})
    changed = translated != coded.dictionary.to_pylist()
    return pa.array(translated, pa.string()).take(coded.indices) if changed else array, strange
