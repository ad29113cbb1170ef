"""From recognised files to the tables of a study: sources, indicators, baselines, areas, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evaluation.errors import InputError, ParameterError
from evaluation.onboarding.indicators import Choice, baselines_of, indicators_of
from evaluation.onboarding.passages import (
    agreement_entries,
    area_entries,
    event_entries,
    missing_entries,
    priority_entries,
)
from evaluation.onboarding.pool import MINIMUM, PoolArea, choose_pool
from evaluation.onboarding.population import lacks_people, mean_population_table
from evaluation.onboarding.recognise import Recognised
from evaluation.onboarding.request import Request
from evaluation.onboarding.surveys import survey_entries, unusable_waves, wave_entries
from evaluation.series import POINTS_PER_YEAR
from evaluation.sources.municipalities import municipality_names

Entry = Mapping[str, Any]
POPULATION_FILE = "mean_population_derived.csv"
GRAIN_NAMES = ("month", "quarter", "year")
SOURCE_NAMES: Mapping[str, str] = {"tidy_counts": "offences", "kolada": "kolada"}


@dataclass(frozen=True, eq=False)
class Group:
    """Files of one kind and grain, which are one source in parts; `counts` holds all of them."""

    id: str
    files: tuple[Recognised, ...]
    counts: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Draft:
    """A study before it is written.

    Attributes
    ----------
    request
        What was asked for.
    tables
        Table of the study file → entries in order.
    population
        The derived table of mean population; None where none is used.
    logs
        Incident logs, which are added afterwards (`log_study`).
    notes
        What the writer of the study should know: labels not used, municipalities left out. One sentence each.
    """

    request: Request
    tables: Mapping[str, tuple[Entry, ...]]
    population: pd.DataFrame | None
    logs: tuple[Recognised, ...]
    notes: tuple[str, ...]


def draft_study(request: Request, files: Sequence[Recognised], answered: frozenset[str] = frozenset()) -> Draft:
    """Return the tables of a study that can be made of these files.

    Parameters
    ----------
    answered
        Priority areas that incident logs measure, which are written afterwards.

    Raises
    ------
    InputError
        If no file holds figures of the municipality.
    ParameterError
        If the request names a municipality or a file that is not there.
    """
    groups = tuple(_groups(files))
    _refuse_foreign(request, groups, files)
    _refuse_strangers(request, groups, files)
    counts = [group.counts for group in groups]
    chosen, unused = indicators_of({group.id: group.counts for group in groups}, request)
    pool = _pool(request, groups, chosen, files)
    codes = {request.code: request.name, **{area.code: _name(area.code) for area in pool}}
    own = pd.concat([frame[frame["area_code"].isin(codes)] for frame in counts], ignore_index=True) if counts else None
    people = None if own is None else mean_population_table(files, own, codes)
    exposed = {group.id for group in groups if people is not None and not lacks_people(_of(group, codes), people)}
    waves = wave_entries(files)
    questions = survey_entries(files, request.languages)
    indicators = tuple(_indicator(choice, exposed) for choice in chosen)
    tables = {
        "priority_areas": priority_entries(request.languages),
        "agreements": agreement_entries(request),
        "fixed_baselines": baselines_of(chosen, {group.id: group.counts for group in groups}, request),
        "sources": (*_sources(groups, files, request), *_population_source(exposed), *waves),
        "indicators": indicators,
        "survey_questions": questions,
        "missing_indicators": missing_entries((*indicators, *questions), answered, request.languages),
        "context_events": event_entries(chosen, request.languages),
        "areas": area_entries(request, pool),
    }
    logs = tuple(file for file in files if file.use == "log")
    notes = (*unused, *_notes(groups, exposed), *_pool_notes(request, pool), *unusable_waves(files))
    return Draft(request, tables, people if exposed else None, logs, notes)


def _groups(files: Sequence[Recognised]) -> Iterator[Group]:
    """Yield one group per kind and grain that occurs, in the order of grain."""
    held = [file for file in files if file.use == "counts" and file.counts is not None]
    keys = {(file.kind, _grain(file)): None for file in held}
    for kind, grain in sorted(keys, key=lambda key: (GRAIN_NAMES.index(key[1]), key[0])):
        own = tuple(file for file in held if (file.kind, _grain(file)) == (kind, grain))
        frames = [file.counts for file in own if file.counts is not None]
        name = f"{SOURCE_NAMES.get(kind, kind)}_by_{grain}"
        yield Group(name, own, pd.concat(frames, ignore_index=True).drop_duplicates())


def _grain(file: Recognised) -> str:
    grains = set(file.counts["grain"]) if file.counts is not None else set()
    return min(grains, key=GRAIN_NAMES.index, default="year")


def _refuse_foreign(request: Request, groups: Sequence[Group], files: Sequence[Recognised]) -> None:
    if any(group.counts["area_code"].eq(request.code).any() for group in groups):
        return
    if any(file.use in ("log", "survey") for file in files):
        return
    present = sorted({str(code) for group in groups for code in group.counts["area_code"]} - {""})
    todo = "give a file that holds the municipality (offences by month, quarter or year; a log; a survey)"
    raise InputError(
        f"files {', '.join(file.path.name for file in files)}",
        found=f"figures of {', '.join(present[:8]) or 'no area'}",
        expected=f"figures of {request.code} {request.name}",
        todo=todo if present or not groups else f"add a column `Kommunkod` with {request.code} in each row",
    )


def _refuse_strangers(request: Request, groups: Sequence[Group], files: Sequence[Recognised]) -> None:
    """Refuse what was named and is in no file: a typing error would change the comparison without a word."""
    codes = {str(code) for group in groups for code in group.counts["area_code"]}
    named = {*(request.compare or ()), *request.neighbours, *request.left_out}
    strange = sorted(named - codes) + sorted(request.published - {file.path.name for file in files})
    if strange:
        raise ParameterError(
            f"--compare, --neighbour, --exclude or --published {strange[0]}",
            found="a municipality or file that the files do not hold",
            expected=f"one of {', '.join(sorted(codes)[:30])}, or the name of a file given",
            todo="correct the code or the name",
        )


def _pool(
    request: Request, groups: Sequence[Group], chosen: Sequence[Choice], files: Sequence[Recognised]
) -> tuple[PoolArea, ...]:
    """Choose comparison areas by the first primary indicator, the one that the comparison page shows."""
    main = next((choice for choice in chosen if choice.role == "primary"), None)
    group = next((group for group in groups if main and group.id == main.source), None)
    if main is None or group is None or request.compare == ():
        return ()
    counts = group.counts[group.counts["offence_type"].eq(main.offence_type) & group.counts["grain"].eq(main.grain)]
    names = {code: _name(code) for code in counts["area_code"].unique()}
    people = mean_population_table(files, counts, names).groupby("area_code")["mean_population"].last()
    return choose_pool(
        counts,
        request.code,
        {str(code): float(value) for code, value in people.items()},
        neighbours=request.neighbours,
        left_out=request.left_out,
        only=request.compare,
    )


def _of(group: Group, codes: Mapping[str, str]) -> pd.DataFrame:
    return group.counts[group.counts["area_code"].isin(codes)]


def _sources(groups: Sequence[Group], files: Sequence[Recognised], request: Request) -> Iterator[Entry]:
    for group in groups:
        for at, file in enumerate(group.files):
            options = dict(file.options) | ({"part_of": group.id} if at else {})
            yield _source(group.id if at == 0 else f"{group.id}_{at + 1}", file, options, request)
    used = {file.path for group in groups for file in group.files}
    others = [file for file in files if file.path not in used and file.use in ("population", "register", "context")]
    for at, file in enumerate(others, start=1):
        yield _source(f"{file.kind}_{at}", file, dict(file.options), request)


def _source(key: str, file: Recognised, options: dict[str, Any], request: Request) -> Entry:
    official = file.official or file.path.name in request.published
    entry = {"id": key, "kind": file.kind, "file": file.path.name, "official": official}
    return {**entry, "options": options} if options else entry


def _population_source(exposed: set[str]) -> Iterator[Entry]:
    if exposed:
        yield {"id": "mean_population", "kind": "mean_population", "file": POPULATION_FILE, "official": True}


def _indicator(choice: Choice, exposed: set[str]) -> Entry:
    entry = choice.entry()
    caveats = {"caveats": entry.pop("caveats")} if "caveats" in entry else {}
    return {**entry, **({"exposure": "mean_population"} if choice.source in exposed else {}), **caveats}


def _notes(groups: Sequence[Group], exposed: set[str]) -> Iterator[str]:
    for group in groups:
        if group.id not in exposed:
            yield (
                f"{group.id}: population is not known for every year, so figures stand as counts per year; give a "
                "population file (SCB, Kolada N01951) to get rates"
            )


def _pool_notes(request: Request, pool: Sequence[PoolArea]) -> Iterator[str]:
    if request.compare and not any(area.role == "comparison" for area in pool):
        yield (
            f"comparison: of the {len(request.compare)} municipalities named, fewer than {MINIMUM} can be compared, so "
            "none is; name more with --compare, or leave it out"
        )


def _name(code: str) -> str:
    return municipality_names().get(code, code)


def update_days(grains: Sequence[str]) -> int:
    """Return the days between new figures of the finest grain."""
    return min((366 // POINTS_PER_YEAR[grain] for grain in grains), default=366)  # type: ignore[index]
