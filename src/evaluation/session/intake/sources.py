"""Which way a source takes in: published figures, incident logs, survey microdata, measures and costs."""

from __future__ import annotations

from pathlib import Path

from evaluation.session.intake.counts import take_in_published
from evaluation.session.intake.incidents import take_in_incidents
from evaluation.session.intake.process import take_in_process
from evaluation.session.intake.survey import take_in_survey
from evaluation.session.intake.taken import Taken
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
    if source.kind in ("measures", "costs"):
        return take_in_process(source, raw, study)
    if source.kind == "survey_microdata":
        return take_in_survey(source, raw, study)
    return take_in_published(source, raw, study)
