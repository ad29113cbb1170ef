"""The catalogue that new studies are made from (`catalogue.toml` beside this module): known outcomes and words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from evaluation.sources.header import normal

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A known outcome: how publishers label it, and what the agreements usually want of it.

    Attributes
    ----------
    labels
        As publishers write them, for comparison (`normal`).
    starts, codes
        Of kinds of incidents: beginnings of the offices' own words, and the police's crime codes.
    """

    id: str
    name: Words
    priority_area: str
    wanted: str
    sensitive: bool = False
    labels: frozenset[str] = frozenset()
    caveats: tuple[Words, ...] = ()
    starts: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known beforehand.

    Attributes
    ----------
    priority_areas
        id, name, aim, needed.
    outcomes, incidents
        In order of preference.
    events
        Entries of context events; `outcomes` names the outcomes concerned, none means all.
    words
        Texts that are put together, by key.
    cards
        Fields of provenance cards by publisher; `blank` for what is not known.
    """

    priority_areas: tuple[Mapping[str, Any], ...]
    outcomes: tuple[Outcome, ...]
    incidents: tuple[Outcome, ...]
    events: tuple[Mapping[str, Any], ...]
    words: Mapping[str, Any]
    cards: Mapping[str, Mapping[str, Any]]

    def outcome_of(self, label: str) -> Outcome | None:
        """Return the outcome that a publisher's label stands for."""
        return next((outcome for outcome in self.outcomes if normal(label) in outcome.labels), None)

    def incident_of(self, category: str) -> Outcome | None:
        """Return the kind of incident that an office's word or crime code probably stands for."""
        bare = normal(category)
        for kind in self.incidents:
            if bare in kind.codes or any(f" {start}" in f" {bare}" for start in kind.starts):
                return kind
        return None

    def incident(self, key: str) -> Outcome | None:
        """Return the kind of incident with this id."""
        return next((kind for kind in self.incidents if kind.id == key), None)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue."""
    raw = tomllib.loads(files("evaluation.onboarding").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return Catalogue(
        tuple(raw["priority_areas"]),
        tuple(map(_outcome, raw["outcomes"])),
        tuple(map(_outcome, raw["incidents"])),
        tuple(raw["events"]),
        raw["words"],
        raw["cards"],
    )


def in_languages(words: Words, languages: tuple[str, ...]) -> dict[str, str]:
    """Return a text in the languages of the study only."""
    return {language: words[language] for language in languages}


def filled(words: Words, languages: tuple[str, ...], **parts: Words | str) -> dict[str, str]:
    """Return a text with its fields filled in, in the languages of the study."""
    return {
        language: words[language].format(
            **{name: part if isinstance(part, str) else part[language] for name, part in parts.items()}
        )
        for language in languages
    }


def _outcome(entry: Mapping[str, Any]) -> Outcome:
    return Outcome(
        id=entry["id"],
        name=entry["name"],
        priority_area=entry["priority_area"],
        wanted=entry["wanted"],
        sensitive=entry.get("sensitive", False),
        labels=frozenset(map(normal, entry.get("labels", ()))),
        caveats=tuple(entry.get("caveats", ())),
        starts=tuple(entry.get("starts", ())),
        codes=frozenset(entry.get("codes", ())),
    )
