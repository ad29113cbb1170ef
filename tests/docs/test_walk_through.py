"""The walk through the guides finds every command, types it as a person would, and its record names each."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
RECORD = (ROOT / "docs" / "walk-through.md").read_text(encoding="utf-8")
STEP = re.compile(r"^\| `(.+?)` \| (.+?) \| ([\d.]+) \| .* \| .* \|$", flags=re.MULTILINE)


@pytest.fixture(scope="module")
def walk(load: Callable[[Path], ModuleType]) -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return load(ROOT / "scripts" / "walk_through.py")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def place(walk: ModuleType, tmp_path: Path) -> object:
    made = walk.new_place(tmp_path)
    (made.clone / "docs").mkdir(parents=True)
    return made


def fenced(guide: str) -> list[str]:
    """Lines between fences of the shell, found without the script's pattern."""
    commands, inside = [], False
    for line in (ROOT / "docs" / guide).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside and line.strip():
            commands.append(line.strip())
    return commands


def test_every_command_of_the_guides_is_found_in_its_order(walk: ModuleType) -> None:
    found = {guide: walk.commands(guide) for guide in walk.GUIDES}
    assert found == {guide: fenced(guide) for guide in walk.GUIDES}
    assert min(map(len, found.values())) >= 5


def test_the_record_has_each_command_and_each_ended_well(walk: ModuleType) -> None:
    """Stale when a guide changes: run scripts/walk_through.py again."""
    steps = STEP.findall(RECORD)
    walked = [command for command, _, _ in steps]
    typed = [walk.short(command) for guide in walk.GUIDES for command in fenced(guide)]
    assert [command for command in typed if command not in walked] == [], "run scripts/walk_through.py"
    assert walked[:2] == ["git clone", "make report"]
    assert {ended for command, ended, _ in steps if command != "make lab"} == {"0"}
    assert sum(float(seconds) for *_, seconds in steps) > 60


def test_the_record_says_how_long_a_report_of_ones_own_took_and_every_notebook(walk: ModuleType) -> None:
    minutes, set_up, run = map(
        float, re.search(r"\*\*([\d.]+) minutes\*\*, of which ([\d.]+) to set up and\s([\d.]+) to", RECORD).groups()
    )
    own = {command: float(seconds) for command, _, seconds in STEP.findall(RECORD.partition("## From clone")[2])}
    assert minutes == pytest.approx(sum(own.values()) / 60, abs=0.06)
    assert (set_up, run) == pytest.approx((own["make setup"] / 60, own["evaluation run own"] / 60), abs=0.06)
    (lab, *_) = [line for line in RECORD.splitlines() if line.startswith("| `make lab`")]
    assert [path.stem for path in (ROOT / "notebooks").glob("*.ipynb") if f"{path.stem} " not in lab] == []
    assert " with " not in lab


def test_no_place_of_a_machine_stands_in_the_record() -> None:
    assert re.findall(r"(?<![\w.)])/(?:tmp|home|root|work|usr|var|Users)\b|https?://(?!127)", RECORD) == []


def test_a_command_is_typed_at_a_terminal_with_an_empty_home(
    walk: ModuleType, place: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child says whether it sits at a terminal, where its home is, and which of our variables it sees."""
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "A_SECRET"):
        monkeypatch.setenv(name, "ours")
    monkeypatch.setenv("PIP_TIMEOUT", "60")
    child = (
        "import os, sys; known = {'PYTHONPATH', 'VIRTUAL_ENV', 'A_SECRET', 'PIP_TIMEOUT'} & set(os.environ);"
        " print(sys.stdin.isatty(), os.environ['HOME'][-4:], sorted(known))"
    )
    step = walk.typed(f"{sys.executable} -c {shlex.quote(child)}", place)
    assert (step.ended, step.said) == ("0", "True home ['PIP_TIMEOUT']")


def test_a_step_keeps_exit_code_last_line_and_what_was_made(walk: ModuleType, place: object) -> None:
    child = (
        "import pathlib; p = pathlib.Path('reports/a'); p.mkdir(parents=True); (p / 'report.html').write_text('x');"
        " pathlib.Path('studies').mkdir(); pathlib.Path('studies/a.toml').write_text('');"
        " print('first'); print('10 %\\r100 %'); print(); raise SystemExit(3)"
    )
    step = walk.typed(f"{sys.executable} -c {shlex.quote(child)}", place)
    assert (step.ended, step.said) == ("3", "100 %")
    assert step.made == ("reports/a/report.html", "studies/a.toml")
    assert walk.made(step) == "`reports/a/report.html` and 1 more"


def test_questions_are_answered_and_the_second_time_nothing_is_written(walk: ModuleType, place: object) -> None:
    asked = (
        "print([input(q) for q in ('Code or name of the municipality: ', 'Agreement 1: first day (2021-01-01): ',"
        " 'File with figures (empty: no more): ', 'File with figures (empty: no more): ',"
        " 'File with figures (empty: no more): ', 'Write the study sigtuna? [Y/n]: ')])"
    )
    words = f"{sys.executable} -c {shlex.quote(asked)}"
    first = walk.typed(words, place, walk.answers(place)).said
    assert re.sub(r"'\S*/clone/", "'", first) == "['Sigtuna', '2021-01-01', 'brott.csv', 'folkmangd.csv', '', 'y']"
    (place.clone / "studies").mkdir()
    (place.clone / "studies" / "sigtuna.toml").touch()
    assert walk.typed(words, place, walk.answers(place)).said.startswith("['Sollentuna', ")


def test_without_files_of_ones_own_the_page_says_so(walk: ModuleType) -> None:
    step = walk.Step("evaluation check", "0", 1.25, "0 faults | `x` in /tmp/walk-1/clone/studies/a.toml")
    page = walk.page({"Set up": [step], "kom-igang.md": [step]}, [], argparse.Namespace(own=None))
    assert "| `evaluation check` | 0 | 1.2 | 0 faults / 'x' in a.toml |  |" in page
    assert "## [Kom igång](kom-igang.md)" in page
    assert "Left out: no files were given (`--own FOLDER`)." in page


def test_files_of_ones_own_are_named_but_never_copied(walk: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "brott.csv").touch()
    options = argparse.Namespace(own=tmp_path, municipality="0163")
    commands = ("git clone", "make setup", "evaluation new-study 0163 --id own", "evaluation run own")
    own = [walk.Step(command, "0", 60.0 * at, "") for at, command in enumerate(commands)]
    page = walk.page({}, own, options)
    assert "1 real files that are not part of the project, for municipality 0163: `brott.csv`" in page
    assert "**6.0 minutes**, of which 1.0 to set up and 3.0 to\nrun." in page
    assert [path.name for path in tmp_path.iterdir()] == ["brott.csv"]
