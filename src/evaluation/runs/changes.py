"""What is different in the published numbers since the last run, and why: data, code, plan, parameters, packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.runs.fingerprint import differences

_REASONS = {
    "input": "data",
    "result": "data",
    "code": "code",
    "notebook": "code",
    "plan": "plan",
    "parameters": "parameters",
    "packages": "packages",
    "platform": "packages",
}


def changes_since(
    previous: Mapping[str, Any] | None, parts: Mapping[str, str], numbers: Mapping[str, float | int]
) -> dict[str, Any]:
    """Compare a finished run with the manifest it replaces.

    Returns
    -------
    dict
        `first` (no run before), `because` (reasons: data, code, plan, parameters, packages), `parts` (fingerprint parts
        that differ), `numbers` (rows of name, before, after; null where a number is new or gone).
    """
    if previous is None:
        return {"first": True, "because": [], "parts": [], "numbers": []}
    parts_changed = differences(previous["fingerprint"], parts)
    return {
        "first": False,
        "because": reasons(parts_changed),
        "parts": list(parts_changed),
        "numbers": changed_numbers(previous["numbers"]["values"], numbers),
    }


def reasons(parts: tuple[str, ...]) -> list[str]:
    """Reader's reasons for changed fingerprint parts, each once, in order of name."""
    return sorted({_REASONS[part.split(" ", 1)[0]] for part in parts})


def changed_numbers(before: Mapping[str, float | int], after: Mapping[str, float | int]) -> list[dict[str, Any]]:
    """One row per number that is not exactly the same; null where it is new or gone."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [{"name": name, "before": before.get(name), "after": after.get(name)} for name in names]
