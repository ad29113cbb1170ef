"""Rows seen in earlier batches: exact duplicates over a file that never fits into memory at once."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import as_arrow
from evaluation.cleaning.duplicates import content_columns
from evaluation.cleaning.ledger import Mask

Fingerprints = NDArray[np.int64]
AT_ONCE = 2**14
"""Rows whose joined texts are held as Python texts at the same time."""


class SeenRows:
    """Fingerprints of the rows of earlier batches, 8 bytes each.

    The fingerprint is a keyed 64-bit hash of the content of a row; among 10 million rows the chance that
    any two different ones share it is about 3 in a million. The hashes live in a few sorted runs, merged when they
    reach equal size, so that looking a batch up costs little.
    """

    def __init__(self) -> None:
        self._runs: list[Fingerprints] = []

    def seen(self, frame: pd.DataFrame) -> Mask:
        """Say which rows an earlier batch had already, shape (n,), and remember this batch."""
        prints = fingerprints(frame)
        known = self._known(prints)
        self._remember(prints[~known])
        return known

    def _known(self, prints: Fingerprints) -> Mask:
        known = np.zeros(prints.size, dtype=bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, prints), run.size - 1)
            known |= run[place] == prints
        return known

    def _remember(self, prints: Fingerprints) -> None:
        if prints.size:
            self._runs.append(np.sort(prints))
        while len(self._runs) > 1 and self._runs[-2].size <= self._runs[-1].size:
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort()  # in place: two copies of the longest run would be the peak of a whole large log
            self._runs.append(merged)


def fingerprints(frame: pd.DataFrame) -> Fingerprints:
    """Return one 64-bit number per row for its content (`content_columns`), shape (n,)."""
    columns = [frame[name] for name in content_columns(frame)]
    texts = [as_arrow(column) for column in columns if column.dtype == "str"]
    joined = pc.binary_join_element_wise(*texts, pa.scalar("\x1f", pa.large_string()), null_handling="replace")
    texts_at_once = (joined.slice(first, AT_ONCE).to_pylist() for first in range(0, len(frame), AT_ONCE))
    prints = np.fromiter(map(hash, chain.from_iterable(texts_at_once)), dtype=np.int64, count=len(frame))
    for column in columns:
        if column.dtype != "str":
            prints = _mix(prints, _numbers(column))
    return prints


def _numbers(column: pd.Series) -> NDArray[np.int64]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(np.int64)
    return np.ascontiguousarray(column.to_numpy()).view(np.int64)


def _mix(prints: Fingerprints, numbers: NDArray[np.int64]) -> Fingerprints:
    """Stir numbers into fingerprints (the finaliser of splitmix64)."""
    mixed = (prints ^ numbers).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))).view(np.int64))
