"""Cleaning incident rows in polars: one thread, lazy where it helps, distinct values where they are few."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.rows import incident_rows as made
from benchmarks.rows.incident_rows import NAMES, PATTERNS, STAMP, STREET_NUMBER

TIMES = ("occurred_from", "occurred_to", "reported")
NOTED = ("row_number", "rule", "column", "before", "action")


def clean(log: Path, out: Path) -> None:
    """Read, clean, write frame and ledger."""
    placed = located(ordered(read(log)))
    unplaced, double = no_time(placed), doubles(placed)
    kept = with_types(placed.filter(~unplaced & ~double))
    cleaned = masked(kept)
    written = [f"{name}_text" for name in TIMES]
    cleaned.drop("backwards", "comma", "inside", "swapped", "old_place", "old_text", *written).write_parquet(
        out / "frame.parquet", compression="zstd"
    )
    notes = [*noted_before(placed, unplaced, double), *noted_after(cleaned)]
    pl.concat(notes).with_columns(source_file=pl.lit("log.csv")).write_parquet(
        out / "ledger.parquet", compression="zstd"
    )


def read(log: Path) -> pl.DataFrame:
    frame = pl.read_csv(
        log.read_bytes().decode("cp1252").encode(),  # its own decoding is lossy
        separator=";",
        quote_char=None,
        infer_schema=False,
        empty_string_is_null=False,
        new_columns=NAMES,
    )
    stamps = [pl.col(f"{name}_text").str.to_datetime(STAMP, strict=False, time_unit="us").alias(name) for name in TIMES]
    return frame.with_columns(*stamps, row_number=pl.int_range(2, pl.len() + 2), source_file=pl.lit("log.csv"))


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    start, end = pl.col("occurred_from"), pl.col("occurred_to")
    backwards = pl.col("backwards")
    return frame.with_columns(backwards=(end < start).fill_null(False)).with_columns(
        occurred_from=pl.when(backwards).then(end).otherwise(start),
        occurred_to=pl.when(backwards).then(start).otherwise(end),
    )


def located(frame: pl.DataFrame) -> pl.DataFrame:
    south, north, west, east = made.PLANE_BOX
    x, y = (pl.col(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for name in ("x", "y"))
    inside, swapped = pl.col("inside"), pl.col("swapped")
    return (
        frame.with_columns(easting=x, northing=y)
        .with_columns(
            comma=pl.col("x").str.contains(",", literal=True) | pl.col("y").str.contains(",", literal=True),
            inside=within("easting", west, east) & within("northing", south, north),
            swapped=within("northing", west, east) & within("easting", south, north),
        )
        .with_columns(
            easting=pl.when(inside).then("easting").when(swapped).then("northing"),
            northing=pl.when(inside).then("northing").when(swapped).then("easting"),
        )
    )


def within(name: str, low: float, high: float) -> pl.Expr:
    return pl.col(name).is_between(low, high).fill_null(False)


def no_time(frame: pl.DataFrame) -> pl.Series:
    return frame["occurred_from"].is_null() & frame["occurred_to"].is_null()


def doubles(frame: pl.DataFrame) -> pl.Series:
    """Rows that stand above already: candidates by id, then all columns of those."""
    content = [name for name in NAMES if not name.endswith("_text")] + ["free_text", *TIMES]
    twice = frame.filter(frame["event_id"].is_duplicated()).select(*content, "row_number")
    first = twice.unique(subset=content, keep="first", maintain_order=True)["row_number"]
    again = twice.filter(~twice["row_number"].is_in(first.implode()))["row_number"]
    return frame["row_number"].is_in(again.implode())


def with_types(frame: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("category").replace_strict(dict(zip(made.SPELLINGS, made.TYPES, strict=True)), default="")
    changed = (pl.col("category") == "Ordning") & (pl.col("occurred_from") >= pl.datetime(2022, 1, 1))
    return frame.with_columns(offence_type=pl.when(changed).then(pl.lit("insecure_place")).otherwise(known))


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    place = on_distinct(frame["place"], lambda texts: texts.str.replace_all(rust(STREET_NUMBER), "${1}"))
    text = on_distinct(frame["free_text"], without_identifiers)
    return frame.with_columns(old_place="place", old_text="free_text").with_columns(place=place, free_text=text)


def on_distinct(texts: pl.Series, change: object) -> pl.Series:
    distinct = texts.unique()
    return texts.replace_strict(distinct, change(distinct))  # type: ignore[operator]


def without_identifiers(texts: pl.Series) -> pl.Series:
    for kind, pattern in PATTERNS:
        texts = texts.str.replace_all(rust(pattern), f"${{1}}[{kind}]")
    return texts


def rust(pattern: str) -> str:
    """The same pattern for polars: RE2's word boundary knows ASCII only."""
    return pattern.replace(r"\b", r"(?-u:\b)")


def noted_before(frame: pl.DataFrame, unplaced: pl.Series, double: pl.Series) -> list[pl.DataFrame]:
    backwards, outside = frame.filter("backwards"), ~frame["inside"] & ~frame["swapped"]
    return [
        note(frame.filter(unplaced), "no_time_of_occurrence", "occurred_from_text", "set_aside"),
        note(backwards, "interval_reversed", "occurred_from", "changed"),
        note(backwards, "interval_reversed", "occurred_to", "changed"),
        note(frame.filter("comma"), "comma_decimal", "x", "flagged"),
        note(frame.filter("swapped"), "swapped_axes", "x", "flagged"),
        note(frame.filter(outside), "outside_box", "x", "flagged"),
        note(frame.filter(double & ~unplaced), "exact_duplicate", "event_id", "set_aside"),
    ]


def noted_after(frame: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        note(frame.filter(frame["offence_type"] == ""), "category_not_in_map", "category", "flagged"),
        note(frame.filter(frame["place"] != frame["old_place"]), "street_number_dropped", "row_number", "changed"),
        note(frame.filter(frame["free_text"] != frame["old_text"]), "personal_data_masked", "row_number", "changed"),
    ]


def note(rows: pl.DataFrame, rule: str, column: str, action: str) -> pl.DataFrame:
    before = pl.col(column).cast(pl.String)
    words = {"rule": rule, "column": column, "action": action}
    return rows.select("row_number", before=before, **{name: pl.lit(word) for name, word in words.items()}).select(
        NOTED
    )
