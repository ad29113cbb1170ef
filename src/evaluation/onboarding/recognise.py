"""What a file is: every reader that needs no options tries it first, then its columns are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from evaluation.errors import EvaluationError, InputError
from evaluation.onboarding.log_columns import LogColumns, propose_log
from evaluation.onboarding.sheet import HEAD, Sheet, periods_across, sheet_of, turned
from evaluation.onboarding.table_columns import propose_counts, propose_population
from evaluation.sources import reader_for
from evaluation.sources.kolada import counts_of
from evaluation.sources.population import mean_population_of
from evaluation.sources.preview import grid_of_file, look_at
from evaluation.sources.tidy_counts import TidyColumns

Use = Literal["counts", "population", "log", "register", "survey", "codebook", "context"]
USES: Mapping[str, Use] = {
    "bra_sol_databasfil": "counts",
    "bra_sol_textfil": "counts",
    "bra_yearly_municipalities": "counts",
    "kolada": "counts",
    "tidy_counts": "counts",
    "mean_population": "population",
    "scb_jsonstat": "population",
    "scb_v1": "population",
    "police_events": "context",
    "agreement_register": "register",
    "context_events": "register",
    "measures": "register",
    "survey_published_shares": "register",
    "survey_published_changes": "register",
}
"""Kind of source → what a new study does with it, in the order in which kinds are believed."""
OFFICIAL = frozenset(
    {"bra_sol_databasfil", "bra_sol_textfil", "bra_yearly_municipalities", "kolada", "scb_jsonstat", "scb_v1"}
    | {"police_events"}
)
CODEBOOK = frozenset({"question", "wave", "option", "value", "kind", "header"})


@dataclass(frozen=True, eq=False)
class Recognised:
    """One file and what it was recognised as.

    Attributes
    ----------
    kind, options
        As the study file writes them.
    counts
        In the counts schema, files of the use "counts" only; `population` likewise (area_code, area, year,
        mean_population).
    log
        Proposed column map of an incident log.
    rows
        Rows that the reader kept; 0 for logs, surveys and codebooks, which are read later.
    """

    path: Path
    kind: str
    use: Use
    options: Mapping[str, Any] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    population: pd.DataFrame | None = None
    log: LogColumns | None = None
    rows: int = 0

    @property
    def official(self) -> bool:
        """Whether only published official figures come in this form."""
        return self.kind in OFFICIAL


def recognise(path: Path) -> Recognised:
    """Return what a file is.

    Raises
    ------
    InputError
        If the file is refused, or is nothing that a study can be made of; with what was tried.
    """
    large = _large_log(path)
    if large is not None:
        return Recognised(path, "incident_log", "log", log=large)
    tried: dict[str, str] = {}
    look = look_at(path)
    for kind in (kind for kind in USES if kind in look.understood):
        return _known(path, kind, {})
    if not look.rows:
        raise _unknown(path, dict(look.refused))
    sheet = sheet_of(path)
    for kind, options in _described(sheet):
        try:
            return _known(path, kind, options)
        except EvaluationError as error:
            tried[kind] = str(error)
    if {column.name for column in sheet.columns} >= CODEBOOK:
        return Recognised(path, "codebook", "codebook")
    log = propose_log(sheet)
    if not log.doubtful:
        return Recognised(path, "incident_log", "log", log=log)
    across = periods_across([column.header for column in sheet.columns])
    raise turned(path.name, across) if across else _unknown(path, {**look.refused, **tried})


def _large_log(path: Path) -> LogColumns | None:
    """Return the columns of a large log, so that not every reader has to try it: one with times, and no counts."""
    if not path.is_file() or path.stat().st_size <= HEAD or not grid_of_file(path, HEAD).rows:
        return None
    sheet = sheet_of(path)
    log = propose_log(sheet)
    return None if any(_described(sheet)) or log.doubtful else log


def _described(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    population, counts = propose_population(sheet), propose_counts(sheet)
    if population is not None:
        yield "mean_population", population
    if counts is not None:
        yield "tidy_counts", counts


def _known(path: Path, kind: str, options: dict[str, Any]) -> Recognised:
    given = {"columns": TidyColumns(**options)} if kind == "tidy_counts" else options
    reading = reader_for(kind)(path, **given)
    use, frame = USES[kind], reading.frame
    if kind == "kolada":
        rates, people = counts_of(frame, path.name), _kolada_population(frame)
        return Recognised(path, kind, use, options, rates, people, rows=len(frame))
    if use == "population":
        table = frame if kind == "mean_population" else mean_population_of(frame, path.name)
        return Recognised(path, kind, use, options, population=table, rows=len(frame))
    counts = frame if use == "counts" else None
    return Recognised(path, kind, use, options, counts, rows=len(frame))


def _kolada_population(values: pd.DataFrame) -> pd.DataFrame | None:
    """Return mean population out of Kolada's N01951 (people on 31 December), as from Statistics Sweden's table."""
    people = values[values["indicator"].eq("N01951") & values["gender"].eq("total")]
    if people.empty:
        return None
    cube = pd.DataFrame({"Region": people["area_code"], "Tid": people["year"].astype("str"), "value": people["value"]})
    return mean_population_of(cube, "N01951")


def _unknown(path: Path, tried: Mapping[str, str]) -> InputError:
    reasons = "; ".join(f"{kind}: {reason[:200]}" for kind, reason in tried.items())
    return InputError(
        f"file {path.name}",
        found=f"nothing that a study can be made of{f' ({reasons})' if reasons else ''}",
        expected="an export of Brå, an answer of Kolada or SCB, a table of counts with area code and period, "
        "a table of population, an incident log, or answers to a survey after their codebook",
        todo=f"see its first rows with `evaluation read {path.name}`; for an incident log use `evaluation map`",
    )
