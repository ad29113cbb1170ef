"""Every model of one series agrees with R on real and generated series (tests/reference/series_reference.R)."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from evaluation.models import fit_reml, ljung_box
from evaluation.models.ar1 import ar1_design
from evaluation.models.design import fourier
from evaluation.models.glm import fit_negative_binomial, fit_poisson
from evaluation.models.sandwich import newey_west

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"
STUDY = ROOT / "data" / "raw" / "upplands-vasby"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def expected() -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows(REFERENCE / "series_reference.csv"):
        values[row["case"]][row["quantity"]] = float(row["value"])
    return dict(values)


@cache
def generated() -> dict[str, np.ndarray]:
    found: dict[str, list[list[float]]] = defaultdict(list)
    for row in rows(REFERENCE / "series_generated.csv"):
        found[row["case"]].append([float(row[name]) for name in ("t", "y", "e", "s", "place", "points")])
    return {case: np.array(values) for case, values in found.items()}


def published_case(case: str) -> np.ndarray:
    """The same cut of the study's published figures as the R script makes."""
    grain, area = case.split("_")
    kind = "assault" if grain == "month" else "all_offences"
    found = []
    population = {(r["area_code"], r["year"]): float(r["mean_population"]) for r in rows(STUDY / "mean_population.csv")}
    for row in rows(STUDY / f"offences_by_{grain}.csv"):
        if row["area_code"] != area or row["offence_type"] != kind:
            continue
        year = int(row["year"])
        if grain == "quarter" and year <= 2025:
            place = int(row["quarter"]) - 1
            exposure = population[area, row["year"]] / 4
            found.append([4 * (year - 2014) + place, float(row["count"]), exposure, year >= 2021, place, 4])
        elif grain == "month":
            place = int(row["month"]) - 1
            t = 12 * (year - 2020) + place
            found.append([t, float(row["count"]), 1000, t >= 30, place, 12])
        elif grain == "year":
            found.append([year - 1996, float(row["count"]), 1000, year >= 2017, 0, 1])
    return np.array(sorted(found), dtype=float)


def case_of(name: str) -> np.ndarray:
    return generated()[name] if name in generated() else published_case(name)


def matrix(case: np.ndarray) -> tuple[np.ndarray, list[str]]:
    points = int(case[0, 5])
    waves, names = fourier(case[:, 4].astype(int), points, 2 if points > 1 else 0)
    columns = np.column_stack([np.ones(len(case)), case[:, 0] / points, case[:, 3], waves])
    return columns, ["level", "trend", "step", *names]


CASES = sorted(expected())
COUNTS = [case for case in CASES if not case.startswith("value")]


def test_the_reference_covers_real_and_generated_series():
    assert sum(case in generated() for case in CASES) >= 10
    assert sum(case not in generated() for case in CASES) >= 10


@pytest.mark.parametrize("name", CASES)
def test_reml_agrees_with_nlme_gls(name):
    case, want = case_of(name), expected()[name]
    X, names = matrix(case)
    y = case[:, 1] if name.startswith("value") else np.log(case[:, 1] + 0.5) - np.log(case[:, 2])
    fit = fit_reml(ar1_design(X, case[:, 0].astype(np.int64)), y[:, None])
    assert fit.rho[0] == pytest.approx(want["gls_phi"], abs=1e-4)
    assert fit.loglik[0] >= want["gls_loglik"] - 1e-7
    assert fit.loglik[0] == pytest.approx(want["gls_loglik"], abs=1e-6)
    assert fit.sigma[0] == pytest.approx(want["gls_sigma"], rel=1e-6)
    errors = np.sqrt(np.diag(fit.unscaled[0])) * fit.sigma[0]
    assert errors == pytest.approx([want[f"gls_se_{name}"] for name in names], rel=1e-6)
    assert fit.beta[0] == pytest.approx([want[f"gls_b_{name}"] for name in names], rel=1e-8, abs=1e-8 * errors.min())
    box = ljung_box(fit.whitened_residuals(), 12 if case[0, 5] == 12 else 4, fitted=1)
    assert box.statistic == pytest.approx(want["ljung_box"], rel=1e-6)
    assert box.p == pytest.approx(want["ljung_box_p"], rel=1e-6)


@pytest.mark.parametrize("name", COUNTS)
def test_poisson_and_quasi_poisson_agree_with_glm(name):
    case, want = case_of(name), expected()[name]
    X, names = matrix(case)
    fit = fit_poisson(X, case[:, [1]], np.log(case[:, [2]]))
    assert fit.converged.all()
    errors = np.sqrt(np.diag(fit.unscaled[0]))
    assert fit.beta[0] == pytest.approx(
        [want[f"poisson_b_{name}"] for name in names], rel=1e-8, abs=1e-8 * errors.min()
    )
    assert errors == pytest.approx([want[f"poisson_se_{name}"] for name in names], rel=1e-6)
    assert fit.deviance[0] == pytest.approx(want["poisson_deviance"], rel=1e-8)
    assert fit.loglik[0] == pytest.approx(want["poisson_loglik"], rel=1e-8)
    # R computes it with the weights of the last but one iteration, hence not 1e-8
    assert fit.dispersion[0] == pytest.approx(want["quasi_dispersion"], rel=1e-6)
    quasi = errors * np.sqrt(fit.dispersion[0])
    assert quasi == pytest.approx([want[f"quasi_se_{name}"] for name in names], rel=1e-6)
    if f"hac3_se_{names[0]}" in want:
        time = case[:, 0].astype(np.int64)
        robust = newey_west(X, fit.counts - fit.fitted, fit.unscaled, time, 3)[0]
        assert np.sqrt(np.diag(robust)) == pytest.approx([want[f"hac3_se_{name}"] for name in names], rel=1e-6)


@pytest.mark.parametrize("name", COUNTS)
def test_negative_binomial_agrees_with_glm_nb(name):
    case, want = case_of(name), expected()[name]
    X, names = matrix(case)
    fit = fit_negative_binomial(X, case[:, [1]], np.log(case[:, [2]]))
    assert fit.converged.all()
    if "nb_no_overdispersion" in want:
        assert fit.alpha[0] < 1e-5
        return
    errors = np.sqrt(np.diag(fit.unscaled[0]))
    assert 1.0 / fit.alpha[0] == pytest.approx(want["nb_theta"], rel=1e-6)
    assert 1.0 / fit.alpha[0] == pytest.approx(want["nb_theta_glm_nb"], rel=2e-3)
    assert fit.beta[0] == pytest.approx([want[f"nb_b_{name}"] for name in names], rel=1e-8, abs=1e-8 * errors.min())
    assert errors == pytest.approx([want[f"nb_se_{name}"] for name in names], rel=1e-6)
    assert fit.loglik[0] == pytest.approx(want["nb_loglik"], rel=1e-8)


@pytest.mark.parametrize("name", [case for case in CASES if case.startswith("value")])
def test_least_squares_with_newey_west_agrees_with_sandwich(name):
    case, want = case_of(name), expected()[name]
    X, names = matrix(case)
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ case[:, 1]
    robust = newey_west(X, (case[:, 1] - X @ beta)[:, None], bread[None], case[:, 0].astype(np.int64), 3)[0]
    assert beta == pytest.approx([want[f"lm_b_{name}"] for name in names], rel=1e-8)
    assert np.sqrt(np.diag(robust)) == pytest.approx([want[f"lm_hac3_se_{name}"] for name in names], rel=1e-6)
