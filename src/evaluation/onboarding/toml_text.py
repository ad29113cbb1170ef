"""Values and entries as TOML text: strings, keys and quotes by tomlkit, the layout as study files have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import tomlkit

LONGEST = 120
"""Characters of a list on one line."""


def entry_lines(table: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one entry of an array of tables, its options below it."""
    yield from ("", f"[[{table}]]")
    for key, value in entry.items():
        if key != "options":
            yield f"{key} = {toml(value)}"
    if entry.get("options"):
        yield f"[{table}.options]"
        yield from (f"{key} = {toml(value)}" for key, value in entry["options"].items())


def toml(value: Any) -> str:  # noqa: ANN401 - whatever a study file holds
    """Return a value as TOML on one line; a long list stands in several lines."""
    if isinstance(value, Mapping):
        pairs = (f"{tomlkit.key(str(key)).as_string()} = {toml(entry)}" for key, entry in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list | tuple):
        inner = [toml(entry) for entry in value]
        flat = f"[{', '.join(inner)}]"
        return flat if len(flat) < LONGEST else "[\n" + "".join(f"  {entry},\n" for entry in inner) + "]"
    if isinstance(value, date):
        return value.isoformat()
    text: str = tomlkit.item(value).as_string()
    return text
