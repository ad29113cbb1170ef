"""Protection of one series: which points and which totals are withheld, so that none can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.disclosure.ledger import Atom, Finding, HiddenCell, PublishedCell, audit
from evaluation.disclosure.limits import Limit, limit_of
from evaluation.indicators import point_end
from evaluation.periods import agreement_masks, baseline_kinds, window_of
from evaluation.series import Bools, TimeSeries
from evaluation.study.model import Indicator, Study, Thresholds


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """A sum over points of a series that a report prints.

    Attributes
    ----------
    name
        What it is, for the analyst.
    points
        The points summed, shape (n,).
    earlier
        True where an edition that is already out prints it.
    """

    name: str
    points: Bools
    earlier: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """What may be shown of a series.

    Attributes
    ----------
    hidden
        Points that are neither drawn, tabled, written nor named, shape (n,).
    small
        Those hidden because they are small; the others are hidden so that these cannot be computed, shape (n,).
    withheld
        Names of the totals that must not be printed, nor anything from which they follow (observed, expected, excess
        cases, the ratio of rates).
    exposed
        Points that earlier editions already give away, shape (n,): nothing can be done now.
    """

    hidden: Bools
    small: Bools
    withheld: frozenset[str]
    exposed: Bools

    def allows(self, *names: str) -> bool:
        """Say whether all these totals may be printed."""
        return not self.withheld & set(names)


def protect_indicator(
    study: Study,
    indicator: Indicator,
    series: TimeSeries,
    *,
    coarse: Sequence[TimeSeries] = (),
    others: Sequence[Total] = (),
    known: Bools | None = None,
    earlier: Sequence[Total] = (),
) -> Protected:
    """Protect the series of one indicator by the study's limits, against the totals that its reports print.

    Parameters
    ----------
    coarse
        The same series on coarser grids, where a page prints it so (`coarse_protection` then says what they may show).
    others
        Further totals that a page prints: sums of an evaluation on a coarser grid.
    known
        Points that earlier editions printed, shape (n,).
    earlier
        Totals that earlier editions printed.
    """
    return protect_series(
        series,
        study.thresholds,
        sensitive=indicator.sensitive,
        official=study.source(indicator.source).official,
        totals=(*every_total(study, series, coarse, others), *earlier),
        known=known,
    )


def protect_series(
    series: TimeSeries,
    thresholds: Thresholds,
    *,
    sensitive: bool = False,
    official: bool = False,
    totals: Sequence[Total] = (),
    known: Bools | None = None,
) -> Protected:
    """Hide small counts of a series, and what else would give them away.

    While a hidden point can be computed too closely from the totals, the visible point that is cheapest to lose is
    hidden among those in the same totals; where there is none, the shortest total that holds the point is withheld.
    Already published official figures (`official`) and series of values are left as they are.
    """
    if official or series.scale == "value":
        none = np.zeros(series.n, dtype=np.bool_)
        return Protected(none, none, frozenset(), none)
    limit = limit_of(thresholds, sensitive=sensitive)
    small = limit.small(series.count)
    told = np.zeros(series.n, dtype=np.bool_) if known is None else known
    withheld = {t.name for t in totals if not t.earlier and _is_small(t, series, limit)}
    return _widened(series, limit, small, told, totals, withheld)


def printed_totals(study: Study, series: TimeSeries) -> tuple[Total, ...]:
    """List the sums that the pages of a study print: each agreement, each baseline, and both together."""
    named = [Total(f"agreement {key}", mask) for key, mask in agreement_masks(study, series).items()]
    for agreement in study.agreements:
        for kind in baseline_kinds(agreement):
            window = window_of(study, agreement, kind, series)
            named.append(Total(total_name(agreement.id, kind, "period"), window.period))
            named.append(Total(total_name(agreement.id, kind, "baseline"), window.baseline))
            named.append(Total(total_name(agreement.id, kind, "used"), window.used))
    return tuple(total for total in named if total.points.any())


def every_total(
    study: Study, series: TimeSeries, coarse: Sequence[TimeSeries] = (), others: Sequence[Total] = ()
) -> tuple[Total, ...]:
    """List all sums that the pages print of a series: its own, its points on coarser grids, and further ones."""
    points = (total for one in coarse for total in coarse_totals(series, one))
    return (*printed_totals(study, series), *points, *others)


def coarse_totals(series: TimeSeries, coarse: TimeSeries) -> tuple[Total, ...]:
    """Give each published point of a coarser grid as a sum of points."""
    members = members_of(series, coarse)
    return tuple(Total(_coarse_name(coarse, int(at)), members[at]) for at in np.flatnonzero(~np.isnan(coarse.count)))


def coarse_protection(protected: Protected, coarse: TimeSeries) -> Protected:
    """Say what the same series may show on a coarser grid, after `protect_indicator(…, coarse=…)` has weighed both."""
    hidden = np.array([_coarse_name(coarse, at) in protected.withheld for at in range(coarse.n)], dtype=np.bool_)
    return Protected(hidden, hidden, protected.withheld, np.zeros(coarse.n, dtype=np.bool_))


def members_of(series: TimeSeries, coarse: TimeSeries) -> Bools:
    """Say which points lie in each point of a coarser grid, shape (coarse points, points)."""
    ends = point_end(coarse.start, coarse.grain)
    inside: Bools = (series.start >= coarse.start[:, None]) & (series.start <= ends[:, None])
    return inside


def _coarse_name(coarse: TimeSeries, at: int) -> str:
    return f"{coarse.grain} from {coarse.start[at]}"


def total_name(agreement: str, kind: str, side: str) -> str:
    """Name a total of an agreement against one baseline; `side` is period, baseline or used (both)."""
    return f"agreement {agreement}, {kind} baseline: {side}"


def _widened(
    series: TimeSeries, limit: Limit, small: Bools, known: Bools, totals: Sequence[Total], withheld: set[str]
) -> Protected:
    hidden, withheld, safe = small.copy(), set(withheld), np.zeros(series.n, dtype=np.bool_)
    while True:
        # less and less is printed, so what cannot be computed now never can be: each point is asked about until it is
        for at, finding in _asked(series, limit, small, hidden, known, _shown(totals, withheld), ~safe):
            safe[at] = finding is None
            if finding is not None and finding.new:
                break
        else:
            break
        partner = _partner(series, limit, at, hidden | known, _shown(totals, withheld), finding)
        if partner is not None:
            hidden[partner] = True
        elif (total := _shortest(_shown(totals, withheld), at)) is not None:
            withheld.add(total.name)
        else:
            break
    left = _asked(series, limit, small, hidden, known, _shown(totals, withheld), ~safe)
    exposed = np.isin(np.arange(series.n), [at for at, finding in left if finding is not None])
    return Protected(hidden, small, frozenset(withheld), exposed)


def _shown(totals: Sequence[Total], withheld: set[str]) -> list[Total]:
    return [total for total in totals if total.name not in withheld or total.earlier]


def _asked(
    series: TimeSeries,
    limit: Limit,
    small: Bools,
    hidden: Bools,
    known: Bools,
    shown: Sequence[Total],
    asked: Bools,
) -> Iterator[tuple[int, Finding | None]]:
    """Attack the hidden points that are asked for, one by one; none where a point cannot be computed."""
    floors = {_atom(at): limit.floor for at in range(series.n)}
    widths = np.where(small, limit.width(series.count), 1.0)
    ledger = list(_ledger(series, hidden, known, shown))
    for at in np.flatnonzero(hidden & asked):
        cell = HiddenCell(frozenset([_atom(int(at))]), float(widths[at]), str(at))
        yield int(at), next(iter(audit(ledger, [cell], floors)), None)


def _ledger(series: TimeSeries, hidden: Bools, known: Bools, totals: Iterable[Total]) -> Iterator[PublishedCell]:
    published = ~np.isnan(series.count)
    for at in np.flatnonzero(published & (~hidden | known)):
        value = float(series.count[at])
        yield PublishedCell(frozenset([_atom(int(at))]), value, value, f"point {at}", bool(known[at]))
    for total in totals:
        points = total.points & published
        if points.any():
            value = float(series.count[points].sum())
            atoms = frozenset(_atom(int(at)) for at in np.flatnonzero(points))
            yield PublishedCell(atoms, value, value, total.name, total.earlier)


def _partner(
    series: TimeSeries, limit: Limit, at: int, taken: Bools, shown: Sequence[Total], finding: Finding
) -> int | None:
    """Choose the visible point in the same totals that suffices with the least loss, or the largest if none does."""
    alike = np.ones(series.n, dtype=np.bool_)
    for total in shown:
        alike &= total.points == total.points[at]
    chosen = np.flatnonzero(alike & ~taken & (series.count >= max(limit.floor, 1)))
    if chosen.size == 0:
        return None
    lacking = finding.cell.width - (finding.high - finding.low) + limit.floor
    enough = chosen[series.count[chosen] >= lacking]
    return int(enough[np.argmin(series.count[enough])] if enough.size else chosen[np.argmax(series.count[chosen])])


def _shortest(shown: Sequence[Total], at: int) -> Total | None:
    own = [total for total in shown if total.points[at] and not total.earlier]
    return min(own, key=lambda total: int(total.points.sum())) if own else None


def _is_small(total: Total, series: TimeSeries, limit: Limit) -> bool:
    return bool(limit.small(np.array([np.nansum(series.count[total.points])]))[0])


def _atom(at: int) -> Atom:
    return (str(at),)
