"""Every row of the table beside its peers: `python -m benchmarks` (or `make benchmark`) writes benchmarks/RESULTS.md.

    python -m benchmarks --list                  what there is
    python -m benchmarks clean-incidents spreadsheet --pairs 9
    python -m benchmarks --quick                 small sizes, to see that everything works
    python -m benchmarks --short                 without what takes minutes (10 million rows, every report, the nation)
    python -m benchmarks growth-incidents        one series of growth

What is measured at full size is kept in benchmarks/measured/, and RESULTS.md is written anew from all that is kept, so
that rows may be measured one at a time. Small sizes are printed at the end. With --out nothing is kept: this run's page
is written there, and its figures beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.growth import GROWTHS, TIMES, Grown, grow
from benchmarks.judge import verdict
from benchmarks.kept import Kept, all_kept, keep, name_of
from benchmarks.machine import LOAD
from benchmarks.measure import Measured, measure_row
from benchmarks.page import Run, how_measured, page, where
from benchmarks.rows import NAMES, row_named

HERE = Path(__file__).parent
KEPT = HERE / "measured"


def main() -> int:
    """Measure what is asked for; the exit code says whether everything could be measured."""
    options = parser().parse_args()
    if options.list:
        print("\n".join([*NAMES, *GROWTHS]))
        return 0
    done: list[Kept] = []
    for name in options.rows or [*NAMES, *GROWTHS]:
        done += measured_now(name, options)
        if done and not is_printed(options):
            written(done, options)  # after each row: what was measured survives what comes later
    if done and is_printed(options):
        print(page_of(done, options))
    return int(any(one.what.fault for one in done))


def measured_now(name: str, options: argparse.Namespace) -> list[Kept]:
    """Measure a row or a series of growth, and say how it went; long rows are left out by --short."""
    if name in NAMES and options.short and row_named(name).once:
        return []
    machine, began = where(), time.monotonic()
    what = one_row(name, options) if name in NAMES else one_growth(name, options)
    made = {
        "command": " ".join(["python -m benchmarks", *sys.argv[1:]]),
        "commit": machine["commit"],
        "date": machine["date"],
        "load": machine[LOAD],
        "minutes": f"{(time.monotonic() - began) / 60:.1f}",
        "rounds": str(rounds_of(what)),
    }
    return [Kept(what, made)]


def rounds_of(what: Measured | Grown) -> int:
    """Return how often each contender was measured; sizes of growth below the top ones are measured three times."""
    if isinstance(what, Measured):
        return max((len(found) for found in what.readings.values()), default=0)
    return TIMES


def one_row(name: str, options: argparse.Namespace) -> Measured:
    """Measure a row and say how it went."""
    row = row_named(name)
    measured = measure_row(row, row.quick if options.quick else row.size, options.pairs)
    verdicts = [verdict(measured, goal) for goal in row.goals]
    words = "; ".join(
        f"{one.goal}: {one.is_met} ({one.reached.middle if one.reached else one.why})" for one in verdicts
    )
    print(f"{name}: {measured.fault or words}", flush=True)
    return measured


def one_growth(name: str, options: argparse.Namespace) -> Grown:
    """Measure a series of growth, draw it, and say its exponents."""
    grown = grow(name, GROWTHS[name], figures_folder(options), quick=options.quick, top=not options.short)
    print(f"{name}: time {grown.of_time:.2f}, memory {grown.of_memory:.2f} {grown.fault}", flush=True)
    return grown


def written(done: list[Kept], options: argparse.Namespace) -> None:
    """Keep what was measured at full size and write the page of all that is kept; with --out write this run alone."""
    if options.out:
        options.out.write_text(page_of(done, options), encoding="utf-8")
        return
    keep(done[-1], KEPT)
    newest = run_of(all_kept(KEPT), "Each row is the newest measurement at full size, and says how it was made.")
    (HERE / "RESULTS.md").write_text(page(newest), encoding="utf-8")


def page_of(done: list[Kept], options: argparse.Namespace) -> str:
    """Return the page of this run alone."""
    return page(run_of(done, f"Made by `{done[-1].made['command']}`.", is_quick=options.quick))


def is_printed(options: argparse.Namespace) -> bool:
    """Whether the page is printed at the end instead of written: small sizes without --out."""
    return options.quick and options.out is None


def figures_folder(options: argparse.Namespace) -> Path | None:
    """Return where the figures of growth lie beside their page: the published ones are never those of small sizes."""
    if options.out is not None:
        return Path(options.out).parent / "growth"
    return None if options.quick else HERE / "growth"


def run_of(kept: list[Kept], made: str, *, is_quick: bool = False) -> Run:
    """Return what the page shows of measurements."""
    rows = tuple(one.what for one in kept if isinstance(one.what, Measured))
    grown = tuple(one.what for one in kept if isinstance(one.what, Grown))
    how = {name_of(one.what): how_measured(one.made) for one in kept}
    return Run(made, is_quick, rows, grown, where(), how)


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
