"""Places inside the municipality on the page of comparisons: differences, hot places on a map, hours of the week."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.disclosure import Limit, limit_of
from evaluation.evaluate.refusals import refusals_before
from evaluation.evaluate.sentences import refusal_sentence
from evaluation.periods import baseline_kinds, crossed_breaks, window_of
from evaluation.report.blocks import Heading, prose
from evaluation.results import Refusal
from evaluation.series import TimeSeries, Window
from evaluation.session.pages.places_pictures import (
    areas_map,
    areas_of_table,
    blocks_of_day,
    differences_figure,
    differences_tables,
    hours_figure,
    months_figure,
)
from evaluation.session.places import (
    Displacement,
    PlaceDifference,
    PlaceLog,
    ProtectedPlaces,
    displacement,
    hottest_places,
    place_log,
    protected_places,
)
from evaluation.session.places_hours import Intervals, block_change, incident_intervals, week_hours
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement, Indicator

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

STOPS = frozenset({"no_data", "series_broken", "short_baseline", "too_few_points"})


@dataclass(frozen=True, eq=False)
class PlacesPart:
    """Places of one indicator in one agreement; what may not be printed is decided once, here, for all of it."""

    session: OpenedStudy
    indicator: Indicator
    agreement: Agreement
    series: TimeSeries
    log: PlaceLog

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Months against every baseline, the registered one first."""
        study = self.session.study
        kinds = sorted(baseline_kinds(self.agreement), key=lambda kind: kind != study.plan.primary_baseline)
        return tuple(window_of(study, self.agreement, kind, self.series) for kind in kinds)

    @cached_property
    def found(self) -> tuple[tuple[Displacement, ProtectedPlaces], ...]:
        """Differences and what may be shown, for every baseline that allows an estimate."""
        usable = (window for window in self.windows if not self.refusals(window))
        return tuple(
            (displacement(self.log, window), protected_places(self.log, window, self.limit)) for window in usable
        )

    @property
    def limit(self) -> Limit:
        """Which counts are too small to print; none of an official source."""
        study = self.session.study
        if study.source(self.indicator.source).official:
            return Limit(0, False)
        return limit_of(study.thresholds, sensitive=self.indicator.sensitive)

    def refusals(self, window: Window) -> tuple[Refusal, ...]:
        """Say what stops an estimate: no months, too few of them, or a registered break."""
        study = self.session.study
        breaks = crossed_breaks(study, self.indicator.offence_type, self.series, window)
        every = refusals_before(self.series, window, study.thresholds, breaks)
        return tuple(refusal for refusal in every if refusal.rule in STOPS)

    def answer(self) -> tuple[str, ...]:
        """Say by rule what happened at the target place, and whether it moved next door."""
        words = self.session.words
        if not self.found:
            stops = [refusal_sentence(refusal, words) for refusal in self.refusals(self.windows[0])[:1]]
            return (words.say("page.places.answer.none"), *stops)
        found, protected = self.found[0]
        target, ring, both = (found.of(which) for which in ("target", "ring", "both"))
        if target is None or protected.hides("target"):
            return (words.say("page.places.answer.hidden" if target else "page.places.answer.none"),)
        said = [words.say(f"page.places.answer.target_{target.clear}", **self._fields(target))]
        if ring is not None and both is not None and not (protected.hides("ring") or protected.hides("both")):
            said.append(words.say(f"page.places.answer.ring_{ring.clear}", **self._fields(ring)))
            said.append(words.say(f"page.places.answer.{_story(target, ring)}", **self._fields(both)))
        return tuple(said)

    def differences(self) -> Blocks:
        """Show the weighted displacement differences: answer, figure, table, and what they can show."""
        words = self.session.words
        heading = Heading(words.say("page.places.heading"))
        if not self.found:
            return blocks(heading, prose(*self.answer()))
        text = prose(words.say("page.places.method"), words.say("page.places.harm"))
        figure = differences_figure(self.session, self.indicator, self.found)
        return blocks(heading, text, figure, *differences_tables(self.session, self.indicator, self.found))

    def areas(self) -> Blocks:
        """Show the areas on a map, and where it was hot before and during the agreement."""
        if not self.found:
            return blocks()
        words, (found, protected) = self.session.words, self.found[0]
        changes = hottest_places(self.log, found.window)
        text = prose(words.say("page.places.regression"))
        if not protected.hidden.any():
            shares = {
                name: words.per_cent(100 * getattr(changes, name), signed=False)
                for name in ("share_before", "share_after", "followed_share")
            }
            text = prose(
                words.say("page.places.concentration", number=words.number(changes.hottest), **shares),
                words.say("page.places.regression"),
            )
        located = areas_map(self.session, self.indicator, self.log, found.window, protected, self._incidents)
        made = areas_of_table(self.session, self.indicator, self.log, found.window, protected, changes)
        return blocks(Heading(words.say("page.places.hot")), text, located, made)

    def hours(self) -> Blocks:
        """Show in which months and at what hours it happens, and whether the hours changed."""
        words, known = self.session.words, self._intervals
        heading, text = Heading(words.say("page.places.hours")), prose(words.say("page.places.aoristic"))
        week = hours_figure(self.session, self.indicator, self.series, week_hours(known, self.limit))
        months = months_figure(self.session, self.indicator, self.series)
        if not self.found:
            return blocks(heading, text, months, week)
        window = self.found[0][0].window
        change = block_change(known, self.series, window, self.limit)
        return blocks(heading, text, months, week, blocks_of_day(self.session, self.indicator, change))

    @cached_property
    def _incidents(self) -> pd.DataFrame:
        return self.session.prepared.frame(f"{self.indicator.source}.incidents")

    @cached_property
    def _intervals(self) -> Intervals:
        named = self.session.study.source(self.indicator.source).options.get("constant_reporters")
        reporters = [str(name) for name in named] if isinstance(named, list) else None
        counted = self.series.start[~np.isnan(self.series.count)]
        known = incident_intervals(self._incidents, self.indicator.offence_type, reporters)
        return known.within(self.series, np.isin(self.series.start, counted))

    def _fields(self, place: PlaceDifference) -> dict[str, str]:
        words, estimate = self.session.words, place.difference.estimate
        return {
            "change": words.per_cent(place.per_cent),
            "cases": words.number(estimate.estimate, signed=True),
            "interval": words.interval(estimate.low, estimate.high, signed=True),
            "detectable": words.per_cent(place.detectable, signed=False),
        }


def places_part(session: OpenedStudy, indicator: Indicator, agreement: Agreement) -> PlacesPart | None:
    """Open the places of an indicator, or nothing where it is not from an incident log or the study names no places."""
    if session.study.source(indicator.source).kind != "incident_log" or indicator.grain != "month":
        return None
    series = session.data.series(indicator)
    log = place_log(session.data.frame(indicator.source), indicator.offence_type, session.study, series.start)
    return None if log is None else PlacesPart(session, indicator, agreement, series, log)


def _story(target: PlaceDifference, ring: PlaceDifference) -> str:
    """Choose the conclusion: moved (less here, more next door), stayed away, more next door only, or nothing seen."""
    if target.clear == "decrease":
        return "moved" if ring.clear == "increase" else "stayed"
    return "ring_only" if ring.clear == "increase" else "together"
