"""Start of the command: `evaluation --help`, beside what importing papermill alone costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.row import Contender, Given, Goal, Row


def program() -> list[str]:
    """The command as it is installed beside this interpreter, or the same by its module."""
    beside = Path(sys.executable).with_name("evaluation")
    return [str(beside)] if beside.exists() else [sys.executable, "-c", "from evaluation.cli import main; main()"]


def show_help(_: Given) -> str:
    return subprocess.run([*program(), "--help"], check=True, capture_output=True, text=True).stdout


def import_papermill(_: Given) -> str:
    subprocess.run([sys.executable, "-c", "import papermill"], check=True)
    return ""


def says_nothing(mine: str, _: str) -> float:
    """Nothing can be compared but that our help stands there."""
    return 0.0 if "run" in mine and "estimate" in mine else 1.0


def start_python(_: Given) -> str:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return ""


ROWS = (
    Row(
        name="command-start",
        work="Start of the command: `evaluation --help`",
        unit="one start",
        size=1,
        quick=1,
        ours=Contender("evaluation --help", show_help),
        peers=(Contender("import papermill", import_papermill),),
        floor=Contender("start of Python", start_python),
        goals=(Goal("", 0.3),),
        difference=says_nothing,
        tolerance=0.0,
        compared="whether the help stands there",
    ),
)
