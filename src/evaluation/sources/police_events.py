"""Police events (polisen.se/api/events): an answer of the service, an archive of them, or an archive of versions.

For context and for testing the cleaning only, never as an outcome: below one per cent of what is reported, chosen by
press officers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.sources.counts import real_array
from evaluation.sources.dates import moment_of
from evaluation.sources.json_gate import Document, read_document
from evaluation.sources.labels import clean_text
from evaluation.sources.municipalities import municipality_codes, municipality_name
from evaluation.sources.points import MONTH_NUMBER
from evaluation.sources.reading import Reading, SetAside, check_schema
from evaluation.sources.schemas import POLICE_EVENTS

TITLE_TIME = re.compile(r"(?P<day>[0-9]{1,2}) (?P<month>[a-zåäö]+) (?P<hour>[0-9]{1,2})[.:](?P<minute>[0-9]{2})")
TEXT_KEYS = ("datetime", "name", "summary", "url", "type")


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    """Place in the file, from 1."""
    event: dict[str, Any]
    seen_at: dt.datetime | None


def read(path: Path) -> Reading:
    """Return police events; one row is one version of one event, `latest` marks the last.

    `published` is when the text was published or changed (local time), `occurred` is the time in the title with the
    year it must have (31 December published on 1 January belongs to the year before). `place` is the municipality from
    `location`; where that is a county (since January 2026), the text after the last comma of the title, because types
    contain commas too. `place_from` says which.

    Raises
    ------
    InputError
        If an entry lacks a field or has one that cannot be read.
    """
    document = read_document(path)
    kept, aside = _distinct(_versions(document))
    rows = [_row(document, version, number) for version, number in _numbered(kept)]
    frame = _frame(rows)
    latest = frame.loc[frame["latest"]]
    facts = {
        "events": len(latest),
        "events_edited": int((latest["version"] > 1).sum()),
        "place_from_title_only": int((latest["place_from"] == "title").sum()),
    }
    record = document.record("police_events", len(frame), aside, facts=facts)
    return Reading(check_schema(frame, POLICE_EVENTS, document.origin.file), record)


def _versions(document: Document) -> list[_Version]:
    """Return every version in the file; the two layouts are an array of events, or of {id, versions: [...]}."""
    if not isinstance(document.content, list):
        raise document.refuse("top level", type(document.content).__name__, "a list of events")
    found: list[_Version] = []
    for entry in document.content:
        listed = entry.get("versions") if isinstance(entry, dict) else None
        if listed is None:
            found.append(_Version(len(found) + 1, _event(document, entry, len(found) + 1), None))
            continue
        for version in listed if isinstance(listed, list) else [None]:
            number = len(found) + 1
            if not isinstance(version, dict):
                raise document.refuse(f"event {number}", str(version)[:80], "seen_at and event")
            seen = moment_of(clean_text(version.get("seen_at")), None).value
            found.append(_Version(number, _event(document, version.get("event"), number), seen))
    return found


def _event(document: Document, event: Any, number: int) -> dict[str, Any]:  # noqa: ANN401 - JSON has no static type
    fits = isinstance(event, dict) and type(event.get("id")) is int and isinstance(event.get("location"), dict)
    if not fits or not all(isinstance(event.get(key), str) for key in TEXT_KEYS):
        raise document.refuse(f"event {number}", str(event)[:80], f"id, location and the texts {', '.join(TEXT_KEYS)}")
    return dict(event)


def _distinct(versions: list[_Version]) -> tuple[list[_Version], tuple[SetAside, ...]]:
    seen: dict[str, int] = {}
    kept, aside = [], []
    for version in versions:
        earlier = seen.setdefault(repr(sorted(version.event.items(), key=str)), version.number)
        if earlier == version.number:
            kept.append(version)
        else:
            detail = f"same event and text as entry {earlier}"
            aside.append(SetAside(version.number, "exact_duplicate", detail, str(version.event.get("name"))))
    return kept, tuple(aside)


def _numbered(versions: list[_Version]) -> list[tuple[_Version, int]]:
    """Return versions with their number within the event: by the time they were seen, else in the order of the file."""
    counted: defaultdict[int, int] = defaultdict(int)
    ordered = sorted(versions, key=lambda version: (version.seen_at or dt.datetime.min, version.number))
    numbers = {}
    for version in ordered:
        counted[version.event["id"]] += 1
        numbers[version.number] = counted[version.event["id"]]
    return [(version, numbers[version.number]) for version in versions]


def _row(document: Document, version: _Version, number: int) -> dict[str, Any]:
    event = version.event
    published = moment_of(clean_text(event["datetime"]), None)
    if published.value is None or published.flag != "known":
        raise document.refuse(f"event {event['id']}", f"datetime {event['datetime']!r}", "a time with its offset")
    title = clean_text(event["name"])
    place, place_from = _place(clean_text(event["location"].get("name")), title)
    name = municipality_name(place)
    latitude, longitude = _point(document, event)
    return {
        "event_id": event["id"],
        "version": number,
        "published": published.value,
        "occurred": occurred(title, published.value),
        "type": clean_text(event["type"]),
        "place": name or place,
        "area_code": municipality_codes()[name] if name else "",
        "place_from": place_from,
        "location_name": clean_text(event["location"].get("name")),
        "latitude": latitude,
        "longitude": longitude,
        "title": title,
        "summary": clean_text(event["summary"]),
        "url": event["url"],
        "seen_at": version.seen_at,
    }


def _place(location: str, title: str) -> tuple[str, str]:
    if location and not location.casefold().endswith(" län"):
        return location, "location"
    last = title.rpartition(",")[2].strip() if "," in title else ""
    return (last, "title") if last and not last.casefold().endswith(" län") else (location, "none")


def occurred(title: str, published: dt.datetime) -> dt.datetime | None:
    """Return the time in a title, in the latest year in which it lies before its publication; None if it has none."""
    match = TITLE_TIME.match(title)
    month = MONTH_NUMBER.get(match["month"]) if match else None
    if match is None or month is None:
        return None
    for year in (published.year, published.year - 1):
        try:
            time = dt.datetime(year, month, int(match["day"]), int(match["hour"]), int(match["minute"]))
        except ValueError:
            return None
        if time <= published + dt.timedelta(days=1):
            return time
    return None


def _point(document: Document, event: dict[str, Any]) -> tuple[float | None, float | None]:
    gps = clean_text(event["location"].get("gps"))
    match = re.fullmatch(r"(-?[0-9]{1,2}(?:\.[0-9]+)?),\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)", gps)
    if gps and not match:
        raise document.refuse(f"event {event['id']}", f"gps {gps!r}", "latitude and longitude with a comma between")
    return (float(match[1]), float(match[2])) if match else (None, None)


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    last = Counter(row["event_id"] for row in rows)
    data: dict[str, Any] = {}
    for name, column in POLICE_EVENTS.columns.items():
        values = [row["version"] == last[row["event_id"]] if name == "latest" else row[name] for row in rows]
        kind = str(column.dtype)
        if kind == "Float64":
            data[name] = real_array(values)
        elif kind.startswith("datetime64"):
            data[name] = np.array(values, dtype="datetime64[us]")
        else:
            data[name] = np.array(values, dtype=kind) if kind in {"int64", "bool"} else pd.array(values, dtype="str")
    return pd.DataFrame(data)
