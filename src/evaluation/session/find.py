"""Finding an entry of the study file by what the analyst typed, or saying which there are and which was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from evaluation.errors import ParameterError

if TYPE_CHECKING:
    from evaluation.study import Agreement, Area, Indicator

Entry = TypeVar("Entry", "Agreement", "Area", "Indicator")
MOST_NAMED = 40


def find(key: object, entries: Sequence[Entry], what: str) -> Entry:
    """Return the entry with this id (areas: code).

    Raises
    ------
    ParameterError
        There is none: with all ids, and the nearest by id or by name.
    """
    by_id = {_id(entry): entry for entry in entries}
    if str(key) not in by_id:
        raise ParameterError(
            what,
            found=repr(key),
            expected=_one_of(by_id),
            todo=_nearest(str(key), entries) or f"name an {what} of these",
        )
    return by_id[str(key)]


def _id(entry: Agreement | Area | Indicator) -> str:
    return str(getattr(entry, "code", None) or getattr(entry, "id", ""))


def _one_of(ids: Iterable[str]) -> str:
    names = list(ids)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "one of " + ", ".join(names[:MOST_NAMED]) + more


def _nearest(key: str, entries: Sequence[Agreement] | Sequence[Area] | Sequence[Indicator]) -> str:
    """Say which entry was probably meant: people type names too (`Täby`, `Skadegörelse`), with a slip."""
    meant = {_id(entry).casefold(): _id(entry) for entry in entries}
    for entry in entries:
        names = [entry.name] if isinstance(entry.name, str) else entry.name.values()
        meant |= {name.casefold(): _id(entry) for name in names}
    near = difflib.get_close_matches(key.casefold(), meant, n=1)
    return f"did you mean {meant[near[0]]!r}?" if near else ""
