"""Answers as raw files with their cards: the newest under its name, earlier versions beside it under their date.

A raw file is evidence. Bytes that change get the earlier version out of the way first (`name.2026-11-22.json`, its card
with it); identical bytes change nothing. At every moment the bytes that lay there before still lie somewhere with a
card that fits them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evaluation.errors import InputError
from evaluation.runs.publish import replace_file
from evaluation.study.cards import Card, card_path, load_card, sha256_of

Status = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a card says beside checksum, size and date: words of its publisher, and how the file can be had again."""

    publisher: str
    title: str
    row: str
    unit: str
    published: dt.date | str
    licence: str
    citation: str
    caveats: tuple[str, ...]
    url: str
    command: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an answer lies; `earlier` is the version that it replaced, if any."""

    status: Status
    file: Path
    earlier: Path | None
    card: Card


def keep(file: Path, body: bytes, provenance: Provenance, today: dt.date) -> Kept:
    """Keep the bytes of an answer under `file` with a card.

    Raises
    ------
    InputError
        What lies there now fits no card: it was changed by hand, and would be lost.
    """
    card = Card(
        **{name: getattr(provenance, name) for name in Provenance.__slots__},
        accessed=today,
        sha256=hashlib.sha256(body).hexdigest(),
        bytes=len(body),
    )
    if not file.is_file():
        _write(file, body, card)
        return Kept("new", file, None, card)
    if sha256_of(file) == card.sha256:
        return Kept("unchanged", file, None, _mended(file, card))
    earlier = _set_aside(file)
    _write(file, body, card)
    return Kept("changed", file, earlier, card)


def versions(file: Path) -> tuple[Path, ...]:
    """Return the earlier versions of a raw file, oldest first."""
    found = file.parent.glob(f"{file.stem}.[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*{file.suffix}")
    return tuple(sorted(found))


def card_text(card: Card) -> str:
    """Return a card as TOML, the keys in the order of the model, empty ones left out."""
    lines = []
    for key, value in card.model_dump().items():
        if value in ("", (), None, False):
            continue
        # JSON's strings, numbers and lists are TOML's as well; a date stands without quotes.
        written = str(value) if isinstance(value, dt.date) else json.dumps(value, ensure_ascii=False)
        lines.append(f"{key} = {written}\n")
    return "".join(lines)


def _write(file: Path, body: bytes, card: Card) -> None:
    # The card first: should the machine stop in between, the old bytes fit the card of the version set aside.
    replace_file(card_path(file), card_text(card).encode("utf-8"))
    replace_file(file, body)


def _mended(file: Path, card: Card) -> Card:
    if card_path(file).is_file() and load_card(file).sha256 == card.sha256:
        return load_card(file)
    replace_file(card_path(file), card_text(card).encode("utf-8"))
    return card


def _set_aside(file: Path) -> Path:
    """Copy the file and its card under their date, unless that version lies there already."""
    now = sha256_of(file)
    same = [version for version in versions(file) if sha256_of(version) == now]
    if same:
        return same[-1]
    card = load_card(file)
    if card.sha256 != now:
        raise InputError(
            file.name,
            found=f"SHA-256 {now}, changed since it was fetched",
            expected=f"{card.sha256} as in its card",
            todo="move the file and its card away (or restore it), then fetch again: nothing is overwritten",
        )
    earlier = _free_name(file, card.accessed)
    replace_file(card_path(earlier), card_path(file).read_bytes())
    replace_file(earlier, file.read_bytes())
    return earlier


def _free_name(file: Path, day: dt.date) -> Path:
    names = [f"{file.stem}.{day}{number}{file.suffix}" for number in ("", *(f"_{n}" for n in range(2, 1000)))]
    return next(path for name in names if not (path := file.with_name(name)).exists())
