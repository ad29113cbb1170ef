"""Kill a whole runner at a random moment, and see that the next run needs no hand."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from benchmarks.faults.house import House, copy_of
from benchmarks.faults.inject import Record, check_mended, check_nothing_left, polling
from evaluation.runs.processes import descendants
from evaluation.runs.verify import verify

REPOSITORY = Path(__file__).parents[2]
_PATIENCE = 5.0


def kill(template: House, root: Path, seed: int) -> Record:
    """SIGKILL a runner that publishes without pause, up to a second after its first report (a random moment of it)."""
    house = copy_of(template, root)
    published = house.project.published("s", "a")
    began = time.monotonic()
    with polling(published / "report.html") as reader:
        victim = start(house)
        first_line(victim)
        family = descendants(victim.pid)
        time.sleep(random.Random(seed).uniform(0, 1.0))
        victim.kill()
        victim.wait()
        record = Record("runner_killed", "killed", time.monotonic() - began)
        _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
        if alive:
            record.problems.append(f"processes left: {[process.pid for process in alive]}")
        found = verify(house.project, published)
        if not found.is_sound:
            record.problems.append(f"the report is not sound: {found.faults}")
        check_mended(record, house)
        check_nothing_left(record, house)
    record.reads, record.torn = reader.reads, reader.torn
    record.problems += [f"{record.torn} torn reads"] if record.torn else []
    return record


def interrupt(template: House, root: Path, number: signal.Signals) -> tuple[int, Record]:
    """Send a stop signal to a runner in the middle of a cell; returns its exit code and what was found after."""
    house = copy_of(template, root)
    victim = start(house)
    first_line(victim)
    family = descendants(victim.pid)
    victim.send_signal(number)
    code = victim.wait(30)
    record = Record(f"runner_got_{number.name}", str(code), 0.0)
    _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
    record.problems += [f"processes left: {[process.pid for process in alive]}"] if alive else []
    check_mended(record, house)
    check_nothing_left(record, house)
    return code, record


def start(house: House) -> subprocess.Popen[str]:
    """Start the victim on the house's project."""
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "benchmarks.faults.victim", str(house.project.root)]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=REPOSITORY)


def first_line(victim: subprocess.Popen[str]) -> None:
    """Wait until it has published once."""
    if victim.stdout is None or victim.stdout.readline() != "published\n":
        raise RuntimeError("the victim did not publish")
