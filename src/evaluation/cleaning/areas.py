"""Areas that were renamed, merged or split: one geography for the whole series, through a bridge table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import decode, encode
from evaluation.cleaning.ledger import Cleaned, flag, issues_at, join_issues
from evaluation.errors import InputError

BRIDGE_COLUMNS = ("old_area", "new_area", "share", "valid_from")


@dataclass(frozen=True, slots=True, eq=False)
class AreaBridge:
    """A checked bridge from old to new areas.

    Attributes
    ----------
    entries
        old_area, new_area, share (of the old area that went to the new one; 1 per old area and date), valid_from (first
        day of the new division), sorted by date.
    """

    entries: pd.DataFrame


def read_area_bridge(table: pd.DataFrame) -> AreaBridge:
    """Check the text table of an area bridge (old_area, new_area, share, valid_from).

    Raises
    ------
    InputError
        A column is missing, a share or date is none, or the shares of an old area do not add up to 1: totals would
        change.
    """
    missing = [column for column in BRIDGE_COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            "area bridge",
            found=f"columns {', '.join(table.columns)}",
            expected=f"columns {', '.join(BRIDGE_COLUMNS)}",
            todo=f"add {', '.join(missing)}",
        )
    entries = pd.DataFrame(
        {
            "old_area": table["old_area"].astype("str").str.strip(),
            "new_area": table["new_area"].astype("str").str.strip(),
            "share": pd.to_numeric(table["share"].astype("str").str.replace(",", "."), errors="coerce"),
            "valid_from": pd.to_datetime(table["valid_from"].astype("str"), format="%Y-%m-%d", errors="coerce"),
        }
    )
    _check_entries(entries)
    return AreaBridge(entries.sort_values(["valid_from", "old_area", "new_area"], ignore_index=True))


def _check_entries(entries: pd.DataFrame) -> None:
    wrong = entries["share"].isna() | ~entries["share"].between(0, 1, inclusive="right") | entries["valid_from"].isna()
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"area bridge, entry {at + 1}",
            found=f"share {entries['share'].iloc[at]}, valid_from {entries['valid_from'].iloc[at]}",
            expected="a share above 0 and at most 1, and a date like 2020-01-01",
            todo="correct the entry",
        )
    totals = entries.groupby(["old_area", "valid_from"])["share"].sum()
    off = totals[(totals - 1).abs() > 1e-9]
    if len(off):
        old_area, day = off.index[0]
        raise InputError(
            f"area bridge, area {old_area}, {day:%Y-%m-%d}",
            found=f"shares that add up to {off.iloc[0]:g}",
            expected="shares that add up to 1",
            todo="complete the bridge; otherwise incidents would be lost or invented",
        )


def bridge_areas(frame: pd.DataFrame, bridge: AreaBridge) -> Cleaned:
    """Add `area_code`: the area of the newest division; the area as reported stays in `area`.

    A renamed or merged area is replaced outright ("area_bridged"). Of an area that was split, incidents go to the new
    areas in the proportion of the shares, by turns in order of occurrence ("area_split_by_share"): totals are kept to
    the incident, and what is known about the single incident is no more than before. Every old code is bridged,
    whatever its day; one that still appears after the reorganisation is noted as well ("old_area_after_change").
    Incidents without an area are flagged "no_area".
    """
    coded = encode(frame["area"])
    day = frame["occurred_from"].to_numpy()
    names = list(dict.fromkeys([*coded.values, *bridge.entries["new_area"]]))
    place = {name: at for at, name in enumerate(names)}
    codes = coded.codes.copy()
    split, stale = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for _, parts in bridge.entries.groupby(["valid_from", "old_area"], sort=True):
        rows = np.flatnonzero(codes == place.get(parts["old_area"].iloc[0], -1))
        stale[rows] |= day[rows] >= parts["valid_from"].to_numpy()[0]
        if len(parts) > 1:
            split[rows] = True
            rows = rows[np.argsort(day[rows], kind="stable")]
        targets = np.array([place[name] for name in parts["new_area"]])
        codes[rows] = targets[_turns(rows.size, parts["share"].to_numpy())]
    moved = (codes != coded.codes) & ~split
    added = frame.assign(area_code=decode(codes, names, frame.index))
    notes = (("area_bridged", moved), ("area_split_by_share", split), ("old_area_after_change", stale))
    issues = [
        issues_at(added, at, rule=rule, action="flagged", column="area", after=added["area_code"]) for rule, at in notes
    ]
    nowhere = flag(added, codes == place.get("", -1), rule="no_area", column="area").issues
    return Cleaned(added, join_issues(*issues, nowhere))


def _turns(n: int, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Deal n cases out by turns, each to the part that is furthest behind its share, shape (n,)."""
    if share.size == 1:
        return np.zeros(n, dtype=np.int64)
    dealt = np.zeros(share.size)
    turns = np.empty(n, dtype=np.int64)
    for at in range(n):
        turns[at] = np.argmax(share * (at + 1) - dealt)
        dealt[turns[at]] += 1
    return turns
