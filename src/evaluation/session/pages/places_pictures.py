"""Tables and figures of places: every count in them comes from the protected table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.disclosure import limit_of
from evaluation.evaluate.sentences import lower_first
from evaluation.figures import (
    Figure,
    ForestRow,
    Place,
    calendar_figure,
    forest_figure,
    hour_of_week_figure,
    map_figure,
)
from evaluation.models.panel import PlaceChanges
from evaluation.series import TimeSeries, Window
from evaluation.session.pages.words import in_language, source_line
from evaluation.session.places import Displacement, PlaceDifference, PlaceLog, ProtectedPlaces
from evaluation.session.places_hours import BlockChange, WeekHours
from evaluation.study.model import Area, Indicator
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Found = Sequence[tuple[Displacement, ProtectedPlaces]]
_SAY = "page.places.column."


def differences_tables(session: OpenedStudy, indicator: Indicator, found: Found) -> tuple[Table, Table]:
    """Table the weighted displacement differences, and how certain each is: Poisson interval, exact test, power."""
    words, name = session.words, in_language(indicator.name, session.words)
    first = [
        Column("before", words.say(f"{_SAY}before"), "count"),
        Column("after", words.say(f"{_SAY}after"), "count"),
        Column("expected", words.say("column.expected"), "count"),
        Column("change", words.say("column.change"), "per_cent", signed=True),
        Column("difference", words.say(f"{_SAY}difference"), "number", signed=True),
        Column("widened", words.say(f"{_SAY}widened")),
    ]
    second = [
        Column("poisson", words.say(f"{_SAY}poisson")),
        Column("p", words.say("column.p"), "p"),
        Column("exact", words.say(f"{_SAY}exact"), "p"),
        Column("detectable", words.say(f"{_SAY}detectable"), "per_cent"),
    ]
    note = words.say("page.places.table_note", dispersion=words.number(found[0][0].dispersion, 2))
    return (
        _differences(session, indicator, found, first, words.say("page.places.caption", name=name), ""),
        _differences(session, indicator, found, second, words.say("page.places.tests_caption", name=name), note),
    )


def _differences(
    session: OpenedStudy, indicator: Indicator, found: Found, shown: Sequence[Column], caption: str, note: str
) -> Table:
    words = session.words
    columns = [Column("which", words.say(f"{_SAY}which")), Column("baseline", words.say("column.baseline")), *shown]
    places = [(one, place) for one, _ in found for place in one.places]
    rows = pd.DataFrame([_difference_row(one, place, words) for one, place in places])[[one.key for one in columns]]
    gone = [protected.hides(place.which) for one, protected in found for place in one.places]
    hidden = pd.DataFrame({column.key: gone for column in shown})
    source = source_line(session.study, indicator, session.citations)
    return table(rows, caption, columns, words, hidden=hidden, note=note, source=source)


def differences_figure(session: OpenedStudy, indicator: Indicator, found: Found) -> Figure | None:
    """Draw the differences with the intervals that are widened by the dispersion; hidden ones are left out."""
    words = session.words
    shown = [(one, place) for one, protected in found for place in one.places if not protected.hides(place.which)]
    if not shown:
        return None
    rows = [
        ForestRow(
            words.say(f"page.comparison.label.{one.window.baseline_kind}", design=_name(place, words)),
            place.difference.estimate,
            place.which == "target" and one is found[0][0],
        )
        for one, place in shown
    ]
    return forest_figure(
        rows,
        words,
        title=words.say("page.places.figure_title", changes=_changes(shown, words)),
        quantity=words.say("page.places.quantity", name=in_language(indicator.name, words)),
        where=session.study.target.name,
        unit="number",
        note=words.say("page.places.figure_note"),
        source=source_line(session.study, indicator, session.citations),
    )


def areas_map(
    session: OpenedStudy,
    indicator: Indicator,
    log: PlaceLog,
    window: Window,
    protected: ProtectedPlaces,
    incidents: pd.DataFrame,
) -> Figure | None:
    """Draw the areas at the points of the study, or where their incidents lie, shaded by the count in the agreement."""
    words, given = session.words, area_points(log.areas)
    limit = limit_of(session.study.thresholds, sensitive=indicator.sensitive)
    points = given or middle_points(incidents, limit.smallest)
    places = [
        Place(area.name, float(count), points[area.code], hidden=bool(hidden))
        for area, count, hidden in zip(log.areas, protected.counts[:, 1], protected.hidden[:, 1], strict=True)
        if area.code in points
    ]
    if all(place.hidden for place in places):
        return None
    months = log.start[window.period]
    return map_figure(
        places,
        words,
        title=words.say("page.places.map_title", area=_most(places)),
        quantity=words.say("page.places.count", name=in_language(indicator.name, words)),
        where=session.study.target.name,
        period=f"{words.month(months[0])}–{words.month(months[-1])}",
        note=words.say(f"page.places.map_{'given' if given else 'note'}"),
        source=source_line(session.study, indicator, session.citations),
    )


def area_points(areas: Sequence[Area]) -> dict[str, tuple[float, float]]:
    """Give the points that the study states (longitude, latitude) by area; nothing where one lacks its point."""
    points = {area.code: (area.lon, area.lat) for area in areas if area.lon is not None and area.lat is not None}
    return points if len(points) == len(areas) else {}


def middle_points(incidents: pd.DataFrame, smallest: int) -> dict[str, tuple[float, float]]:
    """Give the median place of all incidents by area (SWEREF 99 TM, to 100 metres).

    Areas with fewer than `smallest` located incidents have none: the middle of one or two of them is an address.
    """
    by_area = incidents.dropna(subset=["easting", "northing"]).groupby("area_code")[["easting", "northing"]]
    middles = by_area.median()[by_area.size() >= smallest].round(-2)
    return {str(code): (float(east), float(north)) for code, (east, north) in middles.iterrows()}


def areas_of_table(
    session: OpenedStudy,
    indicator: Indicator,
    log: PlaceLog,
    window: Window,
    protected: ProtectedPlaces,
    changes: PlaceChanges,
) -> Table:
    """Table every area before and during the agreement, the hottest first where no count is hidden."""
    words, names = session.words, [area.name for area in log.areas]
    # The order by number tells how large a hidden count is: then the areas stand as in the study file.
    order = list(range(len(names))) if protected.hidden.any() else [names.index(name) for name in changes.places]
    counts, hidden = protected.counts[order], protected.hidden[order]
    ranked = [changes.places.index(names[at]) for at in order]
    both = hidden.any(axis=1)
    rows = pd.DataFrame(
        {
            "area": [names[at] for at in order],
            "role": [words.say(f"role.{log.areas[at].role}") for at in order],
            "before": counts[:, 0],
            "after": counts[:, 1],
            "change": _change(changes)[ranked],
            "p": changes.p[ranked],
        }
    )
    mask = pd.DataFrame({"before": hidden[:, 0], "after": hidden[:, 1], "change": both, "p": both})
    baseline, period = (words.number(float(months.sum())) for months in (window.baseline, window.period))
    columns = [
        Column("area", words.say("figures.area")),
        Column("role", words.say("column.role")),
        Column("before", words.say(f"{_SAY}before_months", months=baseline), "count"),
        Column("after", words.say(f"{_SAY}after_months", months=period), "count"),
        Column("change", words.say(f"{_SAY}per_month"), "per_cent", signed=True),
        Column("p", words.say("column.p"), "p"),
    ]
    caption = words.say("page.places.areas_caption", name=in_language(indicator.name, words))
    source = source_line(session.study, indicator, session.citations)
    return table(rows, caption, columns, words, hidden=mask, note=words.say("page.places.areas_note"), source=source)


def hours_figure(session: OpenedStudy, indicator: Indicator, series: TimeSeries, week: WeekHours) -> Figure:
    """Draw incidents by weekday and hour over the whole log."""
    words = session.words
    months = series.start[~np.isnan(series.count)]
    day, hour = np.unravel_index(np.argmax(np.where(week.hidden, -1.0, week.counts)), week.counts.shape)
    return hour_of_week_figure(
        week.counts,
        words,
        title=words.say(
            "page.places.hours_title", day=words.lists["format.weekdays"][int(day)], hour=f"{int(hour):02d}"
        ),
        quantity=words.say("page.places.count", name=in_language(indicator.name, words)),
        where=session.study.target.name,
        period=f"{words.month(months[0])}–{words.month(months[-1])}",
        hidden=week.hidden,
        source=source_line(session.study, indicator, session.citations),
    )


def months_figure(session: OpenedStudy, indicator: Indicator, series: TimeSeries) -> Figure:
    """Draw incidents by year and month, the months hidden that every other page hides."""
    words = session.words
    months = series.start.astype("M8[M]").astype(np.int64)
    years = np.arange(months.min() // 12, months.max() // 12 + 1)
    at = (months // 12 - years[0], months % 12)
    counts, hidden = np.full((years.size, 12), np.nan), np.zeros((years.size, 12), dtype=np.bool_)
    counts[at], hidden[at] = series.count, session.data.protected(indicator).hidden
    shown = np.where(hidden, np.nan, counts)
    title = words.say("page.places.months_nothing")
    if np.isfinite(shown).any():
        year, month = np.unravel_index(np.nanargmax(shown), shown.shape)
        most = np.datetime64(f"{1970 + int(years[year])}-{int(month) + 1:02d}")
        title = words.say("page.places.months_title", month=words.month(most))
    return calendar_figure(
        counts,
        [1970 + int(year) for year in years],
        words,
        title=title,
        quantity=words.say("page.places.count", name=in_language(indicator.name, words)),
        where=session.study.target.name,
        hidden=hidden,
        source=source_line(session.study, indicator, session.citations),
    )


def blocks_of_day(session: OpenedStudy, indicator: Indicator, change: BlockChange) -> Table:
    """Table the share of incidents in each part of the day, before and during the agreement."""
    words, changes = session.words, change.changes
    before, after = 100 * changes.share_before, 100 * changes.share_after
    rows = pd.DataFrame({"hours": change.labels, "before": before, "after": after})
    mask = pd.DataFrame({"before": change.hidden[:, 0], "after": change.hidden[:, 1]})
    columns = [
        Column("hours", words.say(f"{_SAY}hours")),
        Column("before", words.say(f"{_SAY}share_before"), "per_cent"),
        Column("after", words.say(f"{_SAY}share_after"), "per_cent"),
    ]
    moved = words.per_cent(100 * changes.moved, signed=False)
    note = "" if change.hidden.any() else words.say("page.places.hours_note", moved=moved)
    caption = words.say("page.places.hours_caption", name=in_language(indicator.name, words))
    return table(rows, caption, columns, words, hidden=mask, note=note)


def _most(places: Sequence[Place]) -> str:
    return max((place for place in places if not place.hidden), key=lambda place: place.value).name


def _difference_row(one: Displacement, place: PlaceDifference, words: Wording) -> dict[str, object]:
    difference = place.difference
    return {
        "which": _name(place, words),
        "baseline": words.say(f"baseline.{one.window.baseline_kind}"),
        "before": place.before,
        "after": place.after,
        "expected": place.expected,
        "change": place.per_cent,
        "difference": difference.total,
        "widened": words.interval(difference.estimate.low, difference.estimate.high, signed=True),
        "poisson": words.interval(difference.poisson.low, difference.poisson.high, signed=True),
        "p": difference.estimate.p,
        "exact": place.exact_p,
        "detectable": place.detectable,
    }


def _changes(shown: Sequence[tuple[Displacement, PlaceDifference]], words: Wording) -> str:
    """Say the changes against the first baseline shown, in one line."""
    first = [place for one, place in shown if one is shown[0][0]]
    said = [
        words.say("page.places.figure_change", which=_name(place, words), change=words.per_cent(place.per_cent))
        for place in first
    ]
    return words.join([said[0], *(lower_first(text) for text in said[1:])])


def _name(place: PlaceDifference, words: Wording) -> str:
    return words.say(f"page.places.which.{place.which}")


def _change(changes: PlaceChanges) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with np.errstate(divide="ignore", invalid="ignore"):  # no incidents before: no per cent
        change = 100 * (changes.after / changes.before - 1)
    return np.where(np.isfinite(change), change, np.nan)
