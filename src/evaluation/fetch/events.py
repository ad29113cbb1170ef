"""Questions to the police's open data: the latest 500 events, for context and never as an outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluation.errors import FetchError, ParameterError
from evaluation.fetch.drift import Difference, Fields, field_differences, kind_of, new_fields, refuse_drift
from evaluation.fetch.question import Answered
from evaluation.fetch.services import EVENTS, Service
from evaluation.study.model import SourceKind

if TYPE_CHECKING:
    from evaluation.fetch.transport import Transport

EVENT: Fields = {
    "id": "whole number",
    "datetime": "text",
    "name": "text",
    "summary": "text",
    "url": "text",
    "type": "text",
    "location": "object",
}
PLACE: Fields = {"name": "text", "gps": "text"}
WHEN = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}( [0-9]{2})?)?")
COUNTIES = {
    "01": "Stockholms län",
    "03": "Uppsala län",
    "04": "Södermanlands län",
    "05": "Östergötlands län",
    "06": "Jönköpings län",
    "07": "Kronobergs län",
    "08": "Kalmar län",
    "09": "Gotlands län",
    "10": "Blekinge län",
    "12": "Skåne län",
    "13": "Hallands län",
    "14": "Västra Götalands län",
    "17": "Värmlands län",
    "18": "Örebro län",
    "19": "Västmanlands län",
    "20": "Dalarnas län",
    "21": "Gävleborgs län",
    "22": "Västernorrlands län",
    "23": "Jämtlands län",
    "24": "Västerbottens län",
    "25": "Norrbottens län",
}
"""First two digits of a municipality code → county as the police write it."""
CAVEATS = (
    "For context only, never an outcome: below one per cent of reported offences, chosen by press officers.",
    "datetime is the time of publication; since January 2026 location is the county and the place stands in the title.",
    "The service gives the latest 500 events that fit; earlier answers are kept beside this file under their date.",
)


@dataclass(frozen=True, slots=True)
class EventsQuestion:
    """The latest events at places (municipality and county names), in a month, day or hour; none means any."""

    places: tuple[str, ...] = ()
    when: str = ""

    def __post_init__(self) -> None:
        if self.when and not WHEN.fullmatch(self.when):
            expected, todo = "2026-04, 2026-04-17 or 2026-04-17 15", "write a month, a day or an hour"
            raise ParameterError("--when", found=repr(self.when), expected=expected, todo=todo)

    @property
    def service(self) -> Service:
        """The police's open data."""
        return EVENTS

    @property
    def kind(self) -> SourceKind:
        """Which reader reads the answer."""
        return "police_events"

    @property
    def file(self) -> str:
        """Name of the raw file."""
        return f"polisen_events_{self.when.replace(' ', '_')}.json" if self.when else "polisen_events.json"

    def words(self) -> tuple[str, ...]:
        """Return the words of the command that asks this."""
        places = [word for place in self.places for word in ("--place", place)]
        return ("events", *places, *(("--when", self.when) if self.when else ()))

    def ask(self, transport: Transport) -> Answered:
        """Ask once, and check every event.

        Raises
        ------
        DriftError
            A field is missing or of another kind.
        FetchError
            No usable answer, or no event.
        """
        params = {"locationname": ";".join(self.places), "DateTime": self.when}
        transport.get(transport.service.address, {name: value for name, value in params.items() if value})
        answer = transport.answers()[-1]
        events = _checked(answer.content, self)
        times = sorted(str(event["datetime"])[:10] for event in events)
        places = [event["location"] for event in events]
        found = (*new_fields(events, EVENT), *new_fields(places, PLACE))
        return Answered(
            body=answer.body,
            title="Polisens händelser",
            row="event",
            unit="event",
            published=f"events published {times[0]} to {times[-1]}",
            url=answer.url,
            caveats=CAVEATS,
            notes=tuple(f"new field {name}" for name in found),
            extent=f"{len(events)} events, {times[0]} to {times[-1]}",
        )


def places_of(municipality: str, name: str) -> tuple[str, ...]:
    """Return the names to ask for: the municipality and, because places moved to the county in 2026, its county."""
    county = COUNTIES.get(municipality[:2])
    return (name, county) if county else (name,)


def _checked(content: Any, question: EventsQuestion) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON has no static type
    refuse_drift("police events", () if isinstance(content, list) else [Difference(kind_of(content), "list")])
    faults = (field_differences(event, EVENT) or field_differences(event["location"], PLACE) for event in content)
    refuse_drift("police events, event", next(filter(None, faults), ()))
    if not content:
        raise FetchError(
            "police events",
            found=f"no event ({', '.join(question.places) or 'anywhere'}; {question.when or 'any time'})",
            expected="at least one event",
            todo="check the names of the places; the service keeps only the latest",
        )
    return list(content)
