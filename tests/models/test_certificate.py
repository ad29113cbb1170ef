"""The method certificate in short: the same cells with fewer series and tolerances right for that number.

The full run is `python benchmarks/certificate.py`; its result is METHOD_CERTIFICATE.md. With 3 000 series a share of
0.05 has a standard error of 0.004; every limit below is the target plus three standard errors.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "certificate.py"
SERIES = 3_000
THREE_ERRORS = 3 * np.sqrt(0.05 * 0.95 / SERIES)


@pytest.fixture(scope="module")
def certificate(load):
    module = load(PATH)
    module.FINE_DRAWS = 4_999
    return module


@pytest.fixture
def random():
    return np.random.default_rng(20_260_101)


@pytest.mark.parametrize(("n", "rho"), [(24, 0.4), (36, 0.0), (36, 0.6), (60, 0.2), (60, 0.8)])
def test_level_change_is_covered(certificate, random, n, rho):
    cell = certificate.Cell(n, n // 2)
    found = certificate.tabulated(certificate.table(cell), certificate.noise(cell, rho, SERIES, random))
    low, high = certificate.level_target(cell, rho)
    assert low - THREE_ERRORS <= 1 - found.rejected <= high + THREE_ERRORS
    assert found.refused < 0.12


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_slope_change_is_covered(certificate, random, rho):
    cell = certificate.Cell(48, 24, slope=True)
    found = certificate.tabulated(certificate.table(cell), certificate.noise(cell, rho, SERIES, random))
    low, high = certificate.slope_target(cell, rho)
    assert low - THREE_ERRORS <= 1 - found.rejected <= high + THREE_ERRORS


def test_counts_without_effect_raise_few_alarms(certificate, random):
    rates = []
    for what in certificate.NINE:
        found = certificate.tabulated(certificate.table(what.cell), certificate.log_counts(what, SERIES, random))
        rates.append(found.rejected)
    assert max(rates) <= 0.07 + THREE_ERRORS
    assert np.mean(rates) <= 0.06 + THREE_ERRORS / 3
    assert min(rates) >= 0.02  # nor is the caution bought with an interval that never says anything


def test_a_report_of_ten_null_indicators_is_rarely_wrong(certificate, random):
    _, adjusted, signs = certificate.family(SERIES, random)
    clear = adjusted < 0.05
    assert clear.any(axis=0).mean() <= 0.05 + THREE_ERRORS
    assert (clear & (signs < 0)).any(axis=0).mean() <= 0.05
    p, _, signs = certificate.family(SERIES, random, effect=0.9)
    assert np.mean((p < 0.05) & (signs > 0)) <= 0.01


def test_the_stated_detectable_change_is_seen_four_times_in_five(certificate, random):
    rows = certificate.power_rows(certificate.Size(series=SERIES, direct=0), random)
    stated, simulated = (np.array([float(row[place].removesuffix(" %")) for row in rows]) for place in (3, 4))
    power = np.array([float(row[5]) for row in rows])
    assert np.abs(stated - simulated).max() <= 3
    assert np.abs(power - 0.8).max() <= 0.03 + 3 * np.sqrt(0.8 * 0.2 / SERIES)


def test_the_table_stands_in_for_the_direct_bootstrap(certificate, random):
    cell = certificate.Cell(48, 36, 2)
    responses = certificate.noise(cell, 0.4, 150, random)
    many, some = certificate.tabulated(certificate.table(cell), responses), certificate.direct(cell, responses)
    assert np.abs(many.p - some.p)[some.answered].max() < 0.04  # 1 999 draws: standard error 0.011 at p = 0.5
    assert certificate.same_verdict(many, some) > 0.96


def test_holm_by_hand(certificate):
    # 0.01·3, 0.02·2, 0.04·1 → 0.03, 0.04, 0.04; and never falling
    assert certificate.holm(np.array([[0.04], [0.01], [0.02]]))[:, 0] == pytest.approx([0.04, 0.03, 0.04])
