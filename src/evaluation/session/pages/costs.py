"""What an agreement cost, and the cost per case fewer than expected where the decrease is clear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.costs import Cost, CostPerCase, cost_per_case
from evaluation.report.blocks import Heading, Prose, prose
from evaluation.session.pages.words import in_language
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

_SMALL = 100  # sums under this are written with one decimal


def cost_blocks(session: OpenedStudy, agreement: Agreement, evaluations: Sequence[AgreementEvaluation]) -> Blocks:
    """Show the costs of an agreement, and the cost per case or why it cannot be computed."""
    words, costs = session.words, session.process.costs_of(agreement.id)
    heading = Heading(words.say("measures.cost.heading"), 3)
    if not costs:
        return blocks(heading, prose(words.say("measures.cost.none")))
    items = tuple(_item(cost, words) for cost in costs)
    results = costs_per_case(session, evaluations)
    said = [text for result in results if result.reason == "computed" for text in _computed(result, session)]
    said += [words.say("measures.cost.whole")] if said else []
    recorded = Prose((words.say("measures.cost.items"),), items)
    return blocks(heading, recorded, Prose((words.say("measures.cost.per_case"), *said), _refused(results, session)))


def costs_per_case(session: OpenedStudy, evaluations: Sequence[AgreementEvaluation]) -> tuple[CostPerCase, ...]:
    """Hold the costs of an agreement against each of its primary outcomes."""
    primary = [e for e in evaluations if e.indicator.role == "primary"]
    return tuple(cost_per_case(e, session.process.costs) for e in primary)


def _item(cost: Cost, words: Wording) -> str:
    return words.say(
        "measures.cost.item",
        amount=words.number(cost.amount),
        currency=_currency(cost.currency, words),
        year=cost.price_year,
        period=words.period(cost.start, cost.end),
        includes=cost.included(words.language),
        source=cost.source.rstrip("."),
    )


def _computed(result: CostPerCase, session: OpenedStudy) -> tuple[str, str]:
    words = session.words
    name = in_language(session.find_indicator(result.indicator).name, words)
    money = {"name": name, "currency": _currency(result.currency, words), "per_case": _sum(result.per_case, words)}
    if math.isinf(result.high):
        first = words.say("measures.cost.unbounded", low=_sum(result.low, words), **money)
    else:
        digits = 1 if result.low < _SMALL else 0
        first = words.say("measures.cost.computed", interval=words.interval(result.low, result.high, digits), **money)
    basis = words.say(
        "measures.cost.basis",
        period=words.period(result.first, result.last),
        amount=words.number(result.amount),
        currency=_currency(result.currency, words),
        cases=words.number(result.avoided),
        interval=words.interval(result.avoided_low, result.avoided_high),
    )
    return first, basis


def _refused(results: Sequence[CostPerCase], session: OpenedStudy) -> tuple[str, ...]:
    """Say for each outcome without a cost per case why there is none."""
    words = session.words
    return tuple(
        words.say(
            f"measures.cost.{result.reason}", name=in_language(session.find_indicator(result.indicator).name, words)
        )
        for result in results
        if result.reason != "computed"
    )


def _currency(code: str, words: Wording) -> str:
    """Name a currency in words where the language has one for it."""
    key = f"measures.currency.{code}"
    return words.say(key) if words.has(key) else code


def _sum(amount: float, words: Wording) -> str:
    return words.number(amount, 1 if amount < _SMALL else 0)
