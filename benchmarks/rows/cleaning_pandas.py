"""Cleaning incident rows in pandas: as an experienced user writes it, and with slow steps on distinct values only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.rows import incident_rows as made
from benchmarks.rows.incident_rows import NAMES, PATTERNS, STAMP, STREET_NUMBER

TIMES = ("occurred_from", "occurred_to", "reported")
Texts = Callable[[pd.Series, Callable[[pd.Series], pd.Series]], pd.Series]


def on_every_row(texts: pd.Series, change: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What everybody writes: `str` methods on the column."""
    return change(texts)


def on_distinct_values(texts: pd.Series, change: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What who has waited long enough writes."""
    codes, distinct = pd.factorize(texts)
    return pd.Series(change(pd.Series(distinct)).to_numpy()[codes], index=texts.index)


class Ledger:
    """Faults noted on the way."""

    def __init__(self) -> None:
        self.parts: list[pd.DataFrame] = []

    def note(self, rows: pd.DataFrame, rule: str, column: str, action: str) -> None:
        entry = {"row_number": rows["row_number"], "rule": rule, "column": column}
        self.parts.append(pd.DataFrame(entry | {"before": rows[column].astype(str), "action": action}))

    def frame(self) -> pd.DataFrame:
        return pd.concat(self.parts, ignore_index=True).assign(source_file="log.csv")


def clean(log: Path, out: Path, texts: Texts) -> None:
    """Read, clean, write frame and ledger."""
    ledger = Ledger()
    frame = read(log)
    for step in (ordered, located, useful, with_types):
        frame = step(frame, ledger)
    frame = masked(frame, ledger, texts)
    frame = frame.drop(columns=[f"{name}_text" for name in TIMES])
    frame.to_parquet(out / "frame.parquet", compression="zstd", index=False)
    ledger.frame().to_parquet(out / "ledger.parquet", compression="zstd", index=False)


def read(log: Path) -> pd.DataFrame:
    frame = pd.read_csv(log, sep=";", encoding="cp1252", dtype=str, keep_default_na=False, names=NAMES, skiprows=1)
    frame["row_number"] = np.arange(2, len(frame) + 2)
    frame["source_file"] = "log.csv"
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[f"{name}_text"], format=STAMP, errors="coerce")
    return frame


def ordered(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    backwards = frame["occurred_to"] < frame["occurred_from"]
    for column in ("occurred_from", "occurred_to"):
        ledger.note(frame[backwards], "interval_reversed", column, "changed")
    swap = frame.loc[backwards, ["occurred_to", "occurred_from"]].to_numpy()
    frame.loc[backwards, ["occurred_from", "occurred_to"]] = swap
    return frame


def located(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    comma = frame["x"].str.contains(",", regex=False) | frame["y"].str.contains(",", regex=False)
    ledger.note(frame[comma], "comma_decimal", "x", "flagged")
    x = pd.to_numeric(frame["x"].str.replace(",", ".", regex=False), errors="coerce")
    y = pd.to_numeric(frame["y"].str.replace(",", ".", regex=False), errors="coerce")
    south, north, west, east = made.PLANE_BOX
    inside = x.between(west, east) & y.between(south, north)
    swapped = ~inside & y.between(west, east) & x.between(south, north)
    ledger.note(frame[swapped], "swapped_axes", "x", "flagged")
    ledger.note(frame[~inside & ~swapped], "outside_box", "x", "flagged")
    frame["easting"] = x.where(inside, y.where(swapped))
    frame["northing"] = y.where(inside, x.where(swapped))
    return frame


def useful(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    unplaced = frame["occurred_from"].isna() & frame["occurred_to"].isna()
    ledger.note(frame[unplaced], "no_time_of_occurrence", "occurred_from_text", "set_aside")
    frame = frame[~unplaced].copy()
    double = frame.duplicated(subset=[name for name in frame.columns if name not in ("row_number", "source_file")])
    ledger.note(frame[double], "exact_duplicate", "event_id", "set_aside")
    return frame[~double].copy()


def with_types(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    frame["offence_type"] = frame["category"].map(dict(zip(made.SPELLINGS, made.TYPES, strict=True)))
    changed = frame["category"].eq("Ordning") & (frame["occurred_from"] >= "2022-01-01")
    frame.loc[changed, "offence_type"] = "insecure_place"
    unknown = frame["offence_type"].isna()
    ledger.note(frame[unknown], "category_not_in_map", "category", "flagged")
    frame["offence_type"] = frame["offence_type"].fillna("")
    return frame


def masked(frame: pd.DataFrame, ledger: Ledger, texts: Texts) -> pd.DataFrame:
    place = texts(frame["place"], lambda some: some.str.replace(STREET_NUMBER, r"\1", regex=True))
    ledger.note(frame[place != frame["place"]], "street_number_dropped", "row_number", "changed")
    free_text = texts(frame["free_text"], without_identifiers)
    ledger.note(frame[free_text != frame["free_text"]], "personal_data_masked", "row_number", "changed")
    return frame.assign(place=place, free_text=free_text)


def without_identifiers(texts: pd.Series) -> pd.Series:
    for kind, pattern in PATTERNS:
        texts = texts.str.replace(pattern, rf"\1[{kind}]", regex=True)
    return texts
