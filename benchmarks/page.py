"""RESULTS.md: the machine, the goals, every row with its contenders, and growth; every number is a measured one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.growth import GROWTHS, Grown
from benchmarks.judge import Spread, Verdict, quantity, ratios, verdict
from benchmarks.machine import machine, versions
from benchmarks.measure import Measured
from benchmarks.rows import NAMES

HEAD = """\
# Benchmarks: results

{made} No number here is written by hand.

* Every contender works on the same input, in a process of its own started by one runner.
* Results are compared before any time counts: where they differ by more than the stated tolerance there are no times.
* Contenders take turns, every second round backwards. A ratio is that of one round; its spread is least,
  **median** and largest.
* Seconds are CPU seconds (user and system, with children) of one unit of work, one thread. Peak memory is that of the
  largest process. Ratios can be carried to another machine, seconds cannot.

{sizes}
"""
FULL = "Sizes are those of the goals."
QUICK = "**Small sizes (`--quick`): start-up weighs more than in earnest, and goals are not judged by such a run.**"


@dataclass(frozen=True, slots=True)
class Run:
    """What stands on the page: measurements of one run with small sizes, or the kept ones of every row.

    `how` says of each row how it was measured.
    """

    made: str
    is_quick: bool
    rows: Sequence[Measured]
    grown: Sequence[Grown]
    where: dict[str, str]
    how: Mapping[str, str] = field(default_factory=dict)


def page(run: Run) -> str:
    """Return the whole page."""
    sizes = QUICK if run.is_quick else FULL
    head = HEAD.format(made=run.made, sizes=sizes)
    parts = [
        head,
        not_measured(run),
        goals_part(run.rows, is_quick=run.is_quick),
        rows_part(run.rows, run.how),
        growth_part(run.grown, run.how),
        machine_part(run.where),
    ]
    return "\n".join(part for part in parts if part)


def not_measured(run: Run) -> str:
    """Name the rows of which there is no measurement."""
    done = {measured.row.name for measured in run.rows} | {one.name for one in run.grown}
    left = [f"`{name}`" for name in (*NAMES, *GROWTHS) if name not in done]
    return f"**Not measured:** {', '.join(left)}.\n" if left else ""


def how_measured(made: Mapping[str, str]) -> str:
    """Say when, at which commit, in how many rounds and under which load a row was measured."""
    return (
        f"Measured {made['date']} at commit {made['commit']} by `{made['command']}`: rounds {made['rounds']}, "
        f"{made['minutes']} minutes, load at the start {made['load']}."
    )


def where() -> dict[str, str]:
    """Return machine and versions."""
    return machine() | versions()


def goals_part(rows: Sequence[Measured], *, is_quick: bool) -> str:
    """Every goal, what was reached, and whether it is met; small sizes judge nothing."""
    found = [(measured, verdict(measured, goal)) for measured in rows for goal in measured.row.goals]
    lines = [[anchor(m.row.name), one.goal, reached(one), "small size" if is_quick else met(one)] for m, one in found]
    return "## Goals\n\n" + table(["row", "goal", "reached (min / **median** / max)", "met"], lines) + "\n"


def rows_part(rows: Sequence[Measured], how: Mapping[str, str]) -> str:
    """Every row with its contenders."""
    return "\n".join(row_part(measured, how.get(measured.row.name, "")) for measured in rows)


def row_part(measured: Measured, how: str = "") -> str:
    """One row: what is done, its contenders, what they agree to, and why a goal is not met."""
    row = measured.row
    notes = [row.notes] if row.notes else []
    reasons = [f"{one.goal}: {one.why}" for goal in row.goals if (one := verdict(measured, goal)).why]
    agreed = f"Compared: {row.compared}, at most {row.tolerance:g}. Seconds are of {row.unit}."
    size = f"Size {row.size if measured.size == row.size else f'{measured.size} in place of {row.size}'}."
    alone = f"Alone: `python -m benchmarks {row.name}`."
    body = contenders_table(measured) if not measured.fault else f"**No times: {measured.fault}**"
    parts = [f"## {row.name}", f"{row.work}.", body, " ".join([agreed, size, *notes, alone, how]).strip(), *reasons]
    return "\n\n".join(parts) + "\n"


def contenders_table(measured: Measured) -> str:
    """One line per contender, the missing ones too."""
    lines = [line_of(measured, name) for name in measured.readings]
    lines += [[name, f"not installed: {', '.join(needs)}", *[""] * 5] for name, needs in measured.absent.items()]
    head = [
        "contender",
        "CPU s",
        "wall s",
        "peak MB",
        "bytes",
        "CPU beside ours (min / **median** / max)",
        "difference",
    ]
    return table(head, lines)


def line_of(measured: Measured, name: str) -> list[str]:
    """Medians of one contender, its ratio to ours, and how far its result is from ours."""
    readings = measured.readings[name]
    cpu, wall, peak, size = (median(quantity(readings, one)) for one in ("cpu", "wall", "peak", "bytes"))
    floor = measured.row.floor is not None and name == measured.row.floor.name
    beside = "1" if name == measured.row.ours.name else spread_text(ratios(measured, name, measured.row.ours.name))
    apart = f"{measured.differences[name]:.1g}" if name in measured.differences else "floor" if floor else ""
    known = "" if math.isnan(peak) else f"{peak:.0f}"
    return [name, number(cpu), number(wall), known, f"{size:.0f}" if size else "", beside, apart]


def growth_part(grown: Sequence[Grown], how: Mapping[str, str]) -> str:
    """Every series of growth with its figure and exponents."""
    return (
        "\n".join(["## Growth\n", GROWTH, *(one_growth(one, how.get(one.name, "")) for one in grown)]) if grown else ""
    )


GROWTH = """\
Time and memory against size, both axes logarithmic. The exponent is the slope of the upper half of the
sizes, where the start no longer counts: 1 is linear. The largest sizes are measured once.
"""


def one_growth(grown: Grown, how: str = "") -> str:
    """Figure, table and exponents of one series."""
    lines = [[f"{p.size:,}".replace(",", " "), number(p.cpu), f"{p.peak:.0f}"] for p in grown.points]
    slopes = f"Exponent of time {grown.of_time:.2f}, of memory {grown.of_memory:.2f}. {how}".strip()
    picture = f"![{grown.title}: CPU seconds and peak memory against size.](growth/{grown.name}.svg)"
    body = f"**No times: {grown.fault}**" if grown.fault else f"{slopes}\n\n{picture}"
    return f"### {grown.title}\n\n{body}\n\n" + table([grown.unit, "CPU s", "peak MB"], lines) + "\n"


def machine_part(facts: dict[str, str]) -> str:
    """Machine and versions."""
    return (
        "## Machine and versions\n\n" + table(["what", "which"], [[name, said] for name, said in facts.items()]) + "\n"
    )


def reached(one: Verdict) -> str:
    """What was reached, or why nothing was."""
    return one.why if one.reached is None else spread_text(one.reached)


def met(one: Verdict) -> str:
    """Say met, not met, or not measured."""
    return {True: "met", False: "**not met**", None: "not measured"}[one.is_met]


def spread_text(spread: Spread) -> str:
    """Least, median and largest."""
    return f"{number(spread.low)} / **{number(spread.middle)}** / {number(spread.high)}"


def number(value: float) -> str:
    """Three digits that count; nothing where nothing is known."""
    if math.isnan(value):
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def anchor(name: str) -> str:
    """Link to a row of the page."""
    return f"[{name}](#{name})"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Write a Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join('---' for _ in head)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
