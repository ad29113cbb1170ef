"""Hand arithmetic, textbook formulas and identities that hold for every design."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import EstimationError, InputError, ParameterError
from evaluation.survey import (
    SurveyDesign,
    contrast,
    crossed,
    difference,
    domains_of,
    limits_of,
    mean,
    pooled_waves,
    post_stratify,
    rake,
    ratio,
    share,
    standardise,
    total,
    trend_over_waves,
)


def test_simple_random_sample_is_the_textbook_formula() -> None:
    # 3 yes of 5: p = 0.6, V = p q / (n − 1) = 0.6 · 0.4 / 4 = 0.06; of 50 people: (1 − 5/50) · 0.06 = 0.054.
    answers = np.array([1, 1, 0, 1, 0])
    free = share(SurveyDesign.of(np.ones(5)), answers)
    finite = share(SurveyDesign.of(np.ones(5), fpc=50), answers)
    assert free.estimate[0] == pytest.approx(0.6)
    assert free.standard_error[0] ** 2 == pytest.approx(0.06)
    assert finite.standard_error[0] ** 2 == pytest.approx(0.054)
    assert free.design_effect[0] == pytest.approx(1.0)
    assert free.effective_base[0] == pytest.approx(5.0)
    assert free.degrees_of_freedom[0] == 4


def test_stratified_share_by_hand() -> None:
    # Stratum a: 600 people, yes 1 of 3; b: 200 people, yes 2 of 2. p = (600 · 1/3 + 200 · 1) / 800 = 0.5.
    # V = (600/800)² · (1/3 · 2/3)/(3 − 1) + 0 = 0.5625 · 1/9 = 0.0625.
    design = SurveyDesign.of([200, 200, 200, 100, 100], strata=list("aaabb"))
    found = share(design, [1, 0, 0, 1, 1])
    assert found.estimate[0] == pytest.approx(0.5)
    assert found.standard_error[0] == pytest.approx(0.25)
    assert found.population[0] == pytest.approx(800)
    assert found.degrees_of_freedom[0] == 3


def test_clusters_count_not_people() -> None:
    # Two clusters of two; sums of w (y − p)/W with p = 0.5, W = 4: ±0.25 each. V = 2/1 · (2 · 0.25²) = 0.25.
    design = SurveyDesign.of(np.ones(4), clusters=[1, 1, 2, 2])
    found = share(design, [1, 1, 0, 0])
    assert found.standard_error[0] == pytest.approx(0.5)
    assert found.degrees_of_freedom[0] == 1


def test_a_cluster_without_members_of_the_domain_still_counts_as_drawn() -> None:
    # Domain x: clusters 1 (one yes) and 2 (one no), cluster 3 has nobody. t = (0.25, −0.25, 0), mean 0.
    # V = 3/2 · (0.0625 + 0.0625 + 0) = 0.1875; dropping cluster 3 would give 2/1 · 0.125 = 0.25.
    design = SurveyDesign.of(np.ones(4), clusters=[1, 2, 3, 3])
    found = share(design, [1, 0, 1, 1], ["x", "x", "y", "y"])
    assert found.standard_error[found.position("x")] ** 2 == pytest.approx(3 / 2 * (0.25**2 + 0.25**2))


def test_the_rules_for_a_stratum_with_one_cluster() -> None:
    weights, strata, answers = np.ones(3), ["a", "a", "b"], [1, 0, 1]
    with pytest.raises(EstimationError, match="single cluster: b"):
        SurveyDesign.of(weights, strata=strata)
    certainty = share(SurveyDesign.of(weights, strata=strata, single_cluster="certainty"), answers)
    adjust = share(SurveyDesign.of(weights, strata=strata, single_cluster="adjust"), answers)
    # p = 2/3. Stratum a: t = 1/9, −2/9, centred ±1/6: V = 2 · (2 · 1/36) = 1/9. Stratum b adds 0 or (1/9)².
    assert certainty.standard_error[0] ** 2 == pytest.approx(1 / 9)
    assert adjust.standard_error[0] ** 2 == pytest.approx(1 / 9 + 1 / 81)
    census = SurveyDesign.of(weights, strata=strata, fpc=[9, 9, 1])
    assert share(census, answers).standard_error[0] ** 2 == pytest.approx((1 - 2 / 9) / 9)


def test_standardised_share_by_hand() -> None:
    # Women 2 of 4 = 0.5, men 1 of 5 = 0.2; half and half: 0.35. V = 0.25 · (0.25/3 + 0.16/4) · n-corrections for
    # domains of a simple random sample of 9: 9/8 · Σ e² / n_d² with Σ e² = n_d p q.
    sex = ["w"] * 4 + ["m"] * 5
    found = standardise(share(SurveyDesign.of(np.ones(9)), [1, 1, 0, 0, 1, 0, 0, 0, 0], sex), {"w": 50, "m": 50})
    assert found.estimate == pytest.approx(0.35)
    assert found.standard_error**2 == pytest.approx(0.25 * 9 / 8 * (0.25 / 4 + 0.16 / 5))
    with pytest.raises(InputError, match="without answers: x"):
        standardise(share(SurveyDesign.of(np.ones(2)), [1, 0], ["w", "m"]), {"w": 1, "m": 1, "x": 1})


def sample(seed: int, n: int = 120) -> tuple[dict[str, np.ndarray], SurveyDesign]:
    rng = np.random.default_rng(seed)
    frame = {
        "weight": rng.uniform(0.5, 4, n),
        "stratum": rng.integers(0, 4, n),
        "domain": rng.choice(["a", "b", "c"], n),
        "sex": rng.choice(["m", "w"], n),
        "yes": (rng.random(n) < 0.3).astype(float),
        "value": rng.normal(50, 10, n),
    }
    frame["cluster"] = frame["stratum"] * 100 + rng.integers(0, 6, n)
    return frame, SurveyDesign.of(frame["weight"], strata=frame["stratum"], clusters=frame["cluster"])


seeds = st.integers(0, 2**32 - 1)


@given(seeds)
def test_domain_totals_add_up_and_so_do_their_variances(seed: int) -> None:
    frame, design = sample(seed)
    parts, whole = total(design, frame["value"], frame["domain"]), total(design, frame["value"])
    assert parts.estimate.sum() == pytest.approx(whole.estimate[0])
    assert parts.covariance().sum() == pytest.approx(whole.standard_error[0] ** 2)
    assert np.sqrt(np.diag(parts.covariance())) == pytest.approx(parts.standard_error)


@given(seeds, st.floats(0.01, 1000))
def test_order_labels_and_scale_of_weights_change_nothing(seed: int, factor: float) -> None:
    frame, design = sample(seed)
    order = np.random.default_rng(seed).permutation(design.n)
    other = SurveyDesign.of(
        frame["weight"][order] * factor,
        strata=[f"stratum {9 - s}" for s in frame["stratum"][order]],
        clusters=frame["cluster"][order] * -7,
    )
    first, second = share(design, frame["yes"], frame["sex"]), share(other, frame["yes"][order], frame["sex"][order])
    assert second.estimate == pytest.approx(first.estimate, rel=1e-12)
    assert second.standard_error == pytest.approx(first.standard_error, rel=1e-9)
    assert second.design_effect == pytest.approx(first.design_effect, rel=1e-9)


@given(seeds)
def test_missing_answers_are_a_domain_left_out(seed: int) -> None:
    frame, design = sample(seed)
    missing = np.random.default_rng(seed).random(design.n) < 0.2
    answers = np.where(missing, np.nan, frame["yes"])
    as_domain = share(design, frame["yes"], np.where(missing, None, "in"))
    as_missing = share(design, answers)
    assert as_missing.standard_error == pytest.approx(as_domain.standard_error, rel=1e-12)
    assert as_missing.degrees_of_freedom == as_domain.degrees_of_freedom
    assert as_missing.answers == as_domain.answers


@given(seeds)
def test_a_ratio_to_ones_is_a_mean_and_a_mean_of_yes_is_a_share(seed: int) -> None:
    frame, design = sample(seed)
    by_ratio = ratio(design, frame["yes"], np.ones(design.n), frame["domain"])
    by_mean, by_share = (f(design, frame["yes"], frame["domain"]) for f in (mean, share))
    for other in (by_ratio, by_mean):
        assert other.estimate == pytest.approx(by_share.estimate)
        assert other.standard_error == pytest.approx(by_share.standard_error)
        assert other.design_effect == pytest.approx(by_share.design_effect)


@given(seeds)
def test_prepared_domains_give_the_same_as_labels(seed: int) -> None:
    frame, design = sample(seed)
    prepared = domains_of(design, frame["domain"])
    for outcome in (frame["yes"], frame["yes"] == 0):
        assert np.array_equal(
            share(design, outcome, prepared).standard_error, share(design, outcome, frame["domain"]).standard_error
        )


@given(seeds)
def test_raked_and_post_stratified_margins_are_exact_and_carry_no_variance(seed: int) -> None:
    frame, design = sample(seed)
    sexes, domains = {"m": 480.0, "w": 520.0}, {"a": 200.0, "b": 300.0, "c": 500.0}
    raked = rake(design, {"sex": frame["sex"], "domain": frame["domain"]}, {"sex": sexes, "domain": domains})
    for labels, people in ((frame["sex"], sexes), (frame["domain"], domains)):
        found = total(raked, np.ones(design.n), labels)
        assert dict(zip(found.labels, found.estimate, strict=True)) == pytest.approx(people, rel=1e-11)
        assert found.standard_error == pytest.approx(0, abs=1e-6)
    cells = crossed(frame["sex"], frame["domain"])
    people = {str(cell): 10.0 + at for at, cell in enumerate(sorted(set(cells)))}
    post = post_stratify(design, cells, people)
    assert np.bincount(np.unique(cells.astype(str), return_inverse=True)[1], post.weights) == pytest.approx(
        list(people.values())
    )


def test_post_stratified_simple_random_sample_is_the_textbook_formula() -> None:
    # p̂ = Σ W_g p_g; R's linearisation: n/(n − 1) Σ_g W_g² Σ e² / n_g², here 8/7 (0.6² · (0.25·4)/16 + 0.4² · 0.75/16).
    answers, sex = [1, 1, 0, 0, 1, 0, 0, 0], ["w"] * 4 + ["m"] * 4
    found = share(post_stratify(SurveyDesign.of(np.ones(8)), sex, {"w": 60, "m": 40}), answers)
    assert found.estimate[0] == pytest.approx(0.6 * 0.5 + 0.4 * 0.25)
    assert found.standard_error[0] ** 2 == pytest.approx(8 / 7 * (0.36 * 1.0 / 16 + 0.16 * 0.75 / 16))


@given(seeds)
def test_panel_difference_is_the_mean_of_each_persons_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    weights, strata = rng.uniform(1, 3, n), rng.integers(0, 3, n)
    before, after = (rng.random((2, n)) < 0.4).astype(float)
    pooled = pooled_waves(
        ["t1"] * n + ["t2"] * n,
        np.tile(weights, 2),
        strata=np.tile(strata, 2),
        clusters=np.tile(np.arange(n), 2),
        overlapping=True,
    )
    found = difference(share(pooled, np.concatenate([before, after]), ["t1"] * n + ["t2"] * n), "t2", "t1")
    paired = mean(SurveyDesign.of(weights, strata=strata), after - before)
    assert found.estimate == pytest.approx(paired.estimate[0], abs=1e-12)
    assert found.standard_error == pytest.approx(paired.standard_error[0], rel=1e-9)
    assert found.degrees_of_freedom == paired.degrees_of_freedom[0]


@given(seeds)
def test_independent_waves_have_no_covariance(seed: int) -> None:
    frame, _ = sample(seed)
    waves = np.where(np.arange(120) < 70, "2019", "2021")
    design = pooled_waves(waves, frame["weight"], strata=frame["stratum"], single_cluster="adjust")
    shares = share(design, frame["yes"], waves)
    assert shares.covariance()[0, 1] == 0
    expected = math.hypot(*shares.standard_error)
    assert difference(shares, "2021", "2019").standard_error == pytest.approx(expected)
    alone = share(
        SurveyDesign.of(frame["weight"][:70], strata=frame["stratum"][:70], single_cluster="adjust"), frame["yes"][:70]
    )
    assert shares.standard_error[0] == pytest.approx(alone.standard_error[0], rel=1e-12)


def test_overlapping_waves_lower_the_variance_of_a_change_when_answers_persist() -> None:
    rng = np.random.default_rng(4)
    person = np.concatenate([np.arange(200), np.arange(100, 300)])
    mood = rng.normal(size=300)
    answers = (mood[person] + 0.3 * rng.normal(size=400) > 0.5).astype(float)
    waves = np.repeat(["t1", "t2"], 200)
    overlap = share(pooled_waves(waves, np.ones(400), clusters=person, overlapping=True), answers, waves)
    apart = share(pooled_waves(waves, np.ones(400)), answers, waves)
    assert difference(overlap, "t2", "t1").standard_error < 0.85 * difference(apart, "t2", "t1").standard_error


def test_zero_share_has_exact_limits() -> None:
    # 0 of 20: upper limit 1 − 0.025^(1/20) = 0.1684 (Clopper, Pearson 1934); lower 0.
    limits = limits_of(share(SurveyDesign.of(np.ones(20)), np.zeros(20)))
    assert limits.method == ("beta",)
    assert limits.low[0] == 0
    assert limits.high[0] == pytest.approx(1 - 0.025 ** (1 / 20))
    everyone = limits_of(share(SurveyDesign.of(np.ones(20)), np.ones(20)))
    assert (everyone.low[0], everyone.high[0]) == pytest.approx((0.025 ** (1 / 20), 1.0))


@given(seeds)
def test_limits_stay_inside_and_hold_the_share(seed: int) -> None:
    frame, design = sample(seed)
    found = share(design, frame["yes"], frame["domain"])
    for method in ("logit", "beta"):
        limits = limits_of(found, method)
        assert ((limits.low >= 0) & (limits.low <= found.estimate)).all()
        assert ((limits.high >= found.estimate) & (limits.high <= 1)).all()


def test_no_degrees_of_freedom_no_interval() -> None:
    found = share(SurveyDesign.of(np.ones(2), clusters=[1, 1], single_cluster="certainty"), [1, 0])
    assert found.degrees_of_freedom[0] == 0
    assert np.isnan(limits_of(found, "logit").high[0])
    assert np.isnan(contrast(found, {"": 1.0}).p)


def test_trend_of_two_waves_is_the_log_odds_ratio() -> None:
    # Unweighted: 2 of 8 against 4 of 8, odds 1/3 and 1: log odds ratio ln 3 over two years.
    answers, years = [1] * 2 + [0] * 6 + [1] * 4 + [0] * 4, [2019] * 8 + [2021] * 8
    trend = trend_over_waves(SurveyDesign.of(np.ones(16)), answers, years)
    assert trend.log_odds_per_unit == pytest.approx(math.log(3) / 2)
    assert trend.odds_ratio == pytest.approx(math.sqrt(3))
    moved = trend_over_waves(SurveyDesign.of(np.ones(16)), answers, np.array(years) - 2019)
    assert moved.standard_error == pytest.approx(trend.standard_error)


@pytest.mark.parametrize(
    ("answers", "years"),
    [([1, 0, 1, 0], [2019] * 4), ([0, 0, 0, 0], [2019, 2019, 2021, 2021]), ([0, 0, 1, 1], [2019, 2019, 2021, 2021])],
)
def test_a_trend_that_cannot_be_estimated_is_an_error(answers: list[int], years: list[int]) -> None:
    with pytest.raises(EstimationError, match="survey trend"):
        trend_over_waves(SurveyDesign.of(np.ones(4)), answers, years)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": [1.0, 0.0]}, "0.0 in row 2"),
        ({"weights": [1.0, float("nan")]}, "nan in row 2"),
        ({"weights": []}, "no respondents"),
        ({"weights": [1.0, 1.0], "strata": ["a", None]}, "1 of them missing"),
        ({"weights": [1.0, 1.0], "strata": ["a", "b"], "clusters": [7, 7]}, "more than one stratum"),
        ({"weights": [1.0, 1.0], "fpc": [1, 1]}, "1 for 2 drawn"),
        ({"weights": [1.0, 1.0], "fpc": [9, 10]}, "for 2 drawn"),
    ],
)
def test_impossible_designs_are_refused(arguments: dict[str, list[object]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SurveyDesign.of(**arguments)


def test_impossible_questions_are_refused() -> None:
    design = SurveyDesign.of(np.ones(3))
    post = post_stratify(design, ["a", "a", "b"], {"a": 1, "b": 1})
    with pytest.raises(ParameterError, match="another design"):
        share(post, [1, 0, 1], domains_of(design))
    with pytest.raises(ParameterError, match="calibrated already"):
        post_stratify(post, ["a", "a", "b"], {"a": 1, "b": 1})
    with pytest.raises(InputError, match=r"2 \(1 such answers\)"):
        share(design, [1, 0, 2])
    with pytest.raises(InputError, match="one value for each of the 3"):
        share(design, [1, 0])
    with pytest.raises(ParameterError, match="'linear'"):
        limits_of(mean(design, [1.0, 2.0, 4.0]), "logit")
    with pytest.raises(ParameterError, match="one of a, b"):
        share(design, [1, 0, 1], ["a", "b", "b"]).position("z")
    with pytest.raises(InputError, match="categories without respondents: \\['x'\\]"):
        post_stratify(design, ["a", "a", "b"], {"a": 1, "b": 1, "x": 1})
    with pytest.raises(InputError, match="one and the same population"):
        rake(design, {"s": ["a", "a", "b"], "t": ["c", "d", "d"]}, {"s": {"a": 1, "b": 1}, "t": {"c": 1, "d": 2}})
    with pytest.raises(EstimationError, match="raking"):
        rake(design, {"s": ["a", "a", "b"], "t": ["c", "c", "d"]}, {"s": {"a": 1, "b": 2}, "t": {"c": 2, "d": 1}})
