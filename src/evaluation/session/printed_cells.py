"""From printed numbers to the ledger: which points and which sums of a protected series a run gives away."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evaluation.disclosure import Atom, PublishedCell, members_of, printed_totals
from evaluation.evaluate import coarser
from evaluation.periods import agreement_masks, baseline_kinds, window_of
from evaluation.series import Bools, TimeSeries, Window
from evaluation.session.pages.words import in_language
from evaluation.session.printed import Numbers, PrintedTable, number_in
from evaluation.study.model import Indicator, Study
from evaluation.wording import Wording

# A column that agrees with a series in this share of at least so many rows is that series, whatever its heading.
ALIKE, LEAST_ROWS = 0.8, 3
_RECORDS = ("evaluations", "trends", "one_model")
_ENDS = ("observed", "expected", "estimate", "mean")
_POINT = re.compile(r"/(?:evaluations|trends)/[^/]+/(?:series/(?:count|rate)|seasonally_adjusted)/(\d+)")
_LENGTH = re.compile(r"/(?:evaluations|trends)/[^/]+/series/exposure/(\d+)")
_SUM = re.compile(r"/evaluations/([^/]+)/baselines/(\d+)/(description|designs/[^/]+)/(observed|expected|estimate)")
_MEAN = re.compile(r"/evaluations/([^/]+)/baselines/(\d+)/refusals/[^/]+/values/mean")
_STEP = re.compile(r"/one_model/[^/]+/([^/]+)/(?:observed|expected)")


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """A series with small counts that must not come out: its indicator, the true series, and which points are small."""

    study: Study
    indicator: Indicator
    series: TimeSeries
    small: Bools

    def atom(self, at: int) -> Atom:
        """Name one point of the series: what was counted, where, when."""
        return (self.indicator.source, self.indicator.offence_type, self.series.area, str(self.series.start[at]))

    def cell(self, points: Bools, where: str, *, earlier: bool = False) -> PublishedCell | None:
        """Enter a printed sum over points; the value is today's, for who knows an old sum can often mend it."""
        counted = np.flatnonzero(points & ~np.isnan(self.series.count))
        if counted.size == 0:
            return None
        value = float(self.series.count[counted].sum())
        return PublishedCell(frozenset(self.atom(int(at)) for at in counted), value, value, where, earlier)


def places_by_indicator(numbers: Numbers) -> dict[str, list[str]]:
    """Sort the places of printed numbers by indicator, those that say nothing about counts left out."""
    places: dict[str, list[str]] = defaultdict(list)
    for place in numbers:
        _, record, name, *rest = [*place.split("/", 3), "", ""]
        tail = rest[0]
        if record in _RECORDS and (tail.startswith(("series/", "seasonally")) or tail.endswith(_ENDS)):
            places[name.split("·")[0]].append(place)
    return places


def cells_in_numbers(
    guarded: Guarded, places: Sequence[str], where: str, *, earlier: bool = False
) -> list[PublishedCell]:
    """Find the points and sums of a series among the places of one edition's numbers, record by record."""
    records: dict[str, list[str]] = defaultdict(list)
    for place in places:
        records[place.split("/", 3)[2]].append(place)
    by_points: dict[bytes, tuple[str, Bools]] = {}
    drawn: set[tuple[str, int]] = set()  # points that a record before has given away
    for own in records.values():
        lengths = [int(match[1]) + 1 for match in map(_LENGTH.fullmatch, own) if match]
        grid, members = _grid(guarded.series, max(lengths, default=guarded.series.n))
        existing = np.arange(grid.n) < max(lengths, default=grid.n)  # editions before had fewer points
        points = {int(match[1]): match[0] for match in map(_POINT.fullmatch, own) if match}
        for at in sorted(at for at in points if existing[at] and (grid.grain, at) not in drawn):
            drawn.add((grid.grain, at))
            by_points.setdefault(members[at].tobytes(), (points[at], members[at]))
        for place in own:
            for covered in _summed(guarded, members, place):
                inside: Bools = np.asarray(members[covered & existing].any(axis=0), dtype=np.bool_)
                by_points.setdefault(inside.tobytes(), (place, inside))
    found = (guarded.cell(covered, f"{where}: {place}", earlier=earlier) for place, covered in by_points.values())
    return [cell for cell in found if cell is not None]


@lru_cache(maxsize=64)
def _grids(series: TimeSeries) -> tuple[tuple[TimeSeries, Bools], ...]:
    """Give the series and its coarser forms, coarsest first, with the points that each of their points sums."""
    found: list[tuple[TimeSeries, Bools]] = []
    one: TimeSeries | None = series
    while one is not None:
        found.append((one, members_of(series, one)))
        one = coarser(one) if one.scale == "count" else None
    return tuple(reversed(found))


def _grid(series: TimeSeries, length: int) -> tuple[TimeSeries, Bools]:
    """Tell by its length on which grid a record stands: pages add thin counts together to quarters or years."""
    return next((pair for pair in _grids(series) if pair[0].n >= length), _grids(series)[-1])


def cells_in_table(guarded: Guarded, table: PrintedTable, words: Wording) -> list[PublishedCell]:
    """Find what a table prints of a series: its points in a table of points, its sums in a table that is about it."""
    masks = [mask for grid, members in _grids(guarded.series) for mask in _points_in(grid, members, table, words)]
    if not masks and in_language(guarded.indicator.name, words).casefold() in table.caption.casefold():
        masks = _sums_in(guarded, table, words)
    cells = (guarded.cell(mask, table.where) for mask in masks)
    return [cell for cell in cells if cell is not None]


