"""What is planted can be found again: effects by a plain Poisson regression on true counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.synthetic import true_counts
from evaluation.synthetic.intensity import counterfactual, effect_ratios, latent_noise, population, reporter_shares
from evaluation.synthetic.truth import municipal_effects
from evaluation.synthetic.world import exempelkoping

WORLD = exempelkoping()
SEEDS = range(24)
CONSTANT = [at for at, reporter in enumerate(WORLD.reporters) if not reporter.extra]


def poisson_coefficients(X: NDArray[Any], y: NDArray[Any], offset: NDArray[Any]) -> NDArray[Any]:
    """Newton's method for the log-linear Poisson model."""
    beta = np.linalg.lstsq(X, np.log(y + 0.5) - offset, rcond=None)[0]
    for _ in range(8):
        mean = np.exp(X @ beta + offset)
        beta = beta + np.linalg.solve(X.T @ (X * mean[:, None]), X.T @ (y - mean))
    return beta


def design() -> NDArray[Any]:
    """Twelve months, a straight trend, and one lasting step per agreement."""
    month = WORLD.months.astype(np.int64) % 12
    trend = np.arange(month.size)[:, None] / 12
    starts = np.array([agreement.start.astype("datetime64[M]") for agreement in WORLD.agreements])
    return np.hstack([np.eye(12)[month], trend, (WORLD.months[:, None] >= starts).astype(float)])


@pytest.fixture(scope="module")
def steps() -> NDArray[Any]:
    """Estimated steps on the log scale, shape (seeds, categories, agreements), from two million true reports each."""
    X, offset = design(), np.log(population(WORLD).sum(axis=1))
    found = []
    for seed in SEEDS:
        counts = true_counts(WORLD, seed, 2_000_000)[..., CONSTANT].sum(axis=(1, 3))
        found.append([poisson_coefficients(X, counts[:, at], offset)[-4:] for at in range(counts.shape[1])])
    return np.array(found)


@pytest.mark.parametrize("row", municipal_effects(WORLD), ids=lambda row: f"{row['agreement']}-{row['category']}")
def test_true_effects_are_recovered(steps: NDArray[Any], row: dict[str, Any]) -> None:
    found = steps[:, WORLD.category_index(row["category"]), int(row["agreement"]) - 1]
    margin = 3.5 * found.std(ddof=1) / np.sqrt(len(SEEDS))
    assert margin < 0.07  # otherwise the comparison below would prove nothing
    assert abs(found.mean() - np.log(row["against_previous"])) < margin


def test_displacement_is_in_the_ring_and_only_there() -> None:
    ratios = effect_ratios(WORLD)[np.flatnonzero(WORLD.months == np.datetime64("2020-06"))[0]]
    drugs = dict(zip([area.code for area in WORLD.areas], ratios[:, WORLD.category_index("drugs")], strict=True))
    assert drugs == {"0100": 0.65, "0110": 1.3, "0120": 1.3} | dict.fromkeys(
        ["0210", "0311", "0312", "0425", "0500", "NA"], 1.0
    )


def test_effects_last_and_multiply() -> None:
    target, disturbance = WORLD.area_index("0100"), WORLD.category_index("disturbance")
    course = effect_ratios(WORLD)[:, target, disturbance]
    by_month = dict(zip(WORLD.months.astype(str), course, strict=True))
    assert by_month["2016-12"] == 1.0
    assert by_month["2017-01"] == by_month["2020-12"] == 0.7
    assert by_month["2023-02"] == pytest.approx(0.7 * 0.78)  # in the gap between agreements 3 and 4


def test_volumes_are_the_relative_numbers_of_events() -> None:
    first_years = counterfactual(WORLD)[:24].sum(axis=(0, 1))
    volumes = np.array([category.volume for category in WORLD.categories])
    np.testing.assert_allclose(first_years / first_years.sum(), volumes / volumes.sum(), atol=0.01)


def test_the_new_reporter_adds_reports_from_its_month_on() -> None:
    shares = reporter_shares(WORLD)
    np.testing.assert_allclose(shares[:, :, CONSTANT].sum(axis=2), 1.0)
    guards = shares[:, :, WORLD.reporter_index("guards")].sum(axis=1)
    assert str(WORLD.months[np.argmax(guards > 0)]) == "2021-09"


def test_noise_is_autocorrelated_and_overdispersed() -> None:
    factor = np.concatenate([latent_noise(WORLD, np.random.default_rng(seed)) for seed in range(12)], axis=2)
    latent = np.log(factor.mean(axis=1))  # averaging nine areas leaves the common latent series plus a ninth of gamma
    lagged = np.mean([np.corrcoef(series[:-1], series[1:])[0, 1] for series in latent.T])
    # rho * var / (var + dispersion / 9) = 0.4 * 0.01 / (0.01 + 0.00444) = 0.277, less about 0.02 for 138 points
    assert lagged == pytest.approx(0.26, abs=0.04)
    assert factor.mean() == pytest.approx(1.0, abs=0.01)
    # (1 + 0.04) * exp(0.01) - 1 = 0.0505
    assert factor.var() == pytest.approx(0.0505, rel=0.1)


def test_exactly_as_many_reports_as_asked_for() -> None:
    assert true_counts(WORLD, 3, 12_345).sum() == 12_345
