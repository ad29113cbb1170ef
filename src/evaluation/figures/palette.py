"""Colours by role, each with a second carrier (dash or marker), and the contrast rule they all pass."""

from __future__ import annotations

from dataclasses import dataclass

WHITE = "#ffffff"
TEXT = "#1b1b1b"


@dataclass(frozen=True, slots=True)
class Role:
    """What a mark means, and how it looks.

    Attributes
    ----------
    colour
        Line or marker colour; contrast with white at least 3 (WCAG 1.4.11).
    fill
        Colour of areas of this role; areas always have an edge in `colour`.
    dash, marker
        The carriers besides colour: matplotlib line style and marker.
    """

    colour: str
    fill: str
    dash: str | tuple[int, tuple[float, ...]] = "-"
    marker: str = ""


OBSERVED = Role("#12263f", "#8793a3", "-", "o")
EXPECTED = Role("#b3470f", "#f6ddcd", (0, (5.0, 2.5)), "s")
INTERVAL = Role("#b5713f", "#f8e4d6", (0, (1.0, 1.6)))
FOCUS = Role("#005ea5", "#d3e4f2", "-", "D")
CONTEXT = Role("#6b7280", "#eceef1", (0, (1.5, 2.0)), "")
BAND = Role("#76859a", "#e9eef5")
FOCUS_BAND = Role("#3d6ea5", "#cfdff0")
ROLES = {
    "observed": OBSERVED,
    "expected": EXPECTED,
    "interval": INTERVAL,
    "focus": FOCUS,
    "context": CONTEXT,
    "band": BAND,
    "focus_band": FOCUS_BAND,
}


def contrast(first: str, second: str) -> float:
    """Compute the contrast ratio of two hex colours, 1–21 (WCAG 2.1, relative luminance of sRGB)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Compute the relative luminance of a hex colour, 0–1 (WCAG 2.1)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
