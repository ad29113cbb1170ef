"""Figures held against each other and against their own past: sums, published rates, gaps, unusual points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning import inconsistent_sums, missing_points
from evaluation.series import POINTS_PER_YEAR, Dates, Floats, Grain, TimeSeries

CHAPTERS: Mapping[str, Sequence[str]] = {
    "offences_against_person": (
        "offences_against_life_and_health",
        "offences_against_liberty_and_peace",
        "defamation",
        "sexual_offences",
        "offences_against_family",
    ),
}
"""Chapters 3–7 of the Swedish Penal Code, in order; assault lies inside chapter 3."""
POPULATION_ERROR = 3.0
"""Persons by which a population derived from a published rate may be off."""
MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
DISTANCE, NEIGHBOURS = 5.0, 2


@dataclass(frozen=True, slots=True)
class SumCheck:
    """One comparison of figures that should agree.

    Attributes
    ----------
    kind
        "points": twelve months or four quarters against the year; "parts": an offence type against those it is made
        of; "rate": a count against published rate × population.
    source, against, offence_type
        Ids of the sources compared, and what was counted.
    preliminary
        True where the finer figures are preliminary: a difference is then a revision, not a fault.
    compared, agreeing
        Number of area × point pairs compared, and of those that agree.
    largest
        Largest difference in per cent of the figure compared with, with its sign; 0 where all agree.
    """

    kind: Literal["points", "parts", "rate"]
    source: str
    against: str
    offence_type: str
    preliminary: bool
    compared: int
    agreeing: int
    largest: float


@dataclass(frozen=True, slots=True)
class Unusual:
    """A point far from the same season of the years around it: its place, count, the usual count (median)."""

    at: int
    count: float
    usual: float

    @property
    def ratio(self) -> float:
        """Count over usual count."""
        return self.count / self.usual


def sum_checks(counts: Mapping[str, pd.DataFrame], population: pd.DataFrame | None) -> Iterator[SumCheck]:
    """Hold all counts of a study against each other.

    Parameters
    ----------
    counts
        Source id → counts frame (area_code, area, start, grain, offence_type, count, rate, status).
    population
        area_code, year, mean_population.
    """
    yearly = {name: frame[frame["grain"].eq("year")] for name, frame in counts.items()}
    for name, frame in counts.items():
        for other, years in yearly.items():
            if other != name and len(years):
                yield from _points_and_years(name, frame, other, years)
    for name, frame in counts.items():
        yield from _wholes_and_parts(name, frame)
        if population is not None:
            yield from _counts_and_rates(name, frame, population)


def _points_and_years(name: str, frame: pd.DataFrame, other: str, years: pd.DataFrame) -> Iterator[SumCheck]:
    """Add the points of each year up; `inconsistent_sums` sees each point of the year as one part of it."""
    for (grain, kind), rows in _by_series(frame):
        stated = years[years["offence_type"].eq(kind)]
        parts = [f"part {number}" for number in range(POINTS_PER_YEAR[grain])]
        if grain == "year" or stated.empty:
            continue
        labels = [parts[(month - 1) // MONTHS[grain]] for month in rows["start"].dt.month]
        january = pd.to_datetime(rows["start"].dt.year.astype("str") + "-01-01")
        early = rows["status"].eq("preliminary").groupby([rows["area_code"], january]).transform("any")
        split = rows.assign(offence_type=labels, start=january, grain="year")
        for preliminary in (False, True):
            both = pd.concat([split[early.eq(preliminary)], stated], ignore_index=True)
            yield from _check("points", (name, other, str(kind)), both, {str(kind): parts}, preliminary)


def _by_series(frame: pd.DataFrame) -> Iterator[tuple[tuple[Grain, str], pd.DataFrame]]:
    for grain, kind in frame[["grain", "offence_type"]].drop_duplicates().itertuples(index=False):
        yield (grain, str(kind)), frame[frame["grain"].eq(grain) & frame["offence_type"].eq(kind)]


def _wholes_and_parts(name: str, frame: pd.DataFrame) -> Iterator[SumCheck]:
    for whole, parts in CHAPTERS.items():
        for preliminary in (False, True):
            rows = frame[frame["status"].eq("preliminary").eq(preliminary)]
            yield from _check("parts", (name, name, whole), rows, {whole: parts}, preliminary)


def _check(
    kind: Literal["points", "parts"],
    names: tuple[str, str, str],
    counts: pd.DataFrame,
    parts: Mapping[str, Sequence[str]],
    preliminary: bool,
) -> Iterator[SumCheck]:
    """Yield the check if there is anything to compare."""
    ((whole, of_which),) = parts.items()
    compared = _complete(counts, whole, of_which)
    if compared:
        off = inconsistent_sums(counts, parts)
        shift = 100 * (off["sum_of_parts"] / off["count"] - 1).to_numpy(dtype=np.float64)
        yield SumCheck(kind, *names, preliminary, compared, compared - len(off), _largest(shift))


def _complete(counts: pd.DataFrame, whole: str, parts: Sequence[str]) -> int:
    """Count the keys that have a figure for the whole and for every part."""
    known = counts[counts["count"].notna()]
    keys = ["area_code", "area", "start", "grain"]
    have = known[known["offence_type"].isin(parts)].groupby(keys, observed=True)["offence_type"].nunique()
    stated = pd.MultiIndex.from_frame(known.loc[known["offence_type"].eq(whole), keys])
    return int(stated.isin(have[have == len(parts)].index).sum())


def _counts_and_rates(name: str, frame: pd.DataFrame, population: pd.DataFrame) -> Iterator[SumCheck]:
    """Check count = rate × population within what rounding of the rate and of the population allows."""
    known = frame[frame["count"].notna() & frame["rate"].notna()]
    people = population.assign(year=population["year"].astype("int64"))[["area_code", "year", "mean_population"]]
    for kind, rows in known.assign(year=known["start"].dt.year).groupby("offence_type", observed=True):
        both = rows.merge(people, on=["area_code", "year"])
        if both.empty:
            continue
        count, rate, persons = (both[c].to_numpy(dtype=float) for c in ("count", "rate", "mean_population"))
        expected = rate * persons / 1e5
        off = np.abs(count - expected) > 0.5 * persons / 1e5 + POPULATION_ERROR * rate / 1e5
        shift = (count[off] / expected[off] - 1) * 100
        yield SumCheck("rate", name, "", str(kind), False, len(both), len(both) - int(off.sum()), _largest(shift))


def _largest(shift: Floats) -> float:
    return float(shift[np.abs(shift).argmax()]) if shift.size else 0.0


def gaps_by_series(counts: pd.DataFrame) -> pd.DataFrame:
    """Gather the points that series lack: one row per offence type, grain, reason and set of points.

    Returns
    -------
    gaps
        offence_type, grain, reason, starts (tuple of days), series (areas that lack them), of (areas in all).
    """
    missing = missing_points(counts)
    areas = counts.groupby(["offence_type", "grain"], observed=True)["area_code"].nunique()
    keys = ["offence_type", "grain", "reason", "area_code"]
    rows = [(*key, tuple(sorted(days["start"]))) for key, days in missing.groupby(keys, observed=True)]
    by_area = pd.DataFrame(rows, columns=[*keys, "start"])
    gathered = by_area.groupby(["offence_type", "grain", "reason", "start"]).size().rename("series").reset_index()
    of = [int(areas[kind, grain]) for kind, grain in zip(gathered["offence_type"], gathered["grain"], strict=True)]
    return gathered.rename(columns={"start": "starts"}).assign(of=of)


def runs(starts: Dates, grain: Grain) -> list[tuple[np.datetime64, np.datetime64]]:
    """Join consecutive points into runs: first day of the first and of the last point of each."""
    months = np.sort(starts.astype("datetime64[M]").astype(np.int64))
    place = [(month - MONTHS[grain] * at, month) for at, month in enumerate(months.tolist())]
    found = [[month for _, month in run] for _, run in groupby(place, key=lambda pair: pair[0])]
    return [(np.datetime64(run[0], "M").astype("M8[D]"), np.datetime64(run[-1], "M").astype("M8[D]")) for run in found]


def unusual_points(series: TimeSeries, ratio: float) -> tuple[Unusual, ...]:
    """Find points far from the same season of the two years before and after.

    A point is unusual if it is at least `ratio` times (or at most 1/ratio of) the median of its neighbours and at least
    five Poisson standard deviations from it; with fewer than three neighbours nothing is said. It points at something
    to ask about (a batch, a campaign, a real event), and changes no figure.
    """
    year = series.start.astype("datetime64[Y]").astype(np.int64)
    found = (_unusual(series, year, at, ratio) for at in range(series.n))
    return tuple(one for one in found if one is not None)


def _unusual(series: TimeSeries, year: NDArray[np.int64], at: int, ratio: float) -> Unusual | None:
    away = np.abs(year - year[at])
    near = (series.seasonal_index == series.seasonal_index[at]) & (away > 0) & (away <= NEIGHBOURS)
    counts = series.count[near & ~np.isnan(series.count)]
    if counts.size < 3 or np.isnan(series.count[at]):
        return None
    usual, count = float(np.median(counts)), float(series.count[at])
    if usual <= 0 or abs(np.log(max(count, 0.5) / usual)) < np.log(ratio):
        return None
    return Unusual(at, count, usual) if abs(count - usual) >= DISTANCE * usual**0.5 else None
