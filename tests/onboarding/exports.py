"""Generated exports as offices hand them over (EMBRACE-like log, two police extracts): invented incidents."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook

FIRST = dt.datetime(2018, 1, 1)
DAYS = 2191  # to 31 December 2023, six whole years
SEED = 20260702
EMBRACE_KINDS = ("Skadegörelse", "Otrygg plats", "Otrygghetsskapande samling av personer", "Arrangemang")
HEADER = (
    "Inskrivningsdatum;NÄPO;Basområde;Gata;Brottskod;Antal;"
    "Brottsdag start;Brottsdag slut;Brottstid start;Brottstid slut"
)


@dataclass(frozen=True)
class Incident:
    """One invented incident: start, registration, kind, place."""

    number: int
    start: dt.datetime
    registered: dt.datetime
    kind: str
    area: str
    street: str
    latitude: float
    longitude: float
    reporter: str


def incidents(kinds: tuple[str, ...], rows: int = 1500) -> Iterator[Incident]:
    """Yield invented incidents in order of time."""
    draws = np.random.default_rng(SEED)
    minutes = np.sort(draws.integers(0, DAYS * 1440, rows))
    for number, minute in enumerate(minutes, start=1):
        start = FIRST + dt.timedelta(minutes=int(minute))
        yield Incident(
            number,
            start,
            start + dt.timedelta(hours=int(draws.integers(1, 72))),
            str(draws.choice(kinds)),
            str(draws.choice(["Norra", "Södra", "Centrum"])),
            str(draws.choice(["Storgatan", "Torget", "Skolvägen"])),
            59.42 + draws.uniform(0, 0.05),
            17.92 + draws.uniform(0, 0.08),
            str(draws.choice(["Skolan", "Bostads AB", "Trygghet"])),
        )


def embrace_like(path: Path) -> Path:
    """Write a municipal log: date and time in two columns, decimal commas, cp1252, a word that nobody knows."""
    header = "Händelse-ID;Datum;Tid;Registrerad;Kategori;Plats;Område;Lat;Long;Verksamhet;Polisanmäld j/n;Fritext"
    lines = [header]
    for one in incidents(EMBRACE_KINDS):
        place = [f"{one.latitude:.5f}".replace(".", ","), f"{one.longitude:.5f}".replace(".", ",")]
        cells = [f"E{one.number}", f"{one.start:%Y-%m-%d}", f"{one.start:%H:%M}", f"{one.registered:%Y-%m-%d %H:%M}"]
        police = "j" if one.number % 3 else "n"
        cells += [one.kind, one.street, one.area, *place, one.reporter, police, "Någon ringde 070-123 45 67"]
        lines.append(";".join(cells))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return path


def police_workbook(path: Path, *, counts: int = 1) -> Path:
    """Write the police extract (a): dates M/D/YY, times HHmm without leading zeros, padded cells, a count."""
    book = Workbook()
    page = book.active
    page.append(HEADER.split(";"))
    for one in incidents(("1201", "1208", "5011", "0355", "4023")):
        days = [_american(moment) for moment in (one.start, one.registered)]
        clock = str(int(f"{one.start:%H%M}"))
        page.append(
            [days[1], "Sollentuna", f"{one.area} ", one.street, one.kind, counts, days[0], days[0], clock, clock]
        )
    book.save(path)
    return path


def police_csv(path: Path) -> Path:
    """Write the police extract (b): crime codes, WGS 84, start and end, no day of registration, no reporter."""
    header = ["ID", "BROTTSKOD", "LATITUDE", "LONGITUDE", "GATA", "GATUNR", "KOMMUN"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*header, "BROTTSDATUMTID_START", "BROTTSDATUMTID_SLUT"])
        for one in incidents(("1201", "1208", "5011", "0355")):
            times = [f"{moment:%Y-%m-%d %H:%M}" for moment in (one.start, one.start + dt.timedelta(hours=2))]
            place = [f"{one.latitude:.5f}", f"{one.longitude:.5f}"]
            writer.writerow([one.number, one.kind, *place, one.street, one.number % 40 + 1, "SOLLENTUNA", *times])
    return path


def _american(moment: dt.datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment:%y}"
