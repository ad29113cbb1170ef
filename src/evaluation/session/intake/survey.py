"""Survey microdata: every wave by its own column map and the codebook, cleaned together."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.cleaning import (
    Codebook,
    map_answers,
    pipe,
    read_codebook,
    set_aside_double_respondents,
    set_aside_unusable_weights,
)
from evaluation.errors import StudyError
from evaluation.session.intake.parts import parts_of, text_table
from evaluation.session.intake.survey_account import survey_account
from evaluation.session.intake.taken import Taken, accounted, joined_ledger, rows_by_file, set_aside_ledger
from evaluation.sources import Reading, reader_for, resolve_inside
from evaluation.sources.survey_microdata import DESIGN_FIELDS
from evaluation.study.model import Source, Study


def take_in_survey(source: Source, raw: Path, study: Study) -> Taken:
    """Read the waves of a survey, turn codes into meanings, set aside respondents who cannot be used.

    The frame has one row per respondent: wave, design fields as the study names them, and per question the answer as
    given, `<question>_value` (its meaning) and `<question>_kind` (answer, don't know, refused, missing).
    """
    parts = parts_of(source, study)
    codebook = _codebook(source, raw)
    readings = {part.id: _read(part, raw, codebook) for part in parts}
    frames = [_with_file(readings[part.id], part) for part in parts]
    cleaned = pipe(
        pd.concat(frames, ignore_index=True),
        partial(set_aside_double_respondents, id_column="respondent"),
        set_aside_unusable_weights,
        partial(map_answers, codebook=codebook),
    )
    ledger = joined_ledger(*(set_aside_ledger(reading) for reading in readings.values()), cleaned.issues)
    return Taken(
        frame=cleaned.frame,
        records=accounted(readings, ledger, rows_by_file(cleaned.frame)),
        ledger=ledger,
        beside=survey_account(cleaned.frame, codebook, _asked(parts)),
    )


def _asked(parts: tuple[Source, ...]) -> dict[str, int]:
    """Return wave → number of people asked, for the waves whose source says it (`options.asked`)."""
    return {str(p.options["wave"]): int(str(p.options["asked"])) for p in parts if "asked" in p.options}


def _codebook(source: Source, raw: Path) -> Codebook:
    name = source.options.get("codebook")
    if not isinstance(name, str):
        key = f"sources[{source.id}].options.codebook"
        todo = "name the codebook file (question, wave, option, value, kind)"
        raise StudyError(key, found=repr(name), expected="the name of a CSV file beside the survey", todo=todo)
    return read_codebook(text_table(resolve_inside(raw, name)))


def _read(part: Source, raw: Path, codebook: Codebook) -> Reading:
    options: dict[str, Any] = dict(part.options)
    design = {name: header for name, header in options["fields"].items() if name in DESIGN_FIELDS}
    questions = {name: header for name, header in options["fields"].items() if name not in DESIGN_FIELDS}
    wave = str(options["wave"])
    known = {
        name: {wave: {"column": header, "options": list(codebook.of(name, wave)["option"])}}
        for name, header in questions.items()
    }
    return reader_for("survey_microdata")(resolve_inside(raw, part.file), codebook=known, wave=wave, fields=design)


def _with_file(reading: Reading, part: Source) -> pd.DataFrame:
    """Add the file's name, for the ledger, and write sex in the study's words."""
    frame = reading.frame.assign(source_file=part.file)
    words = part.options.get("sex")
    return frame.assign(sex=frame["sex"].map(words)) if isinstance(words, dict) else frame
