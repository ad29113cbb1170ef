"""Count regressions where R has nothing to say: limits, failures, and many series at once."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import NotEstimableError
from evaluation.models.glm import fit_negative_binomial, fit_poisson, require_convergence

T = np.arange(40)
X = np.column_stack([np.ones(40), T / 12, T >= 25]).astype(float)
NO_OFFSET = np.zeros((40, 1))


def test_two_groups_give_the_logarithms_of_their_means():
    groups = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]]).astype(float)
    counts = np.array([[4, 5, 6, 8, 10, 12.0]]).T
    fit = fit_poisson(groups, counts, np.zeros((6, 1)))
    assert fit.beta[0] == pytest.approx([np.log(5), np.log(10 / 5)])
    # Fisher information of the difference: 1/15 + 1/30 = 0.1
    assert fit.unscaled[0, 1, 1] == pytest.approx(0.1)
    # Pearson: (1 + 0 + 1)/5 + (4 + 0 + 4)/10 = 1.2 on 4 degrees of freedom
    assert fit.dispersion[0] == pytest.approx(0.3)
    # deviance: 2 Σ y log(y/μ) = 2 (4 log 0.8 + 6 log 1.2 + 8 log 0.8 + 12 log 1.2)
    assert fit.deviance[0] == pytest.approx(2 * (12 * np.log(0.8) + 18 * np.log(1.2)))


def test_without_overdispersion_the_negative_binomial_is_poisson():
    counts = np.tile([9.0, 10, 11, 10], 10)[:, None]
    negative, poisson = fit_negative_binomial(X, counts, NO_OFFSET), fit_poisson(X, counts, NO_OFFSET)
    assert negative.alpha[0] == 0
    assert negative.beta == pytest.approx(poisson.beta)
    assert negative.loglik == pytest.approx(poisson.loglik)
    assert np.isnan(negative.theta_error[0])


def test_many_series_are_fitted_as_each_alone():
    counts = np.random.default_rng(1).negative_binomial(5, 5 / 25, size=(40, 12)).astype(float)
    together = fit_negative_binomial(X, counts, NO_OFFSET)
    for column in range(12):
        alone = fit_negative_binomial(X, counts[:, [column]], NO_OFFSET)
        assert alone.beta[0] == pytest.approx(together.beta[column], abs=1e-8)
        assert alone.alpha[0] == pytest.approx(together.alpha[column], rel=1e-6)


def test_no_other_theta_is_more_likely():
    counts = np.random.default_rng(2).negative_binomial(4, 4 / 24, size=(40, 30)).astype(float)
    fit = fit_negative_binomial(X, counts, NO_OFFSET)
    for factor in (0.9, 1.1):
        beside = np.array([_loglik_at(fit, series, fit.alpha[series] * factor) for series in range(30)])
        assert (beside <= fit.loglik + 1e-10).all()


def _loglik_at(fit, series, alpha):
    from scipy.stats import nbinom

    mu = fit.fitted[:, series]
    return nbinom.logpmf(fit.counts[:, series], 1 / alpha, 1 / (1 + alpha * mu)).sum()


def test_a_step_onto_zeros_only_never_settles_and_is_refused():
    counts = np.where(T >= 25, 0.0, 20.0)[:, None]
    with pytest.raises(NotEstimableError) as caught:
        require_convergence(fit_poisson(X, counts, NO_OFFSET))
    assert caught.value.reason == "no_convergence"


def test_statsmodels_agrees_on_a_negative_binomial_with_the_dispersion_held():
    from statsmodels.api import GLM
    from statsmodels.genmod.families import NegativeBinomial

    counts = np.random.default_rng(3).negative_binomial(6, 6 / 36, size=(40, 1)).astype(float)
    fit = fit_negative_binomial(X, counts, NO_OFFSET)
    peer = GLM(counts[:, 0], X, family=NegativeBinomial(alpha=fit.alpha[0])).fit(tol=1e-12)
    assert fit.beta[0] == pytest.approx(peer.params, rel=1e-6)  # it stops at 1e-7
    assert np.sqrt(np.diag(fit.unscaled[0])) == pytest.approx(peer.bse, rel=1e-6)
