"""Published figures without microdata: the arithmetic of their intervals, from figures that were really printed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.results import Refusal
from evaluation.survey import (
    Wave,
    change,
    flip,
    published_change,
    published_share,
    published_share_with_uncertainty,
    registered_breaks,
)

POLICE = "polisens_trygghetsmatning"
ABOUT: dict[str, Any] = {"question": "otrygg_ute_sen_kvall", "counts": "insecure"}


def wave(year: int) -> Wave:
    return Wave.of_year(POLICE, year)


def test_upplands_vasby_2021_to_2023() -> None:
    # −11 points, 822 and 681 answers: SE = 100 √(0.25/822 + 0.25/681) = 2.5908, ± 1.96 · 2.5908 = 5.08.
    found = published_change(-11, 822, 681, wave_from=wave(2021), wave_to=wave(2023), **ABOUT)
    assert found.standard_error == pytest.approx(2.5908, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((-16.08, -5.92), abs=0.005)
    assert found.p < 0.0001
    assert found.smallest_detectable == pytest.approx((1.95996 + 0.84162) * 2.5908, abs=1e-3)
    assert math.isnan(found.share_from)
    wide = published_change(-11, 822, 681, 2.0, wave_from=wave(2021), wave_to=wave(2023), **ABOUT)
    assert wide.standard_error == pytest.approx(found.standard_error * math.sqrt(2))
    estimate = found.to_estimate()
    assert (estimate.design, estimate.scale, estimate.estimate) == ("survey_change", "additive", -11)
    assert (estimate.n_baseline, estimate.n_period, estimate.excess[0]) == (1, 1, -11)
    assert estimate.details["answers_to"] == 681


def test_681_answers_around_a_quarter_are_three_points_wide() -> None:
    # 100 √(0.25 · 0.75 / 681) = 1.6593, ± 3.25; the logit interval leans towards 50 per cent.
    found = published_share(25, 681, wave=wave(2023), **ABOUT)
    assert found.standard_error == pytest.approx(1.6593, abs=1e-4)
    assert found.high - 25 > 25 - found.low
    assert (found.high - found.low) / 2 == pytest.approx(3.25, abs=0.02)
    assert (found.kind, found.effective_base) == ("published_share", 681)


def test_rounding_widens_what_sampling_alone_would_make_too_narrow() -> None:
    # 26 per cent of 52 700: sampling 0.191 points; whole per cent add 1/√12 = 0.289: √(0.191² + 0.289²) = 0.346.
    exact = published_share(26, 52_700, wave=wave(2020), **ABOUT)
    rounded = published_share(26, 52_700, wave=wave(2020), rounded_to=1, **ABOUT)
    assert exact.standard_error == pytest.approx(0.191, abs=1e-3)
    assert rounded.standard_error == pytest.approx(0.346, abs=1e-3)


def test_a_published_share_of_nobody_has_an_exact_upper_limit() -> None:
    found = published_share(0, 40, 2.0, wave=wave(2023), **ABOUT)
    assert found.low == 0
    assert found.high == pytest.approx(100 * (1 - 0.025 ** (1 / 20)))  # 40 answers / design effect 2


def test_the_uncertainty_figure_is_the_larger_distance() -> None:
    found = published_share_with_uncertainty(20, 3, wave=wave(2023), **ABOUT)
    assert found.high == pytest.approx(23)
    # Log odds: ln(0.25) − (ln(0.23/0.77) − ln(0.25)) = −1.5643, which is 17.30 per cent.
    assert found.low == pytest.approx(17.30, abs=0.01)
    above = published_share_with_uncertainty(80, 3, wave=wave(2023), **ABOUT)
    assert (above.low, above.high) == pytest.approx((77, 100 - found.low))


@given(st.floats(1, 99), st.floats(0.05, 0.6))
def test_the_uncertainty_figure_comes_back_from_the_interval(share: float, part: float) -> None:
    uncertainty = part * min(share, 100 - share)
    found = published_share_with_uncertainty(share, uncertainty, wave=wave(2023), **ABOUT)
    assert max(share - found.low, found.high - share) == pytest.approx(uncertainty)
    turned = flip(found)
    assert (turned.share, turned.low, turned.high) == pytest.approx((100 - share, 100 - found.high, 100 - found.low))


@given(st.integers(1, 99), st.integers(30, 5000), st.floats(1, 3))
def test_the_worst_case_is_never_narrower_than_known_levels(share: int, answers: int, effect: float) -> None:
    first, second = (published_share(s, answers, effect, wave=wave(y), **ABOUT) for s, y in ((share, 2021), (50, 2023)))
    known = change(first, second, breaks=registered_breaks())
    worst = published_change(50 - share, answers, answers, effect, wave_from=wave(2021), wave_to=wave(2023), **ABOUT)
    assert not isinstance(known, Refusal)
    assert worst.low <= known.low + 1e-9
    assert worst.high >= known.high - 1e-9


def test_region_stockholm_2021_to_2023_with_levels() -> None:
    # Safe 68 → 71 per cent, 43 000 and 35 000 answers: SE = √(68 · 32/43000 + 71 · 29/35000) = √0.10943 = 0.331.
    secure: dict[str, Any] = {"question": "trygg_ute_sen_kvall", "counts": "secure", "area": "01"}
    first = published_share(68, 43_000, wave=wave(2021), **secure)
    found = change(first, published_share(71, 35_000, wave=wave(2023), **secure), breaks=registered_breaks())
    assert not isinstance(found, Refusal)
    assert found.standard_error == pytest.approx(0.331, abs=5e-4)
    assert (found.change, found.kind) == (3, "published_share")


def test_2020_to_2021_is_refused() -> None:
    first = published_share(26, 52_700, wave=wave(2020), **ABOUT)
    found = change(first, published_share(24, 43_000, wave=wave(2021), **ABOUT), breaks=registered_breaks())
    assert isinstance(found, Refusal)
    assert (found.rule, found.severity, found.values["year"]) == ("series_broken", "no_estimate", 2021)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: published_share(101, 100, wave=wave(2023), **ABOUT), "share: found 101"),
        (lambda: published_share(26, 0, wave=wave(2023), **ABOUT), "answers: found 0"),
        (lambda: published_share(26, 100, 0, wave=wave(2023), **ABOUT), "design effect: found 0"),
        (lambda: published_share_with_uncertainty(3, 98, wave=wave(2023), **ABOUT), "uncertainty figure"),
        (
            lambda: published_change(-110, 9, 9, wave_from=wave(2021), wave_to=wave(2023), **ABOUT),
            "change: found -110",
        ),
    ],
)
def test_figures_outside_their_range_are_refused(call: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call()
