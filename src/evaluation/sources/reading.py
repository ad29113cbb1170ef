"""What every reader returns: a typed frame, and the record of how it was read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evaluation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from pandera.pandas import DataFrameSchema

SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing the file does not say and the gate had to decide.

    Attributes
    ----------
    what
        The question: `encoding`, `decimal_sign`, `date_order`, …
    value
        The answer that was used.
    why
        What in the file speaks for it.
    """

    what: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row that is not in the frame, and the rule that took it out."""

    row_number: int
    rule: str
    detail: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The file as it was found: identity and outer form.

    Attributes
    ----------
    file, bytes, sha256
        Name without folder, size, and checksum of the content as it lies on disk.
    sheet
        Name of the sheet, workbooks only.
    encoding, encoding_how
        Character encoding of a text file and what decided it.
    delimiter
        Field separator of a text table.
    header_rows, footer_rows
        Row numbers as a spreadsheet program shows them.
    """

    file: str
    bytes: int
    sha256: str
    sheet: str | None = None
    encoding: str | None = None
    encoding_how: str | None = None
    delimiter: str | None = None
    header_rows: tuple[int, ...] = ()
    footer_rows: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what the file is, as JSON values, without its row numbers."""
        names = ("file", "bytes", "sha256", "sheet", "encoding", "encoding_how", "delimiter")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, eq=False)
class ReadingRecord:
    """How one file was read: nothing is guessed without a line here, nothing is lost without a row here.

    Attributes
    ----------
    source
        Kind of source, a name of `sources.KINDS`.
    origin
        File, size, checksum, encoding, delimiter, header and footer rows.
    decimal_sign, thousands_sign
        As found in the file's numbers; None where none was met.
    guesses
        Every decision that the file did not settle by itself.
    rows_read, rows_kept, set_aside
        `rows_read == rows_kept + len(set_aside)`, checked when the record is made. What one row is stands in the
        reader's docstring. Columns of `set_aside`: row_number, rule, detail, text. The text may hold personal data:
        it is not part of `to_dict`.
    missing_codes, unknown_codes
        Column → {code: cells}: signs for "no figure" (`..`, `-`, empty), and values outside the known list.
    facts
        Further numbers of the source by name (`events_known_by_title_only`, …).
    """

    source: str
    origin: Origin
    rows_read: int
    rows_kept: int
    set_aside: pd.DataFrame
    decimal_sign: str | None = None
    thousands_sign: str | None = None
    guesses: tuple[Guess, ...] = ()
    missing_codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unknown_codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + len(self.set_aside):
            raise InputError(
                f"file {self.origin.file}",
                found=f"{self.rows_read} rows read, but {self.rows_kept} kept and {len(self.set_aside)} set aside",
                expected="rows read = rows kept + rows set aside",
                todo="report this file: a row was lost while reading, which must never happen",
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the record for the run manifest: JSON values only, and no text of any row."""
        origin = self.origin
        return {
            "source": self.source,
            **origin.to_dict(),
            "decimal_sign": self.decimal_sign,
            "thousands_sign": self.thousands_sign,
            "header_rows": list(origin.header_rows),
            "footer_rows": list(origin.footer_rows),
            "guesses": [{"what": guess.what, "value": guess.value, "why": guess.why} for guess in self.guesses],
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "set_aside": self.set_aside_by_rule(),
            "missing_codes": {column: dict(codes) for column, codes in self.missing_codes.items()},
            "unknown_codes": {column: dict(codes) for column, codes in self.unknown_codes.items()},
            "facts": dict(self.facts),
        }

    def set_aside_by_rule(self) -> dict[str, dict[str, Any]]:
        """Return rule → {rows, first_row_numbers}."""
        return {
            str(rule): {
                "rows": len(rows),
                "first_row_numbers": [int(number) for number in rows["row_number"].head(SHOWN_ROWS)],
            }
            for rule, rows in self.set_aside.groupby("rule", sort=True)
        }


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A typed frame, checked against its schema, and the record of how it was read."""

    frame: pd.DataFrame
    record: ReadingRecord


def set_aside_frame(rows: Sequence[SetAside]) -> pd.DataFrame:
    """Return rows that were set aside as a frame in row order: row_number, rule, detail, text."""
    import pandas as pd

    ordered = sorted(rows, key=lambda row: row.row_number)
    return pd.DataFrame(
        {
            "row_number": pd.array([row.row_number for row in ordered], dtype="int64"),
            "rule": pd.array([row.rule for row in ordered], dtype="str"),
            "detail": pd.array([row.detail for row in ordered], dtype="str"),
            "text": pd.array([row.text for row in ordered], dtype="str"),
        }
    )


def check_schema(frame: pd.DataFrame, schema: DataFrameSchema, file: str) -> pd.DataFrame:
    """Return the frame if it fits the schema of its source.

    Raises
    ------
    InputError
        With the column and up to three values that do not fit.
    """
    from pandera.errors import SchemaErrors

    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        first = cases.iloc[0]
        shown = ", ".join(repr(value) for value in cases["failure_case"].head(3))
        raise InputError(
            f"file {file}, column {first['column']!r}",
            found=f"{len(cases)} values that do not fit, first {shown}",
            expected=f"{first['check']} in the table that this source gives",
            todo="correct these values in the file, or name the right column in the column map",
        ) from error


def check_dtypes(frame: pd.DataFrame, dtypes: Mapping[str, str], file: str) -> pd.DataFrame:
    """Return a large frame if it has exactly these columns in this order, and these types.

    Raises
    ------
    InputError
        With the columns that differ.
    """
    found = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    if list(found.items()) != list(dtypes.items()):
        differing = {name: dtype for name, dtype in found.items() if dtypes.get(str(name)) != dtype}
        raise InputError(
            f"file {file}",
            found=f"columns of other types: {differing or list(found)}",
            expected=f"the columns {list(dtypes)}",
            todo="report this file: its table was built wrongly",
        )
    return frame


def missing_by_column(**codes: Counter[str]) -> dict[str, dict[str, int]]:
    """Return the missing codes of several columns, columns without any left out."""
    return {column: dict(sorted(counts.items())) for column, counts in codes.items() if counts}
