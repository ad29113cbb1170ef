"""Bootstrap-t: counting, the range of ρ, and the table that stands in for it."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.models import fit_reml
from evaluation.models.ar1 import ar1_design, correlated
from evaluation.models.bootstrap import bootstrap_t, critical_value, exceedance, likely_rho
from evaluation.models.null_table import null_table
from evaluation.models.reml import grid_of

TIME = np.arange(48)
X = np.column_stack([np.ones(48), TIME / 12, TIME >= 36]).astype(float)
STEP = np.array([[0.0, 0.0, 1.0]])


def test_p_counts_the_draws_at_least_as_large_and_the_series_itself():
    null = np.array([[0.1, 0.5, 1.0, 2.0]])
    assert exceedance(null, np.array([1.0])) == pytest.approx([(1 + 2) / 5])
    assert exceedance(null, np.array([-3.0])) == pytest.approx([1 / 5])
    assert exceedance(null, np.array([0.0])) == pytest.approx([1.0])


def test_the_critical_value_is_the_draw_at_which_p_reaches_the_level():
    # 1 999 draws: p < 0.05 needs at most 98 larger draws, so the 99th largest is the limit
    null = np.arange(1, 2000, dtype=float)[None, :]
    limit = critical_value(null, 0.95)
    assert limit == pytest.approx([1901])
    assert exceedance(null, limit)[0] == pytest.approx(0.05)
    assert exceedance(null, limit + 1e-9)[0] == pytest.approx(0.0495)


@pytest.mark.parametrize("rho", [-0.97, -0.6, 0.0, 0.5, 0.9])
def test_likely_rho_lies_between_its_bounds_and_follows_the_series(rho):
    design = ar1_design(X, TIME)
    series = correlated(np.random.default_rng(1).standard_normal((48, 1)), TIME, np.array(rho))
    drawn = likely_rho(grid_of(design), series, 999)
    assert drawn.min() >= 0.2
    assert drawn.max() <= 0.98
    assert (np.diff(drawn) >= 0).all()
    estimate = float(np.clip(fit_reml(design, series).rho[0], 0.2, 0.98))
    assert np.quantile(drawn, 0.001) - 0.001 <= estimate <= np.quantile(drawn, 0.999)


def test_a_flat_likelihood_gives_evenly_spread_values():
    class Flat:
        rho = np.tanh(np.linspace(-2.6, 2.6, 121))
        design = ar1_design(X, TIME)

        def loglik(self, squares, cross):
            return np.zeros((121, 1))

    drawn = likely_rho(Flat(), np.random.default_rng(2).standard_normal((48, 1)), 99)
    assert drawn == pytest.approx(0.2 + (np.arange(99) + 0.5) / 99 * 0.78, abs=2e-4)


def test_the_interval_does_not_depend_on_level_scale_or_effect():
    design = ar1_design(X, TIME)
    series = correlated(np.random.default_rng(3).standard_normal((48, 1)), TIME, np.array(0.4))
    plain = bootstrap_t(fit_reml(design, series), STEP)
    moved = bootstrap_t(fit_reml(design, 7 * series + X @ np.array([[3.0], [1.0], [-2.0]])), STEP)
    assert moved.critical == pytest.approx(plain.critical, rel=1e-6)
    assert moved.effect == pytest.approx(7 * plain.effect - 2)


def test_the_table_gives_the_p_of_the_direct_bootstrap():
    design = ar1_design(X, TIME)
    random = np.random.default_rng(4)
    series = correlated(random.standard_normal((48, 60)), TIME, random.uniform(-0.3, 0.85, 60))
    fit = fit_reml(design, series)
    table = null_table(design, STEP[0], draws=9_999)
    direct = np.array([bootstrap_t(fit.alone(k), STEP, draws=9_999).p[0] for k in range(60)])
    # same random numbers, two ways of mixing over ρ: a draw or a knot apart
    assert np.abs(table.p(series) - direct).max() < 0.012
    assert table.p(series).mean() == pytest.approx(direct.mean(), abs=0.002)


def test_critical_values_are_above_the_normal_one_and_constant_below_two_tenths():
    table = null_table(ar1_design(X, TIME), STEP[0])
    values = table.critical(np.array([-0.5, 0.1, 0.45, 0.85]))
    assert values[0] == values[1]
    assert (values > 1.96).all()


def test_a_series_that_swings_to_and_fro_gets_the_smallest_credit():
    time = np.arange(200)
    design = ar1_design(np.ones((200, 1)), time)
    swing = correlated(np.random.default_rng(5).standard_normal((200, 1)), time, np.array(-0.97))
    # the likelihood at 0.2 is some e⁻³⁰⁰ of its maximum, and still only its shape above 0.2 counts
    assert likely_rho(grid_of(design), swing, 99).max() < 0.3


def test_too_few_draws_are_refused():
    fit = fit_reml(ar1_design(X, TIME), np.random.default_rng(6).standard_normal((48, 1)))
    with pytest.raises(ParameterError, match="draws"):
        bootstrap_t(fit, STEP, draws=50)
