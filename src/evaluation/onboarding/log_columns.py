"""Which column of an incident export is what: EMBRACE-like logs, police extracts, lists of guards and housing firms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evaluation.cleaning.projections import PROJECTIONS, to_geodetic
from evaluation.errors import ParameterError
from evaluation.onboarding.columns import Hint, Proposal, all_within, hint, propose, share_of_numbers
from evaluation.onboarding.sheet import Sheet, SheetColumn
from evaluation.sources.dates import YEAR_LAST, DateOrder
from evaluation.sources.incident_schema import FIELDS

BOX_MARGIN = 0.02
"""Degrees added round the middle 98 % of the places."""
YES_NO = {**dict.fromkeys(("ja", "j", "yes", "y", "x", "1", "sant"), "yes")} | dict.fromkeys(
    ("nej", "n", "no", "0", "falskt"), "no"
)
CLOCKS = {
    "occurred_from": hint(
        r"tid start|brottstid start|tid från|klockslag|^tid$|^kl\b|^time|starttid", lambda column: _clock(column)
    ),
    "occurred_to": hint(r"tid slut|brottstid slut|tid till|sluttid", lambda column: _clock(column)),
    "reported": hint(r"inskrivningstid|anmälningstid|registreringstid", lambda column: _clock(column)),
}
COUNTED = hint(r"^antal|^number|^count", lambda column: share_of_numbers(column) > 0.9)


def _date(column: SheetColumn) -> bool:
    return column.dates > 0.6


def _clock(column: SheetColumn) -> bool:
    return column.clocks > 0.6 and column.dates < 0.5


def _few_words(column: SheetColumn) -> bool:
    return 2 <= len(column.distinct) <= 400 and column.repeats >= 2 and not _date(column)


def _place(column: SheetColumn) -> bool:
    return bool(column.texts) and column.repeats > 1.2 and not _date(column)


def _yes_no(column: SheetColumn) -> bool:
    return 1 <= len(column.distinct) <= 4 and all(text.casefold() in YES_NO for text in column.distinct)


def _id(column: SheetColumn) -> bool:
    return bool(column.texts) and column.repeats < 1.2


def _running(column: SheetColumn) -> bool:
    return bool(column.texts) and any(" " in text for text in column.texts)


def _north(column: SheetColumn) -> bool:
    return all_within(column, 55, 70) or all_within(column, 6_100_000, 7_700_000)


def _east(column: SheetColumn) -> bool:
    return all_within(column, 10, 25) or all_within(column, 20_000, 920_000)


HINTS = {
    "occurred_from": hint(
        r"inträffa\w* från|brottsdatumtid_start|brottsdag start|tid start|starttid|händelsedatum|händelsetid|"
        r"inträffa|^från$|^datum|brottsdatum|occurred|^start|^date",
        _date,
        telling=True,
    ),
    "occurred_to": hint(r"till$|brottsdatumtid_slut|brottsdag slut|tid slut|sluttid|^slut|^end|until$", _date),
    "reported": hint(r"inrapport|registrer|^anmäl[dt]|anmälningsdatum|inskriv|skapad|reported|created", _date),
    "reported_to_police": hint(r"polisanm|^polis\b|^anmälan$|police", _yes_no),
    "category": hint(r"^kategori|brottskod|händelsetyp|^typ$|^kod$|brottstyp|^category|^type$|rubricering", _few_words),
    "subcategory": hint(r"under(kategori|typ)|^detalj|kodtext|subcategory|brottsrubr", _place),
    "y": hint(r"^n$|nord|lat|^y|n-koord|north", _north),
    "x": hint(r"^e$|öst|lon|^x|e-koord|east", _east),
    "area": hint((r"basområde", r"områdeskod|^område|stadsdel|närpolisområde|näpo|nyko|^area|district"), _place),
    "place": hint(r"^plats|adress|^gata$|^place|street|platsnamn", _place),
    "reporter": hint(r"rapportör|anmälare|verksamhet|^enhet|myndighet|uppdrag|uppgiftsl|reporter|organisation", _place),
    "event_id": hint(r"^id$|händelse-?(id|nr)|ärende-?(id|nr)|rapportnr|^nr$|löpnr|diarien|case|event.?id|^dnr", _id),
    "free_text": hint(r"fritext|beskriv|notering|anteckn|kommentar|^text|description|notes", _running),
}
PROVEN = frozenset({"occurred_from", "occurred_to", "reported", "reported_to_police", "x", "y", "free_text"})


@dataclass(frozen=True, slots=True)
class LogColumns:
    """A column map of one export, with how sure each line is.

    Attributes
    ----------
    fields
        Our field → header, or date and time of day in two columns.
    proposals
        Where each came from; fields that the caller set are "sure".
    options
        Further options of the source: `reported_to_police`, `date_order`, `system` and the box in WGS 84 degrees.
    unused
        Headers of no field.
    warnings
        What the reader of the proposal must decide, one sentence each.
    """

    fields: Mapping[str, str | list[str]]
    proposals: tuple[Proposal, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Required fields that are missing or only guessed."""
        sure = {each.field for each in self.proposals if each.certainty != "guess"}
        return tuple(name for name in ("occurred_from", "category") if name not in sure)


