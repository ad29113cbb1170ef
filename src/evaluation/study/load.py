"""Reading a study file: all type errors and all contradictions together, before anything runs."""

from __future__ import annotations

import copy
import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from evaluation.study.crosscheck import contradictions
from evaluation.study.model import Study
from evaluation.study.problems import Problem, StudyFaultsError, problem_of

Raw = dict[str, Any]

# Stand in for faulty keys of [study] while the rest of the file is examined; a study that needed one is never returned.
_STAND_INS: Raw = {
    "id": "stand-in",
    "municipality": "0000",
    "name": {"sv": "-", "en": "-"},
    "languages": ["sv", "en"],
    "synthetic": False,
    "contact": "stand-in",
    "update_interval_days": 1,
}


def load_study(path: Path) -> Study:
    """Read, type and cross-check a study file.

    Raises
    ------
    StudyFaultsError
        With every fault found, each with file, key, value found, what was expected and what to do.
    """
    study, problems = examine_study(path)
    if problems or study is None:
        raise StudyFaultsError(problems)
    return study


def examine_study(path: Path) -> tuple[Study | None, tuple[Problem, ...]]:
    """Return the study (none if its shape is wrong) and every problem in it."""
    raw, problems = _read_toml(path)
    if raw is None:
        return None, problems
    study, shape_problems, kept = _typed(raw, path.name)
    found = (*shape_problems, *(contradictions(kept, raw, path.name) if kept is not None else ()))
    return (study, ()) if not found else (None, found)


def _read_toml(path: Path) -> tuple[Raw | None, tuple[Problem, ...]]:
    if not path.is_file():
        present = sorted(other.stem for other in path.parent.glob("*.toml"))
        near = difflib.get_close_matches(path.stem, present, n=1)
        todo = f"did you mean {near[0]!r}?" if near else "check the study's name"
        expected = f"a study file; present: {', '.join(present) or 'none'}"
        return None, (Problem(path.name, "(file)", "no such file", expected, todo),)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")), ()
    except UnicodeDecodeError as error:
        fault = (f"a byte that is not UTF-8 at position {error.start}", "UTF-8 text", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        fault = (str(error), "valid TOML", "mend the line named; text stands in double quotes, dates without quotes")
    return None, (Problem(path.name, "(file)", *fault),)


def _typed(raw: Raw, file: str) -> tuple[Study | None, tuple[Problem, ...], Study | None]:
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        problems = tuple(problem_of(detail, file) for detail in error.errors(include_url=False))
        return None, problems, _valid_part(raw, error.errors(include_url=False))
    return study, (), study


def _valid_part(raw: Raw, errors: Sequence[ErrorDetails]) -> Study | None:
    """Type what is left when the faulty entries are taken out, so that contradictions elsewhere are found too."""
    rest = copy.deepcopy(raw)
    for table, *place in sorted({tuple(error["loc"][:2]) for error in errors}, key=str, reverse=True):
        _take_out(rest, str(table), place[0] if place else None)
    rest = {key: _without_gaps(value) for key, value in rest.items()}
    try:
        return Study.model_validate(rest)
    except ValidationError:
        return None


def _take_out(rest: Raw, table: str, place: int | str | None) -> None:
    entries = rest.get(table)
    if isinstance(entries, list) and isinstance(place, int):
        entries[place] = None
    elif table == "study" and isinstance(entries, dict) and place in _STAND_INS:
        entries[place] = _STAND_INS[str(place)]
    elif isinstance(entries, dict) and table == "study":
        entries.pop(place, None)
    else:
        rest.pop(table, None)


def _without_gaps(value: object) -> object:
    return [item for item in value if item is not None] if isinstance(value, list) else value
