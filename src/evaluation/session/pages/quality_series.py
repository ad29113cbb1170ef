"""Gaps, preliminary figures, unusual points and sums that must agree: rows of tables and figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.figures import Event, Figure, calendar_figure, series_figure
from evaluation.series import Dates, Grain, TimeSeries
from evaluation.session.pages.quality_checks import (
    SumCheck,
    Unusual,
    gaps_by_series,
    runs,
    sum_checks,
    unusual_points,
)
from evaluation.session.pages.words import bands_of, in_language, quantity_of, source_line
from evaluation.study.model import Indicator, Study

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy
    from evaluation.wording import Wording

Row = dict[str, object]
IN_TARGET, IN_COMPARISON = 1.5, 2.0
"""How many times the usual count makes a point worth asking about; comparison areas only where it is double."""


def count_frames(session: OpenedStudy) -> dict[str, pd.DataFrame]:
    """Return the published counts of a study, by source; incident logs are told of elsewhere."""
    known = {s.id: s for s in session.study.sources if s.kind != "incident_log"}
    used = dict.fromkeys(i.source for i in session.study.indicators if i.source in known)
    return {name: session.data.frame(name) for name in used}


def offence_word(session: OpenedStudy, offence_type: str) -> str:
    """Name what is counted: as the study's indicator does, without its grain; else the word of the wording file."""
    key = f"page.quality.type.{offence_type}"
    if session.words.has(key):
        return session.words.say(key)
    names = [in_language(i.name, session.words) for i in session.study.indicators if i.offence_type == offence_type]
    return names[0].rsplit(",", 1)[0] if names else offence_type


def points_in_words(starts: Dates, grain: Grain, words: Wording) -> str:
    """Write points of time, consecutive ones as a span."""
    ends = [tuple(words.point(day, grain) for day in run) for run in runs(starts, grain)]
    spans = [first if first == last else words.say("page.quality.span", first=first, last=last) for first, last in ends]
    return words.join(spans)


def reservations(session: OpenedStudy) -> str:
    """Answer in short: what a reader has to bear in mind about the series, or that there is nothing of the kind."""
    words, found = session.words, checks(session)
    differing = sum(check.agreeing < check.compared for check in found)
    unusual = len(unusual_rows(session))
    points = {
        "gaps": bool(gap_rows(session)),
        "preliminary": bool(preliminary_rows(session)),
        "unusual": bool(unusual),
        "differing": bool(differing),
    }
    numbers = {
        name: words.number(n) for name, n in (("unusual", unusual), ("differing", differing), ("of", len(found)))
    }
    said = [words.say(f"page.quality.reservation.{name}", **numbers) for name, there in points.items() if there]
    return words.say("page.quality.reservations" if said else "page.quality.no_reservations", points=words.join(said))


def gap_rows(session: OpenedStudy) -> list[Row]:
    """Return one row per set of points that series of a source lack."""
    words = session.words
    return [
        {
            "indicator": offence_word(session, str(gap["offence_type"])),
            "point": points_in_words(np.array(gap["starts"], dtype="M8[D]"), str(gap["grain"]), words),  # type: ignore[arg-type]
            "why": words.say(f"page.quality.rule.point_{gap['reason']}"),
            "areas": words.say(
                "page.quality.of", part=words.number(int(gap["series"])), whole=words.number(int(gap["of"]))
            ),
        }
        for frame in count_frames(session).values()
        for gap in gaps_by_series(frame).to_dict("records")
    ]


def preliminary_rows(session: OpenedStudy) -> list[Row]:
    """Return the preliminary points of the target area; indicators with the same points share a row."""
    words = session.words
    by_points: dict[str, list[str]] = {}
    for indicator in session.study.indicators:
        series = session.data.series(indicator)
        if series.preliminary.any():
            points = points_in_words(series.start[series.preliminary], series.grain, words)
            by_points.setdefault(points, []).append(in_language(indicator.name, words))
    return [{"indicators": "; ".join(names), "point": points} for points, names in by_points.items()]


def uncovered_sentences(session: OpenedStudy) -> list[str]:
    """Say which days between two agreements belong to none."""
    words, agreements = session.words, session.study.agreements
    days = timedelta(days=1)
    return [
        words.say("page.quality.uncovered", period=words.period(before.end + days, after.start - days))
        for before, after in pairwise(agreements)
        if after.start > before.end + days
    ]


def unusual_rows(session: OpenedStudy) -> list[Row]:
    """Return the points of official series that lie far from their own past, and whether somebody registered why."""
    rows = []
    for indicator in session.study.indicators:
        if not session.study.source(indicator.source).official:
            continue
        pool = session.data.pool(indicator, neighbours=True) if indicator.role == "primary" else ()
        for series, ratio in [(session.data.series(indicator), IN_TARGET), *((one, IN_COMPARISON) for one in pool)]:
            rows += [_unusual_row(session, indicator, series, one) for one in _relevant(session, series, ratio)]
    return rows


def _relevant(session: OpenedStudy, series: TimeSeries, ratio: float) -> tuple[Unusual, ...]:
    """Leave out points before every baseline: they enter no comparison."""
    first = min((b.start for b in session.study.fixed_baselines if b.grain == series.grain), default=date.min)
    return tuple(one for one in unusual_points(series, ratio) if series.start[one.at].astype(object) >= first)


