"""From a request to a study: files recognised, tables drafted, everything checked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.onboarding.categories import decide_categories, propose_categories, read_log
from evaluation.onboarding.draft import Draft, draft_study
from evaluation.onboarding.log_columns import propose_log
from evaluation.onboarding.log_study import ReadyLog, ready_log
from evaluation.onboarding.package import Package, check_package, package_of, with_log
from evaluation.onboarding.recognise import CODEBOOK, Recognised, recognise
from evaluation.onboarding.request import Request
from evaluation.onboarding.sheet import HEAD, sheet_of
from evaluation.onboarding.study_text import study_text
from evaluation.onboarding.surveys import codebook_of, recognise_wave
from evaluation.runs.project import Project
from evaluation.sources.preview import grid_of_file


@dataclass(frozen=True, eq=False)
class NewStudy:
    """A study that is ready to be put in place; `draft` and `text` for showing."""

    draft: Draft
    text: str
    package: Package


def recognise_all(paths: Sequence[Path]) -> tuple[Recognised, ...]:
    """Return what each file is; answers to a survey are known by the codebook among the files.

    Raises
    ------
    InputError
        If a file is refused or unknown: no file is silently left out.
    """
    book = codebook_among(paths)
    return tuple(recognise_beside(path, book) for path in paths)


def codebook_among(paths: Sequence[Path]) -> Path | None:
    """Return the first codebook of a survey among files, if any."""
    return next((path for path in paths if _is_codebook(path)), None)


def recognise_beside(path: Path, book: Path | None) -> Recognised:
    """Return what a file is: answers to the survey of a codebook, or what it is by itself.

    Raises
    ------
    InputError
        If the file is refused or unknown.
    """
    if book is not None and not _is_codebook(path):
        codebook = codebook_of(book)
        if _has_answers(path, list(codebook["header"])):
            return recognise_wave(path, codebook, book.name)
    return recognise(path)


def new_study(request: Request, project: Project, today: date, *, rest_as_other: bool = False) -> NewStudy:
    """Return a checked study; nothing is written into the project.

    Parameters
    ----------
    rest_as_other
        Whether categories of an incident log that the catalogue does not know are counted as "other".

    Raises
    ------
    InputError, ParameterError, StudyError
        If a file cannot be used, something of that name exists, or the study would have faults.
    """
    files = recognise_all(request.files)
    logs = [_ready(file, rest_as_other=rest_as_other) for file in files if file.use == "log"]
    draft = draft_study(request, files, frozenset().union(*(log.priority_areas for log in logs)))
    text = study_text(draft, dict.fromkeys(request.languages, request.name))
    package = package_of(draft, text, files, today)
    for log in logs:
        package = with_log(package, log, today)
    check_package(package, project)
    return NewStudy(draft, package.files[f"studies/{request.study}.toml"].decode(), package)


def _ready(file: Recognised, *, rest_as_other: bool) -> ReadyLog:
    log = file.log or propose_log(sheet_of(file.path))
    reading = read_log(file.path, log)
    kinds = decide_categories(propose_categories(reading), {}, rest_as_other=rest_as_other)
    return ready_log(file.path, log, kinds, reading.frame)


def _is_codebook(path: Path) -> bool:
    return bool(grid_of_file(path, HEAD).rows) and {column.name for column in sheet_of(path).columns} >= CODEBOOK


def _has_answers(path: Path, headers: Sequence[str]) -> bool:
    if not grid_of_file(path, HEAD).rows:
        return False
    sheet = sheet_of(path)
    return any(sheet.column(header) is not None for header in headers)
