"""SPSS files (.sav) as a raw grid: codes as numbers, user-defined missing values kept as codes.

The C library that knows the format can crash on a damaged file, so it runs in a process of its own (this module as a
script), which hands the table back as JSON: a crash becomes a message.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import InputError
from evaluation.sources.labels import clean_text
from evaluation.sources.reading import Guess, Origin
from evaluation.sources.table import Cell, Grid

if TYPE_CHECKING:
    from evaluation.sources.intake import Intake

DEADLINE = 120
"""Seconds that reading one file may take."""


@dataclass(frozen=True, slots=True, eq=False)
class SpssCodes:
    """What an SPSS file says about its codes.

    Attributes
    ----------
    labels
        Column → code as text → value label.
    missing
        Column → ranges of codes that the file declares missing, both ends inclusive; one code is a range of itself.
    """

    labels: Mapping[str, Mapping[str, str]]
    missing: Mapping[str, tuple[tuple[float | str, float | str], ...]]

    def text(self, column: str, code: str) -> str:
        """Return the label of a code; the code itself has none, and two codes with one label are told apart by both."""
        labels = self.labels.get(column, {})
        label = labels.get(code)
        if not label:
            return code
        return f"{label} ({code})" if Counter(labels.values())[label] > 1 else label

    def is_missing(self, column: str, code: str) -> bool:
        """Say whether the file declares a code missing (don't know, refused)."""
        return any(_within(code, low, high) for low, high in self.missing.get(column, ()))


def grid_of_spss(path: Path, intake: Intake) -> Grid:
    """Return names and rows of an SPSS file; row 1 is the names, as if it were a sheet. Raises as `read_spss`."""
    return read_spss(path, intake)[0]


def read_spss(path: Path, intake: Intake) -> tuple[Grid, SpssCodes]:
    """Return names and rows of an SPSS file, and what it says about its codes.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    answer = _ask(path, intake.file)
    rows = (tuple(answer["names"]), *(tuple(row) for row in answer["rows"]))
    encoding = str(answer["encoding"] or "spss")
    origin = Origin(intake.file, len(intake.data), intake.sha256, None, encoding, "named in the file")
    labelled = ", ".join(answer["labelled"][:10])
    guess = Guess("value_labels", labelled, "the file has its own labels; the codes are kept")
    grid = Grid(f"file {intake.file}", rows, origin, (guess,) if labelled else ())
    labels = {name: {clean_text(code): clean_text(text) for code, text in pairs} for name, pairs in answer["labels"]}
    missing = {name: tuple((low, high) for low, high in ranges) for name, ranges in answer["missing"]}
    return grid, SpssCodes(labels, missing)


def _within(code: str, low: float | str, high: float | str) -> bool:
    if isinstance(low, str) or isinstance(high, str):
        return str(low) <= code <= str(high)
    try:
        return low <= float(code) <= high
    except ValueError:
        return False


def _ask(path: Path, file: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "evaluation.sources.spss", str(path.resolve())]
    try:
        child = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False)
    except subprocess.TimeoutExpired as error:
        raise _damaged(file, f"no end after {DEADLINE} seconds") from error
    if child.returncode != 0:
        raise _damaged(file, f"the library that reads it stopped with code {child.returncode}")
    answer: dict[str, Any] = json.loads(child.stdout)
    if "error" in answer:
        raise _damaged(file, answer["error"])
    return answer


def _damaged(file: str, why: str) -> InputError:
    return InputError(
        f"file {file}",
        found=f"an SPSS file that cannot be read ({why[:120]})",
        expected="a complete .sav file",
        todo="ask the sender for the file again, or for a CSV export",
    )


def table_of_spss(path: str) -> dict[str, Any]:
    """Return names, rows, encoding and labelled columns of a file as plain values, or the library's error."""
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(path, apply_value_formats=False, user_missing=True)
    except (
        pyreadstat.ReadstatError,
        pyreadstat.PyreadstatError,
        UnicodeDecodeError,
        ValueError,
        OverflowError,
    ) as error:
        return {"error": str(error)}
    columns = [[_cell(value) for value in frame[name]] for name in frame.columns]
    return {
        "names": [str(name) for name in frame.columns],
        "rows": list(zip(*columns, strict=True)),
        "encoding": meta.file_encoding,
        "labelled": sorted(meta.variable_value_labels),
        "labels": [
            (str(name), [(_cell(code), str(text)) for code, text in labels.items()])
            for name, labels in meta.variable_value_labels.items()
        ],
        "missing": [(str(name), list(map(_limits, ranges))) for name, ranges in meta.missing_ranges.items()],
    }


def _limits(declared: object) -> tuple[float | str, float | str]:
    """Return both ends of a range of missing codes; the library gives {"lo": 90, "hi": 99}, or a single code bare."""
    if isinstance(declared, dict):
        return declared["lo"], declared["hi"]
    code = declared if isinstance(declared, int | float) else str(declared)
    return code, code


def _cell(value: object) -> Cell:
    if value is None or value != value:
        return ""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, int | float) else str(plain)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(table_of_spss(sys.argv[1])))