def propose_log(
    sheet: Sheet, given: Mapping[str, str] | None = None, date_order: DateOrder | None = None
) -> LogColumns:
    """Return the column map proposed for an export.

    Parameters
    ----------
    given
        Our field → header as the caller says (`"Datum + Tid"` for two columns; "" for a field that shall stay empty);
        it goes before any proposal.
    date_order
        "dmy" or "mdy", as the caller says.

    Raises
    ------
    ParameterError
        If `given` names an unknown field or a header that the file does not have.
    """
    chosen = _given(sheet, given or {})
    rest = Sheet(sheet.file, tuple(c for c in sheet.columns if c.header not in _headers(chosen)))
    proposals = propose(rest, {name: known for name, known in HINTS.items() if name not in (given or {})}, PROVEN)
    fields: dict[str, str | list[str]] = {**chosen, **{each.field: each.header for each in proposals}}
    fields = _with_clocks(sheet, {name: fields[name] for name in FIELDS if name in fields}, given or {})
    stated = tuple(Proposal(name, str(header), "sure", "as told") for name, header in chosen.items())
    unused = tuple(column.header for column in sheet.columns if column.header not in _headers(fields))
    options = _yes_no_words(sheet, fields) | _order(sheet, fields, date_order) | _box(sheet, fields)
    return LogColumns(fields, (*stated, *proposals), options, unused, _warnings(sheet, fields, unused, options))


def _given(sheet: Sheet, given: Mapping[str, str]) -> dict[str, str | list[str]]:
    chosen: dict[str, str | list[str]] = {}
    for name, text in given.items():
        headers = [part.strip() for part in text.split(" + ")] if text else []
        missing = [header for header in headers if sheet.column(header) is None]
        if name not in FIELDS or missing or len(headers) > 2:
            raise ParameterError(
                f"--set {name}={text}",
                found=f"no column {missing[0]!r} in {sheet.file}" if missing else "no field of an incident",
                expected=f"FIELD=HEADER with a field of {', '.join(FIELDS)} and a header of "
                f"{', '.join(column.header for column in sheet.columns)}",
                todo="correct the field or the header; two columns are written 'Datum + Tid'",
            )
        found = [column.header for header in headers if (column := sheet.column(header))]
        chosen |= {name: found[0] if len(found) == 1 else found} if found else {}
    return chosen


def _is_named(known: Hint, column: SheetColumn) -> bool:
    return known.fits(column) and any(pattern.search(column.name) for pattern in known.names)


def _headers(fields: Mapping[str, str | list[str]]) -> set[str]:
    return {header for value in fields.values() for header in ([value] if isinstance(value, str) else value)}


