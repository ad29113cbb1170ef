"""Which way a source takes in: counts and registers as they are read, incident logs and surveys through cleaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluation.session.intake.incidents import take_in_incidents
from evaluation.session.intake.survey import take_in_survey
from evaluation.session.intake.taken import Taken, joined_ledger, set_aside_ledger
from evaluation.sources import reader_for, resolve_inside
from evaluation.study.model import Source, Study


def take_in(source: Source, raw: Path, study: Study) -> Taken:
    """Read and clean one source of a study, with every file that is part of it.

    Raises
    ------
    InputError
        A value cannot be read in one way only, or rows do not balance.
    """
    if source.kind == "incident_log":
        return take_in_incidents(source, raw, study)
    if source.kind == "survey_microdata":
        return take_in_survey(source, raw, study)
    reading = reader_for(source.kind)(resolve_inside(raw, source.file), **_options(source))
    return Taken(reading.frame, {source.id: reading.record.to_dict()}, joined_ledger(set_aside_ledger(reading)))


def _options(source: Source) -> dict[str, Any]:
    if source.kind == "tidy_counts" and source.options:
        from evaluation.sources.tidy_counts import TidyColumns

        return {"columns": TidyColumns(**source.options)}  # type: ignore[arg-type]
    return dict(source.options)
