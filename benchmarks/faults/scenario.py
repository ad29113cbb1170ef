"""What a fault is: how it breaks a run, and how the run must end (docs/run-states.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.faults.house import House
from evaluation.runs.batch import JobResult
from evaluation.runs.states import State

Results = tuple[JobResult, ...]
QUICK = {"cell_deadline": 0.5}
IN = "import os, sys, signal, time, subprocess, ctypes, threading, atexit, json, pathlib"


@dataclass(frozen=True)
class Scenario:
    """A fault: its name, how it is injected, and the states the run may end in (PUBLISHED: it must be survived).

    `breaks_page` says that the fault itself damages the published page, so that a reader must see it damaged.
    """

    name: str
    act: Callable[[House], Results]
    expected: tuple[State, ...]
    breaks_page: bool = False


SCENARIOS: list[Scenario] = []


def fault(
    *expected: State, breaks_page: bool = False
) -> Callable[[Callable[[House], Results]], Callable[[House], Results]]:
    """Register a function as a scenario."""

    def register(act: Callable[[House], Results]) -> Callable[[House], Results]:
        SCENARIOS.append(Scenario(act.__name__, act, expected, breaks_page))
        return act

    return register


def notebook_fault(name: str, *cells: str, expected: State, **options: Any) -> None:
    """Register a scenario that is a notebook."""
    SCENARIOS.append(Scenario(name, lambda house: house.run(*cells, **options), (expected,)))
