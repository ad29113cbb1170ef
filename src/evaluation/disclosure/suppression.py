"""Suppression: which cells of a table are hidden because they are small, and which so that these cannot be computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from evaluation.disclosure.cell_table import CellTable
from evaluation.errors import EstimationError
from evaluation.series import Bools, Floats

_GROUP_COST = 1.5  # a reader misses a total more than a cell
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ProtectedTable:
    """A table of which only what is not hidden may be shown.

    Attributes
    ----------
    table
        The table as it was; no value of a hidden cell may be read from it.
    hidden
        Cells that are not printed, in the table's shape.
    small
        Those hidden because they are small; the others are hidden for their sake.
    """

    table: CellTable
    hidden: Bools
    small: Bools

    @property
    def shown(self) -> Floats:
        """Return the values that may be printed, NaN where hidden or not meant to be printed."""
        meant = self.table.meant.reshape(self.table.shape)
        shown: Floats = np.where(self.hidden | ~meant, np.nan, self.table.values())
        return shown

    @property
    def loss(self) -> float:
        """Share of the cells meant to be printed that are hidden, 0–1."""
        return float(self.hidden.sum() / self.table.meant.sum())


def suppress(table: CellTable) -> ProtectedTable:
    """Hide the small cells of a table, and as little else as is needed.

    For each small cell the cheapest way is sought to raise it by the width that its range must have while every visible
    cell stays as it is: a linear programme over movements of the finest cells, in which moving a visible cell costs
    (Kelly, Golden & Assad 1992; Fischetti & Salazar 2001). Cells that move are hidden. Each movement is a table of
    whole numbers that a reader cannot tell from the true one: it proves what the audit will find.
    """
    return _Suppression(table).run()


class _Suppression:
    """The working state of one table: what is hidden so far, and the tables that a reader cannot rule out."""

    def __init__(self, table: CellTable) -> None:
        self.table = table
        self.members = table.members()
        self.values = table.values().ravel()
        self.counts = table.counts.ravel().astype(np.float64)
        self.sums = self.members.sum(axis=1) > 1
        finest = ~self.sums
        # a reader knows that no hidden count is zero where zeros are printed; of cells never printed he knows nothing
        floors = table.limit.floor * (self.members[finest].T @ table.meant[finest].astype(np.float64)).clip(0, 1)
        self.held = self.counts < floors  # printed zeros
        self.floors = np.where(self.held, self.counts, floors)
        self.small = table.limit.small(self.values) & table.meant
        self.hidden = self.small.copy()
        self.widths = np.where(self.small, table.limit.width(self.values), 0.0)
        self.least = self.values.copy()
        self.most = self.values.copy()

    def run(self) -> ProtectedTable:
        for target in sorted(np.flatnonzero(self.small), key=lambda cell: -self.widths[cell]):
            for find in (self._lowered, self._raised_free, self._raised):
                if self.widths[target] > self.most[target] - self.least[target]:
                    self._take(find(int(target)))
        shape = self.table.shape
        return ProtectedTable(self.table, self.hidden.reshape(shape), self.small.reshape(shape))

    def _lowered(self, target: int) -> Floats:
        """Find how far the target can sink by what is hidden already."""
        return self._within_hidden(target, 1.0)

    def _raised_free(self, target: int) -> Floats:
        """Find how far the target can rise by what is hidden already."""
        return self._within_hidden(target, -1.0)

    def _within_hidden(self, target: int, sign: float) -> Floats:
        visible = np.flatnonzero(self.table.meant & ~self.hidden)
        row, zeros = self.members[target], np.zeros(visible.size)
        fixed = LinearConstraint(self.members[visible], zeros, zeros)
        bounded = LinearConstraint(row, -self.widths[target], self.widths[target])
        return self._whole(sign * row, [fixed, bounded], np.empty(0))

    def _raised(self, target: int) -> Floats:
        """Find the cheapest movement that raises the target by what its range lacks, whatever has to be hidden."""
        need = float(np.ceil(self.least[target] + self.widths[target] - self.values[target]))
        visible = np.flatnonzero(self.table.meant & ~self.hidden)
        n, costs = visible.size, self._costs(visible)
        # change of each visible cell = up − down, and the target rises by `need`
        balance = np.hstack([self.members[visible], -np.eye(n), np.eye(n)])
        goal = np.concatenate([self.members[target], np.zeros(2 * n)])
        right = np.concatenate([np.zeros(n), [need]])
        rows = LinearConstraint(np.vstack([balance, goal]), right, right)
        return self._whole(np.zeros(self.table.counts.size), [rows], np.concatenate([costs, costs]))

    def _whole(self, costs: Floats, rows: list[LinearConstraint], others: Floats) -> Floats:
        """Solve for the change of the finest cells: most optima are whole by themselves, else whole ones are asked for.

        `others` are the costs of further variables, each zero or more.
        """
        lowest, highest = self._reach()
        bounds = Bounds(
            np.concatenate([lowest, np.zeros(others.size)]), np.concatenate([highest, np.full(others.size, np.inf)])
        )
        every = np.concatenate([costs, others])
        # tables are small: looking for simplifications (presolve) takes longer than solving
        for whole in (0, 1):
            solved = milp(
                every,
                constraints=rows,
                bounds=bounds,
                integrality=np.full(every.size, whole),
                options={"presolve": False},
            )
            if solved.x is None:
                todo = "report the table; nothing of it may be printed"
                raise EstimationError("suppression", found=solved.message, expected="a movement", todo=todo)
            change = solved.x[: costs.size]
            if np.abs(change - np.round(change)).max() < _WHOLE:
                break
        nearest: Floats = np.round(change)
        return nearest

    def _costs(self, visible: np.ndarray) -> Floats:
        costs: Floats = np.where(self.sums[visible], _GROUP_COST, 1.0) * (1.0 + 0.05 * np.log1p(self.values[visible]))
        return costs

    def _reach(self) -> tuple[Floats, Floats]:
        """Say how far each finest cell may sink and rise: a printed zero stays, and none sinks below its floor."""
        return self.floors - self.counts, np.where(self.held, 0.0, np.inf)

    def _take(self, change: Floats) -> None:
        moved = self.members @ change
        self.hidden |= (np.abs(moved) > 0.5) & self.table.meant
        self.least = np.minimum(self.least, self.values + moved)
        self.most = np.maximum(self.most, self.values + moved)
