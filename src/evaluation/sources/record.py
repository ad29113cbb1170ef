"""The reading record of a raw table: what was read, kept, set aside and guessed."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.sources.numbers import Signs
from evaluation.sources.reading import Guess, ReadingRecord, SetAside, set_aside_frame
from evaluation.sources.table import RawTable


def record_of(
    source: str,
    table: RawTable,
    signs: Signs | None,
    *guesses: Guess,
    missing: dict[str, dict[str, int]] | None = None,
    unknown: dict[str, dict[str, int]] | None = None,
    facts: dict[str, int] | None = None,
    further: Sequence[SetAside] = (),
) -> ReadingRecord:
    """Return the reading record of a raw table whose kept rows all went into the frame."""
    aside = (*table.aside, *further)
    return ReadingRecord(
        source=source,
        origin=table.origin,
        rows_read=len(table.rows) + len(aside),
        rows_kept=len(table.rows),
        set_aside=set_aside_frame(aside),
        decimal_sign=signs.decimal if signs else None,
        thousands_sign=signs.thousands if signs else None,
        guesses=table.guesses + (signs.guesses if signs else ()) + guesses,
        missing_codes=missing or {},
        unknown_codes=unknown or {},
        facts=facts or {},
    )
