"""Classes of maps and heat maps: few, round, covering everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evaluation.figures.classes import classes_of
from evaluation.wording import wording


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 3, 13], ["0–2", "3–5", "6–8", "9–11", "12–14"]),
        ([0, 1, 2], ["0", "1", "2"]),
        ([0, 0], ["0"]),
        ([], ["0"]),
        ([49.99999999995], ["0–20", "20–40", "40–60"]),  # a fifth of it is a hair below the round 10
        ([21.0, np.nan], ["0–4", "5–9", "10–14", "15–19", "20–24"]),
    ],
)
def test_classes_by_hand(values: list[float], labels: list[str]) -> None:
    classes = classes_of(np.array(values, dtype=np.float64))
    assert [classes.label(index, wording("sv")) for index in range(classes.count)] == labels


@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.just(0.0) | st.floats(1e-6, 1e6)))
def test_every_value_has_one_of_at_most_five_classes(values: np.ndarray) -> None:
    classes = classes_of(values)
    index = classes.of(values)
    assert classes.count <= 5
    assert (classes.lower[index] <= values).all()
    assert (values <= classes.upper[index] + 1e-9 * values.max()).all()


@given(hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 100_000)))
def test_whole_numbers_get_whole_limits(values: np.ndarray) -> None:
    classes = classes_of(values.astype(np.float64))
    assert classes.count <= 5
    assert (classes.lower == classes.lower.round()).all()
    assert len({classes.shade(index) for index in range(classes.count)}) == classes.count


def test_missing_values_have_no_class() -> None:
    assert classes_of(np.array([1.0, np.nan])).of(np.array([np.nan])).tolist() == [-1]
