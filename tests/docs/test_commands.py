"""Every command in the texts can be typed: cheap ones are run, the others are resolved to what exists."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import papermill
import pytest
import typer
from typer.main import get_command

from evaluation.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SHELLS = ("", "sh", "console", "powershell")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Typed:
    """One command line of one page."""

    page: Path
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """Name of the program without the folder of the environment."""
        return re.split(r"[\\/]", self.words[0])[-1]

    def __str__(self) -> str:
        return f"{self.page.stem}: {' '.join(self.words)[:70]}"


def blocks(page: Path, *languages: str) -> list[str]:
    """Return the fenced blocks of a page in these languages."""
    return [body for language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def typed_in(page: Path) -> list[Typed]:
    """Return the command lines of a page, comments left out; Windows paths keep their backslashes."""
    lines = [line for block in blocks(page, *SHELLS) for line in block.splitlines() if line.strip()]
    split = [shlex.split(line.replace("\\", "\\\\"), comments=True) for line in lines]
    return [Typed(page, tuple(words)) for words in split if words]


TYPED = [typed for page in PAGES for typed in typed_in(page)]
EVALUATION = [typed for typed in TYPED if typed.program == "evaluation"]
FICTIONAL = {"exempelby", "sollentuna", "FILE", "SERIES"}  # made up; tests/docs/test_own_data.py makes the studies
CHEAP = ("check", "plan", "read", "survey", "estimate", "schedule", "map")
RUN = [
    typed
    for typed in EVALUATION
    if (typed.words[1] in CHEAP or ("new-study" in typed.words and "--dry-run" in typed.words))
    and "register" not in typed.words
    and not FICTIONAL & set(typed.words)
]
KNOWN = {"evaluation", "make", "papermill", "python", "py", "jupyter", "conda", "jq", "dask", ".", "pre-commit"}


def unique(commands: list[Typed]) -> list[Typed]:
    """Return each command line once: pages repeat each other."""
    return list({command.words: command for command in commands}.values())


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_the_texts_hold_commands() -> None:
    assert len(EVALUATION) > 20
    assert len(unique(RUN)) >= 6


@pytest.mark.parametrize("typed", TYPED, ids=str)
def test_the_program_is_one_that_the_texts_explain(typed: Typed) -> None:
    assert typed.program in KNOWN


@pytest.mark.parametrize("typed", unique([t for t in TYPED if t.program == "make"]), ids=str)
def test_make_targets_exist(typed: Typed) -> None:
    assert set(typed.words[1:]) <= targets()


def test_make_targets_that_others_need_exist() -> None:
    """A target that stands after a colon and is no file must itself be there."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    needed = {
        name
        for line in re.findall(r"^[a-z]+:([^=\n]*)$", text, flags=re.MULTILINE)
        for name in line.split()
        if "/" not in name and "." not in name
    }
    assert needed <= targets()


@pytest.mark.parametrize("typed", unique(EVALUATION), ids=str)
def test_command_and_options_of_evaluation_exist(typed: Typed) -> None:
    """The command line is parsed as typer would, without running it."""
    _, name, *arguments = typed.words
    assert name in COMMANDS
    application = typer.Typer(add_completion=False)
    module = name.replace("-", "_")
    application.command(name)(getattr(importlib.import_module(f"evaluation.cli.{module}"), module))
    get_command(application).make_context(name, list(arguments))


@pytest.mark.parametrize("typed", unique(EVALUATION), ids=str)
def test_files_and_studies_named_exist(typed: Typed) -> None:
    files = [w for w in typed.words if re.match(r"(?:data|docs|studies|notebooks)/", w) and "exempelby" not in w]
    assert [file for file in files if not (ROOT / file).exists()] == []
    if typed.words[1] in ("check", "run", "prepare", "plan"):
        studies = {word for word in typed.words[2:] if re.fullmatch(r"[a-z]+(?:-[a-z]+)+", word)}
        assert {s for s in studies if not (ROOT / "studies" / f"{s}.toml").exists()} <= {"agreement-3-en"}


@pytest.mark.parametrize("typed", [t for t in TYPED if t.program == "papermill"], ids=str)
def test_papermill_is_given_parameters_that_the_notebook_has(typed: Typed) -> None:
    words = typed.words
    if not words[1].startswith("notebooks/"):
        return  # in.ipynb stands for any notebook
    given = {words[place + 1] for place, word in enumerate(words) if word == "-p"}
    assert given <= set(papermill.inspect_notebook(str(ROOT / words[1])))


@pytest.mark.parametrize("typed", unique(RUN), ids=str)
def test_cheap_command_runs(typed: Typed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", list(typed.words))
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert ended.value.code in (0, None), shown.err
    assert shown.out.strip()


def test_commands_named_in_sentences_exist() -> None:
    """`evaluation verify` in running text is a promise too."""
    named = {name for page in PAGES for name in re.findall(r"`evaluation ([a-z-]+)", page.read_text(encoding="utf-8"))}
    assert named
    assert named <= set(COMMANDS)


def test_commands_named_in_error_messages_exist() -> None:
    """What a message tells the reader to do can be done."""
    files = (ROOT / "src" / "evaluation").rglob("*.py")
    strings = [
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    named = {name for text in strings for name in re.findall(r"[`(]evaluation ([a-z][a-z-]*)", text)}
    assert {"check", "run"} <= named
    assert named <= set(COMMANDS)
