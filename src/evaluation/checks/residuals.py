"""Whether the model of one series is believable: autocorrelation left over, and the spread of the counts."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtr, chdtrc

from evaluation.checks.subject import Subject
from evaluation.models import LAGS, NotEstimableError, whiteness
from evaluation.models.count_trend import count_fit
from evaluation.models.diagnostics import autocorrelations
from evaluation.results import CheckResult, CheckVerdict

NAN = float("nan")
POINTS_PER_LAG = 2


def ljung_box_check(subject: Subject) -> CheckResult:
    """Test that no autocorrelation is left: Ljung–Box at lag 12 (quarters 4, years 3) on the whitened residuals.

    *Failed*: p < 0.05, by parametric bootstrap, because the chi-square distribution rejects too many correct models of
    short series (`models.whiteness`). *Too little data*: fewer than two points per lag.
    """
    fit, lags = subject.fit.reml, LAGS[subject.series.grain]
    n = subject.fit.design.rows.size
    values = {"lags": float(lags), "points": float(n), "rho": float(fit.rho[0])}
    if n < POINTS_PER_LAG * lags + 1:
        return CheckResult("ljung_box", "too_little_data", NAN, NAN, subject.settings.alpha, values)
    test = whiteness(fit, lags, seed=subject.settings.seed)
    verdict: CheckVerdict = "failed" if test.p < subject.settings.alpha else "passed"
    values |= {"chi_square_p": float(chdtrc(test.df, test.statistic)), "limit": 1.96 / float(np.sqrt(n))}
    seen = autocorrelations(fit.whitened_residuals(), lags)
    rows = tuple((lag, float(value)) for lag, value in enumerate(seen, start=1))
    return CheckResult(
        "ljung_box", verdict, test.statistic, test.p, subject.settings.alpha, values, ("lag", "autocorrelation"), rows
    )


def dispersion_check(subject: Subject) -> CheckResult | None:
    """Hold the spread of the counts around trend and season against that of independent counts (Poisson).

    Pearson chi-square on its degrees of freedom. *Informational*: more spread than Poisson, as nearly all recorded
    crime has; every design here measures the spread and none assumes Poisson. *Failed*: clearly less spread than
    independent cases can have, which means that the figures were smoothed, interpolated or rounded. *Passed*: as
    Poisson. None for a value series.
    """
    if subject.series.scale != "count":
        return None
    alpha = subject.settings.alpha
    try:
        _, fit = count_fit(
            subject.series,
            subject.window,
            harmonics=subject.settings.harmonics,
            slope_change=subject.settings.slope_change,
        )
    except NotEstimableError:
        return CheckResult("dispersion", "too_little_data", NAN, NAN, alpha)
    dispersion = float(fit.dispersion[0])
    upper, lower = (float(tail(fit.df, dispersion * fit.df)) for tail in (chdtrc, chdtr))
    verdict: CheckVerdict = "informational" if upper < alpha / 2 else "failed" if lower < alpha / 2 else "passed"
    values = {"dispersion": dispersion, "df": float(fit.df), "widening": float(np.sqrt(max(dispersion, 1.0)))}
    return CheckResult("dispersion", verdict, dispersion, min(1.0, 2 * min(upper, lower)), 1.0, values)
