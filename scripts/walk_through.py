"""Walks through the guides as a newcomer would, and writes down what each command did: docs/walk-through.md.

    .venv/bin/python scripts/walk_through.py
    .venv/bin/python scripts/walk_through.py --own FOLDER --municipality 0163 --agreement 2019..2020 2021..2022

The project is cloned into an empty folder, and the home is empty too. The commands are those of the guides, in their
order, typed at a terminal. With `--own`, a second clone goes from nothing to a report of the files in that folder.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pexpect
import walk_in_lab

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "walk-through.md"
GUIDES = ("tutorial-first-report.md", "kom-igang.md", "own-data.md")
FENCE = re.compile(r"^```sh\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
INDEX_AND_PROXY = re.compile(r"(?i)(pip|uv|ssl|requests)_|(https?|no|all)_proxy$")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")
LONGEST = 180

Answers = Mapping[str, str | Callable[[Mapping[str, object]], str]]

HEAD = """\
# A walk through the guides

Written by `scripts/walk_through.py` on {day}; do not edit. Every command of three guides was typed in its order, at a
terminal, in a fresh clone of {commit} with an empty home. Machine: {cores} processors, {python}. Other work was
running there (load {load:.1f} at the start): the seconds are an upper limit.

Where a guide means a file of the reader's own, the walk has a stand-in: `brott.csv` and `folkmangd.csv` are tables that
ship with the project, `handelser.csv` is invented. The questions of `evaluation new-study` are answered for Sigtuna,
out of those tables; the second time for Sollentuna, and nothing is written at the end. A run that ends with exit code 0
has published its pages.
"""
OWN = """\
## From clone to a report of one's own

A second fresh clone, and {count} real files that are not part of the project, for municipality {municipality}: {names}.

From `git clone` to the finished report: **{minutes:.1f} minutes**, of which {setup:.1f} to set up and {run:.1f} to
run. Typing is left out.
"""
NO_OWN = """\
## From clone to a report of one's own

Left out: no files were given (`--own FOLDER`).
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A clone, and the home of the person who types there."""

    clone: Path
    home: Path


@dataclass(frozen=True, slots=True)
class Step:
    """A command, how it ended, the seconds it took, the last line it printed and the pages and files it made."""

    command: str
    ended: str
    seconds: float
    said: str
    made: tuple[str, ...] = ()


def main() -> int:
    """Walk, write the page, and return 1 if a command failed."""
    options = parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="walk-") as folder:
        place, load = new_place(Path(folder, "guides")), os.getloadavg()[0]
        parts = {"Set up": set_up(place, ROOT, "make report")}
        prepare_stand_ins(place)
        parts |= {guide: [walked(command, place) for command in commands(guide, place.clone)] for guide in GUIDES}
        commit, python = (typed(one, place).said for one in ("git rev-parse --short HEAD", "python --version"))
        own = from_nothing(new_place(Path(folder, "own")), place.clone, options) if options.own else []
    TARGET.write_text(head(commit, python, load) + page(parts, own, options), encoding="utf-8")
    return int(any(step.ended not in ("0", "by hand") for step in (*itertools.chain(*parts.values()), *own)))


def new_place(folder: Path) -> Place:
    """Make an empty folder with an empty home in it."""
    (folder / "home").mkdir(parents=True)
    return Place(folder / "clone", folder / "home")


def set_up(place: Place, project: Path, command: str) -> list[Step]:
    """Clone the project and set it up."""
    words = f"git clone --quiet --no-hardlinks {shlex.quote(str(project))} clone"
    cloned = typed(words, place, folder=place.clone.parent)
    return [replace(cloned, command="git clone"), typed(command, place)]


def commands(guide: str, root: Path = ROOT) -> list[str]:
    """Return the commands of a guide, in their order."""
    blocks = FENCE.findall((root / "docs" / guide).read_text(encoding="utf-8"))
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def prepare_stand_ins(place: Place) -> None:
    """Put the files that the guides take from the reader into the clone."""
    shipped = place.clone / "data" / "raw" / "upplands-vasby"
    shutil.copyfile(shipped / "offences_by_quarter.csv", place.clone / "brott.csv")
    shutil.copyfile(shipped / "mean_population.csv", place.clone / "folkmangd.csv")
    (place.clone / "handelser.csv").write_text(invented_log(), encoding="utf-8")


def invented_log() -> str:
    """Return a log of 800 incidents, one each second day, with the category that the guide's command settles."""
    words = ("Skadegörelse", "Klotter", "Bråk", "Arrangemang")
    days = [date(2018, 1, 1) + timedelta(days=2 * at) for at in range(800)]
    rows = [f"{at};{day};{at % 24:02d}:30;{words[at % 4]};Torget;Skolan" for at, day in enumerate(days)]
    return "\n".join(["Nr;Datum;Tid;Kategori;Plats;Rapportör", *rows]) + "\n"


