"""What a verdict rests on: period, baselines, dates, plan; and its limits and method."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from evaluation.evaluate import AgreementEvaluation
from evaluation.indicators import point_end
from evaluation.periods import baseline_kinds, baseline_span
from evaluation.report.blocks import Facts, Heading, Notice, Prose
from evaluation.session.pages.words import in_language, stand_ins_note
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement
from evaluation.study.plan import plan_hash
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

_SHORT_HASH = 12


def basis_facts(session: OpenedStudy, agreement: Agreement, headline: AgreementEvaluation) -> Facts:
    """List period, dates, baselines, data and plan of an agreement."""
    words = session.words
    rows = [
        (words.say("basis.period"), words.period(agreement.start, agreement.end)),
        (words.say("basis.signed"), words.date(agreement.signed) if agreement.signed else words.say("format.missing")),
        (words.say("basis.content"), in_language(agreement.content, words)),
        (words.say("basis.source"), in_language(agreement.source, words)),
        *_assumed(agreement, words),
        *_baselines(session, agreement, headline),
        (words.say("basis.data"), words.date(last_day(headline))),
        (words.say("basis.plan"), plan_text(session)),
    ]
    return Facts(tuple(rows))


def last_day(evaluation: AgreementEvaluation) -> date:
    """Return the last day that published figures cover."""
    series = evaluation.series
    last = series.start[~np.isnan(series.count)].max(keepdims=True)
    day: date = point_end(last, series.grain)[0].astype(date)
    return day


def plan_text(session: OpenedStudy) -> str:
    """Say whether the plan was registered and whether this run follows it."""
    words, plan = session.words, session.plan
    if plan is None:
        return words.say("basis.plan_missing")
    if not session.deviations:
        return words.say("basis.plan_registered", date=words.date(date.fromisoformat(plan.registered)))
    keys = words.join([deviation.key for deviation in session.deviations])
    return words.say("basis.plan_deviates", date=words.date(date.fromisoformat(plan.registered)), keys=keys)


def plan_notice(session: OpenedStudy) -> Notice | None:
    """Warn first on the page when the run deviates from the registered plan, with each deviation."""
    words = session.words
    if not session.deviations:
        return None
    none = words.say("page.plan.nothing")
    changes = [
        words.say("page.plan.change", what=d.key, before=d.registered or none, after=d.now or none)
        for d in session.deviations
    ]
    return Notice(words.say("page.plan.deviates"), " ".join(changes), "warning")


def limits_of(session: OpenedStudy, evaluations: tuple[AgreementEvaluation, ...]) -> Blocks:
    """List what the reader must bear in mind, as far as it applies here."""
    words = session.words
    compared = bool(session.study.areas_with_role("comparison"))
    keys = ["registered", "cause", *(["own_agreements"] if compared else []), "short"]
    keys += ["preliminary"] if any(e.series.preliminary.any() for e in evaluations) else []
    carried = any(e.agreement.previous_baseline != "fixed" for e in evaluations)
    keys += ["carry_over"] if carried else []
    keys += ["letter_2016"] if any(event.kind == "agreement" for event in session.study.context_events) else []
    items = [words.say(f"limits.{key}") for key in keys]
    return blocks(Heading(words.say("page.agreement.limits")), Prose((), (*items, *_stand_ins(session, evaluations))))


def _stand_ins(session: OpenedStudy, evaluations: tuple[AgreementEvaluation, ...]) -> list[str]:
    """Name the indicators whose models saw stand-ins for hidden counts, if there are any."""
    hidden = {e.indicator.id: e.indicator for e in evaluations if session.protected(e).hidden.any()}
    return [stand_ins_note(hidden.values(), session.words)] if hidden else []


def method_of(session: OpenedStudy) -> Blocks:
    """Describe the method in plain words, with the hash of the plan."""
    words, study = session.words, session.study
    compared = words.say("method.comparison", area=in_language(study.study.name, words))
    paragraphs = (
        words.say("method.own_trend", draws=words.number(study.plan.draws)),
        *((compared,) if study.areas_with_role("comparison") else ()),
        words.say("method.rule"),
        words.say("method.plan", hash=plan_hash(study)[:_SHORT_HASH]),
    )
    return blocks(Heading(words.say("page.agreement.method")), Prose(paragraphs, ()))


def _assumed(agreement: Agreement, words: Wording) -> list[tuple[str, str]]:
    flags = {"start": agreement.start_assumed, "end": agreement.end_assumed}
    said = [words.say(f"basis.assumed_{name}") for name, assumed in flags.items() if assumed]
    return [(words.say("basis.assumed"), words.join(said))] if said else []


def _baselines(session: OpenedStudy, agreement: Agreement, headline: AgreementEvaluation) -> list[tuple[str, str]]:
    """List the preceding period once, and the time before the first agreement for every grain of the indicators."""
    words, study = session.words, session.study
    rows = []
    if "previous" in baseline_kinds(agreement):
        span = baseline_span(study, agreement, "previous", headline.series)
        rows.append((words.say("basis.baseline_previous"), words.period(span.start, span.end)))
    for grain in dict.fromkeys(indicator.grain for indicator in study.indicators):
        fixed = study.fixed_baseline(grain)
        name = words.say("basis.baseline_fixed", grain=words.say(f"figures.grain.{grain}").lower())
        rows.append((name, words.period(fixed.start, fixed.end)))
    return rows
