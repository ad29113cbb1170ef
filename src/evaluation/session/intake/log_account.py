"""What a reader should know of an incident log: who reported when, batches, late registration, drift of categories."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pandas as pd

from evaluation.cleaning import (
    BatchRule,
    CategoryMap,
    category_coverage,
    constant_reporters,
    late_registration,
    reporter_presence,
    series_breaks,
    suspected_batches,
)

COMPLETE_FROM = 0.995
"""A month is final when this share of its incidents is estimated to be registered."""
LATE = pd.Timedelta(days=30)
BATCHES = {
    "registered": BatchRule(),
    "occurred": BatchRule(by=("area_code", "offence_type"), date="occurred_from"),
}


def log_account(incidents: pd.DataFrame, category_map: CategoryMap | None, exported: date) -> dict[str, pd.DataFrame]:
    """Describe a cleaned log in tables.

    Returns
    -------
    reporters
        reporter, start (first day of a month), reports, constant (True where the reporter is there all the time).
    batches
        kind ("registered" on one day by one reporter, "occurred" on one day in one area), who (reporter, or area and
        offence type), day, incidents, expected (on an ordinary day).
    delays
        start (first day of a month), late: per cent of the month's incidents that were registered more than 30 days
        after they happened; only months of which every incident had that time before the export.
    late
        As `cleaning.late_registration`, by month; without rows where the log does not say when it was registered.
    categories
        reporter, spelling, rows, status: "missing" in the map, or "unused" there; only with a map.
    meanings
        reporter, spelling, category, valid_from, valid_to: codes whose meaning has a date; only with a map.
    breaks
        reporter, category, date, reason: where a category's series is broken; only with a map.
    """
    tables = {
        "reporters": _reporters(incidents),
        "batches": pd.concat([_batches(incidents, kind) for kind in BATCHES], ignore_index=True),
        "delays": _delays(incidents, exported),
        "late": _late(incidents, exported),
    }
    return tables | ({} if category_map is None else _drift(incidents, category_map))


def _late(incidents: pd.DataFrame, exported: date) -> pd.DataFrame:
    if (incidents["occurred_from"].notna() & incidents["reported"].notna()).any():
        return late_registration(incidents, exported, "month", COMPLETE_FROM)
    numbers = ("observed", "expected", "low", "high", "shortfall", "completeness")
    columns = {"start": "datetime64[us]", **dict.fromkeys(numbers, "float64"), "incomplete": "bool"}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})


def _reporters(incidents: pd.DataFrame) -> pd.DataFrame:
    presence = reporter_presence(incidents, "month")
    constant = constant_reporters(incidents)
    long = presence.reset_index().melt(id_vars="reporter", var_name="start", value_name="reports")
    ordered = long.sort_values(["reporter", "start"], ignore_index=True).astype({"start": "datetime64[us]"})
    return ordered.assign(constant=ordered["reporter"].isin(constant))


def _delays(incidents: pd.DataFrame, exported: date) -> pd.DataFrame:
    both = incidents[incidents["occurred_from"].notna() & incidents["reported"].notna()]
    late = (both["reported"] - both["occurred_from"]) > LATE
    share = 100 * late.groupby(both["occurred_from"].dt.to_period("M").dt.start_time).mean()
    delays = share.rename_axis("start").rename("late").reset_index()
    ended = delays["start"] + pd.offsets.MonthBegin(1)
    return delays[ended + LATE <= pd.Timestamp(exported)].reset_index(drop=True)


def _batches(incidents: pd.DataFrame, kind: str) -> pd.DataFrame:
    rule = BATCHES[kind]
    found = suspected_batches(incidents, rule)
    who = found[list(rule.by)].astype("str").agg(", ".join, axis=1) if len(found) else pd.Series(dtype="str")
    return found.assign(kind=kind, who=who)[["kind", "who", "day", "incidents", "expected"]]


def _drift(incidents: pd.DataFrame, category_map: CategoryMap) -> dict[str, pd.DataFrame]:
    changing = Counter((one.spelling, one.reporter) for one in category_map.entries)
    dated = [one for one in category_map.entries if changing[one.spelling, one.reporter] > 1 or one.valid_to < date.max]
    columns = ["reporter", "spelling", "category", "valid_from", "valid_to"]
    rows = [[one.reporter, one.spelling, one.category, str(one.valid_from), _open(one.valid_to)] for one in dated]
    breaks = series_breaks(category_map)
    return {
        "categories": category_coverage(incidents, category_map),
        "meanings": pd.DataFrame(rows, columns=columns, dtype="str"),
        "breaks": breaks.assign(date=breaks["date"].astype("str")),
    }


def _open(day: date) -> str:
    return "" if day == date.max else str(day)
