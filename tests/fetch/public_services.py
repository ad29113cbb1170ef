"""A server on this machine that answers as SCB, Kolada and the police do, with faults on demand.

The shapes are those of recorded answers; the figures are made up. Population of municipality `0114` on 31 December of
year y is 40 000 + 100 × (y − 2010); of any other municipality half of it.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from evaluation.fetch.kolada import catalogue

MUNICIPALITIES = {"0114": "Upplands Väsby", "0115": "Vallentuna", "1280": "Malmö"}
REGIONS = {"00": "Riket", "01": "Stockholms län", **MUNICIPALITIES}
YEARS = [str(year) for year in range(2018, 2025)]
MONTHS = [f"2025M{month:02d}" for month in range(1, 13)] + ["2026M01", "2026M02"]
PAGE_SIZE = 4


@dataclass
class Reply:
    """What the server sends; `cut` closes the connection in the middle of the body, `hold` before any of it."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"})
    cut: bool = False
    hold: bool = False


@dataclass
class Call:
    """One call that the server got."""

    method: str
    path: str
    query: dict[str, list[str]]
    agent: str
    content: Any


class PublicServices(ThreadingHTTPServer):
    """The three services.

    `faults[path]` holds replies that come first (None: the ordinary one), `change[path]` alters the ordinary one, and
    after `quota[path]` answers there are only faults. `mark` stands before every ordinary answer.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Call] = []
        self.faults: dict[str, list[Reply | None]] = defaultdict(list)
        self.change: dict[str, Callable[[Any], Any]] = {}
        self.quota: dict[str, int] = {}
        self.holding, self.ended = threading.Event(), threading.Event()
        self.next_value = 1000.0
        self.mark = b""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def paths(self) -> list[str]:
        return [call.path for call in self.calls]


@contextmanager
def public_services() -> Iterator[PublicServices]:
    """Serve on this machine until the block ends."""
    server = PublicServices()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: PublicServices
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes; without it the second waits for the first

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, content: Any) -> None:
        parts = urlsplit(self.path)
        agent = self.headers.get("User-Agent", "")
        call = Call(self.command, parts.path, parse_qs(parts.query), agent, content)
        self.server.calls.append(call)
        waiting = self.server.faults[parts.path]
        left = self.server.quota.get(parts.path, 1)
        self.server.quota |= {parts.path: left - 1} if parts.path in self.server.quota else {}
        fault = waiting.pop(0) if waiting else Reply(b"", 500) if left < 1 else None
        self._send(fault or self._ordinary(call))

    def _ordinary(self, call: Call) -> Reply:
        made = content_of(call, self.server)
        if made is None:
            return Reply(b'{"detail": "not found"}', 404)
        change = self.server.change.get(call.path)
        data = json.dumps(change(made) if change else made, ensure_ascii=False).encode()
        return Reply((b"\xef\xbb\xbf" if call.path.startswith("/OV0104") else self.server.mark) + data)

    def _send(self, reply: Reply) -> None:
        if reply.hold:
            self.server.holding.set()
            self.server.ended.wait(30)
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        self.close_connection = self.close_connection or reply.cut


def content_of(call: Call, server: PublicServices) -> Any:
    """Return what the services answer, or nothing where they have nothing."""
    path = call.path
    if path == "/api/v2/config":
        return {"apiVersion": "2.2.0", "maxDataCells": 150000, "maxCallsPerTimeWindow": 3, "timeWindow": 1}
    if path.startswith("/api/v2/tables/"):
        return _scb_2(path, call)
    if path.startswith("/OV0104/v1/doris/sv/ssd/"):
        return _scb_1(path, call)
    if path.startswith("/v3/kpi/"):
        return kolada_titles(path.rpartition("/")[2].split(","))
    if path in ("/v3/data", "/v3/data/"):
        return kolada_page(call.query, server)
    return events() if path == "/api/events" else None


def people(region: str, time: str) -> int:
    """Return the inhabitants by the rule at the top of this file; months add eight persons each."""
    year, month = int(time[:4]), int(time[5:] or 12)
    full = 40_000 + 100 * (year - 2010) - 8 * (12 - month)
    return full if region == "0114" else full // 2


def _dimension(label: str, codes: dict[str, str], *, elimination: bool) -> dict[str, Any]:
    category = {"index": {code: at for at, code in enumerate(codes)}, "label": codes}
    return {"label": label, "category": category, "extension": {"elimination": elimination, "show": "value"}}


def scb_variables(table: str) -> dict[str, dict[str, Any]]:
    """Return the dimensions of a table as its metadata give them."""
    times = YEARS if table == "TAB638" else MONTHS
    region = _dimension("region", REGIONS, elimination=True)
    time = _dimension("tid", {code: code for code in times}, elimination=False)
    sexes = {"1": "män", "2": "kvinnor"}
    if table == "TAB638":
        contents = _dimension("tabellinnehåll", {"BE0101N1": "Folkmängd", "BE0101N2": "Folkökning"}, elimination=False)
        ages = _dimension("ålder", {"0": "0 år", "tot": "totalt ålder"}, elimination=True)
        status = _dimension("civilstånd", {"OG": "ogifta", "G": "gifta"}, elimination=True)
        inner = {"Civilstand": status, "Alder": ages, "Kon": _dimension("kön", sexes, elimination=True)}
    else:
        contents = _dimension("tabellinnehåll", {"000007SF": "Folkmängden per månad"}, elimination=False)
        ages = _dimension("ålder", {"0": "0 år", "TotSA": "totalt, samtliga åldrar"}, elimination=False)
        total = {"TotSa": "totalt, samtliga män och kvinnor"}
        inner = {"Alder": ages, "Kon": _dimension("kön", total | sexes, elimination=True)}
    return {"Region": region, **inner, "ContentsCode": contents, "Tid": time}


def _dataset(table: str, dimensions: dict[str, dict[str, Any]], values: list[int]) -> dict[str, Any]:
    sizes = [len(dimension["category"]["label"]) for dimension in dimensions.values()]
    about = {"version": "2.0", "class": "dataset", "label": f"Folkmängd {table}", "source": "SCB"}
    shape = {"updated": "2026-06-08T06:00:00Z", "id": list(dimensions), "size": sizes, "dimension": dimensions}
    return about | shape | {"extension": {"px": {"tableid": table}}, "value": values}


def _scb_2(path: str, call: Call) -> Any:
    _, _, _, _, table, what = path.split("/")
    if table not in ("TAB638", "TAB6471"):
        return None
    variables = scb_variables(table)
    if what == "metadata":
        return _dataset(table, variables, [])
    chosen = {item["variableCode"]: item["valueCodes"] for item in call.content["selection"]}
    kept = {
        name: _dimension(
            variables[name]["label"],
            {code: variables[name]["category"]["label"][code] for code in chosen[name]},
            elimination=False,
        )
        for name in variables
        if name in chosen
    }
    values = [people(region, time) for region in chosen["Region"] for time in chosen["Tid"]]
    return _dataset(table, kept, values)


def _scb_1(path: str, call: Call) -> Any:
    table = {"BefolkningNy": "TAB638", "BefolkManadCKM": "TAB6471"}.get(path.rpartition("/")[2])
    if table is None:
        return None
    variables = scb_variables(table)
    if call.method == "GET":
        return {"title": "Folkmängden", "variables": [_variable(name, variables[name]) for name in variables]}
    chosen = {item["code"]: item["selection"]["values"] for item in call.content["query"]}
    keys = [name for name in variables if name in chosen and name != "ContentsCode"]
    columns = [{"code": name, "text": variables[name]["label"], "type": "t" if name == "Tid" else "d"} for name in keys]
    fixed = [chosen[name][0] for name in keys if name not in ("Region", "Tid")]
    rows = [
        {"key": [region, *fixed, time], "values": [str(people(region, time))]}
        for region in chosen["Region"]
        for time in chosen["Tid"]
    ]
    contents = {"code": chosen["ContentsCode"][0], "text": "Folkmängd", "type": "c"}
    return {"columns": [*columns, contents], "comments": [], "data": rows}


def _variable(name: str, dimension: dict[str, Any]) -> dict[str, Any]:
    labels = dimension["category"]["label"]
    made = {"code": name, "text": dimension["label"], "values": list(labels), "valueTexts": list(labels.values())}
    return made | ({"elimination": True} if dimension["extension"]["elimination"] else {})


def kolada_titles(kpis: list[str]) -> dict[str, Any]:
    """Return the metadata of indicators; an id that the catalogue lacks is not there."""
    found = [
        {"id": kpi, "title": catalogue()[kpi], "publication_date": "2026-03-31", "publ_period": 2025}
        for kpi in kpis
        if kpi in catalogue()
    ]
    return {"values": found, "next_url": None, "previous_url": None, "count": len(found)}


def kolada_page(query: dict[str, list[str]], server: PublicServices) -> dict[str, Any]:
    """Return one page of four entries: each municipality, the region and the country, in each year from 2022."""
    years = [int(year) for year in query["year"] if 2022 <= int(year) <= 2024]
    entries = [
        _entry(kpi, place, year, server.next_value)
        for kpi in query["kpi_id"]
        for place in [*MUNICIPALITIES, "0001", "0000"]
        for year in years
    ]
    page = int(query["page"][0])
    shown = entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    more = page * PAGE_SIZE < len(entries)
    following = f"{server.address}/v3/data/?page={page + 1}" if more else None
    return {"values": shown, "next_url": following, "previous_url": None, "count": len(shown)}


def _entry(kpi: str, place: str, year: int, value: float) -> dict[str, Any]:
    missing = place == "0001"
    cell = {"gender": "T", "count": 1, "status": "Missing" if missing else "", "isdeleted": False}
    return {
        "kpi": kpi,
        "period": year,
        "municipality": place,
        "values": [cell | {"value": None if missing else value + year - 2022}],
    }


def events() -> list[dict[str, Any]]:
    """Return three events in the two forms that the service has had."""
    county = {"name": "Stockholms län", "gps": "59.602496,18.138438"}
    return [
        _event(650297, "2026-08-22 19:51:41 +02:00", "22 augusti 17.59, Brand, Upplands Väsby", "Brand", county),
        _event(
            395709,
            "2023-01-14 7:10:53 +01:00",
            "14 januari 03:13, Mord/dråp, försök, Upplands väsby",
            "Mord/dråp, försök",
            {"name": "Upplands väsby", "gps": "59.51961,17.92834"},
        ),
        _event(
            650290, "2026-08-22 6:00:00 +02:00", "Sammanfattning natt, Stockholms län", "Sammanfattning natt", county
        ),
    ]


def _event(number: int, time: str, name: str, kind: str, location: dict[str, str]) -> dict[str, Any]:
    return {
        "id": number,
        "datetime": time,
        "name": name,
        "summary": "Händelsen är\u00a0avslutad.",
        "url": f"/aktuellt/handelser/{number}/",
        "type": kind,
        "location": location,
    }
