"""Figures of a comparison: before the start (event study), the synthetic control, and every placebo gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.against import may_count
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.figures import Expectation, Figure, event_study_figure, placebo_gaps_figure, series_figure
from evaluation.models.panel import EventStudy, PanelResult, event_study
from evaluation.series import Floats
from evaluation.session.pages.comparison_designs import gate_text
from evaluation.session.pages.comparison_pools import PoolComparison
from evaluation.session.pages.words import bands_of, in_language, source_line, unit_of

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

ALPHA = 0.05


def before_figure(session: OpenedStudy, evaluation: AgreementEvaluation, one: PoolComparison) -> Figure:
    """Draw the gap to the mean of the other areas point by point; the title says whether it drifted."""
    words, area = session.words, session.study.target.name
    found = event_study(one.panel, area_code(session), one.window)
    low, high = found.gap - found.band, found.gap + found.band
    return event_study_figure(
        [words.point(day, one.panel.grain, short=True) for day in found.start],
        _per_cent(found.gap),
        _per_cent(low),
        _per_cent(high),
        int((found.lead < 0).sum()),
        words,
        title=words.say(f"page.comparison.event.{drift(found, len(one.panel.areas))}", area=area),
        quantity=words.say("page.comparison.gap"),
        where=area,
        note=words.say(
            "page.comparison.event.note",
            slope=words.per_cent(100 * float(np.expm1(found.pretrend)), 1),
            p=words.p_value(found.pretrend_p),
        ),
        source=source_line(session.study, evaluation.indicator, session.citations),
    )


def drift(found: EventStudy, areas: int) -> str:
    """Judge the drift before the start: `drifting`, `parallel`, or `unknown` where the pool is too small to tell."""
    if 1 / areas > ALPHA:
        return "unknown"
    return "drifting" if found.pretrend_p <= ALPHA else "parallel"


def path_figure(session: OpenedStudy, evaluation: AgreementEvaluation, one: PoolComparison) -> Figure | None:
    """Draw the target beside its synthetic control, with the band that placebo areas show."""
    result, words = one.design("synthetic_control"), session.words
    if result is None:
        return None
    path = result.path
    names = (words.say("page.comparison.path.before"), words.say("page.comparison.path.after"))
    fitted = _inside(path.synthetic_rate, path.baseline)
    limits = (np.exp(path.synthetic + sign * path.band) * 100_000.0 for sign in (-1.0, 1.0))
    expected, low, high = (_inside(values, path.period) for values in (path.synthetic_rate, *limits))
    indicator = evaluation.indicator
    return series_figure(
        session.data.modelled(indicator),
        words,
        title=_path_title(session, evaluation, result),
        quantity=unit_of(indicator, words),
        where=session.study.target.name,
        expectation=Expectation(fitted, expected, low, high, *names),
        bands=bands_of(session.study, words, evaluation.agreement.id),
        hidden=session.data.protected(indicator).hidden,
        note=_not_counted(session, result),
        source=source_line(session.study, indicator, session.citations),
    )


def gaps_figure(session: OpenedStudy, evaluation: AgreementEvaluation, one: PoolComparison) -> Figure | None:
    """Draw the target's gap to its synthetic control among the gaps of all other areas to theirs."""
    result, words = one.design("synthetic_control"), session.words
    if result is None:
        return None
    used = np.sort(np.concatenate([result.path.baseline, result.path.period]))
    others = np.delete(result.placebo_gaps, result.placebos.treated, axis=0)
    area = session.study.target.name
    as_extreme = round(result.placebos.p * len(result.areas)) - 1
    return placebo_gaps_figure(
        one.panel.start[used],
        one.panel.grain,
        _per_cent(result.path.gap[used]),
        _per_cent(others[:, used]),
        one.window.period_start,
        words,
        title=words.say(
            "page.comparison.gaps_title", number=words.number(as_extreme), others=words.number(len(others)), area=area
        ),
        quantity=words.say("page.comparison.gap"),
        where=area,
        source=source_line(session.study, evaluation.indicator, session.citations),
    )


def area_code(session: OpenedStudy) -> str:
    """Return the code of the area whose agreements are evaluated."""
    return session.study.target.code


def _path_title(session: OpenedStudy, evaluation: AgreementEvaluation, result: PanelResult) -> str:
    words, change = session.words, result.estimate.per_cent[0]
    return words.say(
        f"page.comparison.path.{'below' if change < 0 else 'above'}",
        name=in_language(evaluation.indicator.name, words),
        agreement=agreement_in_text(evaluation.agreement, words.language),
        change=words.per_cent(abs(change), 1, signed=False),
    )


def _not_counted(session: OpenedStudy, result: PanelResult) -> str:
    words = session.words
    return "" if may_count(result) else words.say("page.comparison.gate.note", verdict=gate_text(result, words))


def _inside(values: Floats, at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    kept = np.full(values.shape, np.nan)
    kept[at] = values[at]
    return kept


def _per_cent(log_gap: Floats) -> Floats:
    return np.asarray(100 * np.expm1(log_gap))
