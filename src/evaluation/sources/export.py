"""Tables for others to open: no cell of text can start a formula, numbers stay numbers.

After CWE-1236 and OWASP ASVS 1.2.10: a text that begins with `=`, `+`, `-`, `@`, tab, carriage return, line feed or
NUL (also behind spaces or in full-width form) gets an apostrophe in front, and every text of a CSV file stands in
quotes, so that a program with another delimiter does not cut a formula out of its middle. A negative number is a
number and keeps its minus; a text that looks like one (`-5`) is written as text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import unicodedata
from pathlib import Path

import pandas as pd

FORMULA_STARTS = frozenset("=+-@\t\r\n\0|%")
QUOTE = "'"


def write_table_csv(path: Path, frame: pd.DataFrame, *, delimiter: str = ",") -> None:
    """Write a frame as UTF-8 CSV with LF line ends; missing values are empty cells.

    Parameters
    ----------
    delimiter
        "," for programs, ";" for Swedish Excel. Numbers have a decimal point in either case.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([safe_text(str(name)) for name in frame.columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in frame.itertuples(index=False, name=None))
    path.write_bytes(stream.getvalue().encode("utf-8"))


def safe_cell(value: object) -> object:
    """Return a value as it may stand in an exported table: text made harmless, missing as empty, the rest as it is."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp | dt.datetime | dt.date):
        return value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, bool | int | float):
        return value
    return safe_text(str(value)) if not hasattr(value, "item") else safe_cell(value.item())


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    bare = unicodedata.normalize("NFKC", text.lstrip(" \u00a0\u200b\ufeff'\"")) if text else ""
    dangerous = text[:1] in FORMULA_STARTS or bare[:1] in FORMULA_STARTS
    return QUOTE + text if dangerous else text
