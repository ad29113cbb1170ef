"""What objects look like when a notebook cell ends with them: small tables in the language of the opened study.

The objects themselves stand in rooms that know neither tables nor languages; the session, which knows both, tells
IPython how to show them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.checks import check_rows
from evaluation.errors import EvaluationError
from evaluation.evaluate import AgainstBaseline, AgreementEvaluation
from evaluation.evaluate.sentences import deciding_estimate, refusal_sentence
from evaluation.models.panel import PanelResult
from evaluation.report.blocks import prose
from evaluation.results import CheckResult, Estimate, Refusal
from evaluation.series import TimeSeries
from evaluation.session.ledger import Ledger
from evaluation.session.pages.approximate import verdict_in_words
from evaluation.session.pages.checking import check_blocks
from evaluation.session.pages.quality_reading import ledger_rows
from evaluation.session.pages.results import designs_table
from evaluation.session.pages.words import in_language
from evaluation.session.show import Blocks, blocks
from evaluation.study import Agreement, Area, Indicator, Study
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Rows = Sequence[Mapping[str, object]]
POINTS_SHOWN = 12


def register(session: OpenedStudy) -> None:
    """Tell the running IPython how to show results of this study; without one do nothing."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter.formatters["text/html"]
    for kind in (*_ONE, *_MANY, tuple):
        formatter.for_type(kind, partial(html_of, session=session))


def html_of(value: object, session: OpenedStudy) -> str | None:
    """Write a result, or a tuple of results of one kind, as HTML for a notebook; None for anything else."""
    shown = shown_as(value, session)
    return None if shown is None else shown.html()


def shown_as(value: object, session: OpenedStudy) -> Blocks | None:
    """Lay a result, or a tuple of results of one kind, out as tables; None for anything else."""
    if type(value) in _ONE:
        return _ONE[type(value)](value, session)
    many = value if isinstance(value, tuple) else (value,)
    kinds = {type(one) for one in many}
    if len(kinds) != 1 or not kinds <= set(_MANY):
        return None
    return blocks(_MANY[kinds.pop()](many, session))


def _study(study: Study, session: OpenedStudy) -> Blocks:
    return blocks(_agreements(study.agreements, session), _indicators(study.indicators, session))


def _series(series: TimeSeries, session: OpenedStudy) -> Blocks:
    """Show the last points; points that must not be published are hidden, whoever made the series."""
    words, shown = session.words, slice(-POINTS_SHOWN, None)
    hidden = pd.Series(_hidden(series, session))
    frame = pd.DataFrame({"point": series.start, "number": series.count, "rate": series.rate})
    mask = pd.DataFrame({"number": hidden, "rate": hidden})
    digits = 0 if series.scale == "count" else 1
    value = [Column("number", words.say("shown.number"), "count"), Column("rate", words.say("shown.rate"), "number", 0)]
    if series.scale == "value":
        value = [Column("number", words.say("shown.value"), "number", digits)]
    note = words.say(
        "shown.series_note",
        points=words.number(min(POINTS_SHOWN, series.n)),
        all=words.number(series.n),
        first=words.point(series.start[0], series.grain),
        missing=words.number(int(np.isnan(series.count).sum() - (hidden & np.isnan(series.count)).sum())),
        preliminary=words.number(int(series.preliminary.sum())),
    )
    caption = words.say("shown.series", **_names(series, session))
    columns = [Column("point", words.say(f"figures.grain.{series.grain}"), "text"), *value]
    frame["point"] = [words.point(day, series.grain) for day in series.start]
    return blocks(table(frame[shown], caption, columns, words, hidden=mask[shown], note=note))


def _hidden(series: TimeSeries, session: OpenedStudy) -> np.ndarray[Any, np.dtype[np.bool_]]:
    known = {indicator.id: indicator for indicator in session.study.indicators}
    if series.indicator not in known:
        return np.zeros(series.n, dtype=np.bool_)
    try:
        hidden = session.data.protected(known[series.indicator], series.grain, series.area).hidden
    except EvaluationError:  # a series of the analyst's own under a known name: nothing of the study's is in it
        return np.zeros(series.n, dtype=np.bool_)
    return hidden if hidden.size == series.n else np.ones(series.n, dtype=np.bool_)


def _names(series: TimeSeries, session: OpenedStudy) -> dict[str, str]:
    names = {one.id: in_language(one.name, session.words) for one in session.study.indicators}
    areas = {one.code: one.name for one in session.study.areas}
    return {"name": names.get(series.indicator, series.indicator), "area": areas.get(series.area, series.area)}


def _evaluation(evaluation: AgreementEvaluation, session: OpenedStudy) -> Blocks:
    said = blocks(prose(verdict_in_words(session, evaluation, session.words)))
    designs = blocks(designs_table(session, evaluation) if evaluation.main.description else None)
    return said + designs + check_blocks(session, evaluation)


def _against(against: AgainstBaseline, session: OpenedStudy) -> Blocks:
    every = (*([against.description] if against.description else []), *against.estimates)
    estimates = (*every, *(result.estimate for result in against.comparisons))
    parts = (shown_as(part, session) for part in (estimates, against.refusals, against.checks) if part)
    return Blocks(tuple(item for part in parts if part for item in part))


