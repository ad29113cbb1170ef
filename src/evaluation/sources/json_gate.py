"""The reading gate for JSON: strict UTF-8, no key twice, no NaN, no endless nesting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from evaluation.errors import InputError
from evaluation.sources.intake import Intake, take_in, unpack_gzip
from evaluation.sources.reading import Guess, Origin, ReadingRecord, SetAside, set_aside_frame


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed JSON file."""

    place: str
    origin: Origin
    content: Any
    guesses: tuple[Guess, ...]

    def refuse(
        self, where: str, found: str, expected: str, todo: str = "fetch the file again from its source"
    ) -> InputError:
        """Return the error for one place in the document."""
        return InputError(f"{self.place}, {where}", found=found, expected=expected, todo=todo)

    def record(
        self,
        source: str,
        rows_kept: int,
        aside: tuple[SetAside, ...] = (),
        *,
        guesses: tuple[Guess, ...] = (),
        missing: dict[str, dict[str, int]] | None = None,
        unknown: dict[str, dict[str, int]] | None = None,
        facts: dict[str, int] | None = None,
    ) -> ReadingRecord:
        """Return the reading record of this document."""
        return ReadingRecord(
            source=source,
            origin=self.origin,
            rows_read=rows_kept + len(aside),
            rows_kept=rows_kept,
            set_aside=set_aside_frame(aside),
            guesses=self.guesses + guesses,
            missing_codes=missing or {},
            unknown_codes=unknown or {},
            facts=facts or {},
        )


def read_document(path: Path) -> Document:
    """Return the content of a JSON file, plain or packed with gzip.

    Raises
    ------
    InputError
        If it is no valid JSON in UTF-8: cut off, a key twice in one object, NaN, or nested without end.
    """
    intake = take_in(path, "text", "gzip")
    if intake.form == "gzip":
        packed = Guess("gzip", "unpacked", "the content is packed")
        intake = unpack_gzip(intake)
        return Document(f"file {intake.file}", _origin(path, intake), _parse(intake), (packed,))
    return Document(f"file {intake.file}", _origin(path, intake), _parse(intake), ())


def _origin(path: Path, intake: Intake) -> Origin:
    marked = intake.data.startswith(b"\xef\xbb\xbf")
    how = "byte order mark" if marked else "JSON is UTF-8"
    return Origin(intake.file, path.stat().st_size, intake.sha256, None, "utf-8-sig" if marked else "utf-8", how)


def _parse(intake: Intake) -> Any:  # noqa: ANN401 - JSON has no static type
    try:
        return json.loads(
            intake.data.decode("utf-8-sig"), object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(
            f"file {intake.file}{_line(error)}",
            found=f"no valid JSON ({str(error)[:120]})",
            expected="one complete JSON document in UTF-8",
            todo="fetch the file again; it may have been cut off or be an error page",
        ) from error


def _line(error: Exception) -> str:
    return f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return keys


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
