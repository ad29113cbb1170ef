"""Contrast by the formula of WCAG, and a second carrier beside every colour."""

from __future__ import annotations

import itertools

import pytest

from evaluation.figures.classes import EDGE, SHADES
from evaluation.figures.gaps import PLACEBO
from evaluation.figures.palette import EXPECTED, FOCUS, INTERVAL, OBSERVED, ROLES, TEXT, WHITE, contrast, luminance


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),  # (1 + 0.05) / (0 + 0.05)
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that WCAG lets through as text
        ("#ff0000", "#ffffff", 4.0),  # (1.05) / (0.2126 + 0.05) = 3.998
    ],
)
def test_contrast_against_known_pairs(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.005)
    assert contrast(second, first) == contrast(first, second)


@pytest.mark.parametrize("role", ROLES)
def test_marks_stand_out_from_paper_and_from_the_bands(role: str) -> None:
    assert contrast(ROLES[role].colour, WHITE) >= 3
    if role not in {"band", "focus_band", "interval", "context"}:
        assert contrast(ROLES[role].colour, ROLES["focus_band"].fill) >= 3


def test_text_and_placebo_lines_and_edges_have_their_contrast() -> None:
    assert contrast(TEXT, WHITE) >= 4.5
    assert contrast(PLACEBO, WHITE) >= 3
    assert contrast(EDGE, WHITE) >= 3


def test_roles_of_one_chart_differ_without_colour() -> None:
    carriers = [(role.dash, role.marker) for role in (OBSERVED, EXPECTED, INTERVAL, FOCUS)]
    assert len(set(carriers)) == len(carriers)


def test_shades_darken_step_by_step_so_that_grey_print_keeps_their_order() -> None:
    for lighter, darker in itertools.pairwise(SHADES):
        assert luminance(lighter) - luminance(darker) > 0.1


def test_numbers_on_shades_can_be_read() -> None:
    for shade in SHADES:
        ink = WHITE if contrast(shade, WHITE) > 4.5 else TEXT
        assert contrast(shade, ink) >= 4.5
