"""The ledger of published cells, and the audit that tries to compute each hidden count from everything ever printed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from evaluation.disclosure.attack import Knowledge, possible_range

Atom = tuple[str, ...]
"""The smallest thing counted, such as (source, offence type, area, sex, month); a cell is a set of atoms."""

_Unknown = tuple[tuple[int, ...], bool]
"""Atoms in the same rows: which rows these are, and whether the cell asked for sums them."""

_NO_FLOORS: Mapping[Atom, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """One printed number that is a sum over atoms.

    Attributes
    ----------
    atoms
        What it sums: a quarter has its three months, a municipality its areas.
    low, high
        What the number says about the sum: equal where it is exact, half a unit apart where it was rounded.
    where
        Report and table, in words for the analyst.
    earlier
        True for numbers of editions that are already out and cannot be withdrawn.
    """

    atoms: frozenset[Atom]
    low: float
    high: float
    where: str
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class HiddenCell:
    """A count that must not be computable: its atoms, and how wide its range must remain (1: merely not exact)."""

    atoms: frozenset[Atom]
    width: float
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A hidden count that can be computed too closely.

    Attributes
    ----------
    cell
        The hidden cell.
    low, high
        The values that it can still have.
    where
        The printed numbers that bind it.
    new
        False where earlier editions alone give it away and it is not printed again: withholding would not help.
    """

    cell: HiddenCell
    low: float
    high: float
    where: tuple[str, ...]
    new: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    atoms: frozenset[Atom]
    low: float
    high: float
    where: tuple[str, ...]


def audit(
    published: Iterable[PublishedCell], hidden: Sequence[HiddenCell], floors: Mapping[Atom, int] = _NO_FLOORS
) -> list[Finding]:
    """Attack every hidden cell with all printed numbers together and return those whose range is too narrow.

    The range of each hidden cell is found by linear programming in whole numbers over all tables that share atoms with
    it: a month hidden here and computable from a quarter there is found, as is the difference between an earlier
    edition and this one.

    Parameters
    ----------
    floors
        The least a reader knows an atom to be (0 where not given).

    Returns
    -------
    list of Finding
        In the order of `hidden`; empty when nothing can be computed.
    """
    cells = list(published)
    found = _attack(cells, hidden, floors)
    before = _attack([c for c in cells if c.earlier], [f.cell for f in found], floors)
    old = {finding.cell for finding in before}
    printed_now = {cell.atoms for cell in cells if not cell.earlier}
    return [Finding(f.cell, f.low, f.high, f.where, f.cell not in old or f.cell.atoms in printed_now) for f in found]


def _attack(
    published: Sequence[PublishedCell], hidden: Sequence[HiddenCell], floors: Mapping[Atom, int]
) -> list[Finding]:
    known = _known(published)
    rows_of = _by_atom(_reduced(published, known))
    found = []
    for cell in hidden:
        open_atoms = cell.atoms.difference(known)
        constant = sum(value for atom, (value, _) in known.items() if atom in cell.atoms)
        rows = _connected(open_atoms, rows_of)
        low, high = _range(open_atoms, rows, floors)
        if high - low < cell.width:
            direct = [place for atom in sorted(cell.atoms.intersection(known)) for place in known[atom][1]]
            places = dict.fromkeys([*direct, *(place for row in rows for place in row.where)])
            found.append(Finding(cell, low + constant, high + constant, tuple(places)))
    return found


def _known(published: Sequence[PublishedCell]) -> dict[Atom, tuple[float, tuple[str, ...]]]:
    """Return the atoms that are printed as they are: a whole number is known once less than one lies between limits."""
    known: dict[Atom, tuple[float, tuple[str, ...]]] = {}
    for cell in published:
        if len(cell.atoms) == 1 and cell.high - cell.low < 1:
            atom = next(iter(cell.atoms))
            places = known[atom][1] if atom in known else ()
            known[atom] = (float(np.round((cell.low + cell.high) / 2)), (*places, cell.where))
    return known


def _reduced(published: Sequence[PublishedCell], known: Mapping[Atom, tuple[float, tuple[str, ...]]]) -> list[_Row]:
    """Subtract what is known from each printed sum, and join sums over the same unknowns."""
    merged: dict[frozenset[Atom], _Row] = {}
    for cell in published:
        unknown = cell.atoms.difference(known)
        if not unknown:
            continue
        taken = sum(known[atom][0] for atom in cell.atoms - unknown)
        other = merged.get(unknown, _Row(unknown, -np.inf, np.inf, ()))
        low, high = max(cell.low - taken, other.low), min(cell.high - taken, other.high)
        merged[unknown] = _Row(unknown, low, high, (*other.where, cell.where))
    return list(merged.values())


def _by_atom(rows: Sequence[_Row]) -> dict[Atom, list[_Row]]:
    by_atom: dict[Atom, list[_Row]] = defaultdict(list)
    for row in rows:
        for atom in row.atoms:
            by_atom[atom].append(row)
    return by_atom


def _connected(atoms: frozenset[Atom], rows_of: Mapping[Atom, list[_Row]]) -> tuple[_Row, ...]:
    """Return every sum that hangs together with the atoms, through whatever unknowns they share."""
    reached: dict[frozenset[Atom], _Row] = {}
    waiting = set(atoms)
    seen: set[Atom] = set()
    while waiting:
        atom = waiting.pop()
        seen.add(atom)
        for row in rows_of.get(atom, ()):
            if row.atoms not in reached:
                reached[row.atoms] = row
                waiting |= row.atoms - seen
    return tuple(reached.values())


def _range(atoms: frozenset[Atom], rows: tuple[_Row, ...], floors: Mapping[Atom, int]) -> tuple[float, float]:
    """Find the range of one cell; atoms that no printed number tells apart are one unknown."""
    if not atoms:
        return 0.0, 0.0
    if not rows:
        return float(sum(floors.get(atom, 0) for atom in atoms)), np.inf
    ordered = sorted(rows, key=lambda row: (row.low, row.high, sorted(row.atoms)))
    least: Counter[_Unknown] = Counter()
    for atom in atoms.union(*(row.atoms for row in rows)):
        least[tuple(at for at, row in enumerate(ordered) if atom in row.atoms), atom in atoms] += floors.get(atom, 0)
    return _solved(tuple(sorted(least.items())), tuple((row.low, row.high) for row in ordered))


@lru_cache(maxsize=65536)
def _solved(unknowns: tuple[tuple[_Unknown, int], ...], limits: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Solve for the sum of the unknowns asked for; the same small problem comes back whenever one more cell is hidden.

    Parameters
    ----------
    unknowns
        Each with the rows that hold it, whether it is asked for, and the least it can be.
    limits
        Lowest and highest value of each row.
    """
    knowledge = Knowledge(
        np.array([[float(at in name[0]) for name, _ in unknowns] for at in range(len(limits))]),
        np.array([low for low, _ in limits]),
        np.array([high for _, high in limits]),
        np.array([float(least) for _, least in unknowns]),
    )
    return possible_range(knowledge, np.array([float(name[1]) for name, _ in unknowns]))
