"""Provenance cards: who published a raw file, what one row is, and the checksum that the bytes must still have."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluation.errors import InputError
from evaluation.study.model import Text


class Card(BaseModel):
    """Provenance of one raw file (`<file>.card.toml` beside it)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: Text
    title: Text
    row: str = Field(min_length=3, description="what one row is")
    unit: str = Field(min_length=1)
    published: date | Text = Field(description="last date of publication of the figures, or why it is not known")
    accessed: date
    licence: str = Field(min_length=2)
    citation: Text | Literal[""] = Field("", description="how reports cite it")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    caveats: tuple[str, ...] = ()
    url: str = ""
    synthetic: bool = False
    seed: int | None = None
    command: str = ""


def card_path(file: Path) -> Path:
    """Return where the card of a raw file lies."""
    return file.with_name(file.name + ".card.toml")


def load_card(file: Path) -> Card:
    """Read the card of a raw file.

    Raises
    ------
    InputError
        When the card is missing or lacks something.
    """
    path = card_path(file)
    if not path.is_file():
        todo = "write one; docs/own-data.md shows a card"
        raise InputError(str(file.name), found="no provenance card", expected=path.name, todo=todo)
    try:
        return Card.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = "; ".join(str(error).splitlines()[:3])
        raise InputError(path.name, found=reason, expected="a complete card", todo="mend the card") from error


def verify_checksum(file: Path) -> Card:
    """Return the card of a raw file whose bytes still match it.

    Raises
    ------
    InputError
        When the file is missing or its bytes changed under an unchanged card.
    """
    if not file.is_file():
        todo = "put the file there, or remove the source from the study file"
        raise InputError(str(file.name), found="no such file", expected=f"a file in {file.parent.name}/", todo=todo)
    card, found = load_card(file), sha256_of(file)
    if found != card.sha256:
        todo = "restore the file; if the new bytes are right, update sha256, bytes, published and accessed in the card"
        raise InputError(file.name, found=f"SHA-256 {found}", expected=f"{card.sha256} as in its card", todo=todo)
    return card


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
