"""Cleaned batches to Parquet, one after the other, so that memory holds one batch at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.cleaning.ledger import LEDGER_SCHEMA, Cleaned, ledger_summary

LEDGER_ARROW = pa.schema(
    [(name, pa.int64() if dtype == "int64" else pa.large_string()) for name, dtype in LEDGER_SCHEMA.items()]
)


def write_cleaned(batches: Iterable[Cleaned], frame_file: BinaryIO, ledger_file: BinaryIO) -> pd.DataFrame:
    """Write frames and ledgers of cleaned batches to two open files; return the summary of the whole ledger.

    Returns
    -------
    summary
        As `ledger_summary`: source_file, rule, action, rows.
    """
    summaries = []
    frames: pq.ParquetWriter | None = None
    with pq.ParquetWriter(ledger_file, LEDGER_ARROW, compression="zstd") as ledgers:
        for batch in batches:
            table = pa.Table.from_pandas(batch.frame, preserve_index=False)
            frames = frames or _frame_writer(frame_file, table.schema)
            frames.write_table(table.cast(frames.schema))
            ledgers.write_table(pa.Table.from_pandas(batch.issues, schema=LEDGER_ARROW, preserve_index=False))
            summaries.append(ledger_summary(batch.issues))
        if frames is not None:
            frames.close()
    return _added_up(summaries)


def _frame_writer(file: BinaryIO, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer with dictionaries for words: numbers and times are mostly distinct and pack better without."""
    words = [
        field.name
        for field in schema
        if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    return pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=words)


def _added_up(summaries: list[pd.DataFrame]) -> pd.DataFrame:
    if not summaries:
        return pd.DataFrame({"source_file": [], "rule": [], "action": [], "rows": []})
    keys = ["source_file", "rule", "action"]
    return pd.concat(summaries).groupby(keys, sort=True)["rows"].sum().reset_index()
