"""Panels made on the spot, and the folder of reference cases that lies beside the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evaluation.models.panel import Panel
from evaluation.series import POINTS_PER_YEAR, Grain, Window

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    if not REFERENCE.exists():
        pytest.skip(f"the reference cases are not beside the repository ({REFERENCE.name}/ is missing)")
    return REFERENCE


def months(number: int, grain: Grain = "quarter") -> np.ndarray:
    step = 12 // POINTS_PER_YEAR[grain]
    return (np.datetime64("2015-01", "M") + step * np.arange(number)).astype("datetime64[D]")


@pytest.fixture(scope="session")
def value_panel() -> Callable[..., Panel]:
    def make(values: np.ndarray, grain: Grain = "quarter") -> Panel:
        names = tuple(f"area {row:02d}" for row in range(len(values)))
        return Panel(
            "made", names, grain, months(values.shape[1], grain), values.copy(), values.copy(), None, "additive"
        )

    return make


@pytest.fixture(scope="session")
def count_panel() -> Callable[..., Panel]:
    def make(counts: np.ndarray, exposure: np.ndarray, grain: Grain = "quarter") -> Panel:
        names = tuple(f"area {row:02d}" for row in range(len(counts)))
        outcome = np.log(counts + 0.5) - np.log(exposure)
        return Panel("made", names, grain, months(counts.shape[1], grain), outcome, counts, exposure, "ratio")

    return make


@pytest.fixture(scope="session")
def cut() -> Callable[..., Window]:
    def make(points: int, baseline: int, first: int = 0) -> Window:
        place = np.arange(points)
        before, after = (place >= first) & (place < first + baseline), place >= first + baseline
        start = months(points)[min(first + baseline, points - 1)]
        return Window("1", "fixed", before, after, np.zeros(points, dtype=bool), start, 1.0)

    return make
