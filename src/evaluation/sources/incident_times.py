"""Times of a whole column at once: the common forms as byte matrices, every other form one distinct text at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.sources.dates import (
    YEAR_LAST,
    DateOrder,
    Moment,
    SettledOrder,
    flagged_at_clock,
    moment_of,
    settle_order,
)
from evaluation.sources.incident_schema import TIME_FLAGS
from evaluation.sources.labels import clean_text
from evaluation.sources.reading import Guess
from evaluation.sources.table import Column

KNOWN, NO_TIME, AMBIGUOUS, NONEXISTENT, MISSING, UNREADABLE = range(len(TIME_FLAGS))
DIGITS = {10: (0, 1, 2, 3, 5, 6, 8, 9), 16: (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15)}
DIGITS[19] = (*DIGITS[16], 17, 18)
NOT_A_TIME = np.iinfo(np.int64).min
BETWEEN = "\x1f"
BLOCK = 2**15
"""Rows whose working arrays fit into the cache together."""
YEARS = range(1900, 2101)
_MONTHS = np.arange((YEARS[0] - 1970) * 12, (YEARS[-1] - 1969) * 12 + 1).astype("datetime64[M]")
_STARTS = _MONTHS.astype("datetime64[D]").astype(np.int64)
MONTH_STARTS, MONTH_LENGTHS = _STARTS[:-1], np.diff(_STARTS)
"""First day (since 1970) and number of days of every month of `YEARS`."""


@dataclass(frozen=True, slots=True)
class ColumnTimes:
    """Times of one column: microseconds since 1970 as local time, flag codes (places in `TIME_FLAGS`), decisions."""

    micros: NDArray[np.int64]
    flags: NDArray[np.int8]
    order: DateOrder | None
    guesses: tuple[Guess, ...]


def times_of(
    place: str, name: str, numbers: NDArray[np.int64], dates: pa.Array, clocks: pa.Array | None, order: DateOrder | None
) -> ColumnTimes:
    """Return the times of a column of stripped texts, with a second column of clock times where there is one.

    Parameters
    ----------
    place, name, numbers
        For messages: file, header, row numbers.
    order
        Of day and month, where the year stands last and the order is known.

    Raises
    ------
    InputError
        If the order of day and month cannot be settled (see `dates.settle_order`).
    """
    joined = dates if clocks is None else pc.ascii_trim_whitespace(pc.binary_join_element_wise(dates, clocks, " "))
    micros, flags = regular_times(joined)
    left = np.flatnonzero(flags == UNREADABLE)
    if not left.size:
        return ColumnTimes(micros, flags, order, ())
    rest_dates = dates.take(pa.array(left))
    rest_clocks = None if clocks is None else clocks.take(pa.array(left))
    settled = _settled(place, name, numbers[left], rest_dates, order)
    _fill(micros, flags, left, rest_dates, rest_clocks, settled.order)
    return ColumnTimes(micros, flags, settled.order or order, settled.guesses)


def _settled(
    place: str, name: str, numbers: NDArray[np.int64], dates: pa.Array, order: DateOrder | None
) -> SettledOrder:
    texts = [clean_text(text) for text in dates.to_pylist()]
    late = [at for at, text in enumerate(texts) if YEAR_LAST.fullmatch(text)]
    column = Column(place, name, [int(numbers[at]) for at in late], [texts[at] for at in late])
    return settle_order(column, [texts[at] for at in late], order)


def _fill(
    micros: NDArray[np.int64],
    flags: NDArray[np.int8],
    left: NDArray[np.int64],
    dates: pa.Array,
    clocks: pa.Array | None,
    order: DateOrder | None,
) -> None:
    """Write into the two new arrays what the forms that are not regular say, one distinct text at a time."""
    keys = dates if clocks is None else pc.binary_join_element_wise(dates, clocks, BETWEEN)
    coded = keys.dictionary_encode()
    moments = [_moment(text, clocks is not None, order) for text in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy(zero_copy_only=False)
    values = np.array([moment.value for moment in moments], dtype="datetime64[us]").astype(np.int64)
    micros[left] = values[codes]
    flags[left] = np.array([TIME_FLAGS.index(moment.flag) for moment in moments], dtype=np.int8)[codes]


def _moment(text: str, with_clock: bool, order: DateOrder | None) -> Moment:
    date, _, clock = text.partition(BETWEEN)
    moment = moment_of(clean_text(date), order)
    return flagged_at_clock(moment, clock) if with_clock else moment


def regular_times(texts: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return times for `2024-01-31`, `2024-01-31 07:30` and `2024-01-31 07:30:00`; all else is flagged unreadable."""
    micros = np.full(len(texts), NOT_A_TIME)
    flags = np.full(len(texts), UNREADABLE, dtype=np.int8)
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    for width in DIGITS:
        chosen = lengths == width
        if chosen.all():
            micros, flags = _from_matrix(_matrix(texts, width))
        elif chosen.any():
            micros[chosen], flags[chosen] = _from_matrix(_matrix(texts.filter(pa.array(chosen)), width))
    return micros, flags


