"""Sixty designs and the `api` cases against R `survey`: `tests/reference/survey_designs.R` made the stored numbers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from evaluation.survey import (
    SurveyDesign,
    contrast,
    difference,
    limits_of,
    mean,
    post_stratify,
    rake,
    ratio,
    share,
    total,
    trend_over_waves,
)

REFERENCE = Path(__file__).parents[1] / "reference"
DESIGNS = range(1, 61)
STANDARD = {"centre": 0.3, "north": 0.6, "south": 0.1}


@cache
def answers() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "survey_designs_data.csv", keep_default_na=False, na_values={"fpc": "", "yes": ""})


@cache
def expected() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "survey_designs_expected.csv", keep_default_na=False)


def frame_and_design(design_id: int) -> tuple[pd.DataFrame, SurveyDesign]:
    frame = answers().query("design == @design_id").reset_index(drop=True)
    fpc = None if frame["fpc"].isna().all() else frame["fpc"]
    design = SurveyDesign.of(
        frame["weight"], strata=frame["stratum"], clusters=frame["cluster"], fpc=fpc, single_cluster=frame["single"][0]
    )
    return frame, design


def by_r(design_id: int) -> dict[tuple[str, str], float]:
    rows = expected().query("design == @design_id")
    return dict(zip(zip(rows["statistic"], rows["domain"], strict=True), rows["value"].astype(float), strict=True))


def agrees(ours: float, by_r: float, tolerance: float) -> bool:
    return abs(ours - by_r) <= tolerance * max(1.0, abs(by_r))


def ours(design_id: int) -> dict[tuple[str, str], float]:
    frame, design = frame_and_design(design_id)
    found: dict[tuple[str, str], float] = {}
    for labels in (None, frame["domain"]):
        shares = share(design, frame["yes"], labels)
        logit, beta = limits_of(shares, "logit"), limits_of(shares, "beta")
        others = {
            "mean": mean(design, frame["worry"], labels),
            "total": total(design, frame["nights"], labels),
            "ratio": ratio(design, frame["worry"], frame["nights"], labels),
        }
        for at, name in enumerate(shares.labels):
            found["share_df", name] = shares.degrees_of_freedom[at]
            found["logit_low", name], found["logit_high", name] = logit.low[at], logit.high[at]
            found["beta_low", name], found["beta_high", name] = beta.low[at], beta.high[at]
        for statistic, estimates in {"share": shares, **others}.items():
            for at, name in enumerate(estimates.labels):
                found[statistic, name] = estimates.estimate[at]
                found[f"{statistic}_se", name] = estimates.standard_error[at]
                found[f"{statistic}_deff", name] = estimates.design_effect[at]
    change = difference(shares, "north", "centre")
    pair = "north-centre"
    found["difference", pair], found["difference_se", pair] = change.estimate, change.standard_error
    found["difference_df", pair] = change.degrees_of_freedom
    found["covariance", pair] = shares.covariance()[shares.position("north"), shares.position("centre")]
    if set(STANDARD) <= set(shares.labels):
        standard = contrast(shares, STANDARD)
        found["standardised", ""], found["standardised_se", ""] = standard.estimate, standard.standard_error
    return found


TOLERANCE = {"_se": 1e-8, "_deff": 1e-8, "_low": 1e-8, "_high": 1e-8}


@pytest.mark.parametrize("design_id", DESIGNS)
def test_estimates_and_standard_errors_equal_r(design_id: int) -> None:
    found = ours(design_id)
    stored = {key: value for key, value in by_r(design_id).items() if not key[0].startswith(("post", "raked", "trend"))}
    assert len(stored) > 40
    off = {
        key: (found[key], value)
        for key, value in stored.items()
        if not agrees(found[key], value, next((t for end, t in TOLERANCE.items() if key[0].endswith(end)), 1e-10))
    }
    assert off == {}


@pytest.mark.parametrize("design_id", sorted(set(expected().query("statistic == 'post_share'")["design"])))
def test_calibrated_weights_equal_r(design_id: int) -> None:
    """R `postStratify` and `calibrate(calfun = "raking")`; shares 1e-10, standard errors 1e-8."""
    frame, design = frame_and_design(design_id)
    size = design.weights.sum()
    sex, age = (
        {"woman": 0.53 * size, "man": 0.47 * size},
        {"16-24": 0.15 * size, "25-64": 0.6 * size, "65-84": 0.25 * size},
    )
    post = share(post_stratify(design, frame["sex"], sex), frame["yes"])
    raked_design = rake(design, {"sex": frame["sex"], "age": frame["age"]}, {"sex": sex, "age": age})
    raked = share(raked_design, frame["yes"])
    by_domain = share(raked_design, frame["yes"], frame["domain"])
    found = {
        ("post_share", ""): post.estimate[0],
        ("post_share_se", ""): post.standard_error[0],
        ("raked_share", ""): raked.estimate[0],
        ("raked_share_se", ""): raked.standard_error[0],
    }
    for at, name in enumerate(by_domain.labels):
        found["raked_share", name] = by_domain.estimate[at]
        found["raked_share_se", name] = by_domain.standard_error[at]
    stored = {key: value for key, value in by_r(design_id).items() if key[0].startswith(("post", "raked"))}
    off = {k: (found[k], v) for k, v in stored.items() if not agrees(found[k], v, 1e-8 if "_se" in k[0] else 1e-10)}
    assert off == {}


@pytest.mark.parametrize("design_id", sorted(set(expected().query("statistic == 'trend'")["design"])))
def test_trend_equals_svyglm(design_id: int) -> None:
    frame, design = frame_and_design(design_id)
    stored = by_r(design_id)
    trend = trend_over_waves(design, frame["yes"], frame["wave"])
    assert trend.log_odds_per_unit == pytest.approx(stored["trend", ""], rel=1e-9, abs=1e-10)
    assert trend.standard_error == pytest.approx(stored["trend_se", ""], rel=1e-8)
    assert trend.degrees_of_freedom == stored["trend_df", ""]


@pytest.fixture(scope="module")
def reference() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/reference is not there")
    return folder


def test_api_cases_of_the_reference_folder(reference: Path) -> None:
    rows = pd.read_csv(reference / "expected.csv").query("case == 'api'").set_index("quantity")
    srs, strat = (pd.read_csv(reference / "data" / f"{name}.csv") for name in ("apisrs", "apistrat"))
    simple = mean(SurveyDesign.of(srs["pw"], fpc=srs["fpc"]), srs["api00"])
    design = SurveyDesign.of(strat["pw"], strata=strat["stype"], fpc=strat["fpc"])
    scores, paired = mean(design, strat["api00"]), mean(design, strat["api00"] - strat["api99"])
    awards = share(design, strat["awards"] == "Yes")
    paired_limits, awards_limits = limits_of(paired, "linear"), limits_of(awards, "logit")
    found = {
        "srs_mean_api00": simple.estimate[0],
        "srs_se_api00": simple.standard_error[0],
        "strat_mean_api00": scores.estimate[0],
        "strat_se_api00": scores.standard_error[0],
        "strat_paired_change": paired.estimate[0],
        "strat_paired_change_se": paired.standard_error[0],
        "strat_paired_change_t": paired.estimate[0] / paired.standard_error[0],
        "strat_paired_change_lo": paired_limits.low[0],
        "strat_paired_change_hi": paired_limits.high[0],
        "strat_awards_share": awards.estimate[0],
        "strat_awards_share_se": awards.standard_error[0],
        "strat_awards_logit_lo": awards_limits.low[0],
        "strat_awards_logit_hi": awards_limits.high[0],
    }
    assert set(found) == set(rows.index)
    off = {name: value for name, value in found.items() if abs(value - rows.expected[name]) > rows.tolerance[name]}
    assert off == {}


def test_the_stored_designs_cover_the_hard_cases() -> None:
    frame, stored = answers(), expected()
    assert frame["design"].nunique() == 60
    assert {"adjust", "certainty", "refuse"} == set(frame["single"])
    assert frame.groupby("design")["fpc"].agg(lambda fpc: fpc.notna().all()).sum() >= 15
    assert frame.groupby("design")["yes"].agg(lambda yes: yes.isna().any()).sum() >= 10
    shares = stored[stored["statistic"] == "share"]["value"].astype(float)
    assert (shares == 0).sum() >= 5
    assert ((shares > 0) & (shares < 0.06)).sum() >= 5
