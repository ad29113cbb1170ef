"""Survey weights: positive, adding up to what they should, and trimmed only with a line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evaluation.cleaning.ledger import Cleaned, change, set_aside
from evaluation.errors import InputError, ParameterError


def set_aside_unusable_weights(frame: pd.DataFrame, weight_column: str = "weight") -> Cleaned:
    """Set aside records whose weight is missing, zero, negative or infinite ("unusable_weight")."""
    weight = pd.to_numeric(frame[weight_column], errors="coerce").to_numpy(dtype=float)
    return set_aside(frame, ~(np.isfinite(weight) & (weight > 0)), rule="unusable_weight", column=weight_column)


def check_weight_sums(
    frame: pd.DataFrame,
    expected: Mapping[str, float],
    by: str = "wave",
    weight_column: str = "weight",
    tolerance: float = 0.005,
) -> pd.DataFrame:
    """Compare the sum of the weights with the population they stand for, group by group.

    Parameters
    ----------
    expected
        Group → population (or number of answers, for weights of mean 1).
    tolerance
        Largest relative difference.

    Returns
    -------
    sums
        One row per group: group, sum, expected, difference (share of expected), largest_ratio (largest weight over mean
        weight), effective_share (Kish: (Σw)² / (n Σw²), the share of the sample size that is left).

    Raises
    ------
    InputError
        A group's sum is off, or a group has no expected sum.
    """
    groups = frame.assign(_weight=frame[weight_column].astype("float64")).groupby(by, observed=True)["_weight"]
    sums = pd.DataFrame(
        {
            "sum": groups.sum(),
            "largest_ratio": groups.max() / groups.mean(),
            "effective_share": groups.sum() ** 2 / groups.agg(lambda weight: len(weight) * float((weight**2).sum())),
        }
    )
    sums["expected"] = [float(expected.get(str(name), np.nan)) for name in sums.index]
    sums["difference"] = sums["sum"] / sums["expected"] - 1
    off = sums[~(sums["difference"].abs() <= tolerance)]
    if len(off):
        raise InputError(
            f"weights of {by} {off.index[0]}",
            found=f"sum {off['sum'].iloc[0]:.6g}",
            expected=f"{off['expected'].iloc[0]:.6g}, within {tolerance:.1%}",
            todo="ask who made the weights what they add up to, or correct the expected sum",
        )
    columns = ["sum", "expected", "difference", "largest_ratio", "effective_share"]
    return sums[columns].rename_axis("group").reset_index()


def trim_weights(frame: pd.DataFrame, largest_ratio: float, by: str = "wave", weight_column: str = "weight") -> Cleaned:
    """Cut weights at `largest_ratio` times the mean of their group and spread the rest over the others of the group.

    The sum of each group stays what it was (Potter 1990, *Proc Surv Res Methods Sec ASA*, 225–230). Every weight that
    changes has a ledger row: "weight_trimmed" for those cut, "weight_raised" for those that took over the excess.

    Raises
    ------
    ParameterError
        largest_ratio is not above 1: nothing would be left to carry the excess.
    """
    if not largest_ratio > 1:
        raise ParameterError(
            "largest_ratio", found=f"{largest_ratio:g}", expected="a number above 1", todo="choose a larger ratio"
        )
    weight = frame[weight_column].astype("float64")
    group = frame[by].astype("str")
    limit = largest_ratio * weight.groupby(group).transform("mean")
    trimmed = weight
    cut = pd.Series(False, index=frame.index)
    while bool((trimmed > limit * (1 + 1e-12)).any()):
        cut |= trimmed > limit * (1 + 1e-12)
        kept = trimmed.where(~cut, 0.0)
        room = weight.groupby(group).transform("sum") - limit.where(cut, 0.0).groupby(group).transform("sum")
        trimmed = limit.where(cut, kept * room / kept.groupby(group).transform("sum"))
    changed = frame.assign(**{weight_column: weight})
    first = change(changed, cut.to_numpy(), rule="weight_trimmed", column=weight_column, after=trimmed)
    raised = (~cut & (trimmed != weight)).to_numpy()
    second = change(first.frame, raised, rule="weight_raised", column=weight_column, after=trimmed)
    return Cleaned(second.frame, pd.concat([first.issues, second.issues], ignore_index=True))
