"""Rounds of a row: every contender in turn in a process of its own, results compared before any time counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.row import Contender, Given, Row, missing

ROOT = Path(__file__).parents[1]
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), "1"),
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement: CPU and wall seconds per unit of work, peak memory in MB, bytes of the file made."""

    cpu: float
    wall: float
    peak: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a row.

    Attributes
    ----------
    row, size
        The row and the size it was measured at.
    readings
        Contender → one reading per round.
    differences
        Peer → how far its result is from ours.
    absent
        Peer → what it needs and has not got.
    fault
        Why there are no times, if there are none.
    """

    row: Row
    size: int
    readings: dict[str, tuple[Reading, ...]]
    differences: dict[str, float]
    absent: dict[str, tuple[str, ...]]
    fault: str = ""


class NoTimesError(Exception):
    """A contender failed, or its result is not ours: there are no times until that is explained."""


def measure_row(row: Row, size: int, pairs: int) -> Measured:
    """Make the inputs, compare the results, then measure every contender in turn, `pairs` times."""
    absent = {peer.name: gone for peer in row.peers if (gone := missing(peer))}
    present = {name: one for name, one in row.contenders().items() if name not in absent}
    with tempfile.TemporaryDirectory(prefix=f"benchmark-{row.name}-") as folder:
        given = Given(size, Path(folder))
        try:
            child("inputs", row, given)
            first, differences = compared(row, given, present)
            contenders = list(present.values())
            rounds = [first] if row.once else [one_round(row, given, contenders, turn) for turn in range(pairs)]
        except NoTimesError as error:
            return Measured(row, size, {}, {}, absent, str(error))
    readings = {name: tuple(found[name] for found in rounds) for name in present}
    return Measured(row, size, readings, differences, absent)


def compared(row: Row, given: Given, present: dict[str, Contender]) -> tuple[dict[str, Reading], dict[str, float]]:
    """Run each contender once; return its reading, and how far each peer's result is from ours.

    Too far is the end of the row. The floor has no result: it does not do the whole work.
    """
    kept = {name: str(given.folder / f".result-{at}") for at, name in enumerate(present)}
    readings, differences = {}, {}
    for name, contender in present.items():
        readings[name] = reading(row, given, contender, kept[name])
        if contender not in (row.ours, row.floor):
            differences[name] = agreed(row, given, contender, kept[row.ours.name], kept[name])
    return readings, differences


def agreed(row: Row, given: Given, peer: Contender, ours: str, theirs: str) -> float:
    """Return the difference of a peer's result to ours, if it is within the tolerance."""
    difference = float(json.loads(child("compare", row, given, ours, theirs).printed)["difference"])
    tolerance = row.tolerance if peer.tolerance is None else peer.tolerance
    if not difference <= tolerance:
        raise NoTimesError(f"{peer.name} differs by {difference:.2g} ({row.compared}); allowed: {tolerance:.2g}")
    return difference


def one_round(row: Row, given: Given, contenders: list[Contender], turn: int) -> dict[str, Reading]:
    """Measure each contender once; every second round goes backwards, so that no place in the round is favoured."""
    order = contenders if turn % 2 == 0 else contenders[::-1]
    return {contender.name: reading(row, given, contender) for contender in order}


def reading(row: Row, given: Given, contender: Contender, keep: str = "") -> Reading:
    """Measure one contender once in a process of its own."""
    done = child("measure", row, given, contender.name, *((keep,) if keep else ()))
    said = json.loads(done.printed)
    amount = contender.amount(given.size)
    cpu, wall = (done.cpu, done.wall) if contender.whole else (said["cpu"], said["wall"])
    return Reading(cpu / amount, wall / amount, said["peak"], said["bytes"])


@dataclass(frozen=True, slots=True)
class Done:
    """A process that ended well: its last printed line, CPU seconds (with its children) and wall seconds."""

    printed: str
    cpu: float
    wall: float


def child(task: str, row: Row, given: Given, *arguments: str) -> Done:
    """Run one task of `benchmarks.contend` and wait for it, counting what it used."""
    command = [sys.executable, "-m", "benchmarks.contend", task, row.name, str(given.size), str(given.folder)]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, *arguments], cwd=ROOT, env=surroundings(), stdout=out, stderr=err, text=True
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise NoTimesError(f"{' '.join((task, row.name, *arguments[:1]))} failed: {last_line(err.read())}")
        return Done(last_line(out.read()), used.ru_utime + used.ru_stime, wall)


def surroundings() -> dict[str, str]:
    """One thread each, the source of this project, and this interpreter's programs first."""
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": paths, "PATH": programs}


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "(it said nothing)"
