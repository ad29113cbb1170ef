"""The attack on one protected table: the range of every hidden cell, found anew from the shown numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.disclosure.attack import BOUNDLESS, Knowledge, extreme
from evaluation.disclosure.cell_table import CellTable
from evaluation.disclosure.limits import Limit
from evaluation.series import Bools, Floats


@dataclass(frozen=True, slots=True, eq=False)
class CellRanges:
    """What a reader can find out about each hidden cell, one entry per hidden cell in C order.

    Attributes
    ----------
    cell
        Place in the flattened table.
    low, high
        Least and greatest possible count; infinite where nothing bounds it.
    """

    cell: np.ndarray
    low: Floats
    high: Floats

    @property
    def exact(self) -> Bools:
        """Which hidden cells are known exactly."""
        known: Bools = self.low == self.high
        return known


def cell_ranges(shown: Floats, table: CellTable, enough: Floats | None = None) -> CellRanges:
    """Attack a table: solve for the least and greatest whole number that each cell without a shown value can be.

    Of `table` only the dimensions, the limit and what was meant to be printed are read, never a count.

    Parameters
    ----------
    shown
        The values that are printed, NaN where there is none, in the table's shape.
    enough
        Width per cell, in the table's shape, at which the search may stop: the range is then at least as given back.
    """
    members, values = table.members(), shown.ravel()
    printed = ~np.isnan(values)
    finest = np.flatnonzero(members.sum(axis=1) == 1)
    place = finest[np.argsort(members[finest].argmax(axis=1))]  # the cell of each finest count, in order of counts
    unknown = np.flatnonzero(~printed[place])
    known = np.nan_to_num(np.where(printed[place], values[place], 0.0))
    rows = printed & (members[:, unknown].sum(axis=1) > 0)
    rest = values[rows] - members[rows] @ known
    floors = np.where(table.meant[place[unknown]], float(table.limit.floor), 0.0)
    knowledge = Knowledge(members[rows][:, unknown], rest, rest, floors)
    hidden = np.flatnonzero(~printed & table.meant)
    low, high = _ranges(knowledge, members[hidden][:, unknown], np.inf if enough is None else enough.ravel()[hidden])
    added = members[hidden] @ known
    return CellRanges(hidden, low + added, high + added)


def _ranges(knowledge: Knowledge, weights: Floats, enough: Floats | float) -> tuple[Floats, Floats]:
    """Solve cell by cell; every solution is a possible table, and so a witness for all other cells too."""
    low, high = np.full(len(weights), np.inf), np.full(len(weights), -np.inf)
    wanted = np.broadcast_to(enough, low.shape)
    for at, cell in enumerate(weights):
        for sign in (-1.0, 1.0):
            if not high[at] - low[at] >= wanted[at]:
                seen = weights @ extreme(knowledge, sign * cell)
                low, high = np.minimum(low, seen), np.maximum(high, seen)
    return low, np.where(high < BOUNDLESS / 2, high, np.inf)


def too_narrow(ranges: CellRanges, values: Floats, limit: Limit) -> np.ndarray:
    """Return the hidden cells whose range is narrower than it must be: the limit or half the value for small cells.

    Cells hidden for the sake of others must only not be known exactly.
    """
    needed = needed_widths(values, limit).ravel()[ranges.cell]
    return np.asarray(ranges.cell[ranges.high - ranges.low < needed])


def needed_widths(values: Floats, limit: Limit) -> Floats:
    """Return how wide the range of each cell must be if it is hidden, in the table's shape."""
    return np.where(limit.small(values), limit.width(values), 1.0)
