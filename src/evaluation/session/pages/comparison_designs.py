"""All designs side by side: table, forest figure, how many agree, and why a design may not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.against import has_limits, may_count
from evaluation.evaluate.refusals import allows_verdict
from evaluation.evaluate.sentences import lower_first, refusal_sentence
from evaluation.evaluate.verdict import direction_of
from evaluation.figures import Figure, ForestRow, forest_figure
from evaluation.models.panel import FitGate, PanelResult
from evaluation.report.blocks import Prose
from evaluation.results import Estimate
from evaluation.session.pages.approximate import approximate_in_table
from evaluation.session.pages.comparison_pools import PoolComparison
from evaluation.session.pages.words import in_language, source_line
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

NOT_COUNTED = " *"


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """One design against one baseline, and whether it may count."""

    estimate: Estimate
    baseline: str
    counts: bool

    @property
    def clear(self) -> bool:
        """Tell whether the interval excludes no change (p from the same inference)."""
        return self.estimate.p < 1 - self.estimate.level


@dataclass(frozen=True, slots=True)
class Agreeing:
    """How many of the designs that may count point down or up, and how many of these are clear."""

    total: int
    down: int
    up: int
    clear_down: int
    clear_up: int


def side_by_side(evaluation: AgreementEvaluation, comparisons: Sequence[PoolComparison]) -> tuple[SideBySide, ...]:
    """Put the own-trend designs and the comparison designs of one pool together, baseline by baseline."""
    return tuple(_rows(evaluation, comparisons))


def agreeing(rows: Sequence[SideBySide]) -> Agreeing:
    """Count directions and clear changes among the designs that may count."""
    counted = [row for row in rows if row.counts]
    sides = [(direction_of(row.estimate), row.clear) for row in counted]
    return Agreeing(
        len(counted),
        sum(side == "decrease" for side, _ in sides),
        sum(side == "increase" for side, _ in sides),
        sides.count(("decrease", True)),
        sides.count(("increase", True)),
    )


def agreeing_text(found: Agreeing, words: Wording) -> str:
    """Say where the designs agree, by the rule that the page states (`agree.rule`)."""
    if not found.total:
        return words.say("page.comparison.agree.nothing")
    clear = found.clear_down + found.clear_up
    one_way = found.total in (found.down, found.up)
    how_clear = "one_way" if clear == found.total else "one_way_unsure" if clear else "one_way_none"
    key = how_clear if one_way else "both_ways"
    numbers = {name: words.number(getattr(found, name)) for name in ("total", "down", "up", "clear_down", "clear_up")}
    counts = words.say("page.comparison.agree.counts", **numbers)
    return f"{counts} {words.say(f'page.comparison.agree.{key}')}"


def designs_side_by_side(session: OpenedStudy, evaluation: AgreementEvaluation, rows: Sequence[SideBySide]) -> Table:
    """Table the designs: change, interval, p, cases observed and expected."""
    words = session.words
    made = pd.DataFrame([_written(row, words) for row in rows])
    columns = [
        Column("design", words.say("column.design")),
        Column("baseline", words.say("column.baseline")),
        Column("change", words.say("column.change"), "per_cent", 1, signed=True),
        Column("interval", words.say("column.interval")),
        Column("p", words.say("column.p"), "p"),
        Column("observed", words.say("column.observed"), "count"),
        Column("expected", words.say("column.expected"), "count"),
    ]
    caption = words.say("page.agreement.effects_caption", name=in_language(evaluation.indicator.name, words))
    starred = any(not row.counts for row in rows)
    star = words.say("page.comparison.starred") if starred else ""
    note = " ".join(filter(None, (star, approximate_in_table(session, evaluation))))
    source = source_line(session.study, evaluation.indicator, session.citations)
    return table(made, caption, columns, words, note=note, source=source)


def designs_figure(session: OpenedStudy, evaluation: AgreementEvaluation, rows: Sequence[SideBySide]) -> Figure:
    """Draw the same estimates and intervals."""
    words, found = session.words, agreeing(rows)
    primary = evaluation.main.primary
    numbers = {name: words.number(getattr(found, name)) for name in ("total", "down", "up")}
    forest = [ForestRow(_label(row, words), row.estimate, row.estimate is primary) for row in rows]
    return forest_figure(
        forest,
        words,
        title=words.say(f"page.comparison.forest_{'title' if found.total else 'nothing'}", **numbers),
        quantity=words.say("page.checks.quantity", name=lower_first(in_language(evaluation.indicator.name, words))),
        where=session.study.target.name,
        note=words.say("page.comparison.starred") if any(not row.counts for row in rows) else "",
        source=source_line(session.study, evaluation.indicator, session.citations),
    )


def refused_text(evaluation: AgreementEvaluation, words: Wording) -> tuple[str, ...]:
    """Say by baseline why the own trend may not count."""
    return tuple(
        f"{words.say(f'baseline.{against.window.baseline_kind}').capitalize()}: {refusal_sentence(refusal, words)}"
        for against in evaluation.against
        for refusal in against.refusals
        if refusal.severity != "warning"
    )


def gates_prose(comparisons: Sequence[PoolComparison], words: Wording) -> Prose:
    """Say for every comparison design whether it passed its gate, and if not, why."""
    items = tuple(
        words.say(
            "page.comparison.gate.line",
            design=words.say(f"design.{result.estimate.design}"),
            baseline=words.say(f"baseline.{one.window.baseline_kind}"),
            verdict=gate_text(result, words),
        )
        for one in comparisons
        for result in one.results
    )
    return Prose((words.say("page.comparison.gate.intro"),), items)


def gate_text(result: PanelResult, words: Wording) -> str:
    """Say what a gate found, and what a pool that is too small can say."""
    reasons = [_reason(key, result.gate, words) for key in result.gate.reasons]
    said = ["; ".join(reasons)] if reasons else [words.say("page.comparison.gate.passed")]
    if not has_limits(result.estimate):
        said.append(_small_pool(result.estimate, words))
    return " ".join(f"{text}." for text in said)


def limits_text(estimate: Estimate, words: Wording) -> str:
    """Write the interval of a design as per cent change; a pool that is too small has none."""
    if "smallest_p" in estimate.details and not has_limits(estimate):
        return words.say("page.comparison.gate.no_limits")
    _, low, high = estimate.per_cent
    return words.interval(low, high, 1, unit="per_cent")


def _reason(key: str, gate: FitGate, words: Wording) -> str:
    fields = {
        "few_points": {"points": words.number(gate.points), "needed": words.number(gate.points_needed)},
        "poor_fit": {"ratio": words.number(gate.fit_ratio, 1), "limit": words.number(gate.fit_limit)},
        "drifting": {"ratio": words.number(gate.drift_ratio, 1), "limit": words.number(gate.drift_limit)},
        "memorised": {},
    }
    return words.say(f"page.comparison.gate.{key}", **fields[key])


def _small_pool(estimate: Estimate, words: Wording) -> str:
    details = estimate.details
    low, high = (100 * (details[name] - 1) for name in ("attainable_low", "attainable_high"))
    return words.say(
        "page.comparison.gate.small_pool",
        areas=words.number(details["areas"]),
        smallest=words.number(details["smallest_p"], 2),
        level=words.per_cent(100 * details["attainable_level"], signed=False),
        interval=words.interval(low, high, unit="per_cent"),
    )


def _rows(evaluation: AgreementEvaluation, comparisons: Sequence[PoolComparison]) -> Iterator[SideBySide]:
    for against in evaluation.against:
        kind = against.window.baseline_kind
        for estimate in against.estimates:
            yield SideBySide(estimate, kind, allows_verdict(against.refusals))
        for one in comparisons:
            if one.window.baseline_kind == kind:
                yield from (SideBySide(result.estimate, kind, may_count(result)) for result in one.results)


def _written(row: SideBySide, words: Wording) -> dict[str, object]:
    return {
        "design": words.say(f"design.{row.estimate.design}") + ("" if row.counts else NOT_COUNTED),
        "baseline": words.say(f"baseline.{row.baseline}"),
        "change": row.estimate.per_cent[0],
        "interval": limits_text(row.estimate, words),
        "p": row.estimate.p,
        "observed": row.estimate.observed,
        "expected": row.estimate.expected,
    }


def _label(row: SideBySide, words: Wording) -> str:
    design = words.say(f"design.{row.estimate.design}") + ("" if row.counts else NOT_COUNTED)
    return words.say(f"page.comparison.label.{row.baseline}", design=design)