def _ledger(ledger: Ledger, session: OpenedStudy) -> Blocks:
    words = session.words
    if not len(ledger):
        return blocks(prose(words.say("page.quality.ledger_none")))
    rows = ledger_rows(ledger.frame, words)
    note = words.say("shown.ledger_note", rows=words.number(len(ledger)))
    columns = [Column(name, words.say(f"column.{name}")) for name in ("rule", "action")]
    columns.append(Column("rows", words.say("column.rows"), "count"))
    return blocks(table(pd.DataFrame(rows), words.say("page.quality.ledger_caption"), columns, words, note=note))


def _estimates(estimates: Sequence[Estimate], session: OpenedStudy) -> Table:
    words = session.words
    rows = [
        {
            "design": words.say(f"design.{one.design}"),
            "change": _change(one, words)[0],
            "interval": _change(one, words)[1],
            "p": one.p,
            "observed": one.observed,
            "expected": one.expected,
            "points": f"{one.n_baseline} + {one.n_period}",
        }
        for one in estimates
    ]
    columns = [
        *(Column(name, words.say(f"column.{name}")) for name in ("design", "change", "interval")),
        Column("p", words.say("column.p"), "p"),
        *(Column(name, words.say(f"column.{name}"), "count") for name in ("observed", "expected")),
        Column("points", words.say("shown.points")),
    ]
    note = words.say("shown.estimates_note")
    return table(pd.DataFrame(rows), words.say("shown.estimates"), columns, words, note=note)


def _change(estimate: Estimate, words: Wording) -> tuple[str, str]:
    """Write estimate and interval: per cent of the expected, or the unit of the series."""
    if estimate.scale == "ratio":
        change, low, high = estimate.per_cent
        return words.per_cent(change, 1), words.interval(low, high, 1, unit="per_cent")
    return words.number(estimate.estimate, 2, signed=True), words.interval(estimate.low, estimate.high, 2)


def _comparisons(results: Sequence[PanelResult], session: OpenedStudy) -> Table:
    return _estimates([result.estimate for result in results], session)


def _checks(checks: Sequence[CheckResult], session: OpenedStudy) -> Table:
    names = ("check", "outcome", "meaning")
    return _texts([dict(zip(names, row, strict=True)) for row in check_rows(checks, session.words)], "checks", session)


def _refusals(refusals: Sequence[Refusal], session: OpenedStudy) -> Table:
    return _texts([{"reason": refusal_sentence(one, session.words)} for one in refusals], "refusals", session)


def _evaluations(evaluations: Sequence[AgreementEvaluation], session: OpenedStudy) -> Table:
    words = session.words
    rows = []
    for one in evaluations:
        clear = one.judgement.verdict.startswith("clear")
        change = " ".join(_change(deciding_estimate(one), words)) if clear else ""
        rows.append(
            {
                "indicator": in_language(one.indicator.name, words),
                "agreement": one.agreement.id,
                "verdict": words.say(f"verdict.{one.judgement.verdict}"),
                "change": change,
                "grade": str(one.judgement.grade),
            }
        )
    return _texts(rows, "verdicts", session)


def _agreements(agreements: Sequence[Agreement], session: OpenedStudy) -> Table:
    words = session.words
    rows = [
        {"id": one.id, "name": in_language(one.name, words), "start": words.date(one.start), "end": words.date(one.end)}
        for one in agreements
    ]
    return _texts(rows, "agreements", session)


def _indicators(indicators: Sequence[Indicator], session: OpenedStudy) -> Table:
    words = session.words
    aims = {aim.id: in_language(aim.name, words) for aim in session.study.priority_areas}
    rows = [
        {
            "id": one.id,
            "name": in_language(one.name, words),
            "priority_area": aims[one.priority_area],
            "grain": words.say(f"figures.grain.{one.grain}"),
        }
        for one in indicators
    ]
    return _texts(rows, "indicators", session)


def _areas(areas: Sequence[Area], session: OpenedStudy) -> Table:
    words = session.words
    return _texts(
        [{"id": one.code, "name": one.name, "part": words.say(f"role.{one.role}")} for one in areas], "areas", session
    )


def _texts(rows: Rows, caption: str, session: OpenedStudy) -> Table:
    """Make a table of words: each key of a row has its heading in the language file."""
    words, frame = session.words, pd.DataFrame(rows)
    columns = [Column(name, words.say(f"{_section(name, words)}.{name}")) for name in frame.columns]
    name = in_language(session.study.study.name, words)
    fields = {"name": name} if caption in ("agreements", "indicators") else {}
    return table(frame, words.say(f"shown.{caption}", **fields), columns, words)


def _section(name: str, words: Wording) -> str:
    return "shown" if words.has(f"shown.{name}") else "column"


_ONE: Mapping[type, Callable[[Any, OpenedStudy], Blocks]] = {
    Study: _study,
    TimeSeries: _series,
    AgreementEvaluation: _evaluation,
    AgainstBaseline: _against,
    Ledger: _ledger,
}
_MANY: Mapping[type, Callable[[Sequence[Any], OpenedStudy], Table]] = {
    Estimate: _estimates,
    PanelResult: _comparisons,
    CheckResult: _checks,
    Refusal: _refusals,
    AgreementEvaluation: _evaluations,
    Agreement: _agreements,
    Indicator: _indicators,
    Area: _areas,
}
