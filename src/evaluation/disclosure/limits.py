"""Which counts are too small to print, and how wide the range must be that is left for a hidden one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.series import Bools, Floats
from evaluation.study.model import Thresholds

SHARE_OF_VALUE = 0.5


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit for one kind of count (METHODS, section 7).

    Attributes
    ----------
    smallest
        Counts under this are not printed.
    zeros_are_small
        True in sensitive categories: "no report was made" tells a violent partner as much as "one was made".
    """

    smallest: int
    zeros_are_small: bool

    @property
    def floor(self) -> int:
        """The least a hidden count can be for a reader who knows the rule: where zeros are printed, none is hidden."""
        return 0 if self.zeros_are_small else 1

    def small(self, counts: Floats) -> Bools:
        """Say which counts are too small to print; figures that do not exist (NaN) are not."""
        found: Bools = (counts >= self.floor) & (counts < self.smallest)
        return found

    def width(self, counts: Floats) -> Floats:
        """Return how wide the range of possible values must be: the limit, or half the value where that is more."""
        wide: Floats = np.maximum(float(self.smallest), SHARE_OF_VALUE * counts)
        return wide


def limit_of(thresholds: Thresholds, *, sensitive: bool, crossed: bool = False) -> Limit:
    """Choose the limit: the strict one for sensitive categories and for any split by sex × area × month (`crossed`)."""
    if sensitive or crossed:
        return Limit(thresholds.small_count_sensitive, True)
    return Limit(thresholds.small_count, False)