def _with_clocks(
    sheet: Sheet, fields: dict[str, str | list[str]], given: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """Join a date with the column of its time of day, where the date has none and the caller did not choose."""
    joined = dict(fields)
    for name, known in CLOCKS.items():
        date = sheet.column(str(fields[name])) if isinstance(fields.get(name), str) and name not in given else None
        if date is None or any(":" in text for text in date.texts):
            continue
        free = [each for each in sheet.columns if each.header not in _headers(joined)]
        clock = next((each for each in free if _is_named(known, each)), None)
        joined[name] = [date.header, clock.header] if clock else date.header
    return joined


def _column(sheet: Sheet, fields: Mapping[str, str | list[str]], name: str) -> SheetColumn | None:
    header = fields.get(name)
    return None if header is None else sheet.column(header if isinstance(header, str) else header[0])


def _yes_no_words(sheet: Sheet, fields: Mapping[str, str | list[str]]) -> dict[str, object]:
    column = _column(sheet, fields, "reported_to_police")
    words = {text: YES_NO[text.casefold()] for text in sorted(column.distinct)} if column and _yes_no(column) else {}
    return {"reported_to_police": words} if words else {}


def _order(sheet: Sheet, fields: Mapping[str, str | list[str]], told: DateOrder | None) -> dict[str, object]:
    """Return the order of day and month where years have two digits and only one order is possible, or as told."""
    if told:
        return {"date_order": told}
    columns = [_column(sheet, fields, name) for name in ("occurred_from", "occurred_to", "reported")]
    texts = {text for column in columns if column for text in column.distinct}
    matches = [match for text in texts if (match := YEAR_LAST.fullmatch(text))]
    pairs = {(int(match["first"]), int(match["second_part"])) for match in matches if len(match["year"]) == 2}
    possible = [
        order
        for order, months in (("dmy", {month for _, month in pairs}), ("mdy", {month for month, _ in pairs}))
        if pairs and all(1 <= month <= 12 for month in months)
    ]
    return {"date_order": possible[0]} if len(possible) == 1 else {}


def _box(sheet: Sheet, fields: Mapping[str, str | list[str]]) -> dict[str, object]:
    """Return the system of the coordinates, and the box that holds the middle 98 % of them with a margin."""
    x, y = _column(sheet, fields, "x"), _column(sheet, fields, "y")
    if x is None or y is None or not (x.numbers and y.numbers):
        return {}
    east, north = float(np.median(x.numbers)), float(np.median(y.numbers))
    system = "wgs84" if north < 100 else "sweref99tm" if east > 240_000 else "sweref991800"
    low, high = (np.array([np.percentile(each.numbers, share) for each in (y, x)]) for share in (1, 99))
    south, west, top, right = _degrees(system, low, high)
    box = {"south": south - BOX_MARGIN, "north": top + BOX_MARGIN}
    box |= {"west": west - 2 * BOX_MARGIN, "east": right + 2 * BOX_MARGIN}
    return {"system": system, **{side: round(float(value), 3) for side, value in box.items()}}


def _degrees(system: str, low: np.ndarray, high: np.ndarray) -> tuple[float, float, float, float]:
    if system == "wgs84":
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    ends = np.array([low, high])
    latitude, longitude = to_geodetic(ends[:, 0], ends[:, 1], PROJECTIONS[system])
    return float(latitude[0]), float(longitude[0]), float(latitude[1]), float(longitude[1])


def _warnings(
    sheet: Sheet, fields: Mapping[str, str | list[str]], unused: tuple[str, ...], options: Mapping[str, object]
) -> tuple[str, ...]:
    found = [
        f"column {column.header!r} holds numbers other than 1: a row stands for several incidents, but the log "
        "counts each row once; write one row per incident, or use the file as counts (tidy_counts)"
        for column in sheet.columns
        if column.header in unused and _is_named(COUNTED, column) and set(column.numbers) - {1.0}
    ]
    dates = _column(sheet, fields, "occurred_from")
    short = dates and any((match := YEAR_LAST.fullmatch(text)) and len(match["year"]) == 2 for text in dates.distinct)
    if short and "date_order" not in options:
        found.append("dates can be read as day/month and as month/day: say which with --date-order dmy or mdy")
    if "reporter" not in fields:
        found.append("no column says who reported: a new reporter would look like more incidents")
    return tuple(found)
