"""Places inside the municipality: target place and the ring round it against control areas, from an incident log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from evaluation.disclosure import CellTable, Dimension, Limit, suppress
from evaluation.models.panel import (
    DisplacementDifference,
    PlaceChanges,
    PlaceCounts,
    count_dispersion,
    e_test,
    hot_places,
    weighted_displacement_difference,
)
from evaluation.series import Bools, Dates, Floats, Window
from evaluation.study.model import Area, AreaRole, Study

Which = Literal["target", "ring", "both"]
ROLE_OF: dict[AreaRole, str] = {"part": "target", "displacement": "ring", "control": "control"}
HOTTEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class PlaceLog:
    """Monthly counts of one offence type in the places of a study.

    Attributes
    ----------
    areas
        Target places (role part), the ring (displacement) and control areas, in file order.
    start
        First day of each month, shape (t,).
    counts
        Incidents, shape (areas, t); NaN where a month was not counted.
    """

    areas: tuple[Area, ...]
    start: Dates
    counts: Floats

    def rows(self, group: str) -> Bools:
        """Say which areas belong to target, ring or control, shape (areas,)."""
        return np.array([ROLE_OF[area.role] == group for area in self.areas])


@dataclass(frozen=True, slots=True, eq=False)
class PlaceDifference:
    """One place, or both together, against the control areas.

    Attributes
    ----------
    which
        Target place, ring, or both together: what is left when moved incidents are counted too.
    before, after
        Incidents in the baseline (all of it) and in the agreement.
    expected
        Incidents expected in the agreement had the place changed as the control areas did, > 0.
    difference
        Weighted displacement difference: incidents more (+) or fewer (−) over the whole agreement.
    exact_p
        E-test of the place's two counts, those of the control areas as exposures (taken as known): for small counts.
    """

    which: Which
    before: float
    after: float
    expected: float
    difference: DisplacementDifference
    exact_p: float

    @property
    def per_cent(self) -> float:
        """Change against expected in per cent. Its interval is in incidents: what is expected is itself uncertain."""
        return 100 * self.difference.total / self.expected

    @property
    def detectable(self) -> float:
        """Smallest change in per cent of expected that would have been seen with 80 % power."""
        return 100 * self.difference.detectable / self.expected

    @property
    def clear(self) -> Literal["decrease", "increase", "none"]:
        """On which side of no change the widened interval lies wholly, if on any."""
        estimate = self.difference.estimate
        return "decrease" if estimate.high < 0 else "increase" if estimate.low > 0 else "none"


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """Target place and ring against the control areas, in one agreement against one baseline.

    Attributes
    ----------
    window
        Months used.
    places
        Target, ring and both; a place without incidents before is left out, and so are all where the controls have none
        before or after.
    dispersion
        Variance over mean of the monthly counts per area, baseline and agreement apart; it widens the intervals.
    """

    window: Window
    places: tuple[PlaceDifference, ...]
    dispersion: float

    def of(self, which: Which) -> PlaceDifference | None:
        """Return one of the places, if it could be compared."""
        return next((place for place in self.places if place.which == which), None)


@dataclass(frozen=True, slots=True, eq=False)
class ProtectedPlaces:
    """Counts of every area before and after, and which of them may be shown.

    Attributes
    ----------
    counts
        Incidents in baseline and agreement, shape (areas, 2).
    hidden
        Cells too small to print, and those hidden for their sake, shape (areas, 2).
    sums_hidden
        Which of target, ring, control and both (target and ring together) have a sum that is hidden.
    """

    counts: Floats
    hidden: Bools
    sums_hidden: frozenset[str]

    def hides(self, which: Which) -> bool:
        """Say whether a place's difference must not be shown: it gives the place's sums, and those of the control."""
        return bool(self.sums_hidden & {which, "control"})


def place_log(counts: pd.DataFrame, offence_type: str, study: Study, start: Dates) -> PlaceLog | None:
    """Lay the monthly counts of a log out by place, or give nothing where the study names no such places.

    Parameters
    ----------
    counts
        One row per area × month × offence type (`area_code`, `start`, `grain`, `offence_type`, `count`).
    start
        Months wanted, shape (t,).
    """
    areas = study.areas_with_role("part", "displacement", "control")
    if not {"part", "control"} <= {area.role for area in areas}:
        return None
    chosen = counts[(counts["offence_type"] == offence_type) & (counts["grain"] == "month")]
    by_area = chosen.set_index(["area_code", "start"])["count"].unstack()  # noqa: PD010 – each pair stands once
    months = pd.DatetimeIndex(start.astype("datetime64[ns]"))
    laid_out = by_area.reindex(index=[area.code for area in areas], columns=months)
    return PlaceLog(areas, start, laid_out.to_numpy(dtype=float, na_value=np.nan))


def displacement(log: PlaceLog, window: Window) -> Displacement:
    """Compare target place and ring with the control areas by the weighted displacement difference.

    The control counts are scaled to the size of the place before the agreement (area weight), and the baseline to the
    length of the agreement and to the change that the control areas show (period weight), so the difference is in
    incidents over the whole agreement and its variance is that of observed − before × control after / control before
    to first order. With lengths alone as period weights the interval would be too narrow where all places rise together
    (9 % false alarms at +50 % in simulations, here 4 %). One control stands against both places together: it enters the
    variance once.
    """
    sums = {group: _before_after(log, log.rows(group), window) for group in ("target", "ring", "control")}
    used = window.used & np.isfinite(log.counts).all(axis=0)
    dispersion = count_dispersion(log.counts[:, used], window.period[used].astype(np.float64))
    target, ring, control = sums["target"], sums["ring"], sums["control"]
    nothing = np.zeros(2)
    trials: tuple[tuple[Which, Floats, Floats], ...] = (
        ("target", target, nothing),
        ("ring", ring, nothing),
        ("both", target, ring),
    )
    places = (_place(which, own, beside, control, dispersion) for which, own, beside in trials)
    return Displacement(window, tuple(place for place in places if place is not None), dispersion)


def hottest_places(log: PlaceLog, window: Window) -> PlaceChanges:
    """Rank the areas before and during the agreement."""
    before, after = _by_area(log, window).T
    return hot_places([area.name for area in log.areas], before, after, _lengths(window), HOTTEST)


def protected_places(log: PlaceLog, window: Window, limit: Limit) -> ProtectedPlaces:
    """Hide counts that are too small to print, and others from which these could be computed.

    The sums of target, ring, both and control stand in the page's tables, and that of all areas follows from other
    pages: they are in the protected table too. Each period is protected by itself, so that it has the same hidden cells
    on every page that shows it: as an agreement on one, as a baseline on the next.
    """
    counts, parts = _by_area(log, window), tuple(area.code for area in log.areas)
    printed = {group: _codes(log, group) for group in ("target", "ring", "control")}
    printed |= {"both": printed["target"] + printed["ring"], "all": parts}
    groups = {f"={name}": codes for name, codes in printed.items() if len(codes) > 1}
    area = Dimension("area", parts, groups)
    hidden = np.column_stack(
        [suppress(CellTable((area,), column.astype(np.int64), limit)).hidden for column in counts.T]
    )
    rows = {name: f"={name}" if f"={name}" in groups else codes[0] for name, codes in printed.items() if codes}
    gone = frozenset(name for name, entry in rows.items() if hidden[area.entries.index(entry)].any())
    return ProtectedPlaces(counts, hidden[: len(parts)], gone)


def _place(which: Which, own: Floats, beside: Floats, control: Floats, dispersion: float) -> PlaceDifference | None:
    before, after = own + beside
    if before == 0 or not control.all():
        return None
    difference = weighted_displacement_difference(
        PlaceCounts(float(own[0]), float(own[1])),
        PlaceCounts(float(control[0]), float(control[1]), float(control[0] / before)),
        PlaceCounts(float(beside[0]), float(beside[1])),
        period_weights=(float(control[0] / control[1]), 1.0),
        dispersion=dispersion if np.isfinite(dispersion) else 1.0,
    )
    exact = e_test(int(after), int(before), float(control[1]), float(control[0]))
    return PlaceDifference(which, float(before), float(after), float(after - difference.total), difference, exact)


def _lengths(window: Window) -> tuple[float, float]:
    return float(window.baseline.sum()), float(window.period.sum())


def _before_after(log: PlaceLog, rows: Bools, window: Window) -> Floats:
    return np.asarray(_by_area(log, window)[rows].sum(axis=0))


def _by_area(log: PlaceLog, window: Window) -> Floats:
    """Count each area in baseline and agreement, shape (areas, 2)."""
    masks: Sequence[Bools] = (window.baseline, window.period)
    return np.column_stack([log.counts[:, mask].sum(axis=1) for mask in masks])


def _codes(log: PlaceLog, group: str) -> tuple[str, ...]:
    return tuple(area.code for area in log.areas if ROLE_OF[area.role] == group)
