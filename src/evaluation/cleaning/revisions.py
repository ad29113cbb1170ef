"""Revised files: the newest version of every incident counts, and what stood there before is kept with its date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.ledger import ROW_KEY, Cleaned, Mask, issues_at, join_issues
from evaluation.errors import InputError

NOT_CONTENT = frozenset({*ROW_KEY, "event_id"})


def apply_revisions(frame: pd.DataFrame, file_dates: Mapping[str, date]) -> Cleaned:
    """Keep, of every event that several files tell of, the version of the newest file.

    The result depends on the files' dates only, never on the order in which they are given: rows kept come in order of
    event id. The ledger has "superseded_by_revision" (set aside) for each older version and "revised_value" (flagged)
    for each value of the version kept that an older one had differently; the old value stands in `before`. Rows without
    an event id and rows of one file among themselves are left alone.

    Parameters
    ----------
    file_dates
        Day on which each file was exported.

    Raises
    ------
    InputError
        A file has no date, or two files of one day tell of one event differently.
    """
    versions = _versions(frame, file_dates)
    older = versions[~versions["newest"]]
    superseded = np.zeros(len(frame), dtype=bool)
    superseded[older["row"].to_numpy()] = True
    issues = [issues_at(frame, superseded, rule="superseded_by_revision", action="set_aside", column="event_id")]
    issues += _revised_values(frame, versions)
    kept = frame[~superseded].sort_values(["event_id", *ROW_KEY], kind="stable", ignore_index=True)
    return Cleaned(kept, join_issues(*issues))


def revision_history(frame: pd.DataFrame, file_dates: Mapping[str, date]) -> pd.DataFrame:
    """List every value that a later file changed (event_id, column, before, after, valid_until, source_file).

    `valid_until` is the export date of the file that changed the value; `source_file` the one that had the old value.
    """
    versions = _versions(frame, file_dates)
    steps = [_step(frame, versions, column) for column in _content(frame)]
    return pd.concat(steps, ignore_index=True).sort_values(["event_id", "valid_until", "column"], ignore_index=True)


def _step(frame: pd.DataFrame, versions: pd.DataFrame, column: str) -> pd.DataFrame:
    ordered = versions.sort_values(["event_id", "exported", "row"])
    text = frame[column].astype("str").to_numpy()[ordered["row"].to_numpy()]
    file = frame["source_file"].astype("str").to_numpy()[ordered["row"].to_numpy()]
    event, day = ordered["event_id"].to_numpy(), ordered["exported"].to_numpy()
    later = np.flatnonzero((event[1:] == event[:-1]) & (day[1:] > day[:-1]) & _differ(text[1:], text[:-1])) + 1
    return pd.DataFrame(
        {
            "event_id": event[later],
            "column": column,
            "before": text[later - 1],
            "after": text[later],
            "valid_until": day[later],
            "source_file": file[later - 1],
        }
    )


def _differ(left: NDArray[Any], right: NDArray[Any]) -> Mask:
    return np.asarray(~((left == right) | (pd.isna(left) & pd.isna(right))), dtype=bool)


def _content(frame: pd.DataFrame) -> list[str]:
    return [column for column in frame.columns if column not in NOT_CONTENT and column != "free_text"]


def _versions(frame: pd.DataFrame, file_dates: Mapping[str, date]) -> pd.DataFrame:
    """Rows of events that stand in several files: row, event_id, exported, newest."""
    files = frame["source_file"].astype("str")
    undated = sorted(set(files) - set(file_dates))
    if undated:
        raise InputError(
            f"revised file {undated[0]}",
            found="no export date",
            expected="the day on which each file was exported",
            todo="add the date to the file's provenance card",
        )
    table = pd.DataFrame(
        {"row": np.arange(len(frame)), "event_id": frame["event_id"].to_numpy(), "file": files.to_numpy()}
    )
    table["exported"] = files.map({name: pd.Timestamp(day) for name, day in file_dates.items()}).to_numpy()
    table = table[table["event_id"] != ""]
    several = table.groupby("event_id")["file"].transform("nunique") > 1
    table = table[several].reset_index(drop=True)
    _refuse_same_day_conflicts(frame, table)
    newest = table.groupby("event_id")["exported"].transform("max")
    first_file = table[table["exported"] == newest].groupby("event_id")["file"].min()
    table["newest"] = (table["exported"] == newest) & (table["file"] == table["event_id"].map(first_file))
    return table


def _refuse_same_day_conflicts(frame: pd.DataFrame, table: pd.DataFrame) -> None:
    same_day = table[table.groupby(["event_id", "exported"])["file"].transform("nunique") > 1]
    if same_day.empty:
        return
    content = frame.take(same_day["row"].to_numpy())[_content(frame)].reset_index(drop=True)
    content = content.assign(event_id=same_day["event_id"].to_numpy(), exported=same_day["exported"].to_numpy())
    distinct = content.drop_duplicates().groupby(["event_id", "exported"]).size()
    if (distinct > 1).any():
        event, day = distinct.index[int(np.argmax(distinct.to_numpy() > 1))]
        files = sorted(set(same_day.loc[same_day["event_id"] == event, "file"]))
        raise InputError(
            f"event {event} in {' and '.join(files)}",
            found=f"two different versions, both of {day:%Y-%m-%d}",
            expected="one version per event and export day",
            todo="correct the export dates on the provenance cards, or leave one of the files out",
        )


def _revised_values(frame: pd.DataFrame, versions: pd.DataFrame) -> list[pd.DataFrame]:
    """Ledger rows on the version kept, for each value that the last older version had differently."""
    newest = versions[versions["newest"]].drop_duplicates("event_id").set_index("event_id")["row"]
    older = versions[~versions["newest"]].sort_values(["exported", "row"]).drop_duplicates("event_id", keep="last")
    new_rows, old_rows = newest.loc[older["event_id"]].to_numpy(), older["row"].to_numpy()
    ledgers = []
    for column in _content(frame):
        before = pd.Series(None, index=frame.index, dtype="object")
        old, new = frame[column].astype("str").to_numpy()[old_rows], frame[column].astype("str").to_numpy()[new_rows]
        differ = _differ(old, new)
        before.iloc[new_rows[differ]] = old[differ]
        at = np.zeros(len(frame), dtype=bool)
        at[new_rows[differ]] = True
        ledgers.append(
            issues_at(
                frame, at, rule="revised_value", action="flagged", column=column, before=before, after=frame[column]
            )
        )
    return ledgers
