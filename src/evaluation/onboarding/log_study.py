"""Writing an incident log into a study file: its column map, its categories, and the indicators they give.

The section is put at the end of the file as text, so that every line and comment above stays as it is: in TOML the
entries of one table may stand in several places.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.errors import StudyError
from evaluation.onboarding.catalogue import Outcome, catalogue, filled, in_languages
from evaluation.onboarding.log_columns import LogColumns
from evaluation.onboarding.names import raw_file_name
from evaluation.onboarding.toml_text import entry_lines

MAP_HEADER = ("spelling", "reporter", "valid_from", "valid_to", "category", "note")
BASELINE_YEARS = 5
FEWEST_CASES = 5.0
"""Cases per month, on average, below which a kind of incident gets no indicator (`minimum_cases_per_point`)."""


@dataclass(frozen=True, slots=True)
class LogAddition:
    """What is added to a study for one log.

    Attributes
    ----------
    source
        Id of the log's source.
    text
        Section for the end of the study file.
    map_file, map_text
        The reviewed table of categories beside the log.
    indicators
        Ids of the indicators added.
    too_few
        Kinds with under five cases a month on average, which get no indicator.
    """

    source: str
    text: str
    map_file: str
    map_text: str
    indicators: tuple[str, ...]
    too_few: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ReadyLog:
    """A log that can be written into a study.

    Attributes
    ----------
    kinds
        Category → kind, every category of the log.
    cases
        Kind → incidents per month, from the first to the last month of the log, in the catalogue's order.
    first
        First day of an incident; None where no time is known.
    """

    path: Path
    log: LogColumns
    kinds: Mapping[str, str]
    cases: Mapping[str, float]
    first: date | None

    @property
    def priority_areas(self) -> frozenset[str]:
        """Priority areas that get an indicator from the log."""
        enough = (catalogue().incident(name) for name, cases in self.cases.items() if cases >= FEWEST_CASES)
        return frozenset(kind.priority_area for kind in enough if kind)


def ready_log(path: Path, log: LogColumns, kinds: Mapping[str, str], incidents: pd.DataFrame) -> ReadyLog:
    """Return a log with what its indicators need to know.

    Parameters
    ----------
    incidents
        The log as read, one row per incident: `category`, `occurred_from`.

    Raises
    ------
    InputError
        If the study file could not hold the file's name.
    """
    raw_file_name(path)
    first = incidents["occurred_from"].min()
    days = None if pd.isna(first) else first.date()
    return ReadyLog(path, log, kinds, _cases_a_month(incidents, kinds), days)


def log_addition(study: str, ready: ReadyLog, source: str = "") -> LogAddition:
    """Return what a log adds to a study file.

    Parameters
    ----------
    study
        Text of the study file as it stands.
    source
        Id for the source; without it `incidents`, or `incidents_2` … as part of the log that is there already.

    Raises
    ------
    StudyError
        If the study has a source with this id, or the same file already.
    """
    raw, file = tomllib.loads(study), ready.path.name
    present = raw.get("sources", [])
    ids = [entry["id"] for entry in present]
    _refuse_twice(raw, source, file, ids)
    logs = [each for each in present if each["kind"] == "incident_log" and "part_of" not in each.get("options", {})]
    lead = logs[0]["id"] if logs else ""
    key, map_file = source or _free("incidents", ids), f"{file}.categories.csv"
    options = {**({"part_of": lead} if lead else {}), "fields": dict(ready.log.fields), **ready.log.options}
    sources: list[dict[str, Any]] = [
        {"id": key, "kind": "incident_log", "file": file, "official": False, "options": options},
        {"id": _free("category_map", ids), "kind": "category_map", "file": map_file},
    ]
    entries = list(_indicators(raw, lead or key, ready.cases))
    baseline = _month_baseline(raw, ready.first) if entries else None
    tables = [("sources", entry) for entry in sources] + [("indicators", entry) for entry in entries]
    tables += [("fixed_baselines", baseline)] if baseline else []
    few = tuple(kind for kind, cases in ready.cases.items() if cases < FEWEST_CASES)
    names = tuple(entry["id"] for entry in entries)
    return LogAddition(key, _section(file, tables), map_file, _map_text(ready.kinds), names, few)


def _refuse_twice(raw: Mapping[str, Any], source: str, file: str, ids: list[str]) -> None:
    files = [entry["file"] for entry in raw.get("sources", [])]
    if source in ids or file in files:
        name = raw["study"]["id"]
        raise StudyError(
            f"study {name}",
            found=f"a source {source!r} already" if source in ids else f"the file {file!r} as a source already",
            expected="a new source",
            todo="choose another --source, or edit the column map in the study file",
        )


def _free(name: str, ids: list[str]) -> str:
    candidates = [name, *(f"{name}_{number}" for number in range(2, 100))]
    return next(candidate for candidate in candidates if candidate not in ids)


def _cases_a_month(incidents: pd.DataFrame, categories: Mapping[str, str]) -> dict[str, float]:
    """Return kind → incidents per month, from the first to the last month of the log, in the catalogue's order."""
    days = incidents["occurred_from"].dropna()
    months = 1 if days.empty else 12 * (days.max().year - days.min().year) + days.max().month - days.min().month + 1
    counted = incidents["category"].map(dict(categories)).value_counts()
    return {kind.id: counted[kind.id] / months for kind in catalogue().incidents if kind.id in counted}