def _points_in(grid: TimeSeries, members: Bools, table: PrintedTable, words: Wording) -> list[Bools]:
    """Compare each column with the series, whatever its heading; rows are known by the label of their point."""
    labels = _labels(grid, words)
    rows = [(labels[row[0].strip()], row) for row in table.rows if row and row[0].strip() in labels]
    width = max((len(row) for _, row in rows), default=0) if len(rows) >= LEAST_ROWS else 0
    columns = ({at: row[column] for at, row in rows if column < len(row)} for column in range(1, width))
    return [members[at] for at in sorted({at for column in columns for at in _shown(grid, column, words)})]


def _sums_in(guarded: Guarded, table: PrintedTable, words: Wording) -> list[Bools]:
    """Look for whole numbers that are the sum of the series over an agreement or baseline."""
    read = (number_in(text, words.style.decimal) for row in table.rows for text in row[1:])
    whole = {number[0] for number in read if number is not None and number[0].is_integer()}
    totals = printed_totals(guarded.study, guarded.series)
    return [total.points for total in totals if float(np.nansum(guarded.series.count[total.points])) in whole]


def folded_names(every: Iterable[Guarded], words: Wording) -> tuple[str, ...]:
    """Give the names of the guarded indicators as texts are searched for them."""
    return tuple(in_language(one.indicator.name, words).casefold() for one in every)


def names_any(text: str, names: Iterable[str]) -> bool:
    """Say whether a text names one of the guarded indicators (`folded_names`)."""
    folded = text.casefold()
    return any(name in folded for name in names)


def cells_in_text(guarded: Guarded, text: str, where: str, words: Wording) -> list[PublishedCell]:
    """Find small points named with their value in a text that names the indicator (an alternative text, a sentence)."""
    if not names_any(text, folded_names((guarded,), words)):
        return []
    found = (at for at in np.flatnonzero(guarded.small) if _says(guarded, int(at), text, words))
    cells = (guarded.cell(np.arange(guarded.series.n) == at, f"{where}, text") for at in found)
    return [cell for cell in cells if cell is not None]


def _summed(guarded: Guarded, members: Bools, place: str) -> list[Bools]:
    """Say which sums of points a printed number gives away, by its place."""
    if not place.endswith(_ENDS):
        return []
    if match := _SUM.fullmatch(place):
        return _of_sum(guarded, members, match[1], int(match[2]), match[3], match[4])
    if match := _MEAN.fullmatch(place):
        return _of_sum(guarded, members, match[1], int(match[2]), "", "mean")
    if match := _STEP.fullmatch(place):
        masks = agreement_masks(guarded.study, guarded.series)
        return [_whole(members, masks[match[1]])] if match[1] in masks else []
    return []


def _of_sum(guarded: Guarded, members: Bools, name: str, at: int, design: str, field: str) -> list[Bools]:
    """Say which points a printed sum covers; a ratio of rates ties period and baseline, so it counts as both."""
    windows = _windows(guarded, name.split("·")[-1])
    if not windows:
        return []
    window = windows[at]
    period, baseline, used = (_whole(members, mask) for mask in (window.period, window.baseline, window.used))
    if field == "mean":
        return [used]
    if design == "description":
        return {"observed": [period], "expected": [baseline]}.get(field, [period, baseline])
    return [period] if field == "observed" else []


@lru_cache(maxsize=256)
def _windows(guarded: Guarded, agreement: str) -> tuple[Window, ...]:
    """Return the windows of an agreement in the order of its record; none where the study no longer has it."""
    study = guarded.study
    return tuple(
        window_of(study, found, kind, guarded.series)
        for found in study.agreements
        if found.id == agreement
        for kind in sorted(baseline_kinds(found), key=lambda kind: kind != study.plan.primary_baseline)
    )


def _whole(members: Bools, points: Bools) -> Bools:
    """Say which points of a grid lie wholly among points of the series."""
    whole: Bools = np.asarray(members.any(axis=1) & ~(members & ~points).any(axis=1), dtype=np.bool_)
    return whole


@lru_cache(maxsize=256)
def _labels(series: TimeSeries, words: Wording) -> dict[str, int]:
    return {words.point(day, series.grain): at for at, day in enumerate(series.start)}


def _shown(grid: TimeSeries, column: Mapping[int, str], words: Wording) -> Sequence[int]:
    read = {at: number for at, text in column.items() if (number := number_in(text, words.style.decimal)) is not None}
    truths = (grid.count, grid.rate)
    for truth in truths:
        alike = [at for at, (value, half) in read.items() if abs(value - truth[at]) <= half * 1.02 + 1e-6 * abs(value)]
        if len(alike) >= max(LEAST_ROWS, ALIKE * len(read)):
            return alike
    return []


def _says(guarded: Guarded, at: int, text: str, words: Wording) -> bool:
    label = words.point(guarded.series.start[at], guarded.series.grain)
    values = {words.number(guarded.series.rate[at], digits) for digits in (0, 1)}
    values.add(words.number(guarded.series.count[at]))
    return label in text and bool(values & set(re.findall(r"\d[\d\u00a0\u202f ]*(?:[.,]\d+)?(?<! )", text)))
