"""Days on which a reporter registered far more than chance allows: batches and inventories, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.ledger import Cleaned, flag

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BatchRule:
    """When the incidents of one day count as a batch.

    For each group (`by`) the incidents per calendar day are compared with a negative binomial distribution whose mean
    and variance are those of the group's days without their highest per cent. A day is a batch when it has at least
    `least` incidents and the chance of so many, times the number of days looked at, is below `alpha`.

    Attributes
    ----------
    by
        ("reporter",) with date "reported" finds batch registration; ("area_code", "offence_type") with date
        "occurred_from" finds one inspection entered as many incidents.
    """

    by: tuple[str, ...] = ("reporter",)
    date: str = "reported"
    least: int = 10
    alpha: float = 0.01


def suspected_batches(frame: pd.DataFrame, rule: BatchRule) -> pd.DataFrame:
    """List the days that look like batches: the columns of `by`, day, incidents, expected per day and p."""
    day = frame[rule.date].to_numpy().astype("datetime64[D]")
    dated = frame.loc[~np.isnat(day), list(rule.by)].assign(day=day[~np.isnat(day)])
    counts = dated.groupby([*rule.by, "day"], observed=True).size().rename("incidents").reset_index()
    groups = [_of_group(group) for _, group in counts.groupby(list(rule.by), observed=True)]
    found = pd.concat(groups, ignore_index=True) if groups else counts.assign(expected=0.0, p=1.0)
    days_looked_at = max(1, _days(counts))
    return found[(found["incidents"] >= rule.least) & (found["p"] * days_looked_at < rule.alpha)].reset_index(drop=True)


def _days(counts: pd.DataFrame) -> int:
    return 0 if counts.empty else int((counts["day"].max() - counts["day"].min()).days) + 1


def _of_group(group: pd.DataFrame) -> pd.DataFrame:
    """Add expected number and tail probability to the days of one group; days without incidents count as zeros."""
    per_day = np.zeros(_days(group))
    per_day[(group["day"] - group["day"].min()).dt.days.to_numpy()] = group["incidents"]
    mean, variance = _ordinary_days(per_day)
    return group.assign(expected=mean, p=_tail(group["incidents"].to_numpy(dtype=float), mean, variance))


def _ordinary_days(per_day: Floats) -> tuple[float, float]:
    ordinary = np.sort(per_day)[: max(1, int(np.ceil(0.99 * per_day.size)) - 1)]
    mean = max(float(ordinary.mean()), 1.0 / per_day.size)
    return mean, max(float(ordinary.var()), mean)


def _tail(count: Floats, mean: float, variance: float) -> Floats:
    """Chance of at least `count` under a negative binomial (Poisson where there is no overdispersion)."""
    from scipy import stats

    if variance <= mean * 1.0001:
        return np.asarray(stats.poisson.sf(count - 1, mean))
    share = mean / variance
    return np.asarray(stats.nbinom.sf(count - 1, mean * share / (1 - share), share))


def flag_batches(frame: pd.DataFrame, rule: BatchRule) -> Cleaned:
    """Flag every incident of a suspected batch ("suspected_batch"); none is removed."""
    keys: Sequence[str] = [*rule.by, "day"]
    batches = pd.MultiIndex.from_frame(suspected_batches(frame, rule)[keys].astype(dict.fromkeys(rule.by, "str")))
    day = frame[rule.date].dt.floor("D").astype("datetime64[s]")
    rows = pd.MultiIndex.from_frame(frame[list(rule.by)].astype("str").assign(day=day))
    return flag(frame, rows.isin(batches), rule="suspected_batch", column=rule.date)
