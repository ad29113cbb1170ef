"""Published counts: every file by its reader, all files together each figure once, final before preliminary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.cleaning import (
    drop_repeated_counts,
    keep_final_counts,
    missing_points,
    numbered,
    pipe,
    refuse_conflicting_counts,
)
from evaluation.cleaning.ledger import WHOLE_FILE
from evaluation.cleaning.published_counts import KEY
from evaluation.session.intake.parts import parts_of
from evaluation.session.intake.taken import Taken, accounted, joined_ledger, rows_by_file, set_aside_ledger
from evaluation.sources import Reading, reader_for, resolve_inside
from evaluation.sources.kolada import counts_of
from evaluation.sources.population import join_populations, mean_population_of
from evaluation.study.model import Source, Study

POPULATION_CUBES = frozenset({"scb_jsonstat", "scb_v1"})


def take_in_published(source: Source, raw: Path, study: Study) -> Taken:
    """Read the files of a published source; counts are cleaned together, registers stay as they were read.

    A count that several files state is used once ("repeated_count"), a preliminary one gives way to the final
    ("preliminary_superseded"), two different ones stop. A point that a series lacks is flagged in the ledger
    ("point_absent": no row; "point_not_published": a row without a figure). Row numbers of these rules count the rows
    kept of the file, from 1. Answers of services become what indicators need, rates of offences (Kolada) or mean
    population (SCB), and stay whole beside it (`answer`).

    Raises
    ------
    InputError
        A value cannot be read in one way only, two files contradict each other, or rows do not balance.
    """
    parts = parts_of(source, study)
    readings = {part.id: _read(part, raw) for part in parts}
    if all(_is_counts(reading.frame) for reading in readings.values()):
        return _counts(readings)
    return _as_read(readings)


def _read(part: Source, raw: Path) -> Reading:
    return reader_for(part.kind)(resolve_inside(raw, part.file), **_options(part))


def _in_study_terms(readings: dict[str, Reading], kind: str) -> pd.DataFrame:
    """Return what indicators need of a service's answers: rates of offences (Kolada), mean population (SCB)."""
    turned = counts_of if kind == "kolada" else mean_population_of
    parts = {reading.record.origin.file: reading.frame for reading in readings.values()}
    frames = [turned(frame, file) for file, frame in parts.items()]
    return pd.concat(frames, ignore_index=True) if kind == "kolada" else join_populations(frames, list(parts))


def _options(part: Source) -> dict[str, Any]:
    options = {name: value for name, value in part.options.items() if name != "part_of"}
    if part.kind == "tidy_counts" and options:
        from evaluation.sources.tidy_counts import TidyColumns

        return {"columns": TidyColumns(**options)}  # type: ignore[arg-type]
    return dict(options)


def _is_counts(frame: pd.DataFrame) -> bool:
    return {*KEY, "count", "rate", "status"} <= set(frame.columns)


def _counts(readings: dict[str, Reading]) -> Taken:
    frames = [numbered(reading.frame, reading.record.origin.file) for reading in readings.values()]
    cleaned = pipe(
        pd.concat(frames, ignore_index=True), drop_repeated_counts, keep_final_counts, refuse_conflicting_counts
    )
    first_file = next(iter(readings.values())).record.origin.file
    asides = [set_aside_ledger(reading) for reading in readings.values()]
    ledger = joined_ledger(*asides, cleaned.issues, gap_ledger(cleaned.frame, first_file))
    records = accounted(readings, ledger, rows_by_file(cleaned.frame))
    return Taken(cleaned.frame.drop(columns=["source_file", "row_number"]), records, ledger)


def _as_read(readings: dict[str, Reading]) -> Taken:
    ledger = joined_ledger(*(set_aside_ledger(reading) for reading in readings.values()))
    kept = {reading.record.origin.file: reading.record.rows_kept for reading in readings.values()}
    frame = pd.concat([reading.frame for reading in readings.values()], ignore_index=True)
    source = next(iter(readings.values())).record
    if source.source == "kolada" or source.source in POPULATION_CUBES:
        terms = _in_study_terms(readings, source.source)
        return Taken(terms, accounted(readings, ledger, kept), ledger, beside={"answer": frame})
    return Taken(frame, accounted(readings, ledger, kept), ledger)


def gap_ledger(counts: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return a flag for every point that a series lacks, row number 0: it is no row of the file."""
    gaps = missing_points(counts)
    where = gaps["area_code"].astype("str") + " " + gaps["offence_type"].astype("str")
    return pd.DataFrame(
        {
            "source_file": file,
            "row_number": WHOLE_FILE,
            "rule": "point_" + gaps["reason"].astype("str"),
            "column": "count",
            "before": where + " " + pd.to_datetime(gaps["start"]).dt.strftime("%Y-%m-%d"),
            "after": "",
            "action": "flagged",
        },
        index=gaps.index,
    )
