"""Random numbers of the bootstraps: the same for the same seed, whatever was asked for before."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models.ar1 import ar1_design, cross_moments, square_moments, standard_normals
from evaluation.models.reml import directions_of, grid_of


def test_are_those_of_a_fresh_generator_for_any_length() -> None:
    for n in (84, 20, 64, 65, 130, 84):
        assert np.array_equal(standard_normals(n, 50, 7), np.random.default_rng(7).standard_normal((n, 50)))
    with pytest.raises(ValueError, match="read-only"):
        standard_normals(20, 50, 7)[0, 0] = 1.0


@pytest.mark.parametrize("gaps", [False, True])
def test_few_directions_hold_all_cross_moments(gaps: bool) -> None:
    """Scores of many responses, computed in few directions, are those of one response at a time, computed in full."""
    random = np.random.default_rng(11)
    time = np.cumsum(random.choice([1, 1, 1, 2] if gaps else [1], 60))
    waves = [wave(2 * np.pi * time / 12) for wave in (np.sin, np.cos)]
    design = ar1_design(np.column_stack([np.ones(60), time / 12, np.arange(60) >= 40, *waves]).astype(float), time)
    errors = random.standard_normal((60, 150))
    errors -= design.basis @ (design.basis.T @ errors)
    cross, grid = cross_moments(design, errors), grid_of(design)
    alone = np.stack([grid.scores(cross[:, :, [at]])[:, :, 0] for at in range(150)], axis=2)
    assert grid.scores(cross) == pytest.approx(alone, abs=1e-9)
    assert directions_of(design).shape[1] < design.applied.shape[0] * design.p


def test_moments_add_up_to_the_inverse_correlation_matrix() -> None:
    """Σ wₖ e′Sₖe and Σ wₖ basis′Sₖe against R⁻¹ by inversion, points 1, 2, 4, 5, 8 and ρ = 0.6."""
    from evaluation.models.ar1 import weights

    time = np.array([1, 2, 4, 5, 8])
    design = ar1_design(np.column_stack([np.ones(5), time.astype(float)]), time)
    inverse = np.linalg.inv(0.6 ** np.abs(time[:, None] - time[None, :]))
    w = weights(design.neighbours, np.array([0.6]))[0]
    e = np.array([[1.0], [-2.0], [0.5], [3.0], [1.0]])
    assert (w @ square_moments(design.neighbours, e))[0] == pytest.approx((e.T @ inverse @ e).item())
    found = np.tensordot(w, cross_moments(design, e), axes=1)
    assert found == pytest.approx(design.basis.T @ inverse @ e)
