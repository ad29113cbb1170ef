"""Measures and costs: read and held against the study, every fault of the file at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.evaluate.costs import costs_from
from evaluation.evaluate.measures import measures_from
from evaluation.evaluate.process_faults import cost_faults, measure_faults
from evaluation.session.intake.taken import Taken, accounted, joined_ledger, set_aside_ledger
from evaluation.sources import resolve_inside
from evaluation.sources.process_tables import TableFaultsError, examine, reading_of
from evaluation.study.cards import Card, load_card
from evaluation.study.model import Source, Study
from evaluation.study.problems import Problem

DECIDED_BY_DAYS = ("start", "end", "status", "dose")  # one of them unread leaves the others open


def take_in_process(source: Source, raw: Path, study: Study) -> Taken:
    """Read a table of measures or costs.

    Raises
    ------
    TableFaultsError
        With every cell that cannot be read and every contradiction with the study.
    """
    path = resolve_inside(raw, source.file)
    options: dict[str, Any] = dict(source.options)
    examined = examine(source.kind, path, **options)
    found = contradictions(source.kind, examined.frame, study, path.name, as_of(load_card(path)))
    follow = follows_from(examined.problems)
    problems = (*examined.problems, *(problem for problem in found if problem.key not in follow))
    if problems:
        raise TableFaultsError(problems)
    reading = reading_of(examined, source.kind)
    ledger = joined_ledger(set_aside_ledger(reading))
    kept = {reading.record.origin.file: reading.record.rows_kept}
    return Taken(reading.frame, accounted({source.id: reading}, ledger, kept), ledger)


def contradictions(kind: str, frame: pd.DataFrame, study: Study, file: str, day: date) -> tuple[Problem, ...]:
    """Return every contradiction of a table of measures or costs, true on `day`, with its study."""
    if kind == "measures":
        return measure_faults(measures_from(frame, study, day), study, file, day)
    return cost_faults(costs_from(frame, study), study, file, day)


def follows_from(unread: tuple[Problem, ...]) -> frozenset[str]:
    """Return the cells that cannot be judged because a cell cannot be read: itself, and in its row what days decide."""
    keys = {problem.key for problem in unread}
    rows = {key.partition(",")[0] for key in keys if key.endswith(tuple(f"'{name}'" for name in DECIDED_BY_DAYS))}
    return frozenset(keys | {f"{row}, column '{name}'" for row in rows for name in DECIDED_BY_DAYS})


def as_of(card: Card) -> date:
    """Return the day on which a table was true: its publication, or the day it was fetched where that is not known."""
    return card.published if isinstance(card.published, date) else card.accessed