def _indicators(raw: Mapping[str, Any], source: str, months: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    languages = tuple(raw["study"]["languages"])
    present = {entry["id"] for entry in raw.get("indicators", [])}
    counted = {(entry["source"], entry["offence_type"]) for entry in raw.get("indicators", [])}
    primary = {entry["priority_area"] for entry in raw.get("indicators", []) if entry["role"] == "primary"}
    known = {area["id"] for area in raw["priority_areas"]}
    for name, cases in months.items():
        kind = catalogue().incident(name)
        if kind is None or cases < FEWEST_CASES or (source, name) in counted or kind.priority_area not in known:
            continue
        first = kind.wanted != "open" and kind.priority_area not in primary
        primary |= {kind.priority_area} if first else set()
        key = next(k for k in (f"{name}_month", f"{name}_incidents_month") if k not in present)
        yield _indicator(key, kind, source, languages, "primary" if first else "exploratory")


def _indicator(key: str, kind: Outcome, source: str, languages: tuple[str, ...], role: str) -> dict[str, Any]:
    words = catalogue().words
    entry: dict[str, Any] = {"id": key, "name": filled(words["by_grain"]["month"], languages, name=kind.name)}
    entry |= {"priority_area": kind.priority_area, "source": source, "offence_type": kind.id, "grain": "month"}
    entry |= {"wanted": kind.wanted, "role": role} | ({"sensitive": True} if kind.sensitive else {})
    return entry | {"caveats": [in_languages(words["recording_caveat"], languages)]}


def _month_baseline(raw: Mapping[str, Any], data: date | None) -> dict[str, Any] | None:
    """Return the fixed baseline for months, where the study has none: up to five years before the first agreement."""
    if any(entry["grain"] == "month" for entry in raw["fixed_baselines"]):
        return None
    first: date = min(entry["start"] for entry in raw["agreements"])
    earliest = max(date(first.year - BASELINE_YEARS, 1, 1), first if data is None else data.replace(day=1))
    start = earliest if earliest < first else date(first.year - 1, first.month, 1)
    return {"grain": "month", "start": start, "end": first - timedelta(days=1)}


def _map_text(categories: Mapping[str, str]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(MAP_HEADER)
    writer.writerows((word, "", "", "", kind, "") for word, kind in categories.items())
    return stream.getvalue()


def _section(file: str, tables: list[tuple[str, dict[str, Any]]]) -> str:
    head = f"# --- Incident log {file} "
    lines = [
        "",
        head + "-" * max(0, 120 - len(head)),
        "# fields: our column = header in the file. system and box: where places can lie (WGS 84 degrees).",
        "# The category map says what each word of the log means; give it dates where a word changed its meaning.",
        "# List the reporters that were there all the time in constant_reporters: a new one adds no incidents then.",
    ]
    return "\n".join([*lines, *(line for table, entry in tables for line in entry_lines(table, entry))]) + "\n"