def from_nothing(place: Place, project: Path, options: argparse.Namespace) -> list[Step]:
    """Go from an empty folder to a report of the files of one's own."""
    cloned = set_up(place, project, "make setup")
    files = [shlex.quote(str(path)) for path in own_files(options)]
    published = " ".join(f"--file {path} --published {shlex.quote(Path(path).name)}" for path in files)
    agreements = " ".join(f"--agreement {one}" for one in options.agreement)
    made = typed(f"evaluation new-study {options.municipality} --id own {agreements} {published} --yes", place)
    rest = ("evaluation check own", "evaluation plan register own", "evaluation run own")
    return [*cloned, made, *(typed(command, place) for command in rest)]


def own_files(options: argparse.Namespace) -> list[Path]:
    """Return the files of one's own, by name."""
    return sorted(path.resolve() for path in options.own.iterdir() if path.is_file())


def walked(command: str, place: Place) -> Step:
    """Type a command of a guide, and do what a person has to do."""
    if command == "make lab":
        return in_the_lab(place)
    return typed(command, place, answers(place))


def answers(place: Place) -> Answers:
    """Return what a person answers: Sigtuna, which is written; then Sollentuna, which is only looked at."""
    files = itertools.chain([str(place.clone / "brott.csv"), str(place.clone / "folkmangd.csv")], itertools.repeat(""))
    once = not (place.clone / "studies" / "sigtuna.toml").exists()
    return {
        "Code or name of the municipality.*: ": "Sigtuna\n" if once else "Sollentuna\n",
        "first day.*: ": "2021-01-01\n",
        "last day.*: ": "2022-12-31\n",
        "another agreement.*: ": "n\n",
        "File with figures.*: ": lambda _: f"{next(files)}\n",
        "published already.*: ": "y\n",
        "Write the study.*: ": "y\n" if once else "n\n",
        "Write this into the study.*: ": "y\n",
    }


def typed(command: str, place: Place, answered: Answers = {}, folder: Path | None = None) -> Step:  # noqa: B006 - read only
    """Type a command at a terminal of its own, and wait until it ends."""
    before, began = written(place.clone), time.monotonic()
    text, code = pexpect.run(
        command, timeout=None, withexitstatus=True, events=dict(answered) or None, cwd=str(folder or place.clone),
        env=surroundings(place), encoding="utf-8", codec_errors="replace", dimensions=(40, 200),
    )  # fmt: skip
    seconds = time.monotonic() - began
    print(f"{code} {seconds:6.1f} s  {command[:LONGEST]}", file=sys.stderr)
    if code:
        print(text, file=sys.stderr)
    return Step(command, str(code), seconds, last_line(text), new_among(written(place.clone), before))


def in_the_lab(place: Place) -> Step:
    """Open JupyterLab as `make lab` does, run every notebook there the first time as a person would, and close it."""
    before, began = written(place.clone), time.monotonic()
    options = f"--no-browser --allow-root --port {walk_in_lab.free_port()}"
    lab = pexpect.spawn(
        "make", ["lab", f"LAB={options}"], timeout=300, cwd=str(place.clone), env=surroundings(place), encoding="utf-8"
    )
    lab.expect(r"(http://127\.0\.0\.1:\d+)/lab\S*token=(\w+)")
    opened = time.monotonic() - began
    first = not (place.clone / "reports" / "upplands-vasby" / "adhoc").exists()
    names = sorted(path.stem for path in (place.clone / "notebooks").glob("*.ipynb")) if first else []
    said = walk_in_lab.run_notebooks(lab.match[1], lab.match[2], names) if first else "closed again"
    lab.sendintr()
    lab.expect("Shut down this Jupyter server")
    lab.sendline("y")
    lab.expect(pexpect.EOF)
    print(f"lab {time.monotonic() - began:6.1f} s  {said}", file=sys.stderr)
    text = f"open after {opened:.0f} s; {said}"
    return Step("make lab", "by hand", time.monotonic() - began, text, new_among(written(place.clone), before))


