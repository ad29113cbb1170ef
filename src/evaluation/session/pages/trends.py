"""The page of trends: level, season, change per year, change of trend between agreements, projection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.evaluate.record import number, numbers, series_record
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.figures import Expectation, Figure, series_figure
from evaluation.indicators import point_end
from evaluation.models import NotEstimableError, Projection, TrendChange, TrendResult, project, trend
from evaluation.periods import agreement_masks, share_observed
from evaluation.report.blocks import Heading, Prose, prose
from evaluation.series import Bools, TimeSeries
from evaluation.session.pages.trend_words import (
    IndicatorTrend,
    limits_of_change,
    period_name,
    spanned,
    trend_sentence,
    turns_sentence,
    years_of,
)
from evaluation.session.pages.words import (
    bands_of,
    events_of,
    in_language,
    source_line,
    stand_ins_note,
    synthetic_notice,
    unit_of,
)
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.study.model import Agreement, Indicator
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


@dataclass(frozen=True, eq=False)
class TrendsPage:
    """Trends of every indicator of a study."""

    session: OpenedStudy

    @cached_property
    def trends(self) -> tuple[IndicatorTrend, ...]:
        """Trends of all indicators, in the order of the study file."""
        return tuple(self._trend(indicator) for indicator in self.session.study.indicators)

    def opening(self) -> Blocks:
        """Show title and question, where the primary indicators have been heading, and whether their pace turned."""
        words, study = self.session.words, self.session.study
        area = in_language(study.study.name, words)
        primary = [found for found in self.trends if found.indicator.role == "primary"]
        said = [sentence for found in primary for sentence in self._said(found)]
        return blocks(
            Heading(words.say("page.trends.title", area=area), 1),
            synthetic_notice(study, words),
            Prose((words.say("page.trends.question"), *said)),
        )

    def table(self) -> Blocks:
        """Show the average change per year of every indicator, one row each."""
        words = self.session.words
        rows = pd.DataFrame([self._row(found) for found in self.trends])
        columns = [
            Column("indicator", words.say("column.indicator")),
            Column("period", words.say("column.period")),
            *self._change_columns(),
        ]
        area = in_language(self.session.study.study.name, words)
        caption = words.say("page.trends.table_caption", area=area)
        gaps = words.say("page.trends.table_note") if any(found.overall is None for found in self.trends) else ""
        hidden = [found.indicator for found in self.trends if found.overall and self._hidden(found).any()]
        note = " ".join(filter(None, (gaps, stand_ins_note(hidden, words))))
        return blocks(Heading(words.say("page.trends.table")), table(rows, caption, columns, words, note=note))

    def series(self) -> Blocks:
        """Show each indicator with its trend line, and its pace within every agreement."""
        words = self.session.words
        parts = (
            blocks(Heading(in_language(t.indicator.name, words), 3), self._shown(t), self._paces(t))
            for t in self.trends
        )
        return blocks(Heading(words.say("page.trends.series"))) + joined(parts)

    def county(self) -> Blocks:
        """Show the target's change per year beside that of the comparison areas."""
        words = self.session.words
        primary = [t for t in self.trends if t.indicator.role == "primary"]
        pairs = [(t, t.overall) for t in primary if self.session.data.pool(t.indicator)]
        tables = [self._county_table(t, overall) for t, overall in pairs if overall is not None]
        return blocks(Heading(words.say("page.trends.county")), *tables) if tables else blocks()

    def projection(self) -> Blocks:
        """Show where the primary indicators are heading to the end of an unfinished agreement."""
        words = self.session.words
        parts = [
            blocks(self._projected(t, agreement, projected))
            for t in self.trends
            for agreement in self.session.study.agreements
            if t.indicator.role == "primary" and (projected := self._projection(t, agreement)) is not None
        ]
        if not parts:
            return blocks()
        last = self.session.study.agreements[-1]
        title = words.say("page.trends.projection", agreement=agreement_in_text(last, words.language))
        return blocks(Heading(title)) + joined(parts)

    def save(self) -> None:
        """Write results.json."""
        records = [self._record(found) for found in self.trends]
        session = self.session
        save_results(session, "trends", {"trends": records})

    def _trend(self, indicator: Indicator) -> IndicatorTrend:
        series, plan = self.session.data.modelled(indicator), self.session.study.plan
        try:
            masks = agreement_masks(self.session.study, series)
            return IndicatorTrend(indicator, series, trend(series, masks, draws=plan.draws, seed=plan.seed))
        except NotEstimableError:
            return IndicatorTrend(indicator, series, None)

    def _said(self, found: IndicatorTrend) -> list[str]:
        words = self.session.words
        rests = found.result is not None and self._hidden(found).any()
        approximate = words.say("limits.approximate.stand_ins") if rests else ""
        course = " ".join(filter(None, (trend_sentence(found, words), approximate)))
        return [said for said in (course, turns_sentence(found, words)) if said]

    def _hidden(self, found: IndicatorTrend) -> Bools:
        return self.session.data.protected(found.indicator).hidden

    def _shown(self, found: IndicatorTrend) -> Figure | Prose:
        """Show the figure; words where every count but zero is hidden: a trend above nothing but zeros misleads."""
        if (found.series.rate[~self._hidden(found)] > 0).any():
            return self._figure(found)
        return prose(*self._said(found), self.session.words.say("page.trends.all_hidden"))

    def _change_columns(self) -> list[Column]:
        words = self.session.words
        return [
            Column("change", words.say("column.per_year"), "per_cent", 1, signed=True),
            Column("interval", words.say("column.interval")),
            Column("p", words.say("column.p"), "p"),
        ]

    def _row(self, found: IndicatorTrend) -> dict[str, object]:
        words, overall = self.session.words, found.overall
        named: dict[str, object] = {
            "indicator": in_language(found.indicator.name, words),
            "period": years_of(found.series),
        }
        if overall is None:
            return named | {"change": np.nan, "interval": words.say("format.missing"), "p": np.nan}
        return named | self._numbers_of(overall)

    def _numbers_of(self, change: TrendChange) -> dict[str, object]:
        limits = limits_of_change(change, self.session.words)
        return {"change": change.change, "interval": limits, "p": change.p}

    def _paces(self, found: IndicatorTrend) -> Table | None:
        words = self.session.words
        changes = found.result and (*found.result.segments, *found.result.turns)
        if not changes:
            return None
        rows = pd.DataFrame([{"period": period_name(c, words)} | self._numbers_of(c) for c in changes])
        columns = [Column("period", words.say("column.period")), *self._change_columns()]
        caption = words.say("page.trends.paces_caption", name=in_language(found.indicator.name, words))
        return table(rows, caption, columns, words, note=words.say("page.trends.note"))

    def _figure(self, found: IndicatorTrend) -> Figure:
        session, words = self.session, self.session.words
        line, hidden = None, self._hidden(found)
        if found.result is not None and found.overall is not None:
            nothing = np.full(found.series.n, np.nan)
            inside = np.where(spanned(found.series), found.result.line, np.nan)
            line = Expectation(inside, nothing, nothing, nothing, words.say("figures.trend"))
        return series_figure(
            found.series,
            words,
            title=trend_sentence(found, words),
            quantity=unit_of(found.indicator, words),
            where=session.study.target.name,
            expectation=line,
            bands=bands_of(session.study, words),
            events=events_of(session.study, found.indicator, found.series, words),
            hidden=hidden,
            note=stand_ins_note([found.indicator] if hidden.any() else [], words),
            source=source_line(session.study, found.indicator, session.citations),
        )

    def _county_table(self, found: IndicatorTrend, overall: TrendChange) -> Table:
        words = self.session.words
        names = {area.code: area.name for area in self.session.study.areas}
        rows: list[dict[str, object]] = [{"area": names[found.series.area]} | self._numbers_of(overall)]
        for series in self.session.data.pool(found.indicator):
            other = self._pool_trend(series)
            if other is not None:
                rows.append({"area": names[series.area]} | self._numbers_of(other))
        columns = [
            Column("area", words.say("column.area")),
            Column("change", words.say("column.per_year"), "per_cent", 1, signed=True),
            Column("interval", words.say("column.interval")),
        ]
        name = in_language(found.indicator.name, words)
        caption = words.say("page.trends.county_caption", area=names[found.series.area], name=name)
        return table(pd.DataFrame(rows), caption, columns, words)

    def _pool_trend(self, series: TimeSeries) -> TrendChange | None:
        plan = self.session.study.plan
        try:
            return trend(series, draws=plan.draws, seed=plan.seed).overall
        except NotEstimableError:
            return None

    def _projection(self, found: IndicatorTrend, agreement: Agreement) -> Projection | None:
        share = share_observed(found.series, agreement)
        end = point_end(found.series.start[-1:], found.series.grain)[0]
        if not 0 < share < 1 or found.result is None or end >= np.datetime64(agreement.end):
            return None
        if not self.session.data.protected(found.indicator).allows(f"agreement {agreement.id}"):
            return None  # what is expected is said with what was observed so far
        masks = agreement_masks(self.session.study, found.series)
        try:
            return project(found.series, np.datetime64(agreement.end), counted=masks[agreement.id])
        except NotEstimableError:
            return None

    def _projected(self, found: IndicatorTrend, agreement: Agreement, projected: Projection) -> Prose:
        words = self.session.words
        end = point_end(projected.start[-1:], found.series.grain)[0]
        return prose(
            words.say(
                "page.trends.projected",
                name=in_language(found.indicator.name, words),
                end=words.date(end),
                total=words.number(projected.total),
                interval=words.interval(projected.total_low, projected.total_high),
                observed=words.number(projected.observed),
                agreement=agreement_in_text(agreement, words.language),
            )
        )

    def _record(self, found: IndicatorTrend) -> dict[str, Any]:
        result = found.result
        record: dict[str, Any] = {"indicator": found.indicator.id, "series": series_record(found.series)}
        record |= {"hidden_counts": "stand_ins" if self._hidden(found).any() else "none"}
        if result is None:
            return record | {"estimable": False}
        return record | {
            "estimable": True,
            "changes": [_change_record(change) for change in _changes(result)],
            "season": numbers(result.season),
            "seasonally_adjusted": numbers(result.adjusted),
        }


def _changes(result: TrendResult) -> tuple[TrendChange, ...]:
    """Return the overall change (where there is one), those within each agreement, and the turns between them."""
    overall = () if result.overall is None else (result.overall,)
    return (*overall, *result.segments, *result.turns)


def _change_record(change: TrendChange) -> dict[str, Any]:
    numbers_of = {"per_cent_per_year": change.change, "low": change.low, "high": change.high, "p": change.p}
    return {"period": change.name, **{name: number(value) for name, value in numbers_of.items()}}
