"""The result of `evaluation estimate` in words of one language: verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluation.checks import check_rows, curve_sentence
from evaluation.evaluate.sentences import refusal_sentence
from evaluation.indicators import point_end
from evaluation.results import Estimate

if TYPE_CHECKING:
    from evaluation.evaluate.single import SeriesEvaluation
    from evaluation.series import Bools, TimeSeries
    from evaluation.wording import Wording


def lines_of(evaluation: SeriesEvaluation, wording: Wording) -> list[str]:
    """Lay the evaluation out as lines of text."""
    return [
        *_opening(evaluation, wording),
        "",
        *_designs(evaluation, wording),
        "",
        *_checks(evaluation, wording),
    ]


def _opening(evaluation: SeriesEvaluation, wording: Wording) -> Iterator[str]:
    against, series = evaluation.against, evaluation.series
    yield f"{series.indicator}: {wording.say(f'verdict.{evaluation.judgement.verdict}')}"
    yield wording.say(f"verdict_means.{evaluation.judgement.verdict}")
    yield from (refusal_sentence(refusal, wording) for refusal in against.refusals)
    if evaluation.aggregated_to is not None:
        yield wording.say("estimate.aggregated", grain=wording.say(f"figures.grain.{evaluation.aggregated_to}").lower())
    yield wording.say(
        "estimate.points",
        baseline=_points(series, against.window.baseline, wording),
        period=_points(series, against.window.period, wording),
    )
    if against.detectable is not None:
        decrease, increase = (
            _size(evaluation, abs(value), wording)
            for value in (against.detectable.decrease, against.detectable.increase)
        )
        yield wording.say("sentence.detectable", decrease=decrease, increase=increase)


def _points(series: TimeSeries, mask: Bools, wording: Wording) -> str:
    if not mask.any():
        return wording.number(0)
    last = point_end(series.start[mask], series.grain).max()
    return f"{wording.number(int(mask.sum()))} ({wording.period(series.start[mask].min(), last)})"


def _size(evaluation: SeriesEvaluation, value: float, wording: Wording) -> str:
    return wording.per_cent(value, signed=False) if evaluation.series.scale == "count" else wording.number(value, 2)


def _designs(evaluation: SeriesEvaluation, wording: Wording) -> Iterator[str]:
    against = evaluation.against
    shown = [against.description] if against.description is not None else []
    shown += [*against.estimates, *(result.estimate for result in against.comparisons)]
    yield from (_design(estimate, wording) for estimate in shown)
    if against.primary is not None:
        digits = 0 if against.primary.scale == "ratio" else 2
        observed, expected = (
            wording.number(value, digits) for value in (against.primary.observed, against.primary.expected)
        )
        yield wording.say("estimate.expected", observed=observed, expected=expected)


def _design(estimate: Estimate, wording: Wording) -> str:
    if estimate.scale == "ratio":
        change, low, high = estimate.per_cent
        size, interval = wording.per_cent(change, 1), wording.interval(low, high, 1, unit="per_cent")
    else:
        size = wording.number(estimate.estimate, 3, signed=True)
        interval = wording.interval(estimate.low, estimate.high, 3, signed=True)
    name = wording.say(f"design.{estimate.design}")
    return wording.say("estimate.design", design=name, size=size, interval=interval, p=wording.p_value(estimate.p))


def _checks(evaluation: SeriesEvaluation, wording: Wording) -> Iterator[str]:
    for name, verdict, sentence in check_rows(evaluation.against.checks, wording, evaluation.series.grain):
        yield wording.say("estimate.check", name=name, verdict=verdict, sentence=sentence)
    if evaluation.curve is not None:
        yield curve_sentence(evaluation.curve, wording)
