"""Survey tables by group: a base too small to print must not follow from the total and the other groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from evaluation.survey import GroupSeries, WaveSeries
from evaluation.survey.wave import WaveResult, printable


def protect_groups(groups: GroupSeries, total: WaveSeries, smallest_base: int) -> GroupSeries:
    """Hide further groups of a wave until the hidden ones have `smallest_base` answers together and are at least two.

    Women are hidden because 12 answered; the total and the men are printed: then women follow by subtraction. The group
    with the fewest answers that is still shown is hidden with them. A group hidden for another's sake says so in its
    details (`complementary`).

    Parameters
    ----------
    groups
        One grouping that divides the respondents (sex, age bands), small bases already suppressed.
    total
        The same question for everybody, as printed beside the groups.
    """
    totals = {result.wave.label: result.answers for result in total.results}
    hidden = {label: _to_hide(_of_wave(groups, label), answers, smallest_base) for label, answers in totals.items()}
    series = {group: _hide(group, own, hidden) for group, own in groups.series.items()}
    return GroupSeries(groups.grouping, MappingProxyType(series))


def _of_wave(groups: GroupSeries, label: str) -> dict[str, WaveResult]:
    return {
        group: result for group, own in groups.series.items() for result in own.results if result.wave.label == label
    }


def _to_hide(results: Mapping[str, WaveResult], answers: int | None, smallest_base: int) -> frozenset[str]:
    """Choose the groups of one wave that are hidden for the sake of others, smallest base first."""
    small = sum(result.suppressed for result in results.values())
    if small == 0 or answers is None:
        return frozenset()
    shown = sorted((result.answers or 0, group) for group, result in results.items() if not result.suppressed)
    together = answers - sum(base for base, _ in shown)
    chosen: list[str] = []
    while shown and (small + len(chosen) < 2 or together < smallest_base):
        base, group = shown.pop(0)
        together += base
        chosen.append(group)
    return frozenset(chosen)


def _hide(group: str, series: WaveSeries, hidden: Mapping[str, frozenset[str]]) -> WaveSeries:
    mask = np.array([group in hidden.get(result.wave.label, ()) for result in series.results], dtype=np.bool_)
    results = tuple(_blank(result) if flag else result for result, flag in zip(series.results, mask, strict=True))
    return WaveSeries(results, np.where(mask | mask[:, None], np.nan, series.covariance))


def _blank(result: WaveResult) -> WaveResult:
    blank = printable(result, (result.answers or 0) + 1)
    return replace(blank, details=MappingProxyType({"complementary": 1.0}))
