"""Has a service changed what it sends? The fields of an answer against the fields that the readers know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.errors import DriftError

Fields = Mapping[str, str]
"""Field → kinds of value it may have, with `or` between them."""

TODO = (
    "the service sends something else than before: nothing was stored, an earlier copy stays in use; "
    "read the service's news, then report it so that the reader can be adapted"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as expected: what was found, what was expected."""

    found: str
    expected: str


def kind_of(value: object) -> str:
    """Return the kind of a JSON value in words."""
    for kind, word in ((bool, "true/false"), (int, "whole number"), (float, "number"), (str, "text"), (list, "list")):
        if isinstance(value, kind):
            return word
    return "null" if value is None else "object"


def field_differences(record: Any, expected: Fields) -> tuple[Difference, ...]:  # noqa: ANN401 - JSON has no static type
    """Return the fields of a record that are missing or of another kind; fields beyond the expected are no fault."""
    if not isinstance(record, dict):
        return (Difference(kind_of(record), f"an object with {', '.join(expected)}"),)
    return tuple(
        Difference(f"{name}: {_found(record, name)}", f"{name}: {kinds}")
        for name, kinds in expected.items()
        if not _fits(record, name, kinds)
    )


def new_fields(records: Sequence[Any], known: Collection[str]) -> tuple[str, ...]:
    """Return the fields that no reader knows, sorted."""
    return tuple(sorted({name for record in records if isinstance(record, dict) for name in record} - set(known)))


def set_difference(what: str, found: Collection[str], expected: Collection[str]) -> tuple[Difference, ...]:
    """Return what two sets of names (dimensions, codes) do not share."""
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    if not missing and not extra:
        return ()
    parts = [f"without {', '.join(missing[:8])}"] * bool(missing) + [f"with {', '.join(extra[:8])}"] * bool(extra)
    return (Difference(f"{what} {' and '.join(parts)}", f"{what} {', '.join(sorted(expected)[:12])}"),)


def refuse_drift(where: str, differences: Sequence[Difference]) -> None:
    """Stop if there is any difference.

    Raises
    ------
    DriftError
        With every difference, found and expected in the same order.
    """
    if differences:
        found = "; ".join(difference.found for difference in differences)
        raise DriftError(where, found=found, expected="; ".join(d.expected for d in differences), todo=TODO)


def _fits(record: dict[str, Any], name: str, kinds: str) -> bool:
    allowed = kinds.split(" or ")
    if name not in record:
        return "nothing" in allowed
    kind = kind_of(record[name])
    return kind in allowed or (kind == "whole number" and "number" in allowed)


def _found(record: dict[str, Any], name: str) -> str:
    return f"{kind_of(record[name])} {str(record[name])[:40]!r}" if name in record else "missing"
