"""Whole runners: killed at a random moment, stopped by a signal, started eight at once; the next run needs no hand."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import psutil

from benchmarks.faults import victim
from benchmarks.faults.house import SAVE, House, copy_of, write_notebook
from benchmarks.faults.inject import Record, check_mended, check_nothing_left, polling
from evaluation.runs.processes import descendants
from evaluation.runs.states import EXIT_CODE, State
from evaluation.runs.verify import verify

REPOSITORY = Path(__file__).parents[2]
KILLED, RIVALS = "runner_killed", "eight_runners_at_once"
STOPS = {f"runner_got_{number.name}": number for number in (signal.SIGTERM, signal.SIGINT)}
_PATIENCE = 5.0
_LONG = 120.0
_HELD_BACK = """
import pathlib, time
while not pathlib.Path("../go").exists(): time.sleep(0.01)
"""


@dataclass(frozen=True)
class Runner:
    """A runner under way: its process, how to hear how its next batch ended, and its exit code once it is gone."""

    process: psutil.Process
    hear: Callable[[], str]
    code: Callable[[], int | None]


def kill(template: House, root: Path, seed: int) -> Record:
    """SIGKILL a runner that publishes without pause, at a random moment of the second after its start or first report.

    Every fourth is killed from its start on; every twentieth is a command of its own, the others are forked.
    """
    house = copy_of(template, root)
    published = house.project.published("s", "a")
    record, began = Record(KILLED, "killed", 0.0), time.monotonic()
    with polling(published / "report.html") as reader:
        runner = started(house) if seed % 20 == 0 else forked(house)
        if seed % 4 != 1:
            record.problems += _unless_published(runner)
        time.sleep(random.Random(seed).uniform(0, 1.0))
        _check_gone(record, _kill(runner))
        record.seconds = time.monotonic() - began
        found = verify(house.project, published)
        if not found.is_sound:
            record.problems.append(f"the report is not sound: {found.faults}")
        check_mended(record, house)
        check_nothing_left(record, house)
    record.reads, record.torn = reader.reads, reader.torn
    record.problems += [f"{record.torn} torn reads"] if record.torn else []
    return record


def interrupt(template: House, root: Path, number: signal.Signals) -> Record:
    """Send a stop signal to a runner that publishes without pause: it must say that it was interrupted."""
    house = copy_of(template, root)
    runner = started(house)
    record = Record(f"runner_got_{number.name}", State.INTERRUPTED.value, 0.0)
    record.problems += _unless_published(runner)
    family, began = descendants(runner.process.pid), time.monotonic()
    runner.process.send_signal(number)
    code = runner.code()
    record.seconds = time.monotonic() - began
    if code != EXIT_CODE[State.INTERRUPTED]:
        record.problems.append(f"exit code {code}")
    _check_gone(record, family)
    check_mended(record, house)
    check_nothing_left(record, house)
    return record


def rivals(template: House, root: Path) -> Record:
    """Start eight runners of one study together; the one that has the lock works until the others were refused."""
    house = copy_of(template, root)
    write_notebook(house.project.notebooks / "fine.ipynb", _HELD_BACK, SAVE)
    pipes = [_fork(house, batches=1)[1] for _ in range(8)]
    began = time.monotonic()
    for pipe in pipes:
        pipe.send("go")
    refused = _all_but_one(pipes)
    said = [pipe.recv() for pipe in refused]
    (house.project.root / "go").touch()
    said += [pipe.recv() for pipe in pipes if pipe not in refused and pipe.poll(_LONG)]
    states = sorted(text.split()[0] for text in said)
    record = Record(RIVALS, ", ".join(dict.fromkeys(states)), time.monotonic() - began)
    if states != ["locked"] * 7 + ["published"]:
        record.problems.append(f"ended as {said}")
    check_nothing_left(record, house)
    check_mended(record, house)
    return record


def _all_but_one(pipes: list[Connection]) -> list[Connection]:
    """The first seven that have something to say; fewer when nothing more is said for a minute."""
    ready: list[Connection] = []
    while len(ready) < len(pipes) - 1 and (more := wait([pipe for pipe in pipes if pipe not in ready], _LONG)):
        ready += [pipe for pipe in more if isinstance(pipe, Connection)]
    return ready


def started(house: House) -> Runner:
    """Start a runner as a command."""
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "benchmarks.faults.victim", str(house.project.root)]
    environment = {**os.environ, "PYTHONPATH": path}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=REPOSITORY)
    if process.stdout is None:
        raise RuntimeError("no pipe to the runner")
    return Runner(psutil.Process(process.pid), process.stdout.readline, process.wait)


def forked(house: House) -> Runner:
    """Fork a runner from a process that has the libraries imported, and let it go."""
    process, pipe = _fork(house)
    pipe.send("go")

    def code() -> int | None:
        process.join()
        return process.exitcode

    return Runner(psutil.Process(process.pid), pipe.recv, code)


def _fork(house: House, batches: int = sys.maxsize) -> tuple[ForkServerProcess, Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = _nursery().Process(target=victim.forked, args=(house.project.root, theirs, batches))
    process.start()
    theirs.close()
    return process, ours


@cache
def _nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["papermill", "evaluation.runs.warm_kernel", "benchmarks.faults.victim"])
    return context


def _unless_published(runner: Runner) -> list[str]:
    """Wait for the runner's first report; a list with what it said instead, if it did."""
    try:
        said = runner.hear().strip()
    except EOFError:
        said = "nothing"
    return [] if said == State.PUBLISHED.value else [f"ended as {said}, before it was killed"]


def _kill(runner: Runner) -> list[psutil.Process]:
    """Kill the runner alone; returns what was below it at that moment (it stands still while that is asked)."""
    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):  # one that ended by itself has said so
        runner.process.suspend()
        family = descendants(runner.process.pid)
        runner.process.kill()
    runner.code()
    return family


def _check_gone(record: Record, family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
    if alive:
        record.problems.append(f"processes left: {[process.pid for process in alive]}")
