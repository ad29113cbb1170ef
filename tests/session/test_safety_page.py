"""The page of perceived safety: gaps, groups, trends, make-up, published sides, reporting, against raw answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.session import StudySession, open_study
from evaluation.session.pages.safety import SafetyPage
from evaluation.session.pages.safety_answer import latest_first
from evaluation.session.pages.survey_groups import published_sides
from evaluation.session.pages.survey_tables import outcome_row
from evaluation.session.survey_follow import Followed, changes_by_group
from evaluation.session.survey_recorded import recorded_beside_victims, reporting_check
from evaluation.survey import Contrast, SurveyChange

ROOT = Path(__file__).parents[2]
TextOf = Callable[[Any], str]


@pytest.fixture(scope="module")
def synthetic() -> StudySession:
    return open_study("exempelkoping", language="en", root=ROOT)


@pytest.fixture(scope="module")
def page(synthetic: StudySession) -> SafetyPage:
    return synthetic.safety()


@pytest.fixture(scope="module")
def insecure(page: SafetyPage) -> Followed:
    return page.followed[0]


@pytest.fixture(scope="module")
def answered(synthetic: StudySession) -> pd.DataFrame:
    """Respondents with a valid answer on insecurity, 1 = insecure, read without the survey room."""
    rows = synthetic.data.frame("safety_survey")
    rows = rows[rows["insecure_after_dark_value"].isin(["insecure", "secure", "stays_in"])].copy()
    rows["yes"] = (rows["insecure_after_dark_value"] != "secure").astype(float)
    return rows


def weighted_share(rows: pd.DataFrame) -> float:
    return float(100 * (rows["yes"] * rows["weight"]).sum() / rows["weight"].sum())


def with_cell(rows: pd.DataFrame) -> pd.DataFrame:
    """Sex × age 16–24, 25–44, 45–64, 65–84 (the survey asks nobody older or younger)."""
    band = np.digitize(pd.to_numeric(rows["age"]), [25, 45, 65]).astype(str)
    return rows.assign(cell=rows["sex"] + band)


def test_the_page_opens_with_a_verdict_and_the_latest_agreement(real: StudySession, text_of: TextOf) -> None:
    said = text_of(real.safety().opening())
    for part in (
        "◆ ",
        "Endast riktning",
        "andelen otrygga",
        "enbart före och efter (evidensgrad 1 av 3)",
        "−11,0 procentenheter",
    ):
        assert part in said
    change = next(o.change for o in real.safety().outcomes if o.change is not None)
    assert f"En förändring på {change.smallest_detectable:.1f}".replace(".", ",") in said


def test_the_latest_answered_agreement_answers_and_victims_only_where_nothing_else_does(page: SafetyPage) -> None:
    main, others = latest_first(page.outcomes)
    answered = [outcome for outcome in page.outcomes if outcome.change is not None]
    assert main is not None
    assert main.question.counts == "insecure"
    assert main.agreement.start == max(o.agreement.start for o in answered if o.question.counts == "insecure")
    assert len(others) == len(answered) - 1
    victims = [outcome for outcome in answered if outcome.question.counts == "victims"]
    assert victims
    assert latest_first(victims)[0] in victims
    assert latest_first([outcome for outcome in page.outcomes if outcome.change is None]) == (None, ())


def test_the_gap_is_women_minus_men(insecure: Followed, answered: pd.DataFrame) -> None:
    assert set(insecure.gaps) == {"2016", "2018", "2022", "2025"}
    for wave, found in insecure.gaps.items():
        rows = answered[answered["wave"].astype(str) == wave]
        by_hand = weighted_share(rows[rows["sex"] == "woman"]) - weighted_share(rows[rows["sex"] == "man"])
        assert isinstance(found, Contrast)
        assert found.estimate == pytest.approx(by_hand)
        assert found.low < by_hand < found.high


def test_changes_by_group_are_of_the_waves_that_the_agreement_compares(
    synthetic: StudySession, page: SafetyPage, insecure: Followed, answered: pd.DataFrame
) -> None:
    outcome = next(o for o in page.outcomes if o.agreement.id == "4" and o.change and o.question.counts == "insecure")
    found = {one.group: one for one in changes_by_group(synthetic, insecure, outcome)}
    young = answered[pd.to_numeric(answered["age"]).between(16, 24)]
    shares = [weighted_share(young[young["wave"].astype(str) == wave]) for wave in ("2022", "2025")]
    assert isinstance(found["16-24"].change, SurveyChange)
    assert found["16-24"].change.change == pytest.approx(shares[1] - shares[0])
    # Benjamini–Hochberg over all 14 groups (8 areas): the largest p is unchanged, none is smaller than its raw p.
    raw = {group: one.change.p for group, one in found.items() if isinstance(one.change, SurveyChange)}
    assert len(raw) == 14
    assert max(one.adjusted_p for one in found.values()) == pytest.approx(max(raw.values()))
    assert all(found[group].adjusted_p >= p for group, p in raw.items())


def test_no_groups_are_compared_where_the_agreement_compares_no_waves(
    synthetic: StudySession, page: SafetyPage, insecure: Followed
) -> None:
    without = [o for o in page.outcomes if o.change is None]
    assert without
    assert all(changes_by_group(synthetic, insecure, outcome) == () for outcome in without)


def test_a_comment_repeats_neither_name_nor_change_nor_interval(synthetic: StudySession, page: SafetyPage) -> None:
    assert {outcome.agreement.id for outcome in page.outcomes} == {"1", "2", "3", "4"}
    for outcome in page.outcomes:
        row = outcome_row(synthetic, outcome)
        assert row["why"]
        assert str(row["indicator"]) not in str(row["why"])
        if outcome.change is not None:
            assert synthetic.words.points(outcome.change.change, 1) not in str(row["why"])
            assert all(wave.label in str(row["why"]) for wave in (outcome.change.wave_from, outcome.change.wave_to))


def test_no_trend_crosses_a_break(page: SafetyPage) -> None:
    """Breaks 2018 for both questions, 2025 for victims: 2016 | 2018 2022 2025, and 2016 | 2018 2022 | 2025."""
    insecure, victims = page.followed
    assert [found.waves for found in insecure.trends] == [("2016",), ("2018", "2022", "2025")]
    assert [found.waves for found in victims.trends] == [("2016",), ("2018", "2022"), ("2025",)]
    assert [found.trend is None for found in (*insecure.trends, *victims.trends)] == [True, False, True, True, True]


def test_the_standardised_share_is_the_cells_weighed_by_one_population(
    insecure: Followed, answered: pd.DataFrame, synthetic: StudySession
) -> None:
    every = with_cell(synthetic.data.frame("safety_survey"))
    people = every[every["wave"].astype(str) == insecure.standard_wave].groupby("cell")["weight"].sum()
    rows = with_cell(answered[answered["wave"].astype(str) == "2018"])
    shares = {cell: weighted_share(members) for cell, members in rows.groupby("cell")}
    expected = sum(shares[cell] * people[cell] for cell in shares) / people.sum()
    assert len(shares) == len(people) == 8
    found = insecure.standardised["2018"]
    assert isinstance(found, Contrast)
    assert found.estimate == pytest.approx(expected)


def test_the_standard_wave_has_almost_its_own_share(insecure: Followed) -> None:
    """Its cells are weighed by its own people; only those without an answer make a difference."""
    found = insecure.standardised[insecure.standard_wave]
    assert isinstance(found, Contrast)
    assert found.estimate == pytest.approx(insecure.series.results[-1].share, abs=0.3)


def test_small_groups_are_hidden_in_tables_and_results(
    synthetic: StudySession, saved: Callable[[Any], dict[str, Any]], text_of: TextOf
) -> None:
    """With a smallest base of 100 the young (61, 106, 93, 91) go in three waves, and another age group with them."""
    thresholds = synthetic.study.thresholds.model_copy(update={"survey_base": 100})
    strict = StudySession(
        synthetic.project, synthetic.study.model_copy(update={"thresholds": thresholds}), synthetic.words
    )
    page = strict.safety()
    record = saved(page)["survey_questions"][0]
    ages = {g["group"]: [w["suppressed"] for w in g["waves"]] for g in record["groups"] if g["grouping"] == "age"}
    assert ages["16-24"] == [True, False, True, True]
    assert [sum(hidden) >= 2 for hidden in zip(*ages.values(), strict=True)] == [True, False, True, True]
    young = next(g for g in record["groups"] if g["group"] == "16-24")["waves"]
    assert (young[0]["share"], young[0]["answers"]) == (None, None)
    refused = [c for c in record["group_changes"] if c["group"] == "16-24"]
    assert refused
    assert all("refused" in change and "change" not in change for change in refused)
    row = next(line for line in text_of(page.make_up()).splitlines() if line.startswith("16–24"))
    assert row.split("\t")[1] != row.split("\t")[2]
    assert "%" not in row.split("\t")[1]


def test_reporting_is_joined_where_both_have_a_change(page: SafetyPage) -> None:
    """Victims can be compared 2018–2022 only: the third agreement has a check, the others say what is missing."""
    found = {joined.outcome.agreement.id: joined.lacking for joined in page.joined if joined.check is None}
    assert {key for key in found if found[key] == "no_victims"} == {"1", "2", "4"}
    checked = [joined for joined in page.joined if joined.check is not None]
    assert {joined.outcome.agreement.id for joined in checked} == {"3"}
    for joined in checked:
        assert joined.recorded is not None
        assert joined.outcome.change is not None
        victims = joined.outcome.change.share_to / joined.outcome.change.share_from
        assert joined.check is not None
        assert joined.check.values["reporting_ratio"] == pytest.approx(joined.recorded.estimate / victims)


def test_the_study_file_says_which_series_a_question_on_victims_covers(synthetic: StudySession) -> None:
    """One series less in the study file is one row less per agreement; none leaves nothing to compare with."""
    tied = {one.indicator.id for one in synthetic.safety().joined if one.indicator}
    assert tied == {"vandalism_month", "public_violence_month", "theft_month"}
    alone = with_series(synthetic, "theft_month").safety().joined
    assert {one.indicator.id for one in alone if one.indicator} == {"theft_month"}
    nothing = with_series(synthetic).safety().joined
    assert {one.lacking for one in nothing if one.outcome.change} == {"no_series"}


def test_only_a_series_that_is_tied_has_a_check_on_reporting(synthetic: StudySession) -> None:
    """Violence in public places is tied too, but has too few cases for an estimate."""
    third = synthetic.study.agreement("3")
    checks = {i.id: reporting_check(synthetic, third, i) for i in synthetic.study.indicators}
    assert {key for key, check in checks.items() if check} == {"vandalism_month", "theft_month"}
    theft = synthetic.study.indicator("theft_month")
    assert reporting_check(with_series(synthetic), third, theft) is None


def with_series(session: StudySession, *series: str) -> StudySession:
    questions = tuple(
        question.model_copy(update={"recorded_series": series if question.counts == "victims" else ()})
        for question in session.study.survey_questions
    )
    return StudySession(
        session.project, session.study.model_copy(update={"survey_questions": questions}), session.words
    )


def test_questions_stand_beside_their_figure(page: SafetyPage, text_of: TextOf) -> None:
    said = text_of(page.waves())
    assert said.index("how safe or unsafe do you feel") < said.index("Have you been the victim") < said.rindex("2025")
    assert "Design effect" in said


def test_safe_shares_are_turned_round_and_the_middle_is_named(real_en: StudySession) -> None:
    """24 % insecure and 68 % safe in one year: 100 − 68 = 32 is not 24, because 100 − 92 = 8 % are in neither."""
    rows = pd.DataFrame(
        {"area": ["A", "A"], "year": [2021, 2021], "indicator": ["otrygg", "trygg"], "share_percent": [24.0, 68.0]}
    )
    shown, note = published_sides(real_en, rows, {"otrygg": "insecure", "trygg": "secure"})
    assert list(shown["comparable"]) == [24.0, 32.0]
    assert "92" in note
    assert "8 percentage points" in note.replace("\u00a0", " ")
    alone, silent = published_sides(real_en, rows.iloc[:1], {"otrygg": "insecure"})
    assert silent == ""
    assert np.array_equal(alone["comparable"], [24.0])


def test_published_figures_alone_say_what_cannot_be_assessed(
    real_en: StudySession, text_of: TextOf, saved: Callable[[Any], dict[str, Any]]
) -> None:
    page = real_en.safety()
    assert "cannot be assessed" in text_of(page.groups())
    assert "cannot be assessed" in text_of(page.recorded())
    assert len(page.group_changes()) == len(page.make_up()) == len(page.waves()) == 0
    assert recorded_beside_victims(real_en, page.outcomes) == ()
    assert not {"survey_questions", "reporting"} & set(saved(page))
