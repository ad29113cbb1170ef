"""What an office calls its incidents, and which kinds of the catalogue these words probably are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import ParameterError
from evaluation.onboarding.catalogue import catalogue
from evaluation.onboarding.log_columns import LogColumns
from evaluation.sources import IncidentColumns, reader_for
from evaluation.sources.reading import Reading

OTHER = "other"
"""Counted in the log, and in no indicator."""


@dataclass(frozen=True, slots=True)
class CategoryProposal:
    """One word of the log, the rows that have it, and the kind proposed ("" where none is)."""

    spelling: str
    rows: int
    kind: str


def read_log(path: Path, log: LogColumns) -> Reading:
    """Read a log by its proposed columns, as a run would.

    Raises
    ------
    InputError
        If it cannot be read in one way only.
    """
    fields = {name: value if isinstance(value, str) else tuple(value) for name, value in log.fields.items()}
    words = log.options.get("reported_to_police")
    values = {"reported_to_police": words} if isinstance(words, Mapping) else {}
    order = log.options.get("date_order")
    columns = IncidentColumns(fields, values, order)  # type: ignore[arg-type]
    return reader_for("incident_log")(path, columns=columns)


def propose_categories(reading: Reading) -> tuple[CategoryProposal, ...]:
    """Return every category of a log with its rows, the most frequent first, and the kind proposed for it."""
    counts = reading.frame["category"].value_counts()
    return tuple(CategoryProposal(str(word), int(rows), _kind(str(word))) for word, rows in counts.items())


def decide_categories(
    proposals: tuple[CategoryProposal, ...], given: Mapping[str, str], *, rest_as_other: bool
) -> dict[str, str]:
    """Return category → kind for every category of the log.

    Parameters
    ----------
    given
        Category → kind or "other", as the caller says; it goes before the proposal.
    rest_as_other
        Whether categories without proposal are counted as "other".

    Raises
    ------
    ParameterError
        If a category has no kind, or the caller names a category or a kind that does not exist.
    """
    words, kinds = {each.spelling for each in proposals}, {kind.id for kind in catalogue().incidents} | {OTHER}
    strange = [f"{word}={kind}" for word, kind in given.items() if word not in words or kind not in kinds]
    if strange:
        raise ParameterError(
            f"--category {strange[0]}",
            found="no such category in the log, or no such kind",
            expected=f"CATEGORY=KIND with a kind of {', '.join(sorted(kinds))}",
            todo="write the category as the log does",
        )
    decided = {each.spelling: given.get(each.spelling) or each.kind for each in proposals}
    open_ones = [each for each in proposals if not decided[each.spelling]]
    if open_ones and not rest_as_other:
        listed = ", ".join(f"{each.spelling!r} ({each.rows} rows)" for each in open_ones[:20])
        raise ParameterError(
            "categories of the log",
            found=f"{len(open_ones)} without a kind: {listed}",
            expected=f"a kind of {', '.join(sorted(kinds))} for each",
            todo='give --category "WORD=KIND" for each, or --rest-as-other for all that are left',
        )
    return {word: kind or OTHER for word, kind in decided.items()}


def _kind(word: str) -> str:
    kind = catalogue().incident_of(word)
    return kind.id if kind else ""
