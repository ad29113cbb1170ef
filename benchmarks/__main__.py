"""Every row of the table beside its peers: `python -m benchmarks` (or `make benchmark`) writes benchmarks/RESULTS.md.

    python -m benchmarks --list                  what there is
    python -m benchmarks clean-incidents spreadsheet --pairs 9
    python -m benchmarks --quick                 small sizes, to see that everything works
    python -m benchmarks --short                 without what takes minutes (10 million rows, every report, the nation)
    python -m benchmarks growth-incidents        one series of growth

Only a run of everything writes RESULTS.md; rows that are named are printed, or written with --out.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.growth import GROWTHS, Grown, grow
from benchmarks.judge import verdict
from benchmarks.measure import Measured, measure_row
from benchmarks.page import Run, growth_part, page, row_part, where
from benchmarks.rows import NAMES, row_named

HERE = Path(__file__).parent


def main() -> int:
    """Measure what is asked for; the exit code says whether everything could be measured."""
    options = parser().parse_args()
    if options.list:
        print("\n".join([*NAMES, *GROWTHS]))
        return 0
    run = Run(command_line(), time.monotonic(), options.pairs, options.quick, (), (), where())
    for name in options.rows or [*NAMES, *GROWTHS]:
        run = with_row(run, name, options) if name in NAMES else with_growth(run, name, options)
        written(run, options)  # after each row: what was measured survives what comes later
    return int(any(one.fault for one in (*run.rows, *run.grown)))


def command_line() -> str:
    """Return the command that was given."""
    return " ".join(["python -m benchmarks", *sys.argv[1:]])


def with_row(run: Run, name: str, options: argparse.Namespace) -> Run:
    """Add a measured row."""
    return replace(run, rows=(*run.rows, *one_row(name, options)))


def with_growth(run: Run, name: str, options: argparse.Namespace) -> Run:
    """Add a measured series of growth."""
    return replace(run, grown=(*run.grown, one_growth(name, options)))


def one_row(name: str, options: argparse.Namespace) -> list[Measured]:
    """Measure a row and say how it went; long ones are left out by --short."""
    row = row_named(name)
    if row.once and options.short:
        return []
    measured = measure_row(row, row.quick if options.quick else row.size, options.pairs)
    verdicts = [verdict(measured, goal) for goal in row.goals]
    words = "; ".join(
        f"{one.goal}: {one.is_met} ({one.reached.middle if one.reached else one.why})" for one in verdicts
    )
    print(f"{name}: {measured.fault or words}", flush=True)
    return [measured]


def one_growth(name: str, options: argparse.Namespace) -> Grown:
    """Measure a series of growth, draw it, and say its exponents."""
    grown = grow(name, GROWTHS[name], HERE / "growth", quick=options.quick, top=not options.short)
    print(f"{name}: time {grown.of_time:.2f}, memory {grown.of_memory:.2f} {grown.fault}", flush=True)
    return grown


def written(run: Run, options: argparse.Namespace) -> None:
    """Write the page where it belongs, or print the last row."""
    target = options.out or (None if options.rows else HERE / "RESULTS.md")
    if target is not None:
        target.write_text(page(run), encoding="utf-8")
    elif run.rows or run.grown:
        print(row_part(run.rows[-1]) if run.rows else growth_part(run.grown[-1:]))


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    made.add_argument("rows", nargs="*", choices=[*NAMES, *GROWTHS, []], metavar="ROW", help="rows; none means all")
    made.add_argument("--list", action="store_true", help="print the names of all rows")
    made.add_argument("--pairs", type=int, default=5, help="rounds in which contenders take turns (5)")
    made.add_argument("--quick", action="store_true", help="small sizes")
    made.add_argument("--short", action="store_true", help="without what takes minutes")
    made.add_argument("--out", type=Path, help="where the page is written")
    return made


if __name__ == "__main__":
    sys.exit(main())
