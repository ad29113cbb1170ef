"""Random tables, protected and attacked: `python -m benchmarks.disclosure --tables 10000` writes docs/disclosure.md."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.disclosure import (
    CellTable,
    Dimension,
    Limit,
    ProtectedTable,
    cell_ranges,
    needed_widths,
    suppress,
    too_narrow,
)

BY_HAND = "## Numbers computed from hidden counts"
DOCUMENT = Path(__file__).parents[1] / "docs" / "disclosure.md"
SEED = 20230328
COMPARED, EACH = 10, 500  # tables attacked unprotected too; tables after which the document is written anew
MEANS = (4.0, 100.0)  # cases per finest cell, log-uniform: from half the cells small to hardly any
BANDS = ((4, 10), (10, 25), (25, 101))


@dataclass(frozen=True, slots=True)
class Attack:
    """What came of one table: its kind, mean count, cells, small and hidden cells, and what the attack found.

    `unprotected` counts the small cells that could be computed if only small cells were hidden (every tenth table).
    """

    kind: str
    mean: float
    cells: int
    small: int
    hidden: int
    exact: int
    narrow: int
    unprotected: int | None

    @property
    def loss(self) -> float:
        """Share of cells hidden."""
        return self.hidden / self.cells


def side(name: str, parts: int, group: int = 0) -> Dimension:
    """One side of a table with its total, and sums of `group` neighbours where asked for."""
    names = tuple(f"{name} {n}" for n in range(1, parts + 1))
    groups = {f"{name}s {at + 1}–{at + group}": names[at : at + group] for at in range(0, parts, group or parts)}
    nested = {key: chosen for key, chosen in groups.items() if group and 1 < len(chosen) < parts}
    return Dimension(name, names, {**nested, "total": names})


def random_table(rng: np.random.Generator) -> tuple[str, CellTable]:
    """Draw a table: flat, with a hierarchy, over time, or of three dimensions; a quarter of them sensitive."""
    kinds = {
        "area × type": (side("area", rng.integers(3, 9)), side("type", rng.integers(3, 7))),
        "area in district × type": (side("area", rng.integers(4, 9), 3), side("type", rng.integers(3, 6))),
        "area × month in quarter": (side("area", rng.integers(3, 6)), side("month", 12, 3)),
        "area × sex × quarter": (side("area", rng.integers(2, 5)), side("sex", 2), side("quarter", rng.integers(3, 7))),
    }
    kind = str(rng.choice(list(kinds)))
    shape = tuple(len(dimension.parts) for dimension in kinds[kind])
    mean = np.exp(rng.uniform(*np.log(MEANS)))
    counts = rng.poisson(rng.gamma(2.0, mean / 2.0, size=shape))  # areas differ: variance = mean + mean² / 2
    limit = Limit(10, zeros_are_small=True) if rng.random() < 0.25 else Limit(5, zeros_are_small=False)
    return kind, CellTable(kinds[kind], counts.astype(np.int64), limit)


def attacks(tables: int, seed: int = SEED) -> Iterator[Attack]:
    """Protect and attack random tables, one after the other."""
    rng = np.random.default_rng(seed)
    for number in range(tables):
        kind, table = random_table(rng)
        protected = suppress(table)
        values = table.values()
        widths = needed_widths(values, table.limit)
        ranges = cell_ranges(protected.shown, table, widths)
        yield Attack(
            kind,
            float(table.counts.mean()),
            values.size,
            int(protected.small.sum()),
            int(protected.hidden.sum()),
            int(ranges.exact.sum()),
            too_narrow(ranges, values, table.limit).size,
            unprotected(protected) if number % COMPARED == 0 else None,
        )


def unprotected(protected: ProtectedTable) -> int:
    """Count the small cells that can be computed where only these are hidden."""
    values = protected.table.values()
    ranges = cell_ranges(np.where(protected.small, np.nan, values), protected.table, np.ones_like(values))
    return int(ranges.exact.sum())


def report(found: list[Attack], seconds: float, seed: int) -> str:
    """Write the results as Markdown."""
    small = sum(a.small for a in found)
    compared = [a for a in found if a.unprotected is not None]
    computable, small_compared = sum(a.unprotected or 0 for a in compared), sum(a.small for a in compared)
    lines = [
        "# Protection of small counts: random tables attacked",
        "",
        f"Made by `python -m benchmarks.disclosure --tables {len(found)} --seed {seed}` in {seconds / 60:.0f} minutes.",
        "",
        f"{len(found)} tables of four kinds, all margins and group totals printed; {MEANS[0]:g} to {MEANS[1]:g} cases",
        "per cell on average (log-uniform, gamma–Poisson); three in four with the limit 5 and zeros printed, one in",
        "four sensitive (limit 10, zeros small). Each hidden cell is attacked: its least and greatest possible number",
        "is solved for from the shown cells alone, until its range is as wide as it must be.",
        "",
        f"* Hidden cells recovered exactly: **{sum(a.exact for a in found)}** of {sum(a.hidden for a in found)}.",
        "* Small cells whose range is narrower than max(limit, 50 % of the value):",
        f"  **{sum(a.narrow for a in found)}** of {small}.",
        f"* Hiding only the small cells would have left {computable} of {small_compared} computable",
        f"  ({100 * computable / max(small_compared, 1):.1f} %; every tenth table).",
        f"* Loss (hidden cells, small ones included, of all cells): median **{100 * _median(found):.1f} %**.",
        "",
        "| tables | number | small cells | median loss |",
        "|---|---|---|---|",
        *(_line(kind, [a for a in found if a.kind == kind]) for kind in sorted({a.kind for a in found})),
        *(
            _line(f"mean count {low}–{high - (high > 100)}", [a for a in found if low <= a.mean < high])
            for low, high in BANDS
        ),
        "",
        "Loss is a matter of sparseness: a table of small counts is mostly small counts. Where a third of the cells",
        "would go, merging months (`merged_until_safe`) or areas tells the reader more.",
        "",
        _written_by_hand(),
    ]
    return "\n".join(lines)


def _written_by_hand() -> str:
    """Keep the part of the document that no benchmark makes."""
    return BY_HAND + DOCUMENT.read_text(encoding="utf-8").partition(BY_HAND)[2]


def _line(name: str, chosen: list[Attack]) -> str:
    if not chosen:
        return f"| {name} | 0 | | |"
    small = sum(a.small for a in chosen) / sum(a.cells for a in chosen)
    return f"| {name} | {len(chosen)} | {100 * small:.1f} % | {100 * _median(chosen):.1f} % |"


def _median(chosen: list[Attack]) -> float:
    return float(np.median([a.loss for a in chosen]))


def main() -> None:
    """Run the whole benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    began, found = time.perf_counter(), []
    for attack in attacks(chosen.tables, chosen.seed):
        found.append(attack)
        if len(found) % EACH == 0 or len(found) == chosen.tables:
            seconds = time.perf_counter() - began
            DOCUMENT.write_text(report(found, seconds, chosen.seed), encoding="utf-8")
            print(f"{len(found)} tables in {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
