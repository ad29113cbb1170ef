"""What the pages of the real study say: the whole table of verdicts, what is missing, nothing that was not computed."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import ParameterError
from evaluation.session import StudySession, open_study
from evaluation.session.jobs import jobs_of
from evaluation.session.pages.verdicts import several_note
from evaluation.session.survey_data import survey_outcomes
from evaluation.survey import SurveyChange

ROOT = Path(__file__).parents[2]
Saved = Callable[[Any], dict[str, Any]]
Text = Callable[[Any], str]


@pytest.fixture(scope="module")
def overview(real: StudySession) -> Any:
    return real.overview()


def test_the_overview_has_a_row_for_every_agreement_aim_and_indicator(overview: Any, real: StudySession) -> None:
    # 4 agreements × 9 indicators + 4 × 1 survey question + missing: public places 4, recruitment 2, organised crime 2,
    # close relationships 1 (the aims of the third and fourth agreement)
    tables = [item for item in overview.verdicts() if hasattr(item, "rows")]
    assert sum(len(table.rows) for table in tables) == 4 * 9 + 4 * 1 + (4 + 2 + 2 + 1)
    assert {row.agreement.id for row in overview.everything} == {"1", "2", "3", "4"}
    assert len(real.study.indicators) == 9


def test_the_overview_answers_before_it_counts(overview: Any, text_of: Text) -> None:
    said = text_of(overview.opening())
    answer, counts = said.index("Ingen tydlig förändring går att visa."), said.index("Antal bedömningar: 49")
    assert said.index("Ändrades det som överenskommelserna skulle påverka?") < answer < counts
    # all offences in four agreements have comparisons; assaults in one and offences against liberty in two have none
    assert "Av 7 bedömda utfall" in said
    assert "bygger 4 på" in said
    assert "en minskning på 30 % till 49 % troligen ha synts" in said  # 41, 49, 30, 35, 44, 42 and 46 per cent


def test_a_verdict_is_headed_by_its_indicator_and_a_description_is_explained(overview: Any) -> None:
    table = next(item for item in overview.verdicts() if hasattr(item, "rows"))
    assert [column.label for column in table.columns][:2] == ["Indikator", "Mål"]
    assert any("utan hänsyn till utvecklingen innan" in note for note in table.notes)


def test_several_tested_primary_outcomes_are_said_and_a_single_one_is_not(overview: Any, real: StudySession) -> None:
    # vandalism by year is primary too, but refused: of two primary outcomes of agreement 1 one is tested
    of_first = [e for e in overview.everything if e.agreement.id == "1"]
    assert several_note(of_first, real.words) is None
    said = several_note([*of_first, *of_first], real.words)
    assert said is not None
    assert said.paragraphs[0].startswith("Här prövas 2 primära utfall samtidigt")


def test_the_published_estimates_are_those_that_r_finds_from_the_raw_files(overview: Any) -> None:
    # agreement_reference.R makes periods, exposure, season and model from raw files and the dates of the study
    with (ROOT / "tests" / "reference" / "agreement_reference.csv").open(encoding="utf-8", newline="") as file:
        expected = {(r["agreement"], r["indicator"], r["baseline"]): r for r in csv.DictReader(file)}
    found = {
        (e.agreement.id, e.indicator.id, against.window.baseline_kind): against.estimates[0]
        for e in overview.everything
        for against in e.against
        if against.estimates
    }
    assert found.keys() == expected.keys()
    for key, estimate in found.items():
        want = {name: float(expected[key][name]) for name in ("effect", "error", "rho", "observed")}
        counted = (float(expected[key]["points_baseline"]), float(expected[key]["points_period"]))
        assert (estimate.n_baseline, estimate.n_period, estimate.observed) == (*counted, want["observed"])
        assert math.log(estimate.estimate) == pytest.approx(want["effect"], abs=1e-6)
        assert estimate.standard_error == pytest.approx(want["error"], rel=1e-4)
        assert estimate.details["rho"] == pytest.approx(want["rho"], abs=1e-4)


def test_aims_without_figures_say_so_and_what_would_be_needed(overview: Any, text_of: Text) -> None:
    said = text_of(overview.verdicts()) + text_of(overview.missing())
    for aim in (
        "Rekrytering till kriminella nätverk",
        "Organiserad brottslighet som sådan",
        "Brott i nära relation efter 2023",
    ):
        assert aim in said
    assert said.count("Kan inte bedömas – uppgift saknas") == 9
    assert "avhopparverksamheten per månad" in said


def test_the_survey_change_carries_its_worst_case_interval(real: StudySession) -> None:
    (fourth,) = [o for o in survey_outcomes(real) if o.agreement.id == "4"]
    assert isinstance(fourth.change, SurveyChange)
    assert fourth.change.change == -11.0
    # p = 0.5 in both waves, design effect 1.5, published in whole points: variance of rounding 1/12
    error = math.sqrt(1.5 * 2500 * (1 / 822 + 1 / 681) + 1 / 12)
    assert fourth.change.low == pytest.approx(-11 - 1.959964 * error, abs=1e-4)
    assert fourth.change.high == pytest.approx(-11 + 1.959964 * error, abs=1e-4)
    missing = {outcome.agreement.id: outcome.missing for outcome in survey_outcomes(real)}
    assert missing == {"1": "no_waves", "2": "no_waves", "3": "broken", "4": ""}
    # The wave of 2023 may have begun before 28 March: the change is real, but not certainly the fourth agreement's.
    assert fourth.straddles
    assert (fourth.verdict, fourth.direction, fourth.grade) == ("direction_only", "decrease", 1)


def test_yearly_series_of_a_two_year_agreement_are_descriptions(overview: Any) -> None:
    yearly = [e for e in overview.everything if e.indicator.grain == "year"]
    assert {e.judgement.verdict for e in yearly} == {"cannot_be_assessed"}
    assert all(e.main.refusals[0].rule == "too_few_points" for e in yearly)
    assert all(e.judgement.grade == 1 for e in yearly)


def test_no_verdict_is_clear_without_significance_and_none_says_no_effect(overview: Any, text_of: Text) -> None:
    for e in overview.everything:
        if e.judgement.verdict in ("clear_decrease", "clear_increase"):
            assert e.judgement.p_adjusted < 0.05 or e.judgement.rule == "comparison_alone"
        if e.judgement.verdict == "no_clear_change":
            assert e.judgement.detectable <= 50
    assert "ingen effekt" not in text_of(overview.verdicts()).lower()


def test_the_fourth_agreement_is_interim_and_its_gap_belongs_to_no_baseline(real: StudySession, text_of: Text) -> None:
    page = real.agreement("4")
    said = text_of(page.opening()) + text_of(page.basis())
    assert "Pågående överenskommelse" in said
    assert "82 %" in said  # 1 191 of 1 461 days
    assert "1 januari 2021–31 december 2022" in said
    assert "slutdatum är antaget" in said
    assert "preliminära" in text_of(page.series())


def test_what_else_happened_stands_on_the_page(real: StudySession, text_of: Text) -> None:
    said = text_of(real.agreement("2").context())
    assert "2 297 anmälda brott mot 1 404" in said
    assert "Covid-19" in said


def test_claims_are_answered_from_the_figures(overview: Any, text_of: Text) -> None:
    said = text_of(overview.claims())
    assert "Smedby" in said
    assert "Om överenskommelsen orsakade det går inte att bedöma" in said
    assert "varken att påståendet stämmer eller att det är fel" in said
    assert "−11,0" in said


@pytest.mark.parametrize(
    ("citation", "cited"),
    [
        ({"sv": "Källa: Brå", "en": "Source: Brå"}, "Brå"),
        ("Källa: Brå", "Brå"),
        ("Brå (härledd)", "Brå (härledd)"),
        ("Resource: x", "Resource: x"),
    ],
)
@pytest.mark.parametrize("language", ["real", "real_en"])
def test_the_word_source_stands_once(
    citation: object, cited: str, language: str, request: pytest.FixtureRequest
) -> None:
    """Pages write "Källa: …" or "Source: …" before a citation; cards of new studies begin with it in each language."""
    session = replace(request.getfixturevalue(language))
    card = next(iter(session.prepared.cards.values())).model_copy(update={"citation": citation})
    session.__dict__["prepared"] = replace(session.prepared, cards={"brott": card})
    assert session.citations == {"brott": cited}


def test_both_languages_hold_the_same_numbers(real: StudySession, real_en: StudySession, saved: Saved) -> None:
    swedish, english = saved(real.agreement("3")), saved(real_en.agreement("3"))
    assert swedish.pop("language") == "sv"
    assert english.pop("language") == "en"
    assert swedish == english


def test_a_projection_is_made_only_for_the_unfinished_agreement(real: StudySession, text_of: Text) -> None:
    said = text_of(real.trends().projection())
    assert "31 december 2026" in said  # the last whole quarter before 27 March 2027
    assert "fjärde överenskommelsen" in said
    assert "tredje" not in said


def test_every_page_of_both_languages_has_a_job(real: StudySession) -> None:
    jobs = jobs_of(real.project, "upplands-vasby")
    names = [job.id for job in jobs]
    assert len(set(names)) == len(names)
    assert {"overview", "agreement-1", "agreement-4-en", "trends", "safety", "quality", "comparison-3"} <= set(names)
    assert len({job.plan for job in jobs}) == 1
    assert all(path.is_file() for job in jobs for path in job.inputs)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.agreement("7"), "agreement: found '7'; expected one of 1, 2, 3, 4"),
        (lambda s: s.comparison("violence", "3"), "indicator: found 'violence'"),
        (lambda s: s.comparison("all_offences_quarter", "3", "everyone"), "pool: found 'everyone'"),
    ],
)
def test_an_impossible_parameter_names_what_is_possible(call: Any, message: str, real: StudySession) -> None:
    with pytest.raises(ParameterError, match=message):
        call(real)


def test_a_language_that_the_study_does_not_have_is_refused() -> None:
    with pytest.raises(ParameterError, match="language: found 'fi'; expected one of sv, en"):
        open_study("upplands-vasby", language="fi", root=ROOT)


def test_the_lines_for_pandas_in_the_docs_read_a_page(
    real: StudySession, saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/results-json.md, "In pandas", run on the page of the third agreement."""
    content = saved(real.agreement("3"))
    page = tmp_path / "reports" / "upplands-vasby" / "agreement-3"
    page.mkdir(parents=True)
    (tmp_path / "results.json").rename(page / "results.json")
    monkeypatch.chdir(tmp_path)
    (lines,) = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "results-json.md").read_text(encoding="utf-8"), re.M | re.S
    )
    names: dict[str, Any] = {}
    exec(lines, names)
    assert names["verdicts"]["verdict"].tolist() == [one["verdict"] for one in content["evaluations"]]
    assert (names["designs"]["low"] < names["designs"]["high"]).all()
    assert names["series"]["start"].is_monotonic_increasing
    assert names["series"]["count"].sum() == pytest.approx(
        sum(count for count in content["evaluations"][0]["series"]["count"] if count is not None)
    )