def surroundings(place: Place) -> dict[str, str]:
    """Return the environment of someone who has nothing yet but git, make and Python, and activated the clone."""
    kept = {name: value for name, value in os.environ.items() if INDEX_AND_PROXY.match(name)}
    programs = os.pathsep.join([str(place.clone / ".venv" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"])
    return {**kept, "HOME": str(place.home), "PATH": programs, "TERM": "dumb", "NO_COLOR": "1", "LANG": "C.UTF-8"}


def written(clone: Path) -> dict[str, int]:
    """Return the pages, study files and notebooks there are: path in the clone → time of writing."""
    patterns = ("reports/**/*.html", "studies/*", "data/raw/**/*", "*.ipynb")
    found = itertools.chain.from_iterable(clone.glob(pattern) for pattern in patterns)
    files = (path for path in found if path.is_file() and ".trash" not in path.parts)
    return {path.relative_to(clone).as_posix(): path.stat().st_mtime_ns for path in files}


def new_among(now: Mapping[str, int], before: Mapping[str, int]) -> tuple[str, ...]:
    """Return what was written since: reports, other pages, study files, the rest."""
    order = ("/report.html", ".html", ".toml", "")
    changed = [path for path in now if now[path] != before.get(path)]
    return tuple(sorted(changed, key=lambda path: ([path.endswith(end) for end in order].index(True), path)))


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [CONTROL.sub("", line.rsplit("\r", 1)[-1]).strip() for line in text.replace("\r\n", "\n").splitlines()]
    return next((line for line in reversed(lines) if line), "")


def head(commit: str, python: str, load: float) -> str:
    """Return what the page begins with: what was done, when and where."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    return HEAD.format(day=day, commit=commit, cores=os.cpu_count(), load=load, python=python)


def page(parts: Mapping[str, Sequence[Step]], own: Sequence[Step], options: argparse.Namespace) -> str:
    """Return the record itself, part by part."""
    blocks = [""]
    blocks += [f"## {heading(name)}\n\n{table(steps)}" for name, steps in parts.items()]
    blocks += [own_block(own, options)] if own else [NO_OWN]
    return "\n".join(blocks)


def heading(name: str) -> str:
    """Return the heading of a part: a guide is linked."""
    if name not in GUIDES:
        return name
    title = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    return f"[{title}]({name})"


def own_block(own: Sequence[Step], options: argparse.Namespace) -> str:
    """Return what the walk with files of one's own took."""
    names = [f"`{path.name}`" for path in own_files(options)]
    minutes = {step.command.split(" own")[0]: step.seconds / 60 for step in own}
    text = OWN.format(
        count=len(names), municipality=options.municipality, names=", ".join(names),
        minutes=sum(minutes.values()), setup=minutes["make setup"], run=minutes["evaluation run"],
    )  # fmt: skip
    return f"{text}\n{table(own)}"


def table(steps: Iterable[Step]) -> str:
    """Return steps as a table."""
    rows = (
        f"| `{short(s.command)}` | {s.ended} | {s.seconds:.1f} | {short(s.said, LONGEST)} | {made(s)} |" for s in steps
    )
    return "\n".join(["| command | exit code | seconds | last line | made |", "|---|---|---|---|---|", *rows]) + "\n"


def made(step: Step) -> str:
    """Return the first page or file that a step made, and how many more."""
    more = f" and {len(step.made) - 1} more" if len(step.made) > 1 else ""
    return f"`{step.made[0]}`{more}" if step.made else ""


def short(text: str, longest: int = 400) -> str:
    """Keep names of files only where a path leads out of the clone, no bar of progress, and the table whole."""
    text = re.sub(r"(.)\1{9,}", r"\1", text)
    named = re.sub(r"(?<![\w./])(?:/[\w.+-]+)+/([\w.+-]+)", r"\1", text)
    cut = named if len(named) <= longest else f"{named[:longest]} …"
    return cut.replace("|", "/").replace("`", "'")


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--own", type=Path, help="folder with files of one's own; they are copied into no commit")
    parser.add_argument("--municipality", default="0163", help="its code, for the files of one's own")
    parser.add_argument("--agreement", nargs="+", default=["2019..2020", "2021..2022"], help="first..last day of each")
    return parser


if __name__ == "__main__":
    sys.exit(main())
