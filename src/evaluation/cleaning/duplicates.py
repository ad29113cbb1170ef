"""Duplicates among incidents: the same row twice, and the same event reported by two reporters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import as_arrow, encode
from evaluation.cleaning.ledger import ROW_KEY, Cleaned, Mask, issues_at, set_aside, unchanged


def drop_exact_duplicates(frame: pd.DataFrame) -> Cleaned:
    """Keep the first of rows that agree in all that could be read; how the file wrote it does not matter."""
    return set_aside(frame, exact_duplicates(frame), rule="exact_duplicate")


def exact_duplicates(frame: pd.DataFrame) -> Mask:
    """Say for every row whether a row of equal content (`content_columns`) stands before it, shape (n,).

    Two rows can only agree if their ids do, so all columns are compared only where the id repeats.
    """
    columns = content_columns(frame)
    doubles = np.zeros(len(frame), dtype=bool)
    if not columns:
        return doubles
    repeated = _repeated(frame["event_id" if "event_id" in columns else columns[0]])
    if repeated.size:
        doubles[repeated] = frame[columns].take(repeated).duplicated().to_numpy()
    return doubles


def _repeated(key: pd.Series) -> NDArray[np.intp]:
    """Return the rows whose value may stand more than once in the column."""
    codes = pc.fill_null(as_arrow(key.astype("str")), "").dictionary_encode().indices.to_numpy()
    return np.flatnonzero(np.bincount(codes)[codes] > 1)


def content_columns(frame: pd.DataFrame) -> list[str]:
    """Name the columns that say what happened: not the place in the file, nor texts that were read into others."""
    read_into_others = {f"{name}_text" for name in frame.columns}
    if "northing" in frame.columns:
        read_into_others |= {"x", "y"}
    return [name for name in frame.columns if name not in read_into_others and name not in ROW_KEY]


@dataclass(frozen=True, slots=True)
class SameEventRule:
    """When two reports by different reporters count as one event.

    Same kind (`kind_column`), same area and same place (known; letter case and outer blanks aside), different
    reporters, and intervals of occurrence that overlap or lie at most `tolerance_minutes` apart. Reports without a
    time of day, or whose interval is longer than `longest_hours`, say too little about when and are never linked.
    """

    tolerance_minutes: int = 30
    longest_hours: int = 12
    kind_column: str = "offence_type"


def link_same_events(frame: pd.DataFrame, rule: SameEventRule) -> Cleaned:
    """Keep the earliest report of every event that several reporters reported, and link the others to it.

    Reports of one kind and place are taken in order of the start of their interval. A report joins the open event when
    it overlaps the interval common to that event's reports (within the tolerance) and its reporter has not reported
    the event already; otherwise it opens a new event. Kept is the report that was registered first (then the earliest
    row); the others are set aside, with the id of the event they belong to in `after`.
    """
    reports = _overlapping_reports(frame, rule)
    if reports.empty:
        return unchanged(frame)
    rows = reports["row"].to_numpy()
    keeper = _first_registered(reports, _events(reports, rule))
    order = np.argsort(rows)
    rows, keeper = rows[order], keeper[order]
    other = keeper != rows
    linked = np.zeros(len(frame), dtype=bool)
    linked[rows[other]] = True
    set_aside_rows = frame.take(rows[other]).reset_index(drop=True)
    issues = issues_at(
        set_aside_rows,
        np.ones(len(set_aside_rows), dtype=bool),
        rule="same_event_other_reporter",
        action="set_aside",
        column="event_id",
        after=frame["event_id"].take(keeper[other]).reset_index(drop=True),
    )
    return Cleaned(frame[~linked].reset_index(drop=True), issues)


def _overlapping_reports(frame: pd.DataFrame, rule: SameEventRule) -> pd.DataFrame:
    """Find reports that overlap another of their kind and place, sorted by these, then by start (minutes)."""
    rows = np.flatnonzero(_linkable(frame, rule))
    start = frame["occurred_from"].to_numpy()[rows].astype("datetime64[m]").astype(np.int64)
    end = np.maximum(start, _ends(frame)[rows].astype("datetime64[m]").astype(np.int64))
    group = _groups(frame, rule)[rows]
    order = np.lexsort((start, group))
    touching = _touches_neighbour(group[order], start[order], end[order], rule.tolerance_minutes)
    picked = order[touching]
    return pd.DataFrame(
        {
            "row": rows[picked],
            "group": group[picked],
            "start": start[picked],
            "end": end[picked],
            "reported": frame["reported"].to_numpy()[rows[picked]],
            "reporter": encode(frame["reporter"]).codes[rows[picked]],
        }
    )


def _linkable(frame: pd.DataFrame, rule: SameEventRule) -> Mask:
    with_time = frame["occurred_from_time"].eq("known").to_numpy()
    short = (_ends(frame) - frame["occurred_from"].to_numpy()) <= np.timedelta64(rule.longest_hours, "h")
    named = frame["place"].ne("") & frame["reporter"].ne("") & frame[rule.kind_column].ne("")
    return np.asarray(with_time & short & named.to_numpy())


def _ends(frame: pd.DataFrame) -> NDArray[np.datetime64]:
    return frame["occurred_to"].fillna(frame["occurred_from"]).to_numpy()


def _groups(frame: pd.DataFrame, rule: SameEventRule) -> NDArray[np.int64]:
    """Give rows of one kind, area and place one number, shape (n,)."""
    kind, area, place = (encode(frame[column]) for column in (rule.kind_column, "area", "place"))
    folded = [name.strip().casefold() for name in place.values]
    first = {name: at for at, name in reversed(list(enumerate(folded)))}
    same_place = np.array([first[name] for name in folded], dtype=np.int64)[place.codes]
    return (kind.codes * len(area.values) + area.codes) * len(place.values) + same_place


def _touches_neighbour(
    group: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], tolerance: int
) -> Mask:
    """Say which reports, in order of group and start, reach another one of their group."""
    if not group.size:
        return np.zeros(0, dtype=bool)
    span = np.int64(end.max() - start.min() + tolerance + 1)
    apart = np.concatenate([[0], np.cumsum(np.diff(group) != 0)]) * span  # one running maximum then serves all groups
    reach = np.maximum.accumulate(end - start.min() + apart)
    meets = (start[1:] - start.min() + apart[1:] <= reach[:-1] + tolerance) & (np.diff(group) == 0)
    touching = np.zeros(group.size, dtype=bool)
    touching[1:] |= meets
    touching[:-1] |= meets
    return touching


def _events(reports: pd.DataFrame, rule: SameEventRule) -> NDArray[np.int64]:
    """Give each report the number of its event, in one pass over reports sorted by group and start."""
    group, start, end = (reports[name].to_numpy() for name in ("group", "start", "end"))
    reporter = reports["reporter"].to_numpy()
    event = np.arange(len(reports))
    opened, common_end, heard = 0, end[0], {reporter[0]}
    for at in range(1, len(reports)):
        overlaps = group[at] == group[opened] and start[at] <= common_end + rule.tolerance_minutes
        if overlaps and reporter[at] not in heard:
            event[at] = opened
            heard.add(reporter[at])
            common_end = min(common_end, end[at])
        else:
            opened, common_end, heard = at, end[at], {reporter[at]}
    return event


def _first_registered(reports: pd.DataFrame, event: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each report, the frame row of its event's report that was registered first."""
    ranked = reports.assign(event=event).sort_values(["event", "reported", "row"], na_position="last")
    first = ranked.drop_duplicates("event").set_index("event")["row"]
    return first.reindex(event).to_numpy()
