"""Walks through the tutorial as a newcomer would, and writes down what each command did: docs/walk-through.md.

    python scripts/walk_through.py
    python scripts/walk_through.py --agreement 2019-01-01..2020-12-31 --file brott.csv --file folkmangd.csv

The project is cloned into an empty folder and the home directory is empty too. The commands are those of the
tutorial, in its order; with files of one's own a study is made from them and run as well.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "walk-through.md"
TUTORIAL = "docs/tutorial-first-report.md"
FENCE = re.compile(r"^```sh\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
WAITS_FOR_A_PERSON = ("make lab",)
LONGEST = 110

HEAD = """\
# A walk through the tutorial

Written by `python scripts/walk_through.py`; do not edit. Every command of the
[tutorial](tutorial-first-report.md), typed in its order in a fresh clone with an empty home directory. {day},
commit {commit}, {cores} processors.

`make lab` waits for a person; the browser tests open it and run the notebooks there.
"""
OWN = """
## From files of one's own to a report

{files} for municipality {municipality}, in the same clone. From `git clone` to the finished report, without the
tutorial and with typing left out: **{minutes:.1f} minutes**.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A command, its exit code, the seconds it took, and the last line it printed."""

    command: str
    code: int
    seconds: float
    said: str


def main() -> int:
    """Walk, write the page, and return 1 if a command failed."""
    options = parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="walk-") as folder:
        place = Path(folder)
        set_up = [typed(f"git clone --quiet {ROOT} clone", place, place), walked("make report", place)]
        tutorial = [walked(command, place) for command in commands(place / "clone" / TUTORIAL)]
        own = [walked(command, place) for command in own_commands(options)]
        commit = typed("git rev-parse --short HEAD", place / "clone", place).said
    TARGET.write_text(page(set_up, tutorial, own, options, commit), encoding="utf-8")
    return int(any(step.code for step in (*set_up, *tutorial, *own)))


def commands(page_path: Path) -> list[str]:
    """Return the commands of a page that end by themselves."""
    blocks = FENCE.findall(page_path.read_text(encoding="utf-8"))
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    return [line for line in lines if line not in WAITS_FOR_A_PERSON]


def own_commands(options: argparse.Namespace) -> list[str]:
    """Return what makes and runs a study of files of one's own; nothing where none are given."""
    if not options.file:
        return []
    agreements = "".join(f" --agreement {one}" for one in options.agreement)
    files = "".join(f" --file {shlex.quote(str(Path(one).resolve()))}" for one in options.file)
    study = options.study
    return [
        f"evaluation new-study {options.municipality} --id {study}{agreements}{files} --yes",
        f"evaluation check {study}",
        f"evaluation plan register {study}",
        f"evaluation run {study}",
    ]


def walked(command: str, place: Path) -> Step:
    """Type a command in the clone."""
    return typed(command, place / "clone", place)


def typed(command: str, folder: Path, home: Path) -> Step:
    """Run a command with an empty home and the clone's own programs first."""
    began = time.monotonic()
    done = subprocess.run(
        shlex.split(command), cwd=folder, env=surroundings(home), capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    print(f"{done.returncode} {seconds:6.1f} s  {command}", file=sys.stderr)
    return Step(command, done.returncode, seconds, last_line(done.stdout or done.stderr))


def surroundings(home: Path) -> dict[str, str]:
    """Return the environment of someone who has nothing yet but git, make and Python."""
    (home / "home").mkdir(exist_ok=True)
    known = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    programs = os.pathsep.join([str(home / "clone" / ".venv" / "bin"), os.environ["PATH"]])
    return known | {"HOME": str(home / "home"), "PATH": programs, "COLUMNS": "200", "NO_COLOR": "1"}


def last_line(text: str) -> str:
    """Return the last line that says something, short."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def page(set_up: list[Step], tutorial: list[Step], own: list[Step], options: argparse.Namespace, commit: str) -> str:
    """Return the record as a page."""
    head = HEAD.format(day=datetime.now(UTC).strftime("%Y-%m-%d"), commit=commit, cores=os.cpu_count())
    parts = [head, table([*set_up, *tutorial])]
    if own:
        names = ", ".join(f"`{Path(one).name}`" for one in options.file)
        minutes = sum(step.seconds for step in (*set_up, *own)) / 60
        parts += [OWN.format(files=names, municipality=options.municipality, minutes=minutes), table(own)]
    return "\n".join(parts)


def table(steps: list[Step]) -> str:
    """Return steps as a table, folders of this machine left out."""
    lines = [f"| `{short(s.command)}` | {s.code} | {s.seconds:.1f} | {short(s.said)} |" for s in steps]
    return "\n".join(["| command | exit code | seconds | last line |", "|---|---|---|---|", *lines]) + "\n"


def short(text: str) -> str:
    """Cut a line, keep file names only, and keep the table whole."""
    named = re.sub(r"(?<![\w.])(?:/[\w.+-]+)+/([\w.+-]+)", r"\1", text)
    cut = named if len(named) <= LONGEST else f"{named[:LONGEST]} …"
    return cut.replace("|", "/").replace("`", "'")


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("--municipality", default="0163", help="code of the municipality of one's own files")
    made.add_argument("--study", default="own-study", help="id of the study that is made of them")
    made.add_argument("--agreement", action="append", default=[], help="first..last day, may be given again")
    made.add_argument("--file", action="append", default=[], help="a file of one's own, may be given again")
    return made


if __name__ == "__main__":
    sys.exit(main())
