"""The only write of a notebook: results.json in the folder of its run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.disclosure import protect_record
from evaluation.errors import StudyError
from evaluation.evaluate.record import SCHEMA_VERSION
from evaluation.indicators import point_end
from evaluation.runs.project import RUN_DIRECTORY_VARIABLE
from evaluation.series import TimeSeries
from evaluation.study.plan import plan_hash

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

RESULTS = "results.json"
PROTECTED = ("evaluations", "trends")
WAVE_YEARS = ("wave", "year_from", "year_to")
"""Columns that name the year of a wave: in microdata, and in published changes."""


def save_results(session: OpenedStudy, page: str, content: Mapping[str, Any]) -> Path:
    """Write one page's results; the runner's folder if there is one, else reports/<study>/adhoc/<page>.

    Hidden points are emptied here, where every page passes, and counted (`suppressed_cells`).
    The file holds numbers and words only: no clock, no path, no process number, so equal inputs give equal bytes.
    """
    study = session.study
    given = os.environ.get(RUN_DIRECTORY_VARIABLE)
    folder = Path(given) if given else session.project.reports / study.id / "adhoc" / page
    folder.mkdir(parents=True, exist_ok=True)
    protected = {
        name: [_protected(session, one) for one in value] if name in PROTECTED else value
        for name, value in content.items()
    }
    record = {
        "schema": f"evaluation-results-{SCHEMA_VERSION}",
        "schema_version": SCHEMA_VERSION,
        "study": study.id,
        "municipality": study.study.municipality,
        "synthetic": study.study.synthetic,
        "page": page,
        "language": session.language,
        "plan_hash": plan_hash(study),
        **data_span(session),
        "seeds": {"bootstrap": study.plan.seed},
        "inputs": [_rows(session, record) for record in session.prepared.records.values()],
        "suppressed_cells": len(hidden_points(protected)),
        **protected,
    }
    path = folder / RESULTS
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return path


def hidden_points(content: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Return the hidden points of the records of a page, each once: indicator, grain, first day."""
    return {
        (record["indicator"], record.get("grain", ""), start)
        for name in PROTECTED
        for record in content.get(name, ())
        for start, flag in zip(record["series"]["start"], record["series"]["hidden"], strict=True)
        if flag
    }


def _protected(session: OpenedStudy, record: Mapping[str, Any]) -> dict[str, Any]:
    indicator = session.find_indicator(record["indicator"])
    return protect_record(record, session.data.protected(indicator, record.get("grain"), record.get("area")))


def data_span(session: OpenedStudy) -> dict[str, str]:
    """Return first and last day of the figures, the first preliminary day (or nothing), and when newer are expected.

    A study that has survey questions only covers the years of its waves, from 1 January to 31 December.

    Raises
    ------
    StudyError
        The study has neither indicators nor survey questions.
    """
    series = [session.data.series(indicator) for indicator in session.study.indicators]
    if not series:
        years = _years_of_waves(session)
        return _span(session, date(min(years), 1, 1), date(max(years), 12, 31), "")
    first = min(one.start[~np.isnan(one.count)].min() for one in series).astype(date)
    last = max(last_day(one) for one in series)
    preliminary = [one.start[one.preliminary & (one.start >= _year_before(last))] for one in series]
    preliminary_from = min((days.min() for days in preliminary if days.size), default="")
    return _span(session, first, last, str(preliminary_from))


def _span(session: OpenedStudy, first: date, last: date, preliminary_from: str) -> dict[str, str]:
    return {
        "data_from": str(first),
        "data_to": str(last),
        "preliminary_from": preliminary_from,
        "next_expected": str(last + timedelta(days=session.study.study.update_interval_days)),
    }


def _years_of_waves(session: OpenedStudy) -> set[int]:
    frames = [session.data.frame(question.source) for question in session.study.survey_questions]
    years = {int(year) for frame in frames for name in WAVE_YEARS if name in frame for year in frame[name].unique()}
    if not years:
        found, todo = "neither indicators nor survey questions", "add an indicator (docs/add-an-indicator.md)"
        raise StudyError(f"{session.study.id}.toml", found=found, expected="something to evaluate", todo=todo)
    return years


def last_day(series: TimeSeries) -> date:
    """Return the last day that published figures of a series cover."""
    day: date = point_end(series.start[~np.isnan(series.count)].max(keepdims=True), series.grain)[0].astype(date)
    return day


def _year_before(day: date) -> np.datetime64:
    return np.datetime64(day) - np.timedelta64(366, "D")


def _rows(session: OpenedStudy, record: Mapping[str, Any]) -> dict[str, Any]:
    set_aside = {rule: found["rows"] for rule, found in record["set_aside"].items()}
    return {
        "path": f"data/raw/{session.study.id}/{record['file']}",
        "rows_read": record["rows_read"],
        "rows_kept": record["rows_kept"],
        "rows_set_aside": set_aside,
    }
