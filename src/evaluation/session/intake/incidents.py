"""Incident logs: every file by its own column map, cleaned together, counted with zeros."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cleaning import (
    CategoryMap,
    Cleaned,
    CoordinateRule,
    CountFrame,
    IncidentRules,
    SameEventRule,
    clean_incidents,
    incident_counts,
    read_area_bridge,
    read_category_map,
)
from evaluation.cleaning.batches import BatchRule, flag_batches
from evaluation.cleaning.ledger import flag
from evaluation.session.intake.log_account import log_account
from evaluation.session.intake.parts import parts_of, reviewed_table, reviewed_tables
from evaluation.session.intake.revised import newest_versions
from evaluation.session.intake.taken import Taken, accounted, joined_ledger, rows_by_file, set_aside_ledger
from evaluation.sources import IncidentColumns, Reading, reader_for, resolve_inside
from evaluation.study.model import Source, Study

_BOX = ("south", "north", "west", "east")


def take_in_incidents(source: Source, raw: Path, study: Study) -> Taken:
    """Read the files of a log, clean them together, and count incidents by area, offence type and month.

    Counted are incidents of reporters that are present in the whole series (`constant_reporters`), where the study
    names them: a new reporter raises the count without more incidents. Incomplete months are preliminary. A file whose
    options say that it `revises` another replaces that file's versions of the same events.
    """
    parts = parts_of(source, study)
    readings = {part.id: _read(part, raw) for part in parts}
    revised = newest_versions(pd.concat([r.frame for r in readings.values()], ignore_index=True), parts, raw)
    rules = _rules(parts, raw, study)
    cleaned = _with_area_codes(clean_incidents(revised.frame, rules))
    batches = flag_batches(cleaned.frame, BatchRule())
    counted, left_out = _constant_panel(cleaned.frame, source)
    exported = _exported(cleaned.frame)
    account = log_account(cleaned.frame, rules.categories, exported)
    ledgers = [set_aside_ledger(reading) for reading in readings.values()]
    ledger = joined_ledger(*ledgers, revised.issues, cleaned.issues, batches.issues, left_out.issues)
    return Taken(
        frame=incident_counts(counted, "month", _over(cleaned.frame, study, account["late"], exported)),
        records=accounted(readings, ledger, rows_by_file(cleaned.frame)),
        ledger=ledger,
        beside={"incidents": cleaned.frame, **account},
    )


def _with_area_codes(cleaned: Cleaned) -> Cleaned:
    """Take the area as the log writes it for the code, where the study has no bridge between codes."""
    if "area_code" in cleaned.frame:
        return cleaned
    return Cleaned(cleaned.frame.assign(area_code=cleaned.frame["area"].astype("str")), cleaned.issues)


def _exported(incidents: pd.DataFrame) -> date:
    """Return the day until which the log is known: of the last report, or the last incident where no day of report is.

    The month of that day is then left out as incomplete.
    """
    last = incidents["reported"].max()
    return pd.Timestamp(incidents["occurred_from"].max() if pd.isna(last) else last).date()


def _read(part: Source, raw: Path) -> Reading:
    options: dict[str, Any] = dict(part.options)
    values = {"reported_to_police": options["reported_to_police"]} if "reported_to_police" in options else {}
    fields = {name: header if isinstance(header, str) else tuple(header) for name, header in options["fields"].items()}
    columns = IncidentColumns(fields, values, options.get("date_order"), options.get("sheet"))
    return reader_for("incident_log")(resolve_inside(raw, part.file), columns=columns)


def _rules(parts: tuple[Source, ...], raw: Path, study: Study) -> IncidentRules:
    bridge = reviewed_table(study, raw, "area_bridge")
    boxes = {part.file: _coordinate_rule(part) for part in parts if "system" in part.options}
    return IncidentRules(
        categories=_category_map(study, raw),
        areas=None if bridge is None else read_area_bridge(bridge),
        coordinates=boxes or None,
        same_event=SameEventRule(),
    )


def _category_map(study: Study, raw: Path) -> CategoryMap | None:
    """Return the category maps of all logs as one: a word that two logs use differently needs its reporter there."""
    tables = reviewed_tables(study, raw, "category_map")
    return read_category_map(pd.concat(tables, ignore_index=True).fillna("").drop_duplicates()) if tables else None


def _coordinate_rule(part: Source) -> CoordinateRule:
    south, north, west, east = (float(part.options[side]) for side in _BOX)  # type: ignore[arg-type]
    return CoordinateRule(part.options["system"], south, north, west, east)  # type: ignore[arg-type]


def _constant_panel(incidents: pd.DataFrame, source: Source) -> tuple[pd.DataFrame, Cleaned]:
    """Leave incidents of other reporters out of the counts, and say so in the ledger; the log keeps them."""
    reporters = source.options.get("constant_reporters")
    if not isinstance(reporters, list):
        return incidents, flag(incidents, np.zeros(len(incidents), dtype=bool), rule="reporter_not_constant")
    other = ~incidents["reporter"].isin(reporters).to_numpy()
    return incidents[~other], flag(incidents, other, rule="reporter_not_constant", column="reporter")


def _over(incidents: pd.DataFrame, study: Study, late: pd.DataFrame, exported: date) -> CountFrame:
    """Count whole months from the first incident to the last that was over on export, zeros written out."""
    inside = [area for area in study.areas if area.role in ("part", "displacement", "control")]
    incomplete = late.loc[late["incomplete"], "start"]
    return CountFrame(
        first=incidents["occurred_from"].min().date().replace(day=1),
        last=exported.replace(day=1) - timedelta(days=1),
        areas=[area.code for area in inside],
        names={area.code: area.name for area in inside},
        whole=(study.target.code, study.target.name),
        preliminary_from=_first_day(incomplete),
    )


def _first_day(starts: pd.Series) -> date | None:
    return None if starts.empty else pd.Timestamp(starts.min()).date()
