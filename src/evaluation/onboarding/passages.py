"""Entries of a study file whose words come from the catalogue: aims, agreements, what is missing, events, areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.onboarding.catalogue import catalogue, filled, in_languages
from evaluation.onboarding.indicators import Choice
from evaluation.onboarding.pool import PoolArea
from evaluation.onboarding.request import Period, Request
from evaluation.sources.municipalities import municipality_names

MANY = 60
"""Municipalities left out that are listed one by one; of more, only those of the same county are."""
Entry = dict[str, Any]
Languages = tuple[str, ...]


def priority_entries(languages: Languages) -> tuple[Entry, ...]:
    """Return the priority areas."""
    return tuple(
        {"id": area["id"], **{key: in_languages(area[key], languages) for key in ("name", "aim")}}
        for area in catalogue().priority_areas
    )


def agreement_entries(request: Request) -> tuple[Entry, ...]:
    """Return the agreements, numbered in order of time; the first is held against the fixed baseline."""
    return tuple(_agreement(at, period, request.languages) for at, period in enumerate(request.periods, start=1))


def _agreement(number: int, period: Period, languages: Languages) -> Entry:
    words = catalogue().words
    years = str(period.start.year) if period.start.year == period.end.year else f"{period.start.year}–{period.end.year}"
    ordinals = words["ordinals"]
    ordinal = ordinals[number - 1] if number <= len(ordinals) else dict.fromkeys(languages, f"{number}.")
    return {
        "id": str(number),
        "name": filled(words["agreement"], languages, ordinal=ordinal, years=years),
        "start": period.start,
        "end": period.end,
        "content": in_languages(words["content"], languages),
        "priority_areas": list(period.priority_areas or (area["id"] for area in catalogue().priority_areas)),
        "source": in_languages(words["document"], languages),
        "previous_baseline": str(number - 1) if number > 1 else "fixed",
    }


def missing_entries(
    outcomes: Sequence[Mapping[str, Any]], answered: frozenset[str], languages: Languages
) -> tuple[Entry, ...]:
    """Return an entry for every priority area that nothing in the files measures: what would be needed."""
    measured = answered | {outcome["priority_area"] for outcome in outcomes}
    return tuple(
        {
            "id": f"{area['id']}_figures",
            "name": in_languages(area["name"], languages),
            "priority_area": area["id"],
            "needed": in_languages(area["needed"], languages),
        }
        for area in catalogue().priority_areas
        if area["id"] not in measured
    )


def event_entries(chosen: Sequence[Choice], languages: Languages) -> tuple[Entry, ...]:
    """Return what happened in the whole country and concerns a series of the study."""
    return tuple(entry for event in catalogue().events if (entry := _event(event, chosen, languages)))


def _event(event: Mapping[str, Any], chosen: Sequence[Choice], languages: Languages) -> Entry | None:
    named = event.get("outcomes", ())
    types = sorted({choice.offence_type for choice in chosen if choice.outcome.id in named})
    if named and not types:
        return None
    entry = {key: event[key] for key in ("date", "end", "kind", "effect") if key in event}
    entry |= {"text": in_languages(event["text"], languages), "source": event["source"]}
    return entry | ({"offence_types": types} if types else {})


def area_entries(request: Request, pool: Sequence[PoolArea]) -> tuple[Entry, ...]:
    """Return the municipality and the others of the files, each with its part and the reason."""
    few = [area for area in pool if area.role != "excluded" or len(pool) <= MANY or area.code[:2] == request.code[:2]]
    target = {"code": request.code, "name": request.name, "role": "target"}
    return (target, *(_area(area, request.languages) for area in few))


def _area(area: PoolArea, languages: Languages) -> Entry:
    reason = in_languages(catalogue().words[area.reason], languages)
    return {
        "code": area.code,
        "name": municipality_names().get(area.code, area.code),
        "role": area.role,
        "reason": reason,
    }
