"""Simulated truth: how often intervals from 400 answers hold the true share, and how often a true change is seen.

Every replicate is a domain of one large design, so thousands of surveys are one call.
"""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.survey import SurveyDesign, difference, limits_of, share, smallest_detectable_change
from evaluation.survey.intervals import t_quantile

REPLICATES = 4000
STRATA = np.array([0.4, 0.3, 0.2, 0.1])  # shares of the population; 100 answers from each, so weights are 4:3:2:1
LEANING = np.array([0.7, 1.0, 1.3, 1.6])


def stratified(true: float, seed: int, replicates: int = REPLICATES) -> tuple[SurveyDesign, np.ndarray, np.ndarray]:
    """Replicates of 4 strata × 100 answers; the strata's own shares average to `true` in the population."""
    rng = np.random.default_rng(seed)
    by_stratum = true * LEANING / (STRATA @ LEANING)
    replicate, stratum = np.repeat(np.arange(replicates), 400), np.tile(np.repeat(np.arange(4), 100), replicates)
    answers = rng.random(replicate.size) < by_stratum[stratum]
    return SurveyDesign.of(STRATA[stratum], strata=replicate * 4 + stratum), answers, replicate


@pytest.mark.parametrize("true", [0.05, 0.1, 0.2, 0.35, 0.5])
def test_logit_interval_covers_in_stratified_samples(true: float) -> None:
    design, answers, replicate = stratified(true, seed=round(1000 * true))
    found = share(design, answers, replicate)
    assert found.degrees_of_freedom[0] == 396
    limits = limits_of(found, "logit")
    assert np.mean((limits.low <= true) & (true <= limits.high)) >= 0.935


@pytest.mark.parametrize("true", [0.05, 0.2, 0.5])
def test_logit_interval_covers_in_clustered_samples(true: float) -> None:
    # 40 clusters of 10 with intracluster correlation 0.03: beta-binomial, a + b = 1/0.03 − 1.
    rng = np.random.default_rng(7)
    size = 1 / 0.03 - 1
    chance = rng.beta(true * size, (1 - true) * size, REPLICATES * 40)
    cluster = np.repeat(np.arange(REPLICATES * 40), 10)
    replicate = cluster // 40
    answers = rng.random(cluster.size) < chance[cluster]
    found = share(SurveyDesign.of(np.ones(cluster.size), strata=replicate, clusters=cluster), answers, replicate)
    limits = limits_of(found, "logit")
    assert np.mean((limits.low <= true) & (true <= limits.high)) >= 0.935
    # The design effect finds the clustering: 1 + (10 − 1) · 0.03 = 1.27.
    assert np.median(found.design_effect) == pytest.approx(1.27, abs=0.08)


def test_standard_errors_are_right_on_average() -> None:
    design, answers, replicate = stratified(0.25, seed=5)
    found = share(design, answers, replicate)
    assert found.estimate.mean() == pytest.approx(0.25, abs=0.002)
    assert found.standard_error.mean() == pytest.approx(found.estimate.std(), rel=0.03)


def test_the_smallest_detectable_change_is_seen_in_four_of_five_surveys() -> None:
    level, answers, replicate = stratified(0.5, seed=11)
    detectable = smallest_detectable_change(np.sqrt(2) * share(level, answers, replicate).standard_error.mean(), 792)
    design, before, _ = stratified(0.5 - detectable / 2, seed=12)
    _, after, _ = stratified(0.5 + detectable / 2, seed=13)
    first, second = share(design, before, replicate), share(design, after, replicate)
    t = (second.estimate - first.estimate) / np.hypot(first.standard_error, second.standard_error)
    assert np.mean(np.abs(t) > t_quantile(792, 0.95)) == pytest.approx(0.8, abs=0.025)


def test_no_change_is_called_a_change_in_one_of_twenty() -> None:
    design, answers, replicate = stratified(0.2, seed=21, replicates=400)
    found = share(design, answers, replicate)
    p = [difference(found, str(2 * at), str(2 * at + 1)).p for at in range(200)]
    assert np.mean(np.array(p) < 0.05) <= 0.09  # 200 pairs: 0.05 ± 2.6 standard errors of 0.0154
