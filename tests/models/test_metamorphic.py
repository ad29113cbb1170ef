"""Change the question in a way whose answer algebra knows: each property on a thousand generated series."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import fit_reml
from evaluation.models.ar1 import ar1_design, correlated
from evaluation.models.bootstrap import bootstrap_t
from evaluation.models.glm import fit_negative_binomial, fit_poisson
from evaluation.models.sandwich import newey_west

N, SERIES, START = 48, 1000, 30
TIME = np.delete(np.arange(N + 3), [5, 20, 21])  # three points were never published
STEP = 2


def design_matrix(time=TIME):
    waves = [wave(2 * np.pi * k * time / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(N), time / 12, np.arange(N) >= START, *waves]).astype(float)


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(11)
    return correlated(random.standard_normal((N, SERIES)), TIME, random.uniform(-0.5, 0.9, SERIES))


@pytest.fixture(scope="module")
def counts():
    random = np.random.default_rng(12)
    noise = correlated(random.standard_normal((N, SERIES)), TIME, np.array(0.3))
    mean = 30 * np.exp(
        random.uniform(0, 0.4, SERIES) * noise + random.uniform(-0.3, 0.3, SERIES) * (TIME[:, None] >= 30)
    )
    return random.poisson(mean).astype(float)


@pytest.fixture(scope="module")
def fit(values):
    return fit_reml(ar1_design(design_matrix(), TIME), values)


def clear(fit):
    """Series whose ρ is not at an end of its range; the others have no answer to compare."""
    return ~fit.on_boundary


def same_effect(left, right, keep):
    assert keep.mean() > 0.9
    assert right.rho[keep] == pytest.approx(left.rho[keep], abs=1e-7)
    assert right.beta[keep, STEP] == pytest.approx(left.beta[keep, STEP], abs=1e-7)
    assert right.sigma[keep] == pytest.approx(left.sigma[keep], rel=1e-6)


def test_shifting_the_time_origin_changes_only_the_level(fit, values):
    shifted = fit_reml(ar1_design(design_matrix(TIME + 36), TIME + 36), values)
    keep = clear(fit)
    same_effect(fit, shifted, keep)
    assert shifted.beta[keep, 1] == pytest.approx(fit.beta[keep, 1], abs=1e-7)
    # level + trend · (t + 36)/12 is the same line: the level falls by three years of trend
    assert shifted.beta[keep, 0] == pytest.approx(fit.beta[keep, 0] - 3 * fit.beta[keep, 1], abs=1e-6)


def test_reading_the_series_backwards_changes_nothing(fit, values):
    backwards = fit_reml(ar1_design(design_matrix()[::-1].copy(), -TIME[::-1]), values[::-1])
    same_effect(fit, backwards, clear(fit))


def test_scaling_values_scales_the_effect_and_adding_a_line_adds_its_step(fit, values):
    line = design_matrix() @ np.array([4.0, -0.2, 0.7, 0.1, 0, 0.3, 0])
    changed = fit_reml(ar1_design(design_matrix(), TIME), 3.0 * values + line[:, None])
    keep = clear(fit)
    assert changed.rho[keep] == pytest.approx(fit.rho[keep], abs=1e-7)
    assert changed.beta[keep, STEP] == pytest.approx(3.0 * fit.beta[keep, STEP] + 0.7, abs=1e-6)
    assert changed.sigma[keep] == pytest.approx(3.0 * fit.sigma[keep], rel=1e-6)


def test_reordering_rows_changes_no_count_model(counts):
    order = np.random.default_rng(13).permutation(N)
    X, offset = design_matrix(), np.zeros((N, 1))
    straight, shuffled = fit_poisson(X, counts, offset), fit_poisson(X[order], counts[order], offset)
    assert shuffled.beta == pytest.approx(straight.beta, abs=1e-8)
    assert shuffled.dispersion == pytest.approx(straight.dispersion, rel=1e-8)


def test_scaling_counts_moves_the_level_and_multiplies_the_dispersion(counts):
    X, offset = design_matrix(), np.zeros((N, 1))
    once, tenfold = fit_poisson(X, counts, offset), fit_poisson(X, 10 * counts, offset)
    assert tenfold.beta[:, 0] == pytest.approx(once.beta[:, 0] + np.log(10), abs=1e-8)
    assert tenfold.beta[:, STEP] == pytest.approx(once.beta[:, STEP], abs=1e-8)
    assert tenfold.dispersion == pytest.approx(10 * once.dispersion, rel=1e-8)
    contrast = np.eye(7)[STEP]
    quasi = [fit.standard_error(contrast, fit.dispersion) for fit in (once, tenfold)]
    assert quasi[1] == pytest.approx(quasi[0], rel=1e-8)
    robust = [newey_west(X, fit.counts - fit.fitted, fit.unscaled, TIME, 3)[:, STEP, STEP] for fit in (once, tenfold)]
    assert robust[1] == pytest.approx(robust[0], rel=1e-8)


def test_a_thousand_series_together_have_the_covariance_of_each_alone(counts):
    X = design_matrix()
    fit = fit_poisson(X, counts, np.zeros((N, 1)))
    errors = fit.counts - fit.fitted
    together = newey_west(X, errors, fit.unscaled, TIME, 3)
    alone = [newey_west(X, errors[:, [at]], fit.unscaled[[at]], TIME, 3)[0] for at in range(SERIES)]
    assert together == pytest.approx(np.array(alone), rel=1e-12, abs=1e-15)


def test_more_inhabitants_at_the_same_counts_move_only_the_level(counts):
    X = design_matrix()
    for model in (fit_poisson, fit_negative_binomial):
        here, doubled = (model(X, counts[:, :300], np.full((N, 1), np.log(size))) for size in (1000.0, 2000.0))
        both = here.converged & doubled.converged
        assert both.all()
        assert doubled.beta[:, STEP] == pytest.approx(here.beta[:, STEP], abs=1e-7)
        assert doubled.beta[:, 0] == pytest.approx(here.beta[:, 0] - np.log(2), abs=1e-7)


DRAWS = 199
SLOPE_ONLY = np.column_stack([np.ones(36), np.arange(36), np.arange(36) >= 24]).astype(float)


@pytest.fixture(scope="module")
def short():
    """A thousand short series without season or gaps, for a bootstrap each."""
    random = np.random.default_rng(14)
    series = correlated(random.standard_normal((36, SERIES)), np.arange(36), random.uniform(-0.3, 0.8, SERIES))
    return fit_reml(ar1_design(SLOPE_ONLY, np.arange(36)), series)


def bootstrapped(fit, series):
    return bootstrap_t(fit.alone(series), np.eye(3)[[STEP]], draws=DRAWS, seed=series)


def without(fit, effects):
    """The same series with a known effect taken out of each period."""
    return fit_reml(fit.design, fit.responses - SLOPE_ONLY[:, [STEP]] * effects)


def test_p_is_below_five_per_cent_exactly_when_the_interval_excludes_no_change(short):
    found = [bootstrapped(short, series) for series in range(SERIES)]
    below = np.array([one.p[0] < 0.05 for one in found])
    excludes = np.array([one.low[0] > 0 or one.high[0] < 0 for one in found])
    assert below.any()
    assert (below == excludes).all()


def test_the_test_at_a_confidence_limit_gives_five_per_cent(short):
    limits = [bootstrapped(short, series) for series in range(SERIES)]
    either = np.array([limits[k].low[0] if k % 2 else limits[k].high[0] for k in range(SERIES)])
    at_limit = without(short, either)
    p = np.array([bootstrapped(at_limit, series).p[0] for series in range(SERIES)])
    # exactly on the limit rounding decides whether the draw that made it counts: one draw is 1/200
    assert p == pytest.approx(np.full(SERIES, 0.05), abs=1.01 / (DRAWS + 1))


def test_a_hair_inside_the_interval_p_is_not_below_five_per_cent_and_a_hair_outside_it_is(short):
    some = np.arange(150)
    limits = [bootstrapped(short, series) for series in some]
    for sign, limit in ((-1, [one.low[0] for one in limits]), (1, [one.high[0] for one in limits])):
        for nudge, expected in ((-1e-6, 0.05), (1e-6, 0.05 - 1 / (DRAWS + 1))):
            shifts = np.zeros(SERIES)
            shifts[some] = np.array(limit) + sign * nudge
            moved = without(short, shifts)
            p = np.array([bootstrapped(moved, series).p[0] for series in some])
            assert p == pytest.approx(np.full(some.size, expected))
