"""What can be asked of a public service, and what comes back: one question gives one raw file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evaluation.fetch.services import Service
from evaluation.study.model import SourceKind

if TYPE_CHECKING:
    from evaluation.fetch.transport import Transport


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a question, checked against the shape that its reader knows.

    Attributes
    ----------
    body
        What is stored: the bytes of the answer, or of its pages as one JSON list.
    title, row, unit, published, url
        For the card.
    caveats
        What everyone who uses the figures should know; also for the card.
    notes
        What was seen in this answer and is no fault: new fields, indicators without figures.
    extent
        How much came, in words.
    """

    body: bytes
    title: str
    row: str
    unit: str
    published: dt.date | str
    url: str
    caveats: tuple[str, ...]
    notes: tuple[str, ...]
    extent: str


class Question(Protocol):
    """One question to one service."""

    @property
    def service(self) -> Service:
        """The service that is asked."""
        ...

    @property
    def kind(self) -> SourceKind:
        """Kind of source: which reader reads the answer."""
        ...

    @property
    def file(self) -> str:
        """Name of the raw file."""
        ...

    def words(self) -> tuple[str, ...]:
        """Return the words of the command that asks this, after `evaluation fetch`, without the study."""
        ...

    def ask(self, transport: Transport) -> Answered:
        """Ask, and check the answer."""
        ...
