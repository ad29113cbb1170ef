"""The published and R reference cases of single series, where the reference folder stands beside the project."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.special import fdtrc

from evaluation.models import breusch_godfrey, durbin_watson, fit_reml, ljung_box, own_trend, search_break
from evaluation.models.ar1 import ar1_design
from evaluation.models.glm import fit_negative_binomial, fit_poisson
from evaluation.models.sandwich import hc3, newey_west
from evaluation.series import TimeSeries, Window

SHARED = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="module")
def reference() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the reference cases are not beside the project (../shared/reference)")
    return SHARED


@pytest.fixture(scope="module")
def agree(reference):
    """Compare computed quantities of one case with expected.csv, each at its own tolerance."""
    wanted: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    with (reference / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted[row["case"]][row["quantity"]] = (float(row["expected"]), float(row["tolerance"]))

    def compare(case: str, computed: dict[str, float]) -> None:
        missed = {
            name: (value, *wanted[case][name])
            for name, value in computed.items()
            if not abs(value - wanted[case][name][0]) <= wanted[case][name][1]
        }
        assert not missed
        agreed[case] |= computed.keys()

    agreed: dict[str, set[str]] = defaultdict(set)
    compare.missing = lambda case: set(wanted[case]) - agreed[case]
    return compare


def table(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def numbers(path: Path) -> dict[str, np.ndarray]:
    return {name: np.where(column == "NA", "nan", column).astype(float) for name, column in table(path).items()}


def pairs(month: np.ndarray, count: int) -> np.ndarray:
    waves = [wave(2 * np.pi * k * month / 12) for k in range(1, count + 1) for wave in (np.sin, np.cos)]
    return np.column_stack(waves)


def step_quantities(prefix: str, b: float, se: float) -> dict[str, float]:
    z = 1.959963984540054
    values = {"b": b, "se": se, "rr": np.exp(b), "rr_lo": np.exp(b - z * se), "rr_hi": np.exp(b + z * se)}
    return {f"{prefix}_{name}": value for name, value in values.items()}


NAMES = ["intercept", "step", "time", "sin1", "cos1", "sin2", "cos2", "sin3", "cos3"]


@pytest.fixture(scope="module")
def sicily(reference):
    data = numbers(reference / "data" / "sicily_ace.csv")
    base = np.column_stack([np.ones(59), data["smokban"], data["time"]])
    season = np.column_stack([base, pairs(data["month"], 2)])
    return data, base, season, data["aces"][:, None], np.log(data["stdpop"])[:, None]


def test_sicily_poisson_and_quasi_poisson(sicily, agree):
    data, base, season, counts, offset = sicily
    slope = np.column_stack([season, (data["time"] - 36) * data["smokban"]])
    step = 1
    fits = {"m1": fit_poisson(base, counts, offset), "m3": fit_poisson(season, counts, offset)}
    fits |= {"m2": fits["m1"], "m4": fit_poisson(slope, counts, offset)}
    for name, fit in fits.items():
        dispersion = 1.0 if name == "m1" else float(fit.dispersion[0])
        error = float(np.sqrt(dispersion * fit.unscaled[0, step, step]))
        agree("sicily", step_quantities(f"{name}_step", fit.beta[0, step], error))
        if name != "m1":
            agree("sicily", {f"{name}_dispersion": dispersion})
    m3, m4 = fits["m3"], fits["m4"]
    f = float((m3.deviance[0] - m4.deviance[0]) / m4.dispersion[0])
    box = ljung_box(m3.deviance_residuals[:, 0], 12)
    agree(
        "sicily",
        {
            "m3_trend_rr_12_months": np.exp(12 * m3.beta[0, 2]),
            "m4_slope_change_b": m4.beta[0, -1],
            "m4_slope_change_se": np.sqrt(m4.dispersion[0] * m4.unscaled[0, -1, -1]),
            "m3_vs_m4_f": f,
            "m3_vs_m4_f_p": fdtrc(1, 51, f),
            "m3_ljung_box_12_deviance_residuals": box.statistic,
            "m3_ljung_box_12_p": box.p,
        },
    )
    assert not agree.missing("sicily")


def test_sicily_as_a_series_with_a_window(sicily, agree):
    """The whole way: time series, window and default season give the published model M3, its negative binomial."""
    data = sicily[0]
    start = (np.datetime64("2002-01") + np.arange(59)).astype("datetime64[D]")
    nothing = np.zeros(59, dtype=bool)
    series = TimeSeries("ace", "IT", "month", start, data["aces"], data["stdpop"], nothing)
    ban = data["smokban"] == 1
    window = Window("ban", "fixed", ~ban, ban, nothing, start[36], 1.0)
    for design, case, prefix in (
        ("own_trend_quasi_poisson", "sicily", "m3_step"),
        ("own_trend_negative_binomial", "sicily_negbin", "step"),
    ):
        found = own_trend(series, window, design=design)
        agree(case, {f"{prefix}_rr": found.estimate, f"{prefix}_rr_lo": found.low, f"{prefix}_rr_hi": found.high})
    reml = own_trend(series, window)
    assert reml.estimate == pytest.approx(0.885, abs=0.01)
    assert reml.high < 1


def negative_binomial_quantities(fit, names) -> dict[str, float]:
    found = {"theta": 1 / fit.alpha[0], "se_theta": fit.theta_error[0], "two_loglik": 2 * fit.loglik[0]}
    found["deviance"] = fit.deviance[0]
    for i, name in enumerate(names):
        found |= {f"b_{name}": fit.beta[0, i], f"se_{name}": np.sqrt(fit.unscaled[0, i, i])}
    return found


def test_sicily_negative_binomial(sicily, agree):
    _, _, season, counts, offset = sicily
    fit = fit_negative_binomial(season, counts, offset)
    found = negative_binomial_quantities(fit, NAMES[:7])
    steps = step_quantities("step", found["b_step"], found["se_step"])
    agree("sicily_negbin", found | {name: value for name, value in steps.items() if "rr" in name})
    assert not agree.missing("sicily_negbin")


def gls_quantities(X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    fit = fit_reml(ar1_design(X, np.arange(y.size)), y[:, None])
    found = {"phi": fit.rho[0], "sigma": fit.sigma[0], "reml_loglik": fit.loglik[0]}
    for i, name in enumerate(NAMES[: X.shape[1]]):
        found |= {f"b_{name}": fit.beta[0, i], f"se_{name}": fit.sigma[0] * np.sqrt(fit.unscaled[0, i, i])}
    return found


def test_sicily_gls(sicily, agree):
    _, _, season, counts, _ = sicily
    agree("sicily_gls", gls_quantities(season, np.log(counts[:, 0] + 0.5)))
    assert not agree.missing("sicily_gls")


@pytest.fixture(scope="module")
def seatbelts(reference):
    data = numbers(reference / "data" / "seatbelts.csv")
    time = np.arange(192) + 1.0
    return data, np.column_stack([np.ones(192), data["law"], time, pairs((time - 1) % 12 + 1, 3)])


@pytest.mark.parametrize("column", ["DriversKilled", "drivers"])
def test_seatbelts_gls(seatbelts, agree, column):
    data, X = seatbelts
    case = f"seatbelts_gls_{column.lower()}"
    agree(case, gls_quantities(X, np.log(data[column])))
    assert not agree.missing(case)


def test_seatbelts_quasi_poisson(seatbelts, agree):
    data, X = seatbelts
    fit = fit_poisson(X, data["drivers"][:, None], np.log(data["kms"])[:, None])
    found = {"dispersion": fit.dispersion[0], "deviance": fit.deviance[0]}
    for i, name in enumerate(NAMES):
        error = np.sqrt(fit.dispersion[0] * fit.unscaled[0, i, i])
        found |= {f"b_{name}": fit.beta[0, i], f"se_{name}": error}
    steps = step_quantities("step", found["b_step"], found["se_step"])
    agree("seatbelts_quasipoisson", found | {name: value for name, value in steps.items() if "rr" in name})
    assert not agree.missing("seatbelts_quasipoisson")


def test_quine_negative_binomial(reference, agree):
    data = table(reference / "data" / "quine.csv")
    columns = {"intercept": np.ones(146)}
    for name, level in (("Eth", "N"), ("Sex", "M"), ("Age", "F1"), ("Age", "F2"), ("Age", "F3"), ("Lrn", "SL")):
        columns[name + level] = (data[name] == level).astype(float)
    fit = fit_negative_binomial(
        np.column_stack(list(columns.values())), data["Days"].astype(float)[:, None], np.zeros((146, 1))
    )
    agree("quine", negative_binomial_quantities(fit, list(columns)))
    assert not agree.missing("quine")


def test_lh_ljung_box(reference, agree):
    values = numbers(reference / "data" / "lh.csv")["lh"]
    one, ten = ljung_box(values, 1), ljung_box(values, 10)
    found = {"ljung_box_1": one.statistic, "ljung_box_1_p": one.p}
    agree("lh", found | {"ljung_box_10": ten.statistic, "ljung_box_10_p": ten.p})
    assert not agree.missing("lh")


def test_investment_robust_errors(reference, agree):
    data = numbers(reference / "data" / "investment_greene.csv")
    known = np.isfinite(data["RealInt"])
    X = np.column_stack([np.ones(known.sum()), data["RealGNP"][known], data["RealInt"][known]])
    y = data["RealInv"][known]
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ y
    residual = y - X @ beta
    robust = newey_west(X, residual[:, None], bread[None], np.arange(y.size), 4, small_sample=False)[0]
    found = {"durbin_watson": durbin_watson(residual)}
    for i, name in enumerate(("intercept", "RealGNP", "RealInt")):
        found[f"b_{name}"] = beta[i]
        found[f"nw4_se_{name}"] = np.sqrt(robust[i, i])
        found[f"hc3_se_{name}"] = np.sqrt(hc3(X, residual)[i, i])
    for order in (1, 4):
        test = breusch_godfrey(X, residual, order)
        found |= {f"breusch_godfrey_{order}": test.statistic, f"breusch_godfrey_{order}_p": test.p}
    agree("investment", found)
    assert not agree.missing("investment")


def test_nile_break(reference, agree):
    data = numbers(reference / "data" / "nile.csv")
    flow, year = data["flow"], data["year"]
    found = search_break(np.ones((100, 1)), np.arange(100), flow)
    before, after = flow[: found.last_before + 1], flow[found.last_before + 1 :]
    rss = np.sum((before - before.mean()) ** 2) + np.sum((after - after.mean()) ** 2)
    agree(
        "nile",
        {
            "break_observation": found.last_before + 1,
            "break_year": year[found.last_before],
            "break_ci_lo_year": year[found.low],
            "break_ci_hi_year": year[found.high],
            "rss": rss,
            "mean_before": before.mean(),
            "mean_after": after.mean(),
            "sup_f": found.sup_f,
        },
    )
    assert not agree.missing("nile")
