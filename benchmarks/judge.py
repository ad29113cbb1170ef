"""From readings to ratios and verdicts: what a contender takes beside ours, and whether a goal is met."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks.measure import Measured, Reading
from benchmarks.row import FLOOR, Goal

WORDS = {"cpu": "CPU", "wall": "wall time", "peak": "peak memory", "bytes": "bytes"}
UNITS = {"cpu": "CPU s", "wall": "s", "peak": "MB", "bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, median and largest of the rounds."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal in words, what was reached (its spread over the rounds), and whether the median meets it.

    `is_met` is None where nothing was measured; `why` then says what is missing, else the reason of a goal not met.
    """

    goal: str
    reached: Spread | None
    is_met: bool | None
    why: str = ""


def spread(values: list[float]) -> Spread:
    """Return least, median and largest."""
    return Spread(min(values), median(values), max(values))


def quantity(readings: tuple[Reading, ...], name: str) -> list[float]:
    """One quantity of every round."""
    return [float(getattr(reading, name)) for reading in readings]


def ratios(measured: Measured, over: str, under: str, name: str = "cpu") -> Spread:
    """Quantity of one contender divided by that of another, round by round."""
    top, bottom = (quantity(measured.readings[contender], name) for contender in (over, under))
    return spread([a / b for a, b in zip(top, bottom, strict=True)])


def verdict(measured: Measured, goal: Goal) -> Verdict:
    """Say whether a goal is met by the median of the rounds, or why that cannot be said."""
    words = goal_words(measured, goal)
    if missing := measured.absent.get(goal.against):
        return Verdict(words, None, None, f"not measured: {' and '.join(missing)} is not installed")
    if measured.fault:
        return Verdict(words, None, None, f"not measured: {measured.fault}")
    reached = reached_by(measured, goal)
    is_met = reached.middle >= goal.ratio if is_multiple(goal) else reached.middle <= goal.ratio
    return Verdict(words, reached, is_met, "" if is_met else goal.reason)


def is_multiple(goal: Goal) -> bool:
    """Whether more is better: a peer's quantity as a multiple of ours."""
    return goal.against not in ("", FLOOR)


def reached_by(measured: Measured, goal: Goal) -> Spread:
    """Return the quantity that the goal is about."""
    ours = measured.row.ours.name
    if not goal.against:
        return spread(quantity(measured.readings[ours], goal.quantity))
    if goal.against == FLOOR and measured.row.floor:
        return ratios(measured, ours, measured.row.floor.name, goal.quantity)
    return ratios(measured, goal.against, ours, goal.quantity)


def goal_words(measured: Measured, goal: Goal) -> str:
    """Write the goal as it stands in the table."""
    if not goal.against:
        return f"≤ {goal.ratio:g} {UNITS[goal.quantity]}"
    if goal.against == FLOOR and measured.row.floor:
        return f"≤ {goal.ratio:g}× the floor ({measured.row.floor.name})"
    return f"≥ {goal.ratio:g}× less {WORDS[goal.quantity]} than {goal.against}"
