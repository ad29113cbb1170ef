"""Rows and readings made by hand: nothing is timed here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # benchmarks/ stands beside src/

from benchmarks.measure import Measured, Reading
from benchmarks.row import FLOOR, Contender, Goal, Row


def nothing(given: object) -> object:
    return given


def apart(mine: float, theirs: float) -> float:
    return abs(mine - theirs)


def reading(cpu: float, peak: float = 100.0, size: int = 0) -> Reading:
    return Reading(cpu, 2 * cpu, peak, size)


@pytest.fixture
def row() -> Row:
    return Row(
        name="sums",
        work="Adding numbers",
        unit="one sum",
        size=1000,
        quick=10,
        ours=Contender("ours", nothing),
        peers=(Contender("peer", nothing), Contender("absent peer", nothing, needs=("no_such_module",))),
        floor=Contender("the loop alone", nothing),
        goals=(Goal("peer", 3), Goal("absent peer", 2), Goal(FLOOR, 1.5, reason="It also checks."), Goal("", 0.5)),
        difference=apart,
        tolerance=1e-6,
        compared="difference of the sum",
    )


@pytest.fixture
def measured(row: Row) -> Measured:
    """Three rounds: ratios of the peer 4, 3 and 5; of ours to the floor 2, 2 and 1."""
    readings = {
        "ours": (reading(1.0, peak=50), reading(2.0, peak=50), reading(1.0, peak=50)),
        "peer": (reading(4.0, size=300), reading(6.0, size=300), reading(5.0, size=300)),
        "the loop alone": (reading(0.5), reading(1.0), reading(1.0)),
    }
    return Measured(row, 1000, readings, {"peer": 2e-9}, {"absent peer": ("no_such_module",)})