def _matrix(texts: pa.Array, width: int) -> NDArray[np.uint8]:
    """Return texts of one length as a matrix of bytes, one column per character."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)
    start = int(offsets[texts.offset])
    data = np.frombuffer(texts.buffers()[2], dtype=np.uint8)
    return data[start : start + len(texts) * width].reshape(len(texts), width)


def _from_matrix(matrix: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return times and flags of texts of one length, in blocks whose working arrays stay in the processor's cache."""
    micros, flags = np.empty(len(matrix), dtype=np.int64), np.empty(len(matrix), dtype=np.int8)
    for at in range(0, len(matrix), BLOCK):
        block = slice(at, at + BLOCK)
        micros[block], flags[block] = _from_block(matrix[block])
    return micros, flags


def _from_block(matrix: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    columns = np.ascontiguousarray(matrix.T)
    width = columns.shape[0]
    digits = {at: columns[at] - np.uint8(48) for at in DIGITS[width]}
    fits = (columns[4] == 45) & (columns[7] == 45)
    for digit in digits.values():
        fits &= digit < 10
    if width > 10:
        fits &= ((columns[10] == 32) | (columns[10] == 84)) & (columns[13] == 58)
    if width > 16:
        fits &= columns[16] == 58
    days, hours, minutes, seconds = _parts(digits, width)
    fits &= days != NOT_A_TIME
    days = np.where(fits, days, 0)
    micros = ((days * 24 + hours) * 60 + minutes) * 60_000_000 + seconds * 1_000_000
    return np.where(fits, micros, NOT_A_TIME), np.where(fits, _flags(days, hours, width), UNREADABLE).astype(np.int8)


def _parts(digits: dict[int, NDArray[np.uint8]], width: int) -> tuple[NDArray[np.int64], ...]:
    """Return days since 1970 (NOT_A_TIME where the calendar has no such time), hour, minute and second."""

    def pair(at: int) -> NDArray[np.int64]:
        return digits[at].astype(np.int64) * 10 + digits[at + 1]

    years, months, dates = pair(0) * 100 + pair(2), pair(5), pair(8)
    zero = np.zeros(len(years), dtype=np.int64)
    hours, minutes = (pair(11), pair(14)) if width > 10 else (zero, zero)
    seconds = pair(17) if width > 16 else zero
    valid = (years >= YEARS[0]) & (years <= YEARS[-1]) & (months >= 1) & (months <= 12)
    month = np.where(valid, (years - YEARS[0]) * 12 + months - 1, 0)
    valid &= (dates >= 1) & (dates <= MONTH_LENGTHS[month]) & (hours < 24) & (minutes < 60) & (seconds < 60)
    return np.where(valid, MONTH_STARTS[month] + dates - 1, NOT_A_TIME), hours, minutes, seconds


def _flags(days: NDArray[np.int64], hours: NDArray[np.int64], width: int) -> NDArray[np.int8]:
    flags = np.full(len(days), KNOWN if width > 10 else NO_TIME, dtype=np.int8)
    if width == 10:
        return flags
    night = np.flatnonzero((hours == 2) & ((days + 3) % 7 == 6))
    dates = days[night].astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    last_week = (dates - months).astype(np.int64) >= 24
    month = months.astype(np.int64) % 12 + 1
    flags[night[last_week & (month == 10)]] = AMBIGUOUS
    flags[night[last_week & (month == 3)]] = NONEXISTENT
    return flags
