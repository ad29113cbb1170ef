"""Questions to Kolada v3 (through koladapy): indicators of all municipalities, page by page."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import tomllib
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any

from evaluation.errors import FetchError
from evaluation.fetch.drift import Difference, Fields, field_differences, new_fields, refuse_drift
from evaluation.fetch.question import Answered
from evaluation.fetch.services import KOLADA, Service
from evaluation.study.model import SourceKind

if TYPE_CHECKING:
    from koladapy import KoladaAPI
    from requests import Response

    from evaluation.fetch.transport import Answer, Transport

YEARS_AT_ONCE = 25
INDICATOR: Fields = {"id": "text", "title": "text", "publication_date": "text or null or nothing"}
PAGE: Fields = {"values": "list", "next_url": "text or null or nothing", "count": "whole number or nothing"}
ENTRY: Fields = {"kpi": "text", "municipality": "text", "period": "whole number", "values": "list"}
VALUE: Fields = {
    "gender": "text",
    "value": "number or null",
    "status": "text or null or nothing",
    "isdeleted": "true/false or nothing",
}
CAVEATS = (
    "One value a year. Reported offences follow place of crime and date of registration, not of the act.",
    "Medborgarundersökningen counts the secure, NTU the insecure: directions differ between indicators.",
)


@cache
def catalogue() -> dict[str, str]:
    """Return the indicators of crime and safety that are fetched by default: id → title when it was chosen."""
    text = files("evaluation.fetch").joinpath("kolada_kpis.toml").read_text(encoding="utf-8")
    return {kpi: title for group in tomllib.loads(text).values() for kpi, title in group.items()}


@dataclass(frozen=True, slots=True)
class KoladaQuestion:
    """Indicators of every municipality, region and the country, both years inclusive.

    Attributes
    ----------
    kpis
        Ids; empty for the catalogue.
    any_title
        Take an indicator of the catalogue also under another title than it had when it was chosen.
    open_end
        The last year is simply the present one: asked again later, it moves along.
    """

    first: int
    last: int
    kpis: tuple[str, ...] = ()
    any_title: bool = False
    open_end: bool = True

    @property
    def service(self) -> Service:
        """Kolada."""
        return KOLADA

    @property
    def kind(self) -> SourceKind:
        """Which reader reads the answer."""
        return "kolada"

    @property
    def file(self) -> str:
        """Name of the raw file."""
        return "kolada.json"

    def words(self) -> tuple[str, ...]:
        """Return the words of the command that asks this."""
        named = [word for kpi in self.kpis for word in ("--kpi", kpi)]
        years = ("--first", str(self.first), *(() if self.open_end else ("--last", str(self.last))))
        return ("kolada", *named, *years, *(["--any-title"] if self.any_title else []))

    def ask(self, transport: Transport) -> Answered:
        """Ask for the indicators' titles, then for their figures, page by page, and check every page.

        Raises
        ------
        DriftError
            A field is missing or of another kind, or an indicator of the catalogue has another title.
        FetchError
            No usable answer, an indicator that does not exist, or no figure at all.
        """
        api, kpis = _api(transport), self.kpis or tuple(catalogue())
        with contextlib.redirect_stderr(io.StringIO()):  # koladapy draws a progress bar for every indicator
            described = _described(api, kpis, any_title=self.any_title)
            before = len(transport.answers())
            for kpi in kpis:
                for years in _blocks(self.first, self.last):
                    api.get_values(kpi_id=kpi, years=years)
        pages = transport.answers()[before:]
        entries = _checked([page.content for page in pages])
        notes = (*_without_figures(kpis, entries, self), *_titles(kpis, described), *_new(entries))
        return _answered(pages, entries, described, notes)


@dataclass(frozen=True, slots=True)
class _Session:
    """What koladapy asks through: our way to the service, and every page checked before koladapy takes it apart."""

    transport: Transport

    def get(self, url: str, params: dict[str, Any] | None = None, **_: object) -> Response:
        """Return a response whose content is a page."""
        response = self.transport.get(url, params)
        path = url.removeprefix(self.transport.service.address)
        refuse_drift(f"Kolada {path[:40]}, page", field_differences(response.json(), PAGE))
        return response


def _api(transport: Transport) -> KoladaAPI:
    """Return koladapy over our way to the service; alone it keeps no answer, cannot resume and skips what failed."""
    from koladapy import KoladaAPI

    api = KoladaAPI(base_url=f"{transport.service.address}/", max_requests_per_second=float("inf"))
    api.session = _Session(transport)
    return api


def _described(api: KoladaAPI, kpis: Sequence[str], *, any_title: bool) -> dict[str, dict[str, Any]]:
    found = api.get_kpis(list(kpis))
    refuse_drift("Kolada /kpi", [fault for entry in found for fault in field_differences(entry, INDICATOR)][:5])
    described = {entry["id"]: entry for entry in found}
    absent = [kpi for kpi in kpis if kpi not in described]
    if absent:
        raise FetchError(
            "Kolada /kpi",
            found=f"no indicator {', '.join(absent[:8])}",
            expected=f"{len(kpis)} indicators",
            todo="correct --kpi; Kolada removes indicators without notice",
        )
    if not any_title:
        refuse_drift("Kolada, titles of indicators (--any-title takes them as they are)", _renamed(described))
    return described


def _renamed(described: dict[str, dict[str, Any]]) -> list[Difference]:
    known = catalogue()
    return [
        Difference(f"{kpi} {entry['title']!r}", f"{kpi} {known[kpi]!r}")
        for kpi, entry in described.items()
        if kpi in known and _folded(entry["title"]) != _folded(known[kpi])
    ]


def _folded(title: str) -> str:
    return "".join(title.casefold().replace("–", "-").split())


def _blocks(first: int, last: int) -> list[list[int]]:
    """Return the years in blocks: Kolada refuses longer lists."""
    years = range(first, last + 1)
    return [list(years[at : at + YEARS_AT_ONCE]) for at in range(0, len(years), YEARS_AT_ONCE)]


def _checked(pages: list[Any]) -> list[dict[str, Any]]:
    entries = list(chain.from_iterable(page["values"] for page in pages))
    refuse_drift("Kolada /data, entry", next(filter(None, (field_differences(e, ENTRY) for e in entries)), ()))
    values = (field_differences(value, VALUE) for entry in entries for value in entry["values"])
    refuse_drift("Kolada /data, value", next(filter(None, values), ()))
    return entries


def _without_figures(kpis: Sequence[str], entries: list[dict[str, Any]], question: KoladaQuestion) -> tuple[str, ...]:
    there = {entry["kpi"] for entry in entries}
    absent = [kpi for kpi in kpis if kpi not in there]
    if len(absent) == len(kpis):
        raise FetchError(
            "Kolada /data",
            found=f"no figure for {', '.join(kpis[:5])}, {question.first} to {question.last}",
            expected="at least one figure",
            todo="check the indicators with --kpi and the years with --first and --last",
        )
    return tuple(f"{kpi}: no figure from {question.first} to {question.last}" for kpi in absent)


def _titles(kpis: Sequence[str], described: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Say what indicators outside the catalogue, or under a new title, are called."""
    known = catalogue()
    return tuple(
        f"{kpi}: {described[kpi]['title']}"
        for kpi in kpis
        if _folded(known.get(kpi, "")) != _folded(described[kpi]["title"])
    )


