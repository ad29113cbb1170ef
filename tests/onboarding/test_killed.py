"""`new-study` killed while it writes: the same command, typed again, makes the study; nobody has to clear up."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from evaluation.errors import ParameterError
from evaluation.onboarding.new_study import NewStudy, new_study
from evaluation.onboarding.package import Package, put_in_place
from evaluation.onboarding.request import Request, period_of
from evaluation.runs.project import Project
from evaluation.session.faults import faults_of

TODAY, LATER = date(2026, 3, 1), date(2026, 3, 2)
PERIODS = (period_of("2018-07-01..2020-12-31"), period_of("2021..2025"))

# Dies at the given wait for the disk: a file is written and more are to come.
KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from evaluation.onboarding import package
from evaluation.runs.project import Project
calls, (name, files, root, fatal), waits = [], pickle.load(sys.stdin.buffer), os.fsync
def fsync(descriptor):
    calls.append(descriptor)
    if len(calls) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    waits(descriptor)
package.os.fsync = fsync
package.put_in_place(package.Package(name, files), Project(Path(root)))
"""


def made(files: dict[str, Path], project: Project, today: date = TODAY) -> NewStudy:
    return new_study(Request("0163", "Sollentuna", "sollentuna", PERIODS, tuple(files.values())), project, today)


def kill_while_writing(package: Package, project: Project, fatal: int) -> None:
    given = pickle.dumps((package.study, dict(package.files), str(project.root), fatal))
    done = subprocess.run([sys.executable, "-c", KILLED], input=given, check=False)
    assert done.returncode == -signal.SIGKILL


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("fatal", "stand"), [(1, 1), (5, 5), (9, 8)])
@pytest.mark.parametrize("half", [False, True], ids=["whole", "half"])
def test_the_same_command_again_makes_the_study(
    fatal: int, stand: int, half: bool, project: Project, files: dict[str, Path]
) -> None:
    """Eight raw files and cards, then the study file: killed at the first, at a card, and at the study file itself.

    A machine that went down with the process leaves half of what was written last, or nothing of it.
    """
    package = made(files, project).package
    kill_while_writing(package, project, fatal)
    left = list((project.raw / "sollentuna").iterdir())
    assert (len(left), (project.studies / "sollentuna.toml").exists()) == (stand, False)
    if half:
        last = max(left, key=lambda path: path.stat().st_mtime_ns)
        last.write_bytes(last.read_bytes()[: last.stat().st_size // 2])
    put_in_place(made(files, project).package, project)
    assert faults_of(project, "sollentuna") == ()
    assert {name: data for name, data in everything(project.root).items() if not name.endswith(".new")} == package.files


def test_the_next_day_too_cards_that_were_written_stay(project: Project, files: dict[str, Path]) -> None:
    package = made(files, project).package
    kill_while_writing(package, project, 5)
    put_in_place(made(files, project, LATER).package, project)
    assert faults_of(project, "sollentuna") == ()
    card = "data/raw/sollentuna/brott.csv.card.toml"
    assert everything(project.root)[card] == package.files[card]


def test_another_file_of_that_name_stops_and_the_message_says_what_it_may_be(
    project: Project, files: dict[str, Path]
) -> None:
    put = project.raw / "sollentuna" / "brott.csv"
    put.parent.mkdir(parents=True)
    put.write_bytes(files["brott.csv"].read_bytes() + b"0163;2026K1;Totalt antal brott;1;2;nej\n")
    before = everything(project.root)
    with pytest.raises(ParameterError) as refused:
        put_in_place(made(files, project).package, project)
    assert "left from an attempt that was cut off" in str(refused.value)
    assert everything(project.root) == before
