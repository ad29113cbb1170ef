"""Twenty ways of changing a plan, each seen; and what does not change the plan is not called a deviation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.errors import StudyError
from evaluation.study import Study, load_study
from evaluation.study.plan import RegisteredPlan, deviations, load_registered, plan_hash, plan_of, registered_text

ROOT = Path(__file__).parents[2]
REAL = (ROOT / "studies" / "upplands-vasby.toml").read_text(encoding="utf-8")


def changed(tmp_path: Path, before: str, after: str) -> Study:
    assert before in REAL
    path = tmp_path / "upplands-vasby.toml"
    path.write_text(REAL.replace(before, after, 1), encoding="utf-8")
    return load_study(path)


@pytest.fixture(scope="module")
def registered() -> RegisteredPlan:
    study = load_study(ROOT / "studies" / "upplands-vasby.toml")
    return RegisteredPlan(plan_hash(study), "2026-11-22", plan_of(study))


WAYS = {
    "outcome of a series": (
        'offence_type = "vandalism"',
        'offence_type = "theft"',
        "indicators.vandalism_year.offence_type",
    ),
    "direction": (
        'wanted = "decrease"\nrole = "primary"',
        'wanted = "open"\nrole = "primary"',
        "indicators.all_offences_quarter.wanted",
    ),
    "role": ('role = "primary"', 'role = "exploratory"', "indicators.all_offences_quarter.role"),
    "indicator renamed": ('id = "drugs_weapons_year"', 'id = "drugs_year"', "indicators.drugs_weapons_year.role"),
    "exposure dropped": (
        'exposure = "mean_population"\ncaveats = [\n  { sv = "Skade',
        'caveats = [\n  { sv = "Skade',
        "indicators.vandalism_year.exposure",
    ),
    "agreement starts earlier": ("start = 2023-03-28", "start = 2023-01-01", "agreements.4.start"),
    "agreement ends earlier": ("end = 2020-12-31", "end = 2020-03-31", "agreements.2.end"),
    "baseline of an agreement": (
        'previous_baseline = "3"',
        'previous_baseline = "2"',
        "agreements.4.previous_baseline",
    ),
    "fixed baseline start": (
        'grain = "year"\nstart = 2007',
        'grain = "year"\nstart = 2010',
        "fixed_baselines.year.start",
    ),
    "fixed baseline end": (
        "start = 2007-01-01\nend = 2016-12-31",
        "start = 2007-01-01\nend = 2015-12-31",
        "fixed_baselines.year.end",
    ),
    "slope allowed": ("slope_change = false", "slope_change = true", "plan.slope_change"),
    "transition window": ("transition_points = 0", "transition_points = 1", "plan.transition_points"),
    "draws": ("draws = 1999", "draws = 999", "plan.draws"),
    "seed": ("seed = 20230328", "seed = 1", "plan.seed"),
    "which baseline decides": ('primary_baseline = "previous"', 'primary_baseline = "fixed"', "plan.primary_baseline"),
    "refusal threshold": ("minimum_points = 8", "minimum_points = 6", "thresholds.minimum_points"),
    "detectable change": (
        "largest_detectable_change = 50",
        "largest_detectable_change = 80",
        "thresholds.largest_detectable_change",
    ),
    "disclosure threshold": ("small_count = 5", "small_count = 3", "thresholds.small_count"),
    "area leaves the pool": (
        'name = "Täby"\nrole = "comparison"',
        'name = "Täby"\nrole = "excluded"',
        "areas.0160.role",
    ),
    "neighbour enters the pool": (
        'name = "Sollentuna"\nrole = "neighbour"',
        'name = "Sollentuna"\nrole = "comparison"',
        "areas.0163.role",
    ),
    "survey question counts the other way": (
        'counts = "insecure"',
        'counts = "secure"',
        "survey_questions.insecure_after_dark.counts",
    ),
    "source file": ('file = "offences_by_month.csv"', 'file = "months.csv"', "sources.offences_by_month.file"),
    "official flag": (
        'file = "offences_by_month.csv"\nofficial = true',
        'file = "offences_by_month.csv"',
        "sources.offences_by_month.official",
    ),
    "break becomes a caution": (
        'effect = "series_broken"',
        'effect = "caution"',
        "context_events.2021-01-01-survey.effect",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_changing_the_plan_is_seen(way: str, registered: RegisteredPlan, tmp_path: Path) -> None:
    before, after, key = WAYS[way]
    study = changed(tmp_path, before, after)
    assert plan_hash(study) != registered.sha256
    assert key in {deviation.key for deviation in deviations(registered, study)}


def test_there_are_at_least_20_ways() -> None:
    assert len(WAYS) >= 20


def test_a_deviation_says_before_and_after(registered: RegisteredPlan, tmp_path: Path) -> None:
    (deviation,) = deviations(registered, changed(tmp_path, "draws = 1999", "draws = 999"))
    assert (deviation.key, deviation.registered, deviation.now) == ("plan.draws", "1999", "999")


def test_words_are_not_part_of_the_plan(registered: RegisteredPlan, tmp_path: Path) -> None:
    study = changed(tmp_path, "Täby", "Täby kommun")
    assert deviations(registered, study) == ()
    assert plan_hash(study) == registered.sha256


def test_measures_and_costs_may_come_after_registration(registered: RegisteredPlan, tmp_path: Path) -> None:
    """They decide no number and no verdict: without the table, or with one more, the plan is the same."""
    without = changed(
        tmp_path,
        'id = "measures"\nkind = "measures"\nfile = "measures.csv"',
        'id = "x"\nkind = "costs"\nfile = "c.csv"',
    )
    assert deviations(registered, without) == ()
    assert plan_hash(without) == registered.sha256
    assert not any(key.startswith(("sources.measures", "sources.costs")) for key in registered.plan)


def test_what_is_registered_is_what_is_read_back(tmp_path: Path) -> None:
    study = load_study(ROOT / "studies" / "upplands-vasby.toml")
    path = tmp_path / "upplands-vasby.plan.json"
    path.write_text(registered_text(study, "2026-11-22"), encoding="utf-8")
    plan = load_registered(path)
    assert plan is not None
    assert deviations(plan, study) == ()


def test_a_plan_edited_by_hand_is_refused(tmp_path: Path) -> None:
    study = load_study(ROOT / "studies" / "upplands-vasby.toml")
    content = json.loads(registered_text(study, "2026-11-22"))
    content["plan"]["plan.draws"] = "99"
    path = tmp_path / "upplands-vasby.plan.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StudyError, match="version control"):
        load_registered(path)


def test_without_registration_there_is_no_plan(tmp_path: Path) -> None:
    assert load_registered(tmp_path / "none.plan.json") is None
