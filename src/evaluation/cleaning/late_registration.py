"""Incidents that are not in the file yet: how complete the last points are, from the delays of the earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import ParameterError
from evaluation.series import Grain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PERIOD: dict[Grain, str] = {"month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True, slots=True, eq=False)
class ReportingDelay:
    """Distribution of the days from occurrence to registration, corrected for what has not been registered yet.

    Attributes
    ----------
    completeness
        Share of the incidents registered within d days of those registered within the longest delay, shape (D + 1,).
    log_error
        Standard error of log completeness (Greenwood's formula in reverse time), shape (D + 1,).
    n
        Incidents that the estimate rests on.
    """

    completeness: Floats
    log_error: Floats
    n: int


def reporting_delay(
    frame: pd.DataFrame, exported: date, longest_days: int = 365, reference_days: int = 1095
) -> ReportingDelay:
    """Estimate the reporting-delay distribution by reverse-time hazards (the day-by-day chain ladder).

    An incident of age a on the day of export is in the file only if its delay is at most a. The hazard in reverse time,
    g(j) = incidents with delay j / incidents with delay ≤ j, both among those of age ≥ j, is free of this truncation;
    completeness after d days is the product of 1 − g(j) over j > d (Lagakos, Barraj & De Gruttola 1988, *Biometrika*
    75:515–523; Brookmeyer & Damiano 1989, *Stat Med* 8:23–34).

    Parameters
    ----------
    exported
        Day the file was made, inclusive.
    longest_days
        Delay after which everything counts as registered.
    reference_days
        Only incidents of at most this age are used, so that old habits do not rule the estimate.
    """
    delay, age = _delays(frame, exported)
    used = (age <= reference_days) & (delay >= 0) & (delay <= longest_days)
    delay, age = delay[used], age[used]
    if not delay.size:
        raise ParameterError(
            "late registration",
            found=f"no incident with time and registration in the {reference_days} days before {exported}",
            expected="incidents with known occurrence and registration",
            todo="check the export date and the column map, or lengthen reference_days",
        )
    exactly = np.bincount(delay, minlength=longest_days + 1).astype(float)
    younger = np.concatenate([[0], np.cumsum(np.bincount(np.minimum(age, longest_days), minlength=longest_days + 1))])
    at_risk = np.cumsum(exactly) - younger[: longest_days + 1]
    hazard = np.divide(exactly, at_risk, out=np.zeros_like(exactly), where=at_risk > 0)
    variance = np.divide(exactly, at_risk * (at_risk - exactly), out=np.zeros_like(exactly), where=at_risk > exactly)
    completeness = np.append(np.cumprod((1 - hazard)[:0:-1])[::-1], 1.0)
    error = np.append(np.sqrt(np.cumsum(variance[:0:-1])[::-1]), 0.0)
    return ReportingDelay(completeness, error, int(delay.size))


def _delays(frame: pd.DataFrame, exported: date) -> tuple[Ints, Ints]:
    """Delay and age in whole days of the incidents with both dates."""
    both = frame[frame["occurred_from"].notna() & frame["reported"].notna()]
    occurred = both["occurred_from"].to_numpy().astype("datetime64[D]")
    delay = (both["reported"].to_numpy().astype("datetime64[D]") - occurred).astype(np.int64)
    age = (np.datetime64(exported, "D") - occurred).astype(np.int64)
    return delay[age >= 0], age[age >= 0]


def late_registration(
    frame: pd.DataFrame, exported: date, grain: Grain = "month", complete_from: float = 0.95, longest_days: int = 365
) -> pd.DataFrame:
    """Say for each of the last points how many incidents are registered and how many are still to come.

    Every incident registered d days of age after it happened stands for 1 / completeness(d) incidents.

    Returns
    -------
    points
        One row per point of the last `longest_days`: start, observed, expected, low, high (95 %, from the uncertainty
        of the delays alone), shortfall (expected − observed), completeness (observed / expected) and incomplete (True
        where completeness is below `complete_from` or the point was not over on the day of export).
    """
    delays = reporting_delay(frame, exported, longest_days)
    day = frame["occurred_from"].to_numpy().astype("datetime64[D]")
    age = (np.datetime64(exported, "D") - day).astype(np.float64)
    recent = (age >= 0) & (age <= longest_days)
    place = age[recent].astype(np.int64)
    share = np.maximum(delays.completeness[place], 1e-9)
    factor = np.exp(1.959964 * delays.log_error[place])
    starts = pd.PeriodIndex(pd.DatetimeIndex(day[recent]), freq=PERIOD[grain]).start_time
    table = pd.DataFrame(
        {
            "start": starts,
            "observed": 1,
            "expected": 1 / share,
            "low": np.maximum(1.0, 1 / (share * factor)),
            "high": factor / share,
        }
    )
    points = table.groupby("start").sum().reset_index()
    ends = pd.PeriodIndex(points["start"], freq=PERIOD[grain]).end_time
    points["shortfall"] = points["expected"] - points["observed"]
    points["completeness"] = points["observed"] / points["expected"]
    points["incomplete"] = (points["completeness"] < complete_from) | (ends.normalize() > pd.Timestamp(exported))
    return points
