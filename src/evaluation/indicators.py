"""From clean counts to indicators: cases with exposure per area and point, and the series that models read."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from evaluation.errors import InputError
from evaluation.series import POINTS_PER_YEAR, Grain, TimeSeries

# Without a population the exposure is this many person-years a year, so that `rate` reads as cases per year.
_NO_POPULATION = 100_000.0
_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


def rate_by_area_point(
    counts: pd.DataFrame, offence_type: str, grain: Grain, population: pd.DataFrame | None
) -> pd.DataFrame:
    """Join the counts of one offence type with their exposure.

    Parameters
    ----------
    counts
        One row per area × point × offence type: area_code, area, start, grain, offence_type, count, status.
    offence_type, grain
        The rows to take.
    population
        One row per area × year: area_code, year, mean_population; none for counts per year of time.

    Returns
    -------
    pandas.DataFrame
        One row per area × point, sorted: area_code, area, start, count (float, NaN = not published), exposure
        (person-years: mean population × share of a year), rate (per 100 000 and year), preliminary. Where only a rate
        is published (Kolada), the count is rate × population / 100 000, to the nearest whole case.

    Raises
    ------
    InputError
        No such offence type, or a count without a population.
    """
    chosen = counts[(counts["offence_type"] == offence_type) & (counts["grain"] == grain)]
    if chosen.empty:
        raise _nothing_chosen(counts, offence_type, grain)
    rates = chosen[["area_code", "area", "start"]].copy()
    rates["count"] = chosen["count"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    rates["exposure"] = _exposure(rates, grain, population)
    rates["count"] = _from_rates(rates, chosen, grain, known=population is not None)
    rates["rate"] = rates["count"] / rates["exposure"] * 100_000
    rates["preliminary"] = (chosen["status"] == "preliminary").to_numpy()
    return rates.sort_values(["area_code", "start"], ignore_index=True)


def series_of(rates: pd.DataFrame, indicator: str, area: str, grain: Grain) -> TimeSeries:
    """Return the series of one area on an unbroken grid; points that were never published are NaN.

    Raises
    ------
    InputError
        The area is not among the rates, or has a point twice.
    """
    chosen = rates[rates["area_code"] == area]
    if chosen.empty or chosen["start"].duplicated().any():
        found = "no rows" if chosen.empty else f"{int(chosen['start'].duplicated().sum())} points twice"
        todo = "check the area code and the source's rows"
        raise InputError(f"{indicator} in area {area}", found=found, expected="one row per point", todo=todo)
    first, last = (day.to_numpy().astype("datetime64[M]") for day in (chosen["start"].min(), chosen["start"].max()))
    grid = pd.DatetimeIndex(np.arange(first, last + 1, _MONTHS[grain]).astype("datetime64[ns]"))
    full = chosen.set_index("start").reindex(grid)
    return TimeSeries(
        indicator=indicator,
        area=area,
        grain=grain,
        start=grid.to_numpy().astype("datetime64[D]"),
        count=full["count"].to_numpy(dtype=float),
        exposure=full["exposure"].interpolate().to_numpy(dtype=float),
        preliminary=full["preliminary"].fillna(value=False).to_numpy(dtype=bool),
    )


def point_end(start: np.ndarray, grain: Grain) -> np.ndarray:
    """Return the last day of each point (inclusive), datetime64[D], shape (n,)."""
    months = start.astype("datetime64[M]") + np.timedelta64(_MONTHS[grain], "M")
    end: np.ndarray = months.astype("datetime64[D]") - np.timedelta64(1, "D")
    return end


def _exposure(rates: pd.DataFrame, grain: Grain, population: pd.DataFrame | None) -> np.ndarray:
    share = 1.0 / POINTS_PER_YEAR[grain]
    if population is None:
        return np.full(len(rates), _NO_POPULATION * share)
    years = population.set_index(["area_code", "year"])["mean_population"].astype(float)
    keys = pd.MultiIndex.from_arrays([rates["area_code"], rates["start"].dt.year])
    found = years.reindex(keys).to_numpy(dtype=float)
    _refuse_missing_population(rates, found)
    return found * share


def _from_rates(rates: pd.DataFrame, chosen: pd.DataFrame, grain: Grain, *, known: bool) -> np.ndarray:
    """Return the counts, those that are published as a rate per 100 000 and point alone worked out."""
    counts = rates["count"].to_numpy(dtype=float)
    if "rate" not in chosen:
        return counts
    published = chosen["rate"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    people = rates["exposure"].to_numpy(dtype=float) * POINTS_PER_YEAR[grain]
    worked_out = np.rint(published * people / 100_000) if known else np.full(len(counts), np.nan)
    _refuse_rates_alone(rates[np.isnan(counts) & ~np.isnan(published) & np.isnan(worked_out)])
    return np.where(np.isnan(counts), worked_out, counts)


def _refuse_rates_alone(rows: pd.DataFrame) -> None:
    if len(rows):
        first = rows.iloc[0]
        where = f"area {first['area_code']} ({first['area']}), {first['start']:%Y-%m-%d}"
        todo = "name a population source as exposure that has the area and the year"
        found = f"a rate without a count or a population ({len(rows)} points)"
        raise InputError(where, found=found, expected="a population to work out the cases", todo=todo)


def _refuse_missing_population(rates: pd.DataFrame, found: np.ndarray) -> None:
    missing = rates[np.isnan(found) & rates["count"].notna().to_numpy()]
    if len(missing):
        first = missing.iloc[0]
        where = f"population of area {first['area_code']} ({first['area']}), year {first['start'].year}"
        todo = "add the year to the population source, or leave the area out"
        raise InputError(where, found=f"nothing ({len(missing)} points)", expected="a mean population", todo=todo)


def _nothing_chosen(counts: pd.DataFrame, offence_type: str, grain: Literal["month", "quarter", "year"]) -> InputError:
    known = sorted(set(counts["offence_type"].astype(str)))
    grains = sorted(set(counts["grain"].astype(str)))
    expected = f"offence types {', '.join(known[:12])} by {', '.join(grains)}"
    todo = "correct offence_type or grain of the indicator"
    return InputError(f"offence type {offence_type!r} by {grain}", found="no rows", expected=expected, todo=todo)