def _new(entries: list[dict[str, Any]]) -> tuple[str, ...]:
    values = [value for entry in entries for value in entry["values"]]
    found = (*new_fields(entries, ENTRY), *new_fields(values, (*VALUE, "count")))
    return tuple(f"new field {name}" for name in found)


def _answered(
    pages: Sequence[Answer],
    entries: list[dict[str, Any]],
    described: dict[str, dict[str, Any]],
    notes: tuple[str, ...],
) -> Answered:
    places = {entry["municipality"] for entry in entries if not entry["municipality"].startswith("00")}
    years = [entry["period"] for entry in entries]
    kpis = sorted({entry["kpi"] for entry in entries})
    what = f"{len(kpis)} indicator{'s' if len(kpis) > 1 else ''}, {len(places)} municipalities"
    extent = f"{what}, {min(years)} to {max(years)}, {len(pages)} pages"
    return Answered(
        body=b"[" + b",\n".join(page.body.removeprefix(BOM_UTF8).strip() for page in pages) + b"]\n",
        title=f"Kolada, {', '.join(kpis[:6])}{' …' if len(kpis) > 6 else ''}",
        row="indicator × area × year × gender",
        unit="as the indicator says: per 100 000 inhabitants, per cent or number",
        published=_published(described),
        url=pages[0].url,
        caveats=(*CAVEATS, *notes),
        notes=notes,
        extent=extent,
    )


def _published(described: dict[str, dict[str, Any]]) -> dt.date | str:
    """Return the latest day of publication that the indicators state, days ahead left out by whoever reads the card."""
    dates = [str(entry["publication_date"]) for entry in described.values() if entry.get("publication_date")]
    return f"by indicator; last stated {max(dates)}" if dates else "not stated in the answer"
