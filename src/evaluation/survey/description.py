"""Any survey file in one call: shares per wave, changes between consecutive waves, and the design behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import ParameterError
from evaluation.results import Refusal
from evaluation.series import Floats
from evaluation.survey.breaks import SurveyBreak
from evaluation.survey.change import SurveyChange, consecutive_changes
from evaluation.survey.design import SingleCluster, SurveyDesign, pooled_waves
from evaluation.survey.wave import Counts, Wave, WaveSeries, wave_series


@dataclass(frozen=True, slots=True)
class SurveyColumns:
    """Which columns of a survey file hold what; None: the file has none.

    Attributes
    ----------
    wave, answer
        Wave label and answer option.
    weight, stratum, cluster, fpc, domain
        Weight, stratum, cluster (or person in a panel), size of the stratum's population, group to report by.
    """

    wave: str
    answer: str
    weight: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    domain: str | None = None
    fpc: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DomainDescription:
    """One domain ("" = everybody): its waves, and the change from each wave to the next or why there is none."""

    domain: str
    series: WaveSeries
    changes: tuple[SurveyChange | Refusal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDescription:
    """What a survey file says.

    Attributes
    ----------
    respondents, without_wave, without_answer
        Rows used, rows left out because they name no wave, and rows used that have no answer (outside the base).
    options
        Answer option → ("counted", "other" or "excluded", number of rows).
    strata, clusters, degrees_of_freedom
        Of the whole design (waves are strata unless they overlap).
    single_cluster_strata, single_cluster_rule
        How many strata have one cluster, and what was done about it.
    domains
        Everybody first.
    """

    respondents: int
    without_wave: int
    without_answer: int
    options: Mapping[str, tuple[str, int]]
    strata: int
    clusters: int
    degrees_of_freedom: int
    single_cluster_strata: int
    single_cluster_rule: SingleCluster
    domains: tuple[DomainDescription, ...]


def describe_survey(
    answers: pd.DataFrame,
    columns: SurveyColumns,
    yes: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    survey: str = "",
    counts: Counts = "insecure",
    breaks: Sequence[SurveyBreak] = (),
    overlapping: bool = False,
    single_cluster: SingleCluster = "adjust",
    smallest_base: int = 20,
    level: float = 0.95,
) -> SurveyDescription:
    """Estimate shares per wave and changes from a frame with one row per answer.

    Parameters
    ----------
    answers
        Labels as text, missing as None or NaN; weight and fpc as numbers.
    yes, exclude
        Options that count, and options that leave the base; every other option is in the base and does not count.
    survey
        Id of the survey, so that its breaks apply; waves named by a year then need no dates.
    overlapping
        Clusters are people or areas that can occur in several waves.

    Raises
    ------
    ParameterError
        A column or an option is not in the file.
    """
    _need_columns(answers, columns)
    used = answers[answers[columns.wave].notna().to_numpy()].reset_index(drop=True)
    coded, options = _coded(used[columns.answer], yes, exclude)
    waves = used[columns.wave].astype(str).to_numpy(dtype=object)
    design = _pooled(used, columns, waves, single_cluster=single_cluster, overlapping=overlapping)
    calendar = {label: _wave(survey, label) for label in np.unique(waves.astype(str)).tolist()}

    def describe(domain: str, members: NDArray[np.bool_] | None) -> DomainDescription:
        series = wave_series(
            design,
            coded,
            waves,
            calendar,
            question=columns.answer,
            counts=counts,
            group=domain,
            members=members,
            smallest_base=smallest_base,
            level=level,
        )
        return DomainDescription(domain, series, consecutive_changes(series, breaks))

    return SurveyDescription(
        respondents=len(used),
        without_wave=len(answers) - len(used),
        without_answer=int(used[columns.answer].isna().sum()),
        options=options,
        strata=int(design.clusters_in_stratum.size),
        clusters=int(design.cluster_stratum.size),
        degrees_of_freedom=design.degrees_of_freedom,
        single_cluster_strata=int((design.clusters_in_stratum == 1).sum()),
        single_cluster_rule=single_cluster,
        domains=tuple(describe(*domain) for domain in _domains(used, columns.domain)),
    )


def _pooled(
    used: pd.DataFrame,
    columns: SurveyColumns,
    waves: NDArray[Any],
    *,
    single_cluster: SingleCluster,
    overlapping: bool,
) -> SurveyDesign:
    """Describe the design by the columns there are; without weights every answer weighs the same."""
    return pooled_waves(
        waves,
        np.ones(len(used)) if columns.weight is None else used[columns.weight].to_numpy(dtype=np.float64),
        strata=_optional(used, columns.stratum),
        clusters=_optional(used, columns.cluster),
        fpc=None if columns.fpc is None else used[columns.fpc].to_numpy(dtype=np.float64),
        single_cluster=single_cluster,
        overlapping=overlapping,
    )


def _domains(used: pd.DataFrame, column: str | None) -> Iterator[tuple[str, NDArray[np.bool_] | None]]:
    """Name every domain with its members, shape (n,): first everybody (no name, no mask), then each group."""
    yield "", None
    if column is not None:
        for name in sorted(used[column].dropna().astype(str).unique().tolist()):
            yield name, (used[column].astype(str) == name).to_numpy()


def _coded(
    answers: pd.Series[Any], yes: Sequence[str], exclude: Sequence[str]
) -> tuple[Floats, Mapping[str, tuple[str, int]]]:
    given = answers.dropna().astype(str)
    found = {str(option): int(rows) for option, rows in given.value_counts().items()}
    unknown = [option for option in (*yes, *exclude) if option not in found]
    if unknown or not yes:
        raise ParameterError(
            "answer options",
            found=", ".join(repr(option) for option in unknown) or "no option that counts",
            expected="options of the column: " + ", ".join(repr(option) for option in sorted(found)),
            todo="name options exactly as they stand in the file",
        )
    kinds = {o: "counted" if o in yes else "excluded" if o in exclude else "other" for o in sorted(found)}
    codes = {option: {"counted": 1.0, "other": 0.0}.get(kind, np.nan) for option, kind in kinds.items()}
    coded = np.asarray(given.map(codes).reindex(answers.index), dtype=np.float64)
    return coded, MappingProxyType({option: (kind, found[option]) for option, kind in kinds.items()})


def _wave(survey: str, label: str) -> Wave:
    if label.isascii() and label.isdigit() and len(label) == 4:
        return Wave.of_year(survey, int(label))
    return Wave(survey, label)


def _optional(frame: pd.DataFrame, column: str | None) -> pd.Series[Any] | None:
    return None if column is None else frame[column]


def _need_columns(frame: pd.DataFrame, columns: SurveyColumns) -> None:
    named = [getattr(columns, name) for name in SurveyColumns.__dataclass_fields__]
    absent = [name for name in named if name is not None and name not in frame.columns]
    if absent:
        raise ParameterError(
            "survey file",
            found=f"no column {', '.join(map(repr, absent))}",
            expected=f"one of {', '.join(map(repr, frame.columns))}",
            todo="name the column as it stands in the file's header",
        )
