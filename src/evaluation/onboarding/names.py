"""Names that become paths and lines of a study file: the model's rules for them, held before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import InputError, ParameterError
from evaluation.study.model import RawFileName, Slug


def study_name(text: str, option: str = "--id") -> str:
    """Return the name of a study file and its folders, as `option` gave it.

    Raises
    ------
    ParameterError
        If the study file could not have it: it would lead out of the project, or be refused later.
    """
    if not _fits(Slug, text):
        raise ParameterError(
            f"{option} {text!r}",
            found="no name of a study",
            expected="small letters a to z and digits, with - or _ between them, at most 60",
            todo=f"write for instance {option} upplands-vasby",
        )
    return text


def raw_file_name(path: Path) -> str:
    """Return the name that a file has among the raw files.

    Raises
    ------
    InputError
        If the study file could not name it: with quotes, line breaks or other signs that no system takes in names.
    """
    if not _fits(RawFileName, path.name):
        raise InputError(
            f"file {path.name!r}",
            found="a name that a study file cannot hold",
            expected='at most 120 signs, without / \\ : * ? " < > | and line breaks',
            todo="give the file another name, then give the command again",
        )
    return path.name


def _fits(rule: Any, text: str) -> bool:  # noqa: ANN401 - an annotated type
    try:
        TypeAdapter(rule).validate_python(text)
    except ValidationError:
        return False
    return True
