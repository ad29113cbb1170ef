"""Whether an answer stands when one choice is changed: the rule shared by every with-and-without check."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evaluation.results import Estimate

Conclusion = Literal["decrease", "increase", "none"]
SHARE_LEFT = 0.5


def conclusion(estimate: Estimate) -> Conclusion:
    """Return the direction of a clear change, or none: clear when p < 1 − level."""
    if not estimate.p < 1 - estimate.level:
        return "none"
    return "decrease" if estimate.estimate < estimate.neutral else "increase"


def distance(estimate: Estimate) -> float:
    """Return how far an estimate lies from no change: log ratio, or difference; negative is a decrease."""
    return float(np.log(estimate.estimate)) if estimate.scale == "ratio" else estimate.estimate


def stands(primary: Estimate, variant: Estimate) -> bool:
    """Tell whether a variant supports the answer of the primary estimate; the rule is symmetric.

    Two clear changes agree when they go the same way, and so do two that are not clear. Where only one is clear, the
    other must lie on the same side and hold at least half of the change: a window with more or fewer points makes
    intervals narrower or wider without saying anything else. Whatever they say, they do not agree when each lies
    outside the other's interval.
    """
    if _apart(primary, variant):
        return False
    said = (conclusion(primary), conclusion(variant))
    if "none" not in said or said == ("none", "none"):
        return said[0] == said[1]
    clear, other = (variant, primary) if said[0] == "none" else (primary, variant)
    return distance(other) / distance(clear) >= SHARE_LEFT


def shown(estimate: Estimate) -> float:
    """Return an estimate as it is told: per cent change, or the difference in the unit of the series."""
    return estimate.per_cent[0] if estimate.scale == "ratio" else estimate.estimate


def shown_with_limits(estimate: Estimate, prefix: str = "") -> dict[str, float]:
    """Name an estimate and its limits as they are told: `effect`, `low`, `high`, and `ratio` (1: per cent)."""
    values = estimate.per_cent if estimate.scale == "ratio" else (estimate.estimate, estimate.low, estimate.high)
    names = (f"{prefix}effect", f"{prefix}low", f"{prefix}high")
    return dict(zip(names, values, strict=True)) | {"ratio": float(estimate.scale == "ratio")}


def _apart(one: Estimate, other: Estimate) -> bool:
    outside = not one.low <= other.estimate <= one.high
    return outside and not other.low <= one.estimate <= other.high
