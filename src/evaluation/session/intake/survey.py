"""Survey microdata: every wave by its own column map and the codebook, cleaned together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.cleaning import (
    Cleaned,
    Codebook,
    join_areas,
    map_answers,
    no_issues,
    pipe,
    read_area_bridge,
    read_codebook,
    set_aside_double_respondents,
    set_aside_unusable_weights,
)
from evaluation.errors import StudyError
from evaluation.session.intake.parts import parts_of, reviewed_table, text_table
from evaluation.session.intake.survey_account import survey_account
from evaluation.session.intake.taken import Taken, accounted, joined_ledger, rows_by_file, set_aside_ledger
from evaluation.sources import Reading, reader_for, resolve_inside
from evaluation.sources.survey_microdata import DESIGN_FIELDS
from evaluation.study.model import Source, Study


def take_in_survey(source: Source, raw: Path, study: Study) -> Taken:
    """Read the waves of a survey, turn codes into meanings, set aside respondents who cannot be used.

    The frame has one row per respondent: wave, design fields as the study names them, and per question the answer as
    given, `<question>_value` (its meaning) and `<question>_kind` (answer, don't know, refused, missing); where the
    survey has areas, `area_common` is one that is the same in every wave.
    """
    parts = parts_of(source, study)
    codebook = _codebook(source, raw)
    areas = [area.code for area in study.areas]
    readings = {part.id: _read(part, raw, codebook, areas) for part in parts}
    frames = [_with_file(readings[part.id], part) for part in parts]
    cleaned = pipe(
        pd.concat(frames, ignore_index=True),
        partial(set_aside_double_respondents, id_column="respondent"),
        set_aside_unusable_weights,
        partial(map_answers, codebook=codebook),
        partial(_with_common_areas, study=study, raw=raw),
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


def _with_common_areas(frame: pd.DataFrame, study: Study, raw: Path) -> Cleaned:
    """Join areas that the study's bridge ties together; a survey that does not ask where people live has none."""
    if "area" not in frame.columns:
        return Cleaned(frame, no_issues())
    bridge = reviewed_table(study, raw, "area_bridge")
    return join_areas(frame, None if bridge is None else read_area_bridge(bridge))


def _read(part: Source, raw: Path, codebook: Codebook, areas: Sequence[str]) -> Reading:
    options: dict[str, Any] = dict(part.options)
    design = {name: header for name, header in options["fields"].items() if name in DESIGN_FIELDS}
    questions = {name: header for name, header in options["fields"].items() if name not in DESIGN_FIELDS}
    wave = str(options["wave"])
    known = {
        name: {wave: {"column": header, "options": list(codebook.of(name, wave)["option"])}}
        for name, header in questions.items()
    }
    path = resolve_inside(raw, part.file)
    return reader_for("survey_microdata")(path, codebook=known, wave=wave, fields=design, areas=areas)


def _with_file(reading: Reading, part: Source) -> pd.DataFrame:
    """Add the file's name, for the ledger, and write sex in the study's words."""
    frame = reading.frame.assign(source_file=part.file)
    words = part.options.get("sex")
    return frame.assign(sex=frame["sex"].map(words)) if isinstance(words, dict) else frame
