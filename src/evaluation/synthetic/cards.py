"""Provenance cards of synthetic raw files: what the file is, its checksum, and the command that made it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from evaluation.errors import ParameterError
from evaluation.synthetic.world import read_toml


def write_card(file: Path, exported: str, seed: int, command: str) -> Path:
    """Write `<file>.card.toml` beside a raw file and return where.

    Parameters
    ----------
    exported
        Day of the fictional export, ISO date.
    """
    with file.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    text = card_text(file.name, checksum, file.stat().st_size, exported, seed, command)
    path = file.with_name(file.name + ".card.toml")
    path.write_bytes(text.encode("utf-8"))
    return path


def card_text(name: str, checksum: str, size: int, exported: str, seed: int, command: str) -> str:
    """Return the card of a file as TOML."""
    texts = read_toml("cards.toml")
    entry = _entry(texts["files"], name)
    values = {
        "publisher": _toml(texts["publisher"]),
        "title": _toml(entry["title"]),
        "row": _toml(entry["row"]),
        "unit": _toml(entry["unit"]),
        "published": exported,
        "accessed": exported,
        "licence": _toml(texts["licence"]),
        "citation": _toml(texts["citation"]),
        "sha256": _toml(checksum),
        "bytes": _toml(size),
        "caveats": _toml([*texts["caveats"], *entry["caveats"]]),
        "synthetic": _toml(True),
        "seed": _toml(seed),
        "command": _toml(command),
    }
    return "".join(f"{key} = {value}\n" for key, value in values.items())


def _toml(value: object) -> str:
    """Return a value in TOML; JSON's strings, numbers, booleans and lists are TOML's as well."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _entry(files: dict[str, Any], name: str) -> dict[str, Any]:
    for beginning, entry in files.items():
        if name.startswith(beginning):
            return dict(entry)
    raise ParameterError(
        f"card of {name}",
        found="a file that the generator does not make",
        expected=f"a name that begins with one of {', '.join(files)}",
        todo="add the kind of file to cards.toml",
    )
