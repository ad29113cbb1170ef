"""Hot places and hot hours before and after, without mistaking regression to the mean for an effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.errors import ParameterError
from evaluation.models.panel.exact import e_test
from evaluation.series import Floats


@dataclass(frozen=True, slots=True, eq=False)
class PlaceChanges:
    """Offences by place before and after, hottest place before first.

    Attributes
    ----------
    places
        Names, by falling rate before (ties: by name).
    before, after
        Offences per unit of time, shape (places,).
    p
        Exact two-sided p of "same rate" per place (E-test), not corrected for the number of places; shape (places,).
    rank_after
        1 for the hottest place after, shape (places,).
    hottest
        How many places count as hot.
    share_before, share_after
        Share of all offences in the hot places of each period's own ranking: concentration, free of selection.
    followed_share
        Share after of the places that were hot before: falls by chance alone, because they were picked for a high
        count (regression to the mean).
    still_hot
        How many of the hot places before are hot after.
    """

    places: tuple[str, ...]
    before: Floats
    after: Floats
    p: Floats
    rank_after: np.ndarray[tuple[int], np.dtype[np.int64]]
    hottest: int
    share_before: float
    share_after: float
    followed_share: float
    still_hot: int


@dataclass(frozen=True, slots=True, eq=False)
class HourChanges:
    """Distribution over the hours of a cycle before and after.

    Attributes
    ----------
    before, after
        Incidents per hour of the cycle and unit of time, shape (hours,).
    share_before, share_after
        Share of each period's incidents, shape (hours,); NaN when a period has none.
    moved
        Half the sum of |share_after − share_before|: share of incidents at other hours than before, 0–1.
    """

    before: Floats
    after: Floats
    share_before: Floats
    share_after: Floats
    moved: float


def hot_places(
    places: Sequence[str], before: Floats, after: Floats, lengths: tuple[float, float] = (1.0, 1.0), hottest: int = 10
) -> PlaceChanges:
    """Compare places before and after: rates, exact tests, and how concentrated offences are.

    Parameters
    ----------
    before, after
        Counts per place, shape (places,).
    lengths
        Length of the two periods in one unit (days, months).
    hottest
        How many places count as hot; at most all of them.

    Raises
    ------
    ParameterError
        Lengths of the arrays differ, or a period has no length.
    """
    _require_matching(len(places), before, after, lengths)
    order = np.lexsort((np.asarray(places), -before))
    old, new = before[order], after[order]
    names = tuple(places[place] for place in order)
    rank_after = np.empty(len(names), dtype=np.int64)
    rank_after[np.lexsort((np.asarray(names), -new))] = np.arange(1, len(names) + 1)
    return PlaceChanges(
        places=names,
        before=old / lengths[0],
        after=new / lengths[1],
        p=np.array([e_test(int(x), int(y), *lengths) for x, y in zip(old, new, strict=True)]),
        rank_after=rank_after,
        hottest=min(hottest, len(names)),
        share_before=_share(old[:hottest], old),
        share_after=_share(new[rank_after <= hottest], new),
        followed_share=_share(new[:hottest], new),
        still_hot=int((rank_after[:hottest] <= hottest).sum()),
    )


def hot_hours(before: Floats, after: Floats, lengths: tuple[float, float] = (1.0, 1.0)) -> HourChanges:
    """Compare the hours of two periods from their aoristic weights (`aoristic_weights`).

    Parameters
    ----------
    before, after
        Incidents per hour of the cycle, one shape.
    lengths
        Length of the two periods in one unit.
    """
    _require_matching(len(before), before, after, lengths)
    share_before, share_after = (_shares(weights) for weights in (before, after))
    return HourChanges(
        before / lengths[0],
        after / lengths[1],
        share_before,
        share_after,
        float(np.abs(share_after - share_before).sum() / 2),
    )


def _share(part: Floats, whole: Floats) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() > 0 else float("nan")


def _shares(weights: Floats) -> Floats:
    return weights / weights.sum() if weights.sum() > 0 else np.full_like(weights, np.nan)


def _require_matching(number: int, before: Floats, after: Floats, lengths: tuple[float, float]) -> None:
    if before.shape != (number,) or after.shape != (number,) or min(lengths) <= 0:
        raise ParameterError(
            "hot places or hours",
            found=f"{number} names, shapes {before.shape} and {after.shape}, lengths {lengths}",
            expected="one count per name and period, and lengths above 0",
            todo="count both periods over the same places or hours",
        )
