"""A table of counts with its margins and hierarchies: every printed cell is a sum over the finest cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluation.disclosure.limits import Limit
from evaluation.errors import ParameterError
from evaluation.series import Bools, Floats


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way of dividing the cases.

    Attributes
    ----------
    name
        area, sex, month, …
    parts
        The finest categories; each case falls in one.
    groups
        Printed sums of categories by name: quarters, districts, the total. Groups may nest or overlap.
    """

    name: str
    parts: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]

    @property
    def entries(self) -> tuple[str, ...]:
        """Names along this side of the table: categories first, then groups."""
        return (*self.parts, *self.groups)

    def members(self) -> Floats:
        """Say which categories each entry sums, one row per entry, shape (entries, parts)."""
        sets = [*({part} for part in self.parts), *map(set, self.groups.values())]
        return np.array([[float(part in chosen) for part in self.parts] for chosen in sets])


@dataclass(frozen=True, slots=True, eq=False)
class CellTable:
    """A table of counts before protection.

    Attributes
    ----------
    dimensions
        One to three, in the order of the axes of `counts`.
    counts
        Cases in the finest cells, whole numbers, shape (parts of the first dimension, …).
    limit
        When a count is too small to print.
    printed
        Which cells are meant to be printed, shape (entries of the first dimension, …); none: all, margins too.
    """

    dimensions: tuple[Dimension, ...]
    counts: NDArray[np.int64]
    limit: Limit
    printed: Bools | None = None

    def __post_init__(self) -> None:
        expected = tuple(len(dimension.parts) for dimension in self.dimensions)
        if self.counts.shape != expected or np.any(self.counts < 0):
            raise ParameterError(
                "table of counts",
                found=f"shape {self.counts.shape}, smallest count {self.counts.min(initial=0)}",
                expected=f"shape {expected} without negative counts",
                todo="give one count per combination of the finest categories",
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole table with groups."""
        return tuple(len(dimension.entries) for dimension in self.dimensions)

    @property
    def meant(self) -> Bools:
        """Which cells are meant to be printed, flattened, shape (cells,)."""
        return np.ones(int(np.prod(self.shape)), dtype=np.bool_) if self.printed is None else self.printed.ravel()

    def members(self) -> Floats:
        """Say which finest cells each cell sums, shape (cells, finest cells), both in C order."""
        whole: Floats = np.ones((1, 1))
        for dimension in self.dimensions:
            whole = np.kron(whole, dimension.members()).astype(np.float64)
        return whole

    def values(self) -> Floats:
        """Return every cell of the table, groups included, in the table's shape."""
        values: Floats = (self.members() @ self.counts.ravel().astype(np.float64)).reshape(self.shape)
        return values


def merged(table: CellTable, name: str, unions: Mapping[str, Sequence[str]]) -> CellTable:
    """Merge categories of one dimension: months to quarters, small areas to districts.

    Groups that are still sums of whole new categories stay; all cells of the merged table are meant to be printed.
    """
    axis = [dimension.name for dimension in table.dimensions].index(name)
    old = table.dimensions[axis]
    places = {part: at for at, part in enumerate(old.parts)}
    counts = np.stack(
        [table.counts.take([places[part] for part in parts], axis).sum(axis) for parts in unions.values()], axis
    )
    new = Dimension(name, tuple(unions), _groups_left(old, unions))
    dimensions = (*table.dimensions[:axis], new, *table.dimensions[axis + 1 :])
    return replace(table, dimensions=dimensions, counts=counts, printed=None)


def _groups_left(old: Dimension, unions: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    left = {}
    for group, parts in old.groups.items():
        inside = tuple(name for name, union in unions.items() if set(union) <= set(parts))
        whole = sum(len(unions[name]) for name in inside) == len(parts)
        if whole and (len(inside) > 1 or len(unions) == 1) and group not in unions:
            left[group] = inside
    return left
