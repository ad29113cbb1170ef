"""What the page of trends says: the course of one indicator in a sentence, and whether its pace turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.evaluate.sentences import lower_first
from evaluation.models import TrendChange, TrendResult
from evaluation.series import Bools, TimeSeries
from evaluation.session.pages.words import in_language
from evaluation.study.model import Indicator
from evaluation.wording import Wording

TURN = " → "


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorTrend:
    """The trend of one indicator in the target area; `result` is none where it could not be estimated."""

    indicator: Indicator
    series: TimeSeries
    result: TrendResult | None

    @property
    def overall(self) -> TrendChange | None:
        """The average annual change; none where the series is too short or no straight line describes it."""
        return self.result.overall if self.result else None


def trend_sentence(found: IndicatorTrend, words: Wording) -> str:
    """Say where an indicator has been heading, or that no clear trend is seen, or why none can be given."""
    name, overall = in_language(found.indicator.name, words), found.overall
    if found.result is None:
        return words.say("page.trends.too_short", name=name)
    if overall is None:
        return words.say("page.trends.not_straight", name=name)
    fields = {"period": years_of(found.series), "interval": limits_of_change(overall, words)}
    if not is_clear(overall):
        change = words.per_cent(overall.change, 1)
        return words.say("page.trends.not_clear", name=lower_first(name), change=change, **fields)
    key = "page.trends.falling" if overall.change < 0 else "page.trends.rising"
    return words.say(key, name=name, size=words.per_cent(abs(overall.change), 1, signed=False), **fields)


def turns_sentence(found: IndicatorTrend, words: Wording) -> str:
    """Say between which agreements the pace clearly changed, or that none of the changes is; nothing for none."""
    turns = found.result.turns if found.result else ()
    name = in_language(found.indicator.name, words)
    clear = [words.say("page.trends.clear_turn", **_ends(turn)) for turn in turns if is_clear(turn)]
    if clear:
        return words.say("page.trends.turned", name=name, turns=words.join(clear))
    return words.say("page.trends.no_turn", name=lower_first(name)) if turns else ""


def period_name(change: TrendChange, words: Wording) -> str:
    """Name an agreement or the step from one to the next."""
    if TURN in change.name:
        return words.say("page.trends.turn", **_ends(change))
    return words.say("page.band", number=change.name)


def years_of(series: TimeSeries) -> str:
    """Write the first and last year with a published point of a series."""
    days = series.start[spanned(series)]
    first, last = (days[place].astype(object).year for place in (0, -1))
    return f"{first}–{last}"


def spanned(series: TimeSeries) -> Bools:
    """Mark the points from the first published one to the last: before a count that began later there is no trend."""
    told, place = np.flatnonzero(np.isfinite(series.rate)), np.arange(series.n)
    return np.asarray((place >= told.min(initial=series.n)) & (place <= told.max(initial=-1)), dtype=np.bool_)


def limits_of_change(change: TrendChange, words: Wording) -> str:
    """Write the limits of an annual change in per cent."""
    return words.interval(change.low, change.high, 1, unit="per_cent")


def is_clear(change: TrendChange) -> bool:
    """Tell whether the interval leaves out zero."""
    return change.low > 0 or change.high < 0


def _ends(turn: TrendChange) -> dict[str, str]:
    before, after = turn.name.split(TURN)
    return {"before": before, "after": after}
