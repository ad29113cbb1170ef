"""One table of mean population out of whatever the files hold: each figure says what it comes from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.onboarding.recognise import Recognised
from evaluation.series import POINTS_PER_YEAR

CARRIED_YEARS = 2
"""Years beyond the last figure for which that figure stands in."""
COLUMNS = ("area_code", "area", "year", "mean_population", "derived_from")


def mean_population_table(files: Sequence[Recognised], counts: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return mean population for every area and year that has counts, as far as the files tell.

    In order: a table of population; Statistics Sweden or Kolada; count / published rate × 100 000 (Brå divides by the
    mean population; safe to half a unit of the rate); the nearest earlier or later year, at most two years away.

    Parameters
    ----------
    counts
        All counts of the study's areas, in the counts schema.
    names
        Area code → name: the areas wanted.

    Returns
    -------
    pandas.DataFrame
        area_code, area, year, mean_population (whole persons), derived_from (text); sorted; empty if nothing is known.
    """
    held = sorted((f for f in files if f.population is not None), key=lambda file: file.kind != "mean_population")
    stated = [_stated(file) for file in held]
    known = pd.concat([*stated, _from_rates(counts)], ignore_index=True)
    known = known[known["area_code"].isin(names)].drop_duplicates(["area_code", "year"])
    wanted = counts[["area_code"]].assign(year=counts["start"].dt.year).drop_duplicates()
    wanted = wanted[wanted["area_code"].isin(names)]
    parts = [
        _with_neighbours(known[known["area_code"].eq(area)], set(years["year"]))
        for area, years in wanted.groupby("area_code")
    ]
    table = pd.concat([known.iloc[:0], *parts], ignore_index=True).sort_values(["area_code", "year"], ignore_index=True)
    table = table.assign(
        area=table["area_code"].map(names), mean_population=table["mean_population"].round().astype(int)
    )
    return table[list(COLUMNS)]


def lacks_people(counts: pd.DataFrame, population: pd.DataFrame) -> bool:
    """Whether some count has no population, so that rates cannot be worked out for all of them."""
    keys = set(zip(population["area_code"], population["year"], strict=True))
    published = counts[counts["count"].notna() | counts["rate"].notna()]
    return not set(zip(published["area_code"], published["start"].dt.year, strict=True)) <= keys


def _stated(file: Recognised) -> pd.DataFrame:
    frame = file.population if file.population is not None else pd.DataFrame()
    people = frame.dropna(subset="mean_population")
    return pd.DataFrame(
        {
            "area_code": people["area_code"].astype("str"),
            "year": people["year"].astype("int64"),
            "mean_population": people["mean_population"].astype("float64"),
            "derived_from": file.path.name,
        }
    )


def _from_rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Return people per area and year out of counts and rates of the points with the highest rates."""
    both = counts[counts["count"].notna() & counts["rate"].gt(0) & counts["count"].gt(0)]
    frame = both[["area_code", "offence_type", "grain"]].assign(
        year=both["start"].dt.year,
        count=both["count"].astype("float64"),
        rate=both["rate"].astype("float64"),
        weight=both["rate"].astype("float64") / both["grain"].map(POINTS_PER_YEAR).astype("float64"),
    )
    sums = frame.groupby(["area_code", "year", "grain", "offence_type"], as_index=False)[
        ["count", "rate", "weight"]
    ].sum()
    best = sums.sort_values("rate", ascending=False).drop_duplicates(["area_code", "year"])
    people = best["count"] / best["rate"] * 100_000
    why = "count / published rate × 100 000, " + best["grain"]
    return pd.DataFrame(
        {"area_code": best["area_code"], "year": best["year"], "mean_population": people, "derived_from": why}
    )


def _with_neighbours(known: pd.DataFrame, years: set[int]) -> pd.DataFrame:
    """Return an area's figures, the nearest year standing in for years without one, at most two years away."""
    if known.empty:
        return known
    lacking = sorted(years - set(known["year"]))
    rows = []
    for year in lacking:
        nearest = known.iloc[(known["year"] - year).abs().argmin()]
        if abs(int(nearest["year"]) - year) <= CARRIED_YEARS:
            rows.append({**nearest, "year": year, "derived_from": f"figure of {nearest['year']}"})
    return pd.concat([known, pd.DataFrame(rows)], ignore_index=True) if rows else known
