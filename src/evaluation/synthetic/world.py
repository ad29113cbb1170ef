"""The fictional municipality as typed tables: areas, categories, reporters, agreements, planted effects and dirt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Area:
    """One area; `north`, `east` in metres (SWEREF 99 TM), `old` its codes before the reorganisation."""

    code: str
    name: str
    zone: str
    population: int
    north: int
    east: int
    old: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """One offence type: relative volume, pull of target and ring, season, trend per year, hours of the day."""

    id: str
    volume: float
    pull: tuple[float, float]
    season: tuple[float, int]
    trend: float
    night: float
    weekend: float
    interval: float


@dataclass(frozen=True, slots=True)
class Reporter:
    """One reporting organisation; `extra` reporters add reports to those of the others from the month `joins`."""

    id: str
    letter: str
    weights: tuple[float, ...]
    extra: bool
    joins: np.datetime64 | None


@dataclass(frozen=True, slots=True)
class Period:
    """One agreement; first and last day inclusive."""

    id: str
    start: np.datetime64
    end: np.datetime64


@dataclass(frozen=True, slots=True)
class Effect:
    """A planted change of level from the start of an agreement on, as a ratio to the time before it."""

    agreement: str
    category: str
    zones: tuple[str, ...]
    ratio: float
    kind: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Months of one reporter that were registered on a single day."""

    reporter: int
    first_month: np.datetime64
    last_month: np.datetime64
    registered: np.datetime64


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that is fixed about Exempelköping before the dice are thrown."""

    code: str
    name: str
    population: int
    growth: float
    months: Months
    exported: np.datetime64
    events: int
    division_changed: np.datetime64
    bridge: tuple[tuple[str, str, float], ...]
    areas: tuple[Area, ...]
    categories: tuple[Category, ...]
    reporters: tuple[Reporter, ...]
    agreements: tuple[Period, ...]
    effects: tuple[Effect, ...]
    noise: Mapping[str, float]
    dirt: Mapping[str, float]
    batches: tuple[Batch, ...]
    inventory: Mapping[str, Any]

    def area_index(self, code: str) -> int:
        """Return the place of an area in `areas`."""
        return [area.code for area in self.areas].index(code)

    def category_index(self, category: str) -> int:
        """Return the place of a category in `categories`."""
        return [entry.id for entry in self.categories].index(category)

    def reporter_index(self, reporter: str) -> int:
        """Return the place of a reporter in `reporters`."""
        return [entry.id for entry in self.reporters].index(reporter)


@cache
def exempelkoping() -> World:
    """Return the fictional municipality as its file describes it."""
    raw = read_toml("exempelkoping.toml")
    town, dirt = raw["municipality"], raw["dirt"]
    order = [reporter["id"] for reporter in raw["reporters"]]
    return World(
        code=town["code"],
        name=town["name"],
        population=town["population"],
        growth=town["growth"],
        months=np.arange(_month(town["first_month"]), _month(town["last_month"]) + 1),
        exported=np.datetime64(town["exported"], "D"),
        events=town["events"],
        division_changed=np.datetime64(raw["division"]["changed"], "D"),
        bridge=tuple((row["old"], row["new"], row["share"]) for row in raw["division"]["bridge"]),
        areas=tuple(Area(**{**row, "old": tuple(row["old"]), "places": tuple(row["places"])}) for row in raw["areas"]),
        categories=tuple(
            Category(**{**row, "pull": tuple(row["pull"]), "season": tuple(row["season"])}) for row in raw["categories"]
        ),
        reporters=tuple(_reporter(row) for row in raw["reporters"]),
        agreements=tuple(Period(row["id"], _day(row["start"]), _day(row["end"])) for row in raw["agreements"]),
        effects=tuple(Effect(**{**row, "zones": tuple(row["zones"])}) for row in raw["effects"]),
        noise=raw["noise"],
        dirt={key: value for key, value in dirt.items() if isinstance(value, int | float)},
        batches=tuple(_batch(row, order) for row in dirt["batches"]),
        inventory=dirt["inventory"],
    )


def read_toml(name: str) -> dict[str, Any]:
    """Return one of this package's own data files."""
    return tomllib.loads((files("evaluation.synthetic") / name).read_text(encoding="utf-8"))


def _reporter(row: Mapping[str, Any]) -> Reporter:
    joins = _month(row["from"]) if "from" in row else None
    return Reporter(row["id"], row["letter"], tuple(row["weights"]), row.get("extra", False), joins)


def _batch(row: Mapping[str, str], order: list[str]) -> Batch:
    months = _month(row["first_month"]), _month(row["last_month"])
    return Batch(order.index(row["reporter"]), *months, _day(row["registered"]))


def _month(text: str) -> np.datetime64:
    return np.datetime64(text, "M")


def _day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")
