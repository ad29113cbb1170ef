"""Published counts from several files: each key once, final before preliminary, gaps listed, sums checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from evaluation.cleaning.ledger import Cleaned, set_aside
from evaluation.errors import InputError

KEY = ["area_code", "area", "start", "grain", "offence_type"]


def numbered(counts: pd.DataFrame, source_file: str) -> pd.DataFrame:
    """Add source_file and row_number (1 for the first row of the frame) to a counts frame that has none."""
    return counts.assign(
        source_file=pd.Series([source_file] * len(counts), dtype="str", index=counts.index),
        row_number=np.arange(1, len(counts) + 1),
    )


def drop_repeated_counts(counts: pd.DataFrame) -> Cleaned:
    """Set aside rows that say the same of the same key as an earlier row ("repeated_count")."""
    return set_aside(
        counts, counts.duplicated([*KEY, "count", "rate", "status"]).to_numpy(), rule="repeated_count", column="count"
    )


def keep_final_counts(counts: pd.DataFrame) -> Cleaned:
    """Set aside the preliminary figure of every key that has a final one ("preliminary_superseded")."""
    preliminary = counts["status"].eq("preliminary")
    has_final = counts.assign(final=~preliminary).groupby(KEY, dropna=False)["final"].transform("any")
    return set_aside(counts, (preliminary & has_final).to_numpy(), rule="preliminary_superseded", column="count")


def refuse_conflicting_counts(counts: pd.DataFrame) -> Cleaned:
    """Return the frame as it is, or stop where one key has two different figures.

    Raises
    ------
    InputError
        Two rows of one key and status differ: perhaps one label under two parents, or two states of a preliminary file.
    """
    double = counts[counts.duplicated(KEY, keep=False)]
    if double.empty:
        return Cleaned(counts, set_aside(counts, np.zeros(len(counts), dtype=bool), rule="").issues)
    first, second = (double.iloc[at] for at in (0, _same_key_as_first(double)))
    raise InputError(
        f"{first['source_file']} row {first['row_number']} and {second['source_file']} row {second['row_number']}",
        found=f"{first['offence_type']}, {first['area']}, {first['start']:%Y-%m-%d}: "
        f"{first['count']} and {second['count']}",
        expected="one figure per area, point and offence type",
        todo="find out which figure holds: the same label under two parents, or an older state of the table",
    )


def _same_key_as_first(double: pd.DataFrame) -> int:
    same = double[KEY].eq(double[KEY].iloc[0]).all(axis=1).to_numpy()
    return int(np.flatnonzero(same)[1])


def missing_points(counts: pd.DataFrame) -> pd.DataFrame:
    """List the points that a series lacks between its first and last one, or has without a figure.

    Returns
    -------
    gaps
        area_code, area, grain, offence_type, start, reason: "absent" (no row) or "not_published" (row without figure).
    """
    gaps = [_gaps(group) for _, group in counts.groupby(["area_code", "area", "grain", "offence_type"], observed=True)]
    return pd.concat(gaps, ignore_index=True) if gaps else counts[[*KEY]].assign(reason="")


def _gaps(group: pd.DataFrame) -> pd.DataFrame:
    step = {"month": 1, "quarter": 3, "year": 12}[str(group["grain"].iloc[0])]
    months = group["start"].to_numpy().astype("datetime64[M]").astype(np.int64)
    absent = np.setdiff1d(np.arange(months.min(), months.max() + 1, step), months)
    silent = months[group["count"].isna().to_numpy() & group["rate"].isna().to_numpy()]
    months_missing = np.concatenate([absent, silent])
    start = months_missing.astype("datetime64[M]").astype("datetime64[us]")
    keys = {name: group[name].iloc[0] for name in ("area_code", "area", "grain", "offence_type")}
    return pd.DataFrame({**keys, "start": start, "reason": ["absent"] * absent.size + ["not_published"] * silent.size})


def inconsistent_sums(counts: pd.DataFrame, parts: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """List where a sum is not the sum of its parts.

    Parameters
    ----------
    parts
        Offence type → the offence types that add up to it. A label that lies inside another part ("därav …") does not
        belong in the list.

    Returns
    -------
    faults
        area_code, area, start, grain, offence_type, count, sum_of_parts; only keys where all parts have a figure.
    """
    faults = []
    for whole, of_which in parts.items():
        added = counts[counts["offence_type"].isin(of_which)].groupby(KEY[:-1], dropna=False)["count"]
        complete = added.agg(["sum", "count"]).query("count == @n", local_dict={"n": len(of_which)})["sum"]
        stated = counts[counts["offence_type"].eq(whole)].set_index(KEY[:-1])
        both = stated.join(complete.rename("sum_of_parts"), how="inner").reset_index()
        off = (both["count"] != both["sum_of_parts"]).fillna(False).to_numpy(dtype=bool)
        faults.append(both.loc[off, [*KEY, "count", "sum_of_parts"]])
    return pd.concat(faults, ignore_index=True)
