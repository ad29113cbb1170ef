"""Whether the answer can be believed: checks, the specification curve, and risk of bias, for one evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.checks import SpecificationCurve, check_rows, curve_choices, curve_sentence, curve_title
from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.robustness import curve_of_evaluation, epoc_of_evaluation
from evaluation.evaluate.sentences import lower_first
from evaluation.figures import Figure, specification_figure
from evaluation.report.blocks import Heading
from evaluation.results import CheckResult
from evaluation.series import Grain
from evaluation.session.pages.words import in_language, source_line
from evaluation.session.show import Blocks, blocks
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def check_blocks(session: OpenedStudy, evaluation: AgreementEvaluation) -> Blocks:
    """Show the checks of one evaluation as a table; nothing where none were run."""
    words = session.words
    if not evaluation.main.checks:
        return blocks()
    name = in_language(evaluation.indicator.name, words)
    caption = words.say("page.checks.caption", name=name)
    return blocks(_table(session, evaluation.main.checks, caption, evaluation.series.grain))


def curve_blocks(session: OpenedStudy, evaluation: AgreementEvaluation) -> Blocks:
    """Show the specification curve of one evaluation, its sentence as the note; nothing without an estimate."""
    curve = curve_of_evaluation(session.study, evaluation)
    if curve is None:
        return blocks()
    return blocks(_figure(session, evaluation, curve))


def bias_blocks(session: OpenedStudy, evaluation: AgreementEvaluation, reported: int) -> Blocks:
    """Show the risk-of-bias items that a run can answer."""
    words = session.words
    items = epoc_of_evaluation(
        session.study,
        evaluation,
        plan_registered=session.plan is not None,
        plan_deviations=len(session.deviations),
        outcomes_reported=reported,
    )
    heading = Heading(words.say("page.checks.bias"), 3)
    return blocks(heading, _table(session, items, words.say("page.checks.bias_caption"), evaluation.series.grain))


def _table(session: OpenedStudy, checks: Sequence[CheckResult], caption: str, grain: Grain) -> Table:
    words = session.words
    rows = pd.DataFrame(check_rows(checks, words, grain), columns=["check", "outcome", "meaning"])
    columns = [Column(name, words.say(f"column.{name}")) for name in rows.columns]
    return table(rows, caption, columns, words)


def _figure(session: OpenedStudy, evaluation: AgreementEvaluation, curve: SpecificationCurve) -> Figure:
    words = session.words
    return specification_figure(
        [variant.estimate for variant in curve.variants],
        curve_choices(curve, words),
        words,
        title=curve_title(curve, words),
        quantity=words.say("page.checks.quantity", name=lower_first(in_language(evaluation.indicator.name, words))),
        where=session.study.target.name,
        primary=curve.primary,
        note=curve_sentence(curve, words),
        source=source_line(session.study, evaluation.indicator, session.citations),
    )
