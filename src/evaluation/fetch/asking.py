"""From the words of a command, or from a study, to questions."""

from __future__ import annotations

import argparse
import datetime as dt
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NoReturn

from evaluation.errors import ParameterError
from evaluation.fetch.events import EventsQuestion, places_of
from evaluation.fetch.kolada import KoladaQuestion
from evaluation.fetch.population import TABLES
from evaluation.fetch.question import Question
from evaluation.fetch.scb import PopulationQuestion
from evaluation.study.cards import card_path, load_card
from evaluation.study.model import Source, Study

SERVICES = ("scb", "kolada", "events")
FIRST_YEAR = 2000
COMMAND = ("evaluation", "fetch")
HEEDED: Mapping[str, frozenset[str]] = {
    "scb": frozenset({"table", "api", "first", "last", "areas"}),
    "kolada": frozenset({"first", "last", "kpis", "any_title"}),
    "events": frozenset({"places", "when"}),
}
"""Service → the wishes that its questions heed."""
OPTIONS: Mapping[str, str] = {"areas": "--area", "kpis": "--kpi", "places": "--place", "any_title": "--any-title"}
"""Wish → its option, where it is not of the same name."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options of the command say; empty where they say nothing."""

    table: str = ""
    api: Literal[1, 2] = 2
    first: int = FIRST_YEAR
    last: int | None = None
    areas: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    any_title: bool = False
    places: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A question, and the raw file that its answer goes into."""

    question: Question
    file: str


def orders_for(service: str, wishes: Wishes, study: Study, today: dt.date) -> tuple[Order, ...]:
    """Return what to ask one service; SCB's population stands in two tables, to 2024 and from 2025.

    Raises
    ------
    ParameterError
        There is no such service, a wish is none that it heeds, or the years run backwards.
    """
    if service not in SERVICES:
        expected, todo = ", ".join(SERVICES), "name a service, or the id of a study"
        raise ParameterError(f"service {service!r}", found="no such service", expected=expected, todo=todo)
    refuse_unheeded(service, wishes, HEEDED[service])
    last = wishes.last or today.year
    if wishes.first > last:
        found, todo = f"{wishes.first} to {last}", "let --first come before --last"
        raise ParameterError("--first, --last", found=found, expected="years in order", todo=todo)
    questions = _questions(service, wishes, study, last)
    return tuple(Order(question, question.file) for question in questions)


def orders_of_study(raw: Path, study: Study, today: dt.date) -> tuple[Order, ...]:
    """Return what to ask for every source of a study that a service can give, in file order.

    A file that was fetched before is asked for again in the same way (its card says how); a file that is not there yet
    is asked for with the defaults.

    Raises
    ------
    ParameterError
        The study names no such source.
    """
    orders = [order for source in study.sources if (order := _order_of(source, raw, study, today))]
    if not orders:
        raise ParameterError(
            f"study {study.id}",
            found="no source that can be fetched",
            expected="a source of the kind scb_jsonstat, scb_v1, kolada or police_events",
            todo=f"fetch one first: evaluation fetch scb --study {study.id}",
        )
    return tuple(orders)


def refuse_unheeded(what: str, wishes: Wishes, heeded: frozenset[str] = frozenset()) -> None:
    """Refuse wishes that would change nothing: whoever gave them would believe that they were heeded.

    Raises
    ------
    ParameterError
        With the options.
    """
    plain = Wishes()
    names = [field.name for field in fields(Wishes) if getattr(wishes, field.name) != getattr(plain, field.name)]
    unheeded = [_option(name) for name in names if name not in heeded]
    if unheeded:
        raise ParameterError(
            f"evaluation fetch {what}",
            found=", ".join(unheeded),
            expected=" ".join(sorted(map(_option, heeded))) or "no option: the cards of the files say how to ask",
            todo="leave the option out, or name the service that it belongs to (evaluation fetch --help)",
        )


def _option(wish: str) -> str:
    return OPTIONS.get(wish, f"--{wish}")


def command_of(question: Question, study: Study) -> str:
    """Return the command that asks this again; it stands on the card."""
    return shlex.join([*COMMAND, *question.words(), "--study", study.id])


def _questions(service: str, wishes: Wishes, study: Study, last: int) -> tuple[Question, ...]:
    first, open_end = wishes.first, wishes.last is None
    if service == "scb":
        held = [t.id for t in TABLES.values() if t.first <= last and first <= (t.last or last)]
        tables = [wishes.table] if wishes.table else held
        areas = _once(wishes.areas)
        return tuple(PopulationQuestion(table, first, last, wishes.api, areas, open_end) for table in tables)
    if service == "kolada":
        return (KoladaQuestion(first, last, _once(wishes.kpis), wishes.any_title, open_end),)
    places = _once(wishes.places) or places_of(study.study.municipality, study.target.name)
    return (EventsQuestion(places, wishes.when),)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Return each name once: a service would answer twice, and its figures would be counted twice."""
    return tuple(dict.fromkeys(names))


def _order_of(source: Source, raw: Path, study: Study, today: dt.date) -> Order | None:
    services = {"scb_jsonstat": "scb", "scb_v1": "scb", "kolada": "kolada", "police_events": "events"}
    if source.kind not in services:
        return None
    command = load_card(raw / source.file).command if card_path(raw / source.file).is_file() else ""
    words = shlex.split(command)
    if tuple(words[:2]) == COMMAND and len(words) > len(COMMAND):
        orders = orders_for(words[2], wishes_of(words[3:]), study, today)
    elif command or (raw / source.file).is_file():
        return None  # put there by hand: it has no question that could be asked again
    else:
        orders = orders_for(services[source.kind], _defaults(source), study, today)
    fitting = [order for order in orders if order.question.kind == source.kind]
    named = [order for order in fitting if order.file == source.file] or fitting
    return Order(named[0].question, source.file) if named else None


def _defaults(source: Source) -> Wishes:
    """Return the wishes that a source without file stands for: the table named in its file name, its interface."""
    table = next((table for table in TABLES if table in source.file), "")
    return Wishes(table=table, api=1 if source.kind == "scb_v1" else 2)


def wishes_of(words: list[str]) -> Wishes:
    """Return the wishes behind the options of a command.

    Raises
    ------
    ParameterError
        An option that this version does not know, or a value that it cannot take.
    """
    read = vars(_card_options().parse_args(words))
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    del found["study"]
    return Wishes(**found)


class _CardOptions(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        todo = "fetch the file anew with options of this version; evaluation fetch --help lists them"
        raise ParameterError("command on the card", found=message, expected="options of this version", todo=todo)


def _card_options() -> _CardOptions:
    options = _CardOptions(add_help=False, allow_abbrev=False)
    for name in ("--table", "--when", "--study"):
        options.add_argument(name, default="")
    options.add_argument("--api", type=int, choices=(1, 2), default=2)
    options.add_argument("--first", type=int, default=FIRST_YEAR)
    options.add_argument("--last", type=int)
    options.add_argument("--any-title", action="store_true")
    for name, many in (("--area", "areas"), ("--kpi", "kpis"), ("--place", "places")):
        options.add_argument(name, dest=many, action="append", default=[])
    return options
