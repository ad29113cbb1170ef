"""Every fault of a study: its file and registered plan, its raw files and cards, registers that say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from evaluation.errors import EvaluationError, InputError, StudyError
from evaluation.runs.project import Project
from evaluation.session.intake import take_in
from evaluation.sources import resolve_inside
from evaluation.sources.process_tables import TableFaultsError
from evaluation.study import Study, examine_study
from evaluation.study.cards import verify_checksum
from evaluation.study.crosscheck import PROCESS_KINDS
from evaluation.study.model import Source
from evaluation.study.plan import load_registered, plan_path
from evaluation.study.problems import Problem


def faults_of(project: Project, name: str) -> tuple[str, ...]:
    """Return every fault of one study, one line each."""
    study, problems = examine_study(project.studies / f"{name}.toml")
    if study is None:
        return tuple(str(problem) for problem in problems)
    plan = plan_path(project.studies / f"{name}.toml")
    return (*(str(problem) for problem in problems), *_plan_faults(plan), *_raw_faults(project, study))


def _plan_faults(plan: Path) -> Iterator[str]:
    """Say why a registered plan cannot be read, if there is one."""
    try:
        load_registered(plan)
    except StudyError as error:
        yield str(error)


def _raw_faults(project: Project, study: Study) -> Iterator[str]:
    for source in study.sources:
        path = resolve_inside(project.raw / study.id, source.file)
        try:
            verify_checksum(path)
        except EvaluationError as error:
            yield str(error)
            continue
        if source.kind in PROCESS_KINDS:
            yield from _process_faults(project, study, source)
        if source.kind == "agreement_register":
            yield from _register_faults(project, study, source)


def _process_faults(project: Project, study: Study, source: Source) -> Iterator[str]:
    """Say every fault of a table of measures or costs: what cannot be read, and what contradicts the study."""
    try:
        take_in(source, project.raw / study.id, study)
    except TableFaultsError as error:
        yield from map(str, error.problems)
    except InputError as error:
        yield str(error)


def _register_faults(project: Project, study: Study, source: Source) -> Iterator[str]:
    """Say where the agreements of the study file and the published register differ, or why it cannot be read."""
    try:
        register = take_in(source, project.raw / study.id, study).frame.set_index("agreement")
    except InputError as error:
        yield str(error)
        return
    yield from map(str, _departures(study, register, source.file))


def _departures(study: Study, register: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Hold each agreement against its row of the register: same number, same dates (both inclusive)."""
    for agreement in study.agreements:
        if agreement.id not in register.index:
            todo = "add it to the register, or remove it from the study"
            key = f"agreements[{agreement.id}]"
            yield Problem(f"{study.id}.toml", key, "no such agreement", f"one of {file}", todo)
            continue
        for name in ("start", "end"):
            registered, stated = _day(register.loc[agreement.id, name]), str(getattr(agreement, name))
            if registered != stated:
                key = f"agreements[{agreement.id}].{name}"
                todo = "correct the study file, or the register with a new source"
                yield Problem(f"{study.id}.toml", key, stated, f"{registered} as in {file}", todo)


def _day(value: object) -> str:
    day = pd.Timestamp(str(value))
    return "no date" if pd.isna(day) else str(day.date())
