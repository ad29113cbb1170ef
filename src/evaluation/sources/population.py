"""From Statistics Sweden's population cubes to mean population per area and year, the denominator of every rate."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.errors import InputError
from evaluation.sources.reading import check_schema
from evaluation.sources.schemas import POPULATION

PEOPLE = frozenset({"BE0101N1", "000003O5", "000007SF"})
"""Contents that count people on a day: 31 December (v1), each month to 2024, each month from 2025."""
MEAN_WORDS = ("medelfolkmängd", "medelbefolkning", "mean population", "average population")
TOTALS = frozenset({"tot", "totsa", "totalt", "total", "00", "1+2"})
NO_KEYS = frozenset({"value", "status", "Region", "Tid"})


def mean_population_of(cube: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return mean population per area and year from a long table of a population cube (`sources.scb`).

    A dimension with a total (age, sex) is read at its total, any other is summed. Months of a year are averaged, also
    where the year is not over. Of figures on 31 December, the mean of a year is that of its first and last day, as
    Statistics Sweden defines mean population (SCB, Befolkningsstatistik, definitions); the first year then has none.

    Parameters
    ----------
    cube
        One row per cell: Region, Tid (`2023` or `2023M01`), further dimensions as codes, value (people).
    file
        For messages.

    Returns
    -------
    pandas.DataFrame
        In the population schema: area_code, area, year, mean_population.

    Raises
    ------
    InputError
        If the cube has no region or time, or counts something else than people.
    """
    people = _people(cube, file)
    whole = people.assign(value=people["value"].astype(float))
    wide = whole.pivot_table("value", "Tid", "Region", aggfunc=lambda cells: cells.sum(skipna=False), dropna=False)
    monthly = bool(wide.index.str.fullmatch(r"[0-9]{4}M[0-9]{2}").all())
    if not monthly and not wide.index.str.fullmatch("[0-9]{4}").all():
        raise _no_population(file, f"times {', '.join(wide.index[:3])}", "years or months (2023, 2023M01)")
    means = wide.groupby(wide.index.str[:4]).mean() if monthly or _is_mean(people) else _between_ends(wide)
    return check_schema(_long(means, _names(cube)), POPULATION, file)


def join_populations(parts: Sequence[pd.DataFrame], files: Sequence[str]) -> pd.DataFrame:
    """Return the mean populations of several files as one frame; what two files state alike is kept once.

    Raises
    ------
    InputError
        If two files state different means for an area and year.
    """
    joined = pd.concat(parts, ignore_index=True)
    each = joined.drop_duplicates(["area_code", "year", "mean_population"])
    twice = each[each.duplicated(["area_code", "year"])]
    if len(twice):
        first = twice.iloc[0]
        same = each["area_code"].eq(first["area_code"]) & each["year"].eq(first["year"])
        raise InputError(
            f"files {', '.join(files)}, area {first['area_code']}, {first['year']}",
            found=f"mean populations {' and '.join(f'{value:.1f}' for value in each.loc[same, 'mean_population'])}",
            expected="one mean population per area and year",
            todo="fetch the tables for years that do not overlap, or leave one of the files out",
        )
    return each.sort_values(["area_code", "year"], ignore_index=True)


def _people(cube: pd.DataFrame, file: str) -> pd.DataFrame:
    if not {"Region", "Tid"} <= set(cube.columns):
        raise _no_population(file, f"dimensions {', '.join(map(str, cube.columns))}", "Region and Tid")
    chosen = cube
    contents = set(cube["ContentsCode"]) if "ContentsCode" in cube else set()
    if contents & PEOPLE:
        chosen = cube[cube["ContentsCode"].isin(PEOPLE)]
    elif contents and not _is_mean(cube):
        raise _no_population(file, f"contents {', '.join(sorted(contents))}", f"one of {', '.join(sorted(PEOPLE))}")
    for name in _dimensions(chosen):
        total = chosen[name].str.casefold().isin(TOTALS)
        chosen = chosen[total] if total.any() else chosen
    return chosen


def _dimensions(cube: pd.DataFrame) -> list[str]:
    return [name for name in cube.columns if name not in NO_KEYS | {"ContentsCode"} and not name.endswith("_label")]


def _is_mean(cube: pd.DataFrame) -> bool:
    labels = cube["ContentsCode_label"].str.casefold() if "ContentsCode_label" in cube else pd.Series(dtype="str")
    return bool(len(labels)) and all(any(word in label for word in MEAN_WORDS) for label in labels.unique())


def _between_ends(wide: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of 31 December of the year before and of the year; years without the one before are left out."""
    before = wide.copy()
    before.index = (wide.index.astype(int) + 1).astype(str)
    return ((wide + before) / 2).dropna(how="all")


def _names(cube: pd.DataFrame) -> dict[str, str]:
    labels = cube["Region_label"] if "Region_label" in cube else cube["Region"]
    return dict(zip(cube["Region"], labels, strict=True))


def _long(means: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    long = means.rename_axis("year").reset_index().melt(id_vars="year", var_name="area_code", value_name="people")
    long = long.dropna(subset="people").sort_values(["area_code", "year"], ignore_index=True)
    return pd.DataFrame(
        {
            "area_code": long["area_code"].astype("str"),
            "area": long["area_code"].map(names).astype("str"),
            "year": long["year"].astype("Int64"),
            "mean_population": long["people"].astype("Float64"),
        }
    )


def _no_population(file: str, found: str, expected: str) -> InputError:
    todo = "fetch a table of population by region and time, or name another source as exposure"
    return InputError(f"file {file}", found=found, expected=expected, todo=todo)
