"""A large, dirty, made-up incident log in a few seconds: `write_log(path, rows)`; about 137 bytes a row, cp1252."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np

HEADER = "id;from;to;reported;category;sub;place;area;x;y;reporter;police;text\n"
STAMP = "%Y-%m-%d %H:%M"
NAMES = ["event_id", "occurred_from_text", "occurred_to_text", "reported_text", "category", "subcategory", "place"]
NAMES += ["area", "x", "y", "reporter", "reported_to_police", "free_text"]
SPELLINGS = ("Klotter", "Skadegörelse", "Ordning", "Samling", "Droger", "Våld", "Otrygg plats", "Stöld")
TYPES = ("vandalism", "vandalism", "disturbance", "gathering", "drugs", "public_violence", "insecure_place", "theft")
CODE_CHANGE = "2021-12-31"  # afterwards "Ordning" means an insecure place
BOX = {"south": 59.40, "north": 59.60, "west": 17.70, "east": 18.10}
PLANE_BOX = (6_590_000.0, 6_608_000.0, 655_000.0, 672_000.0)  # south, north, west, east: wholly inside BOX
STREETS = ("Storgatan", "Dragonvägen", "Stationstorget", "Smedbyparken", "Edsvägen", "Torget", "Skolgården", "Runby")
REPORTERS = ("Trygghetsenheten", "Skolan", "Bostads AB", "Polisen", "Väktarna")
TEXTS = (
    "Flera personer på platsen, stökigt men lugnt när vi kom",
    "Ruta krossad i entrén, åtgärdat samma kväll av jouren",
    "Grannar störs av musik, återkommer ofta under helger",
    "Klotter på fasad och bänk, saneras av entreprenören",
    "Anmält per telefon av boende, inget mer känt i ärendet",
    "Två mopeder kör fort på gångvägen mellan husen",
)
PERSONS = (
    "Kontakt 850304-1234 på plats hela kvällen",
    "Ring 070-123 45 67 till den som såg det hela",
    "Uppger 19850304-1234 och vill bli uppringd",
    "Bil ABC 123 lämnade platsen i hög fart norrut",
    "Skriv till anna.exempel@example.com om saken",
    "Bor på Storgatan 12 och såg det från fönstret",
)


def _patterns() -> ModuleType:
    """The suite's patterns, loaded by file, so that a peer does not pay for importing the suite."""
    path = Path(__file__).parents[2] / "src" / "evaluation" / "cleaning" / "patterns.py"
    spec = importlib.util.spec_from_file_location("patterns", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PATTERNS, STREET_NUMBER = _patterns().PATTERNS, _patterns().STREET_NUMBER


def write_log(path: Path, rows: int, seed: int = 1) -> None:
    """Write a log with about 3 per cent dirty rows, in pieces of 250 000."""
    with path.open("w", encoding="cp1252", newline="") as log:
        log.write(HEADER)
        for piece, first in enumerate(range(0, rows, 250_000)):
            lines = _lines(np.random.default_rng([seed, piece]), first, min(250_000, rows - first))
            log.write("\n".join(lines) + "\n")


def _lines(rng: np.random.Generator, first: int, n: int) -> list[str]:
    start = np.datetime64("2015-01-01T00:00", "m") + rng.integers(0, 5_780_000, n).astype("timedelta64[m]")
    end = start + rng.integers(0, 300, n).astype("timedelta64[m]")
    dirt = rng.random(n)
    backwards = (dirt < 0.002) & (start != end)
    start, end = np.where(backwards, end, start), np.where(backwards, start, end)
    from_text, to_text = _moments(start), _moments(end)
    from_text[(dirt > 0.002) & (dirt < 0.005)] = "okänt"
    to_text[(dirt > 0.002) & (dirt < 0.005)] = ""
    reported = _moments(np.maximum(start, end) + rng.integers(5, 20_000, n).astype("timedelta64[m]"))
    east, north = rng.uniform(656_000, 671_000, n), rng.uniform(6_591_000, 6_607_000, n)
    east[(dirt > 0.010) & (dirt < 0.012)] = 0.0
    x, y = np.char.mod("%.1f", east), np.char.mod("%.1f", north)
    comma, swapped = (dirt > 0.005) & (dirt < 0.010), (dirt > 0.012) & (dirt < 0.015)
    x[comma] = np.char.replace(x[comma], ".", ",")
    x, y = np.where(swapped, y, x), np.where(swapped, x, y)
    category = np.array(SPELLINGS)[rng.integers(0, 8, n)]
    category[(dirt > 0.015) & (dirt < 0.017)] = "Övrigt ?"
    place = np.array(STREETS)[rng.integers(0, 8, n)].astype("U24")
    numbered = (dirt > 0.017) & (dirt < 0.020)
    place[numbered] = np.char.add(
        np.char.add(place[numbered], " "), rng.integers(1, 90, int(numbered.sum())).astype("U2")
    )
    text = np.array(TEXTS)[rng.integers(0, 6, n)].astype("U60")
    text[rng.random(n) < 0.6] = ""
    personal = (dirt > 0.020) & (dirt < 0.028)
    text[personal] = np.array(PERSONS)[rng.integers(0, 6, int(personal.sum()))]
    area, reporter = np.char.mod("%04d", rng.integers(1, 44, n) * 100), np.array(REPORTERS)[rng.integers(0, 5, n)]
    ids, police = np.char.mod("E%08d", np.arange(first, first + n)), np.array(["ja", "nej"])[rng.integers(0, 2, n)]
    sub = np.array(["", "ungdomar", "entré"])[rng.integers(0, 3, n)]
    columns = (ids, from_text, to_text, reported, category, sub, place, area, x, y, reporter, police, text)
    lines = [";".join(cells) for cells in zip(*(column.tolist() for column in columns), strict=True)]
    for at in np.flatnonzero(dirt > 0.995):
        lines[at] = lines[max(0, at - 1000)]  # the same row again, some way below
    return lines


def _moments(moments: np.ndarray) -> np.ndarray:
    return np.char.replace(np.datetime_as_string(moments, unit="m"), "T", " ").astype("U16")
