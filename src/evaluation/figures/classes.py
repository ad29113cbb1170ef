"""Few classes with round limits for maps and heat maps, from light to dark, readable in grey and in print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.figures.picture import WIDTH
from evaluation.series import Floats
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

SHADES = ("#e3ecf5", "#b3cbe3", "#7fa6cc", "#4079ad", "#12406f")
EDGE = "#5b6b80"  # contrast 5.4 with white: every area is seen whatever its shade
HIDDEN_HATCH = "////"
SMALLEST = 1e-9  # below this a value is zero on any map


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Limits of the classes: class k holds lower[k] ≤ value ≤ upper[k] (whole numbers), or < lower[k + 1]."""

    lower: Floats
    upper: Floats
    whole: bool

    @property
    def count(self) -> int:
        """Number of classes, 1–5."""
        return int(self.lower.size)

    def of(self, values: Floats) -> NDArray[np.int64]:
        """Find the class of each value, −1 for NaN."""
        found = np.clip(np.searchsorted(self.lower, values, side="right") - 1, 0, self.count - 1)
        return np.where(np.isnan(values), -1, found)

    def shade(self, index: int) -> str:
        """Colour of a class: few classes spread over the whole scale."""
        return SHADES[round(index * (len(SHADES) - 1) / max(1, self.count - 1))]

    def label(self, index: int, wording: Wording, digits: int = 0) -> str:
        """Write the limits of a class."""
        low, high = wording.number(self.lower[index], digits), wording.number(self.upper[index], digits)
        return low if low == high else f"{low}–{high}"


def classes_of(values: Floats) -> Classes:
    """Cut the range of the values into at most five classes with round limits, starting at zero."""
    finite = values[np.isfinite(values)]
    top = float(finite.max()) if finite.size else 0.0
    whole = bool(finite.size) and bool(np.all(finite == np.round(finite)))
    if top < SMALLEST:
        return Classes(np.zeros(1), np.zeros(1), whole)
    step = _round_step(top / len(SHADES), whole)
    lower = np.arange(int(top / step + 1e-9) + 1).astype(np.float64) * step
    return Classes(lower, lower + (step - 1 if whole else step), whole)


def draw_scale(canvas: Canvas, classes: Classes, wording: Wording, *, down: float, digits: int = 0) -> None:
    """Draw the key of the classes as squares with their limits, `down` units below the top."""
    from matplotlib.patches import Rectangle

    height = canvas.get_figheight() * 72
    for index in range(classes.count):
        left = (2 + index * 94) / WIDTH
        box = Rectangle((left, 1 - down / height), 16 / WIDTH, 13 / height, facecolor=classes.shade(index))
        box.set(edgecolor=EDGE, linewidth=1, transform=canvas.transFigure, figure=canvas)
        canvas.patches.append(box)
        canvas.text(left + 21 / WIDTH, 1 - (down - 2) / height, classes.label(index, wording, digits))


def _round_step(step: float, whole: bool) -> float:
    power = 10.0 ** np.floor(np.log10(step))
    rounded = next(factor * power for factor in (1, 2, 3, 4, 5, 6, 8, 10, 20) if factor * power >= step * (1 + 1e-9))
    return max(1.0, float(np.ceil(rounded))) if whole else float(rounded)
