"""Fetch: ask, check with the reader that will read it, keep with a card; say what stands when nothing came."""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import DriftError, EvaluationError, FetchError, InputError
from evaluation.fetch.asking import Order, command_of
from evaluation.fetch.drift import TODO
from evaluation.fetch.services import at_address
from evaluation.fetch.store import Kept, Provenance, keep
from evaluation.runs.disk import DiskError, disk_error
from evaluation.runs.locks import LockedError, lock
from evaluation.runs.project import Project
from evaluation.runs.states import EXIT_CODE, State
from evaluation.sources import reader_for
from evaluation.study.cards import Card, card_path, load_card
from evaluation.study.model import Study

if TYPE_CHECKING:
    from evaluation.fetch.clock import Clock
    from evaluation.fetch.question import Answered, Question
    from evaluation.fetch.transport import Transport

CACHE = ".fetch"
LOCKED_FOR = 1_800.0

NO_ANSWER_COPY_STANDS = 20
NO_ANSWER_NO_COPY = 21
DRIFT = 22


@dataclass(frozen=True, slots=True)
class Fetched:
    """A question that was answered, and where its answer lies."""

    answered: Answered
    kept: Kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one order ended: what was fetched, or the error and the copy that stays in use.

    Attributes
    ----------
    code
        Exit code: 0 fetched or unchanged, 11 cannot be asked or kept, 17 the disk is full or may not be written, 18 the
        study is being run, 20 no answer but an earlier copy, 21 no answer and no copy, 22 the answer has another shape.
    """

    order: Order
    fetched: Fetched | None
    error: EvaluationError | None
    copy: Card | None
    code: int


def attempt(project: Project, study: Study, order: Order, clock: Clock, address: str = "") -> Outcome:
    """Fetch one order; an error is part of the outcome, so that other orders still get their turn."""
    try:
        return Outcome(order, fetch(project, study, order, clock, address), None, None, 0)
    except EvaluationError as error:
        copy = copy_of(project.raw / study.id / order.file)
        return Outcome(order, None, error, copy, _code(error, copy))


def fetch(project: Project, study: Study, order: Order, clock: Clock, address: str = "") -> Fetched:
    """Ask a service, check the answer, and keep it as a raw file of the study.

    Parameters
    ----------
    address
        Another host than the service's own; empty for its own.

    Raises
    ------
    FetchError
        The service could not be reached, refuses, or gives no usable answer; answers so far are kept for a day.
    DriftError
        The answer has another shape than the reader knows; nothing is kept.
    InputError
        The raw file was changed by hand since it was fetched.
    ParameterError
        What is asked for does not exist: a municipality, years.
    DiskError
        The disk is full, or may not be written.
    LockedError
        The study is being run.
    """
    try:
        return _fetched(project, study, order, clock, address)
    except sqlite3.DatabaseError as error:
        raise _error_of_store(error, project.processed / CACHE) from error
    except OSError as error:
        known = disk_error(error)
        if known is None:
            raise
        raise known from error


def _fetched(project: Project, study: Study, order: Order, clock: Clock, address: str) -> Fetched:
    from evaluation.fetch.transport import Transport

    question = order.question
    service = at_address(question.service, address) if address else question.service
    transport = Transport(service, project.processed / CACHE, clock, agent_of(study))
    try:
        answered = _asked(question, transport)
        with lock(project.locks / f"{study.id}.lock", LOCKED_FOR):
            provenance = _provenance(question, answered, study)
            kept = keep(project.raw / study.id / order.file, answered.body, provenance, clock.now().date())
        transport.forget()
        return Fetched(answered, kept)
    finally:
        transport.close()


def copy_of(file: Path) -> Card | None:
    """Return the card of the copy that lies there; none where there is no copy, or no card that can be read."""
    try:
        return load_card(file) if file.is_file() and card_path(file).is_file() else None
    except InputError:
        return None  # what is wrong with the card is said where somebody needs it: `keep`, `evaluation check`


def agent_of(study: Study) -> str:
    """Return who is calling: this program and for which municipality, and nothing about persons."""
    return f"evaluation/{version('evaluation')} (follow-up of municipal agreements; {study.study.municipality})"


def days_old(card: Card, today: dt.date) -> int:
    """Return how many days ago a copy was fetched."""
    return (today - card.accessed).days


def _asked(question: Question, transport: Transport) -> Answered:
    """Ask and read; answers that are in and no use are let go, so that the next try asks the service again."""
    try:
        answered = question.ask(transport)
        _refuse_unreadable(question, answered.body)
    except EvaluationError:
        if not transport.unanswered:
            transport.forget()
        raise
    return answered


def _error_of_store(error: sqlite3.DatabaseError, folder: Path) -> EvaluationError:
    full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL  # the low byte names the kind
    known = disk_error(OSError(errno.ENOSPC, str(error), str(folder))) if full else None
    todo = "remove that folder: it holds only answers of commands that stopped half-way"
    return known or FetchError(str(folder), found=str(error), expected="kept answers", todo=todo)


def _refuse_unreadable(question: Question, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / question.file
        path.write_bytes(body)
        try:
            reader_for(question.kind)(path)
        except InputError as error:
            raise DriftError(error.where, found=error.found, expected=error.expected, todo=TODO) from error


def _provenance(question: Question, answered: Answered, study: Study) -> Provenance:
    service = question.service
    return Provenance(
        publisher=service.publisher,
        title=answered.title,
        row=answered.row,
        unit=answered.unit,
        published=answered.published,
        licence=service.licence,
        citation=service.citation,
        caveats=answered.caveats,
        url=answered.url,
        command=command_of(question, study),
    )


def _code(error: EvaluationError, copy: Card | None) -> int:
    if isinstance(error, DriftError):
        return DRIFT
    if isinstance(error, FetchError):
        return NO_ANSWER_COPY_STANDS if copy else NO_ANSWER_NO_COPY
    if isinstance(error, DiskError):
        return EXIT_CODE[State.DISK_FULL]
    if isinstance(error, LockedError):
        return EXIT_CODE[State.LOCKED]
    return EXIT_CODE[State.INPUT_ERROR]
