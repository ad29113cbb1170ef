"""Designs side by side: every estimate of one indicator in one agreement in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate import AgainstBaseline, AgreementEvaluation
from evaluation.evaluate.against import may_count
from evaluation.evaluate.refusals import allows_verdict
from evaluation.evaluate.sentences import refusal_sentence
from evaluation.report.blocks import Prose
from evaluation.results import Estimate
from evaluation.session.pages.approximate import approximate_in_table
from evaluation.session.pages.words import in_language, source_line
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

NOT_COUNTED = " *"


def designs_table(session: OpenedStudy, evaluation: AgreementEvaluation) -> Table:
    """Table every design against every baseline: ratio, interval, p, observed, expected."""
    words = session.words
    rows = pd.DataFrame([row for against in evaluation.against for row in _rows(session, against)])
    columns = [
        Column("design", words.say("column.design")),
        Column("baseline", words.say("column.baseline")),
        Column("ratio", words.say("column.ratio"), "number", 2),
        Column("interval", words.say("column.interval")),
        Column("p", words.say("column.p"), "p"),
        Column("observed", words.say("column.observed"), "count"),
        Column("expected", words.say("column.expected"), "count"),
    ]
    name = in_language(evaluation.indicator.name, words)
    return table(
        rows,
        words.say("page.agreement.effects_caption", name=name),
        columns,
        words,
        note=words.say("page.agreement.effects_note", more=_more(session, evaluation)).rstrip(),
        source=source_line(session.study, evaluation.indicator, session.citations),
    )


def counted(against: AgainstBaseline) -> Iterator[tuple[Estimate, bool]]:
    """Give every estimate against a baseline, and whether it may carry a verdict."""
    if against.description is not None:
        yield against.description, True
    for estimate in against.estimates:
        yield estimate, allows_verdict(against.refusals)
    for result in against.comparisons:
        yield result.estimate, may_count(result)


def assumptions(designs: Iterable[str], words: Wording) -> Prose:
    """List what each design assumes, once per design."""
    items = tuple(
        words.say(
            "page.comparison.assumes_line",
            design=words.say(f"design.{design}"),
            assumes=words.say(f"design.assumes.{design}"),
        )
        for design in dict.fromkeys(designs)
    )
    return Prose((words.say("page.comparison.assumes"),), items)


def _rows(session: OpenedStudy, against: AgainstBaseline) -> Iterator[dict[str, object]]:
    words = session.words
    for estimate, counts in counted(against):
        yield {
            "design": words.say(f"design.{estimate.design}") + ("" if counts else NOT_COUNTED),
            "baseline": words.say(f"baseline.{against.window.baseline_kind}"),
            "ratio": estimate.estimate,
            "interval": words.interval(estimate.low, estimate.high, 2, signed=False),
            "p": estimate.p,
            "observed": estimate.observed,
            "expected": estimate.expected,
        }


def _more(session: OpenedStudy, evaluation: AgreementEvaluation) -> str:
    return " ".join(filter(None, (_star_note(session, evaluation), approximate_in_table(session, evaluation))))


def _star_note(session: OpenedStudy, evaluation: AgreementEvaluation) -> str:
    words = session.words
    starred = any(not counts for against in evaluation.against for _, counts in counted(against))
    said = [words.say("page.comparison.starred")] if starred else []
    for against in evaluation.against:
        kind = words.say(f"baseline.{against.window.baseline_kind}").capitalize()
        refused = [refusal for refusal in against.refusals if refusal.severity != "warning"]
        said += [f"{kind}: {refusal_sentence(refusal, words)}" for refusal in refused]
    return " ".join(said)
