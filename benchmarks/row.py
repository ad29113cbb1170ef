"""What one row of the table is: contenders that do the same work, how their results are compared, and the goals."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FLOOR = "floor"
PACKAGES_OF_R = 'cat(rownames(installed.packages()), sep = "\\n")'


@dataclass(frozen=True, slots=True)
class Given:
    """What a contender is given: the size of the input and the folder with the input files, made once per row."""

    size: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Used:
    """What work says of itself when it was done by a program that measures itself (R without its start).

    `cpu` and `wall` are seconds of one call, `peak` is MB.
    """

    result: Any
    cpu: float
    wall: float
    peak: float


def as_given(given: Given) -> Given:
    """Prepare nothing."""
    return given


def as_result(_: Any, result: Any) -> Any:
    """Compare the result as it is."""
    return result


def one(_: int) -> float:
    """One unit of work in a call, whatever the size."""
    return 1.0


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the work of a row.

    Attributes
    ----------
    name
        As it stands in the table.
    work
        What is measured: takes what `prepare` returned; its result is compared. A file's size counts as `bytes`.
    prepare
        What comes before and is not measured.
    amount
        Units of work in one call for a size: seconds are divided by it. A slow peer may do a part of the whole.
    needs
        Modules, programs ("program:Rscript") and packages of R ("R:nlme") without which it cannot be measured.
    whole
        Count the whole process with its start and imports, instead of the calls alone.
    first
        Measure the first call, not later ones: later calls would find what the first has kept.
    compared
        Turns what was prepared and the result of the work into what is compared; not measured.
    tolerance
        Largest difference to our result, in the words of the row; None: the row's.
    """

    name: str
    work: Callable[[Any], Any]
    prepare: Callable[[Given], Any] = as_given
    amount: Callable[[int], float] = one
    needs: tuple[str, ...] = ()
    whole: bool = False
    first: bool = False
    compared: Callable[[Any, Any], Any] = as_result
    tolerance: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of a row.

    Attributes
    ----------
    against
        Name of a contender: its quantity divided by ours must be at least `ratio`; FLOOR: ours divided by the floor's
        must be at most `ratio`; "": our quantity itself must be at most `ratio`.
    quantity
        "cpu" (seconds), "wall" (seconds), "peak" (MB) or "bytes".
    reason
        Why it is where it is, and what was tried, for a goal that is not met; printed only then.
    """

    against: str
    ratio: float
    quantity: str = "cpu"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes
    ----------
    work
        What is done, on which input, in words.
    unit
        What the seconds are of ("one series").
    size, quick
        Full and small size.
    ours, peers, floor
        Contenders; the floor does only what nobody can do without.
    inputs
        Writes the input files of a size into a folder, once.
    difference
        How far a peer's result (second) is from ours (first): a number that must not exceed `tolerance`.
    compared
        What is compared, and in which unit the tolerance is.
    notes
        What a reader must know to judge the row.
    once
        So long that the comparison itself is the only measurement; left out by `--short`.
    """

    name: str
    work: str
    unit: str
    size: int
    quick: int
    ours: Contender
    peers: tuple[Contender, ...]
    goals: tuple[Goal, ...]
    difference: Callable[[Any, Any], float]
    tolerance: float
    compared: str
    floor: Contender | None = None
    inputs: Callable[[Given], None] | None = None
    notes: str = ""
    once: bool = False

    def contenders(self) -> dict[str, Contender]:
        """Every contender by name, ours first."""
        every = (self.ours, *self.peers, *((self.floor,) if self.floor else ()))
        return {contender.name: contender for contender in every}


@cache
def packages_of_r() -> frozenset[str]:
    """Names of the packages R has here."""
    if shutil.which("Rscript") is None:
        return frozenset()
    listed = subprocess.run(["Rscript", "-e", PACKAGES_OF_R], capture_output=True, text=True, check=True)
    return frozenset(listed.stdout.split())


def is_there(need: str) -> bool:
    """Whether a module, a program or a package of R is installed."""
    kind, _, name = need.rpartition(":")
    if kind == "program":
        return shutil.which(name) is not None
    return name in packages_of_r() if kind == "R" else importlib.util.find_spec(name) is not None


def missing(contender: Contender) -> tuple[str, ...]:
    """Return what a contender needs and has not got."""
    return tuple(need for need in contender.needs if not is_there(need))