def _unusual_row(session: OpenedStudy, indicator: Indicator, series: TimeSeries, one: Unusual) -> Row:
    words, start = session.words, series.start[one.at]
    registered = _registered(session.study, series, start)
    return {
        "indicator": in_language(indicator.name, words),
        "area": next(area.name for area in session.study.areas if area.code == series.area),
        "point": words.point(start, series.grain),
        "observed": one.count,
        "usual": one.usual,
        "change": 100 * (one.ratio - 1),
        "registered": words.say(f"page.quality.registered.{'yes' if registered else 'no'}"),
    }


def _registered(study: Study, series: TimeSeries, start: np.datetime64) -> bool:
    """Tell whether an oddity of the area touches the point."""
    months = {"month": 1, "quarter": 3, "year": 12}[series.grain]
    end = (start.astype("M8[M]") + months).astype("M8[D]")
    own = [oddity for oddity in study.oddities if oddity.area == series.area]
    return any(np.datetime64(one.start) < end and np.datetime64(one.end) >= start for one in own)


def checks(session: OpenedStudy) -> tuple[SumCheck, ...]:
    """Hold the published counts of the study against each other and against their rates."""
    sources = [s.id for s in session.study.sources if s.kind == "mean_population"]
    population = session.data.frame(sources[0]) if sources else None
    return tuple(sum_checks(count_frames(session), population))


def check_row(session: OpenedStudy, check: SumCheck) -> Row:
    """Return one comparison in words: what should agree, how often it does, the largest difference."""
    words = session.words
    files = {name: str(record["file"]) for name, record in session.prepared.records.items()}
    status = "any" if check.kind == "rate" else "preliminary" if check.preliminary else "final"
    state = "agree" if check.agreeing == check.compared else "revised" if check.preliminary else "differ"
    return {
        "check": words.say(
            f"page.quality.check.{check.kind}",
            name=offence_word(session, check.offence_type),
            file=files[check.source],
            against=files.get(check.against, ""),
        ),
        "status": words.say(f"page.quality.status.{status}"),
        "agree": words.say("page.quality.of", part=words.number(check.agreeing), whole=words.number(check.compared)),
        "largest": words.per_cent(check.largest, 2) if check.largest else words.say("page.quality.equal"),
        "result": words.say(f"page.quality.result.{state}"),
    }


def series_figures(session: OpenedStudy) -> Iterator[Figure]:
    """Draw the primary official series that have a gap or an unusual point, and a calendar of the first monthly one."""
    official = [i for i in session.study.indicators if session.study.source(i.source).official]
    for indicator in official:
        series = session.data.series(indicator)
        if indicator.role == "primary" and indicator.grain != "year" and series.n:
            yield _series_figure(session, indicator, series)
    monthly = [i for i in official if i.grain == "month"]
    if monthly:
        yield _calendar(session, monthly[0])


def _series_figure(session: OpenedStudy, indicator: Indicator, series: TimeSeries) -> Figure:
    words, study = session.words, session.study
    unusual = unusual_points(series, IN_TARGET)
    return series_figure(
        series,
        words,
        title=_title(series, unusual, words),
        quantity=quantity_of(indicator, words),
        where=study.target.name,
        bands=bands_of(study, words),
        events=[Event(_event(one, words), series.start[one.at]) for one in unusual],
        source=source_line(study, indicator, session.citations),
    )


def _event(one: Unusual, words: Wording) -> str:
    fields = {"count": words.number(one.count), "usual": words.number(one.usual)}
    return words.say("page.quality.unusual_event", **fields)


def _title(series: TimeSeries, unusual: tuple[Unusual, ...], words: Wording) -> str:
    """Say what the figure shows: gaps, preliminary points, unusual points; or that there is nothing of the kind."""
    marks = {
        "gap": np.isnan(series.count),
        "preliminary": series.preliminary,
        "unusual": np.isin(np.arange(series.n), [one.at for one in unusual]),
    }
    said = [
        words.say(f"page.quality.title_{name}", points=points_in_words(series.start[at], series.grain, words))
        for name, at in marks.items()
        if at.any()
    ]
    return " ".join(said) or words.say("page.quality.title_nothing")


def _calendar(session: OpenedStudy, indicator: Indicator) -> Figure:
    words, series = session.words, session.data.series(indicator)
    months = series.start.astype("M8[M]").astype(np.int64)
    years = np.unique(months // 12)
    counts = np.full((years.size, 12), np.nan)
    counts[months // 12 - years[0], months % 12] = series.count
    name = in_language(indicator.name, words)
    most = int(np.nanargmax(series.count))
    return calendar_figure(
        counts,
        [1970 + int(year) for year in years],
        words,
        title=words.say("page.quality.calendar_title", name=name, month=words.month(series.start[most])),
        quantity=words.say("page.quality.calendar_quantity", name=name),
        where=session.study.target.name,
        note=words.say("page.quality.calendar_note") if series.preliminary.any() else "",
        source=source_line(session.study, indicator, session.citations),
    )
