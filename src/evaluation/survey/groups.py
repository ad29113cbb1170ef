"""The same question by sex, age and area: small bases hidden, many comparisons counted, the gap between two groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.errors import ParameterError
from evaluation.results import Refusal
from evaluation.series import Bools, Floats
from evaluation.survey.breaks import SurveyBreak
from evaluation.survey.change import SurveyChange, change_within
from evaluation.survey.contrast import Contrast, difference, in_points
from evaluation.survey.design import Labels, SurveyDesign, crossed
from evaluation.survey.estimates import share
from evaluation.survey.wave import NAN, Counts, Wave, WaveSeries, wave_series

YOUNG = "16-24"


@dataclass(frozen=True, slots=True, eq=False)
class GroupSeries:
    """One grouping (sex, age, area) with a series of waves per group.

    Attributes
    ----------
    grouping
        What the groups are made by.
    series
        By group, in the order asked for; groups that must be shown stand here even when every wave is suppressed.
    """

    grouping: str
    series: Mapping[str, WaveSeries]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """Change of one group, with what the number of comparisons makes of it.

    Attributes
    ----------
    grouping, group
        Which group.
    change
        The change, or why there is none.
    adjusted_p
        Benjamini–Hochberg adjusted p over all groups compared together; NaN without a change.
    discovery
        True when `adjusted_p` is below 0.05: a flag for exploration, never a verdict.
    """

    grouping: str
    group: str
    change: SurveyChange | Refusal
    adjusted_p: float
    discovery: bool


def group_series(
    design: SurveyDesign,
    answers: ArrayLike,
    waves: Labels,
    calendar: Mapping[str, Wave],
    *,
    grouping: str,
    groups: Labels,
    question: str,
    counts: Counts,
    area: str = "",
    always: Sequence[str] | None = None,
    smallest_base: int = 20,
) -> GroupSeries:
    """Estimate every group in every wave; a base under `smallest_base` answers leaves a row without numbers.

    Parameters
    ----------
    design, answers, waves, calendar, question, counts, area
        As for `wave_series`.
    groups
        Group of each respondent, missing where unknown, shape (n,).
    always
        Groups that get a row in any case; None: people aged 16–24 when the grouping is "age", because young people are
        the agreements' stated focus.
    """
    labels = np.asarray(groups, dtype=object)
    present = sorted({str(label) for label in labels if label is not None and label == label})
    kept = ((YOUNG,) if grouping == "age" else ()) if always is None else always
    wanted = (*(group for group in kept if group not in present), *present)
    return GroupSeries(
        grouping,
        MappingProxyType(
            {
                group: _one_group(
                    design,
                    answers,
                    waves,
                    calendar,
                    labels.astype(str) == group,
                    question,
                    counts,
                    area,
                    group,
                    smallest_base,
                )
                for group in wanted
            }
        ),
    )


def group_changes(
    groupings: Sequence[GroupSeries], earlier: str, later: str, breaks: Sequence[SurveyBreak]
) -> tuple[GroupChange, ...]:
    """Compare two waves (by label) in every group of every grouping, with Benjamini–Hochberg over all of them.

    Method: Benjamini, Hochberg 1995, *J R Stat Soc B* 57:289–300.
    """
    rows = [
        (grouping.grouping, group, _between(series, earlier, later, breaks))
        for grouping in groupings
        for group, series in grouping.series.items()
    ]
    adjusted = benjamini_hochberg([found.p if isinstance(found, SurveyChange) else NAN for _, _, found in rows])
    return tuple(
        GroupChange(grouping, group, found, float(p), bool(p < 0.05))
        for (grouping, group, found), p in zip(rows, adjusted, strict=True)
    )


def gap(
    design: SurveyDesign,
    answers: ArrayLike,
    groups: Labels,
    first: str,
    second: str,
    *,
    waves: Labels | None = None,
    wave: str = "",
    smallest_base: int = 20,
    level: float = 0.95,
) -> Contrast | Refusal:
    """Share of `first` minus share of `second` (women − men), percentage points, with the covariance of the two.

    Both groups come from one sample, so clusters with both make their shares dependent. A group with fewer than
    `smallest_base` answers gives a refusal, and so do two groups that all answer alike (no variance to go by).

    Parameters
    ----------
    waves, wave
        Wave of each respondent and the one to look at; None: everybody.
    """
    labels = groups if waves is None else crossed(waves, groups)
    names = [f"{wave} | {group}" if waves is not None else group for group in (first, second)]
    estimates = share(design, answers, labels)
    absent = [name for name in names if name not in estimates.labels]
    bases = [0.0 if name in absent else float(estimates.answers[estimates.position(name)]) for name in names]
    if min(bases) < smallest_base:
        return Refusal("no_data", "no_estimate", MappingProxyType({"smallest_base": float(smallest_base)}))
    found = difference(estimates, names[0], names[1], level)
    if not found.standard_error > 0:
        return Refusal("not_estimable", "no_estimate", MappingProxyType({"standard_error": found.standard_error}))
    return in_points(found)


def benjamini_hochberg(p_values: Sequence[float]) -> Floats:
    """Adjust p values for the false discovery rate; NaN stays NaN and does not count as a test, shape as given."""
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.size, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested])]
    steps = p[order] * tested.size / np.arange(1, tested.size + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def age_bands(years: ArrayLike, first: Sequence[int] = (16, 25, 45, 65), last: int = 84) -> NDArray[np.object_]:
    """Put ages in years into bands named "16-24", …; ages outside all bands, or missing, are None, shape (n,).

    Parameters
    ----------
    first
        First age of each band, ascending.
    last
        Last age of the last band, inclusive.
    """
    ages = np.asarray(years, dtype=np.float64)
    ends = [*(start - 1 for start in first[1:]), last]
    names = np.array([None, *(f"{start}-{end}" for start, end in zip(first, ends, strict=True))], dtype=object)
    inside = (ages >= first[0]) & (ages < last + 1)
    return names[np.where(inside, np.searchsorted(first, np.where(inside, ages, first[0]), side="right"), 0)]


def _one_group(
    design: SurveyDesign,
    answers: ArrayLike,
    waves: Labels,
    calendar: Mapping[str, Wave],
    members: Bools,
    question: str,
    counts: Counts,
    area: str,
    group: str,
    smallest_base: int,
) -> WaveSeries:
    return wave_series(
        design,
        answers,
        waves,
        calendar,
        question=question,
        counts=counts,
        area=area,
        group=group,
        members=members,
        smallest_base=smallest_base,
    )


def _between(series: WaveSeries, earlier: str, later: str, breaks: Sequence[SurveyBreak]) -> SurveyChange | Refusal:
    labels = [result.wave.label for result in series.results]
    missing = {earlier, later} - set(labels)
    if missing:
        raise ParameterError(
            "change by group",
            found=f"wave {sorted(missing)[0]!r}",
            expected=f"one of {', '.join(labels)}",
            todo="name two waves of the survey",
        )
    return change_within(series, labels.index(earlier), labels.index(later), breaks)
