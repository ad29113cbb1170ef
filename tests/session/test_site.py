"""Pages above the reports: the rule for claims, the board summary, what is said once, and the plainness of answers."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from evaluation.evaluate.sentences import agreement_in_text, lower_first
from evaluation.report import IndexEntry, Site, check_page, render_index
from evaluation.report.claims import Claim
from evaluation.runs.manifest import SCHEMA_VERSION, manifest_bytes, numbers_in, sealed
from evaluation.runs.project import Project
from evaluation.session.claim_rule import VERDICT_OF, Finding, claim_reason
from evaluation.session.claims_site import claims_page, counts_line, judged_claim
from evaluation.session.entries import index_entries
from evaluation.session.jobs import jobs_of, place_pages
from evaluation.session.save import RESULTS
from evaluation.session.site import _place_title, render_site
from evaluation.session.summary_site import short_answer, summary_lines, summary_page
from evaluation.study import Study, load_study
from evaluation.wording import lix, wording

ROOT = Path(__file__).parents[2]
STUDIES = ("upplands-vasby", "exempelkoping")
LANGUAGES = ("sv", "en")
DOWN = Finding("clear_decrease", "decrease", "decrease")
UP = Finding("clear_increase", "increase", "decrease")
FLAT = Finding("no_clear_change", "none", "decrease")
LEANS = Finding("direction_only", "decrease", "decrease")
CLEAR = ("clear_decrease", "clear_increase", "clear_decrease_comparison", "clear_increase_comparison")
NUMBERS = dict.fromkeys(("baseline", "period", "limit", "months", "mean", "detectable", "year"), "8") | {
    "month": "september"
}
UNKNOWN = Finding("cannot_be_assessed", "none", "decrease")
OPEN = Finding("clear_increase", "increase", "open")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "studies" / "upplands-vasby.toml")


def evaluated(agreement: str, indicator: str, verdict: str, **fields: Any) -> dict[str, Any]:
    """One record of results.json as far as the pages read it."""
    sentences = {"sv": f"Svar om {indicator} i {agreement}.", "en": f"Answer on {indicator} in {agreement}."}
    plain = {"direction": "none", "wanted": "decrease", "role": "primary", "evidence_grade": 1, "interim": False}
    plain |= {"sentences": sentences}
    return {"agreement": agreement, "indicator": indicator, "verdict": verdict, **plain, **fields}


@pytest.fixture
def results() -> dict[str, Any]:
    change = {"from": "2021", "to": "2023", "estimate": -11.0, "low": -17.2, "high": -4.8}
    asked = {"question": "insecure_after_dark", "wanted": "decrease"}
    return {
        "evaluations": [
            evaluated("1", "all_offences_quarter", "no_clear_change", evidence_grade=3),
            evaluated("1", "vandalism_year", "cannot_be_assessed", role="secondary"),
            evaluated("2", "all_offences_quarter", "no_clear_change", evidence_grade=3),
            evaluated("2", "vandalism_year", "clear_decrease", role="secondary", direction="decrease"),
        ],
        "survey": [
            {"agreement": "3", "verdict": "cannot_be_assessed", "direction": "none", **asked},
            {"agreement": "4", "verdict": "direction_only", "direction": "decrease", **asked}
            | {"straddles": True, "change": change},
        ],
        "missing": [{"agreement": "4", "id": "recruitment_indicator"}],
        "data_to": "2026-06-30",
    }


@pytest.mark.parametrize(
    ("findings", "gaps", "reason"),
    [
        ([DOWN, DOWN, UNKNOWN], False, "supported"),
        ([DOWN, DOWN], True, "partly"),  # part of the claim has no figures at all
        ([DOWN, FLAT], False, "partly"),
        ([LEANS, UNKNOWN], False, "leaning"),
        ([LEANS, FLAT], False, "not_shown"),
        ([FLAT], False, "not_shown"),  # nothing seen does not show that the claim is wrong
        ([UP, FLAT], False, "contradicted"),
        ([UP, DOWN], False, "mixed"),
        ([UNKNOWN, OPEN], False, "no_answer"),  # an open direction speaks neither for nor against
        ([], False, "no_answer"),
    ],
)
def test_claims_are_judged_by_the_stated_rule(findings: list[Finding], gaps: bool, reason: str) -> None:
    assert claim_reason(findings, is_fact=False, has_gaps=gaps) == reason


def test_a_documented_event_without_figures_is_a_fact_and_no_effect() -> None:
    assert VERDICT_OF[claim_reason([], is_fact=True)] == "fact"


@given(st.lists(st.sampled_from([DOWN, UP, FLAT, LEANS, UNKNOWN, OPEN])), st.booleans(), st.booleans())
def test_no_support_without_a_result_that_goes_the_claimed_way(found: list[Finding], fact: bool, gaps: bool) -> None:
    verdict = VERDICT_OF[claim_reason(found, is_fact=fact, has_gaps=gaps)]
    if verdict in ("supported", "partly_supported"):
        assert any(f.agrees for f in found)
        assert UP not in found
    assert claim_reason(found[::-1], is_fact=fact, has_gaps=gaps) == claim_reason(found, is_fact=fact, has_gaps=gaps)


def test_the_survey_claim_carries_its_numbers_and_where_its_wave_lies(study: Study, results: dict[str, Any]) -> None:
    said = next(claim for claim in study.claims if claim.id == "safer_after_dark")
    found = judged_claim(study, said, results, wording("sv"))
    assert found.verdict == "partly_supported"
    (line,) = found.evidence
    for part in ("−11,0 procentenheter", "från 2021 till 2023", "−17,2 till −4,8", "vid skarven"):
        assert part in line.replace("\u00a0", " ")
    assert "tredje överenskommelsen" in found.limits[0]


def test_a_claim_names_what_cannot_be_assessed_and_what_would_be_needed(study: Study, results: dict[str, Any]) -> None:
    found = judged_claim(study, study.claims[0], results, wording("en"))
    # vandalism fell in 2, nothing clear elsewhere, and the incidents themselves have no figures: in part
    assert found.verdict == "partly_supported"
    assert "Answer on vandalism_year in 2." in found.evidence
    assert "Answer on vandalism_year in 1." not in found.evidence
    assert [line.split(":")[0] for line in found.limits] == [
        "Vandalism by year",
        "Incidents in the joint situation picture. What is needed",
    ]


def test_the_summary_shows_headlines_clear_changes_and_the_survey(study: Study, results: dict[str, Any]) -> None:
    lines = list(summary_lines(study, results, wording("en")))
    assert [line.sentence.split(":")[0] for line in lines] == [
        "Answer on all_offences_quarter in 1.",
        "Answer on all_offences_quarter in 2.",
        "Answer on vandalism_year in 2.",
        "Insecure outdoors late in the evening during the fourth agreement 2023–2027",
    ]


def test_what_rests_on_an_unfinished_agreement_says_so(study: Study, results: dict[str, Any]) -> None:
    running = evaluated("4", "all_offences_quarter", "no_clear_change", evidence_grade=3, interim=True)
    results["evaluations"].append(running)
    said = "Answer on all_offences_quarter in 4. The agreement is still running."
    assert said in [line.sentence for line in summary_lines(study, results, wording("en"))]
    assert said in judged_claim(study, study.claims[0], results, wording("en")).evidence
    assert (
        "Answer on all_offences_quarter in 2." in judged_claim(study, study.claims[0], results, wording("en")).evidence
    )


def test_the_claims_page_says_that_some_figures_are_younger_than_the_claim(
    study: Study, results: dict[str, Any]
) -> None:
    page = claims_page(study, results, Site("Site", "en"), wording("en")).replace("\u00a0", " ")
    assert "The figures run to 30 June 2026. Some of them may concern the time after the claim was made." in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_and_summary_pass_the_gate_and_say_that_they_are_outdated(
    study: Study, results: dict[str, Any], language: Literal["sv", "en"]
) -> None:
    words = wording(language)
    site = Site("Site", language, stale=words.say("site.changed_inputs"))
    summary = summary_page(study, results, site, study.agreements[0].end, words)
    for page in (claims_page(study, results, site, words), summary):
        assert check_page(page) == []
        assert words.say("site.changed_inputs") in html.fromstring(page).xpath("string(//header)")
    # 4 evaluations + 2 survey rows + 1 missing = 7, of which 1 + 1 + 1 = 3 cannot be assessed
    assert words.say("summary.unassessed", cannot="3", total="7") in html.fromstring(summary).xpath("string(//main)")


def test_a_printed_summary_says_how_fresh_it_is(study: Study, results: dict[str, Any]) -> None:
    words = wording("sv")
    page = summary_page(study, results, Site("Site", "sv"), None, words, "Uppgifter till och med den 30 juni 2026.")
    assert "den 30 juni 2026" in html.fromstring(page).xpath("string(//main)")


def test_what_outdates_everything_stands_at_the_top_and_in_no_cell() -> None:
    entry = IndexEntry("Överenskommelse 1", "Mål", "Brott", "no_clear_change", "", stale="Nytt underlag finns.")
    texts = {
        stale: html.fromstring(render_index([entry], Site("Site", "sv", stale=stale), title="Vad hände?"))
        for stale in ("", entry.stale)
    }
    assert [("Föråldrad" in page.xpath("string(//table)")) for page in texts.values()] == [True, False]
    assert "Nytt underlag finns." in texts[entry.stale].xpath("string(//header)")
    assert all("Nytt underlag finns." in page.xpath("string(//main)") for page in texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STUDIES)
def test_every_verdict_with_every_reason_is_plain(name: str, language: Literal["sv", "en"]) -> None:
    # With the study's own names, so that no model has to run; the longest name decides.
    study = load_study(ROOT / "studies" / f"{name}.toml")
    for agreement, indicator in product(study.agreements, study.indicators):
        called = agreement_in_text(agreement, language)
        worst = max(verdict_sentences(indicator.name[language], called, language), key=lix)
        assert lix(worst) <= 45, worst
    for agreement, question in product(study.agreements, study.survey_questions):
        worst = max(
            survey_sentences(question.name[language], agreement_in_text(agreement, language), language), key=lix
        )
        assert lix(worst) <= 45, worst


def verdict_sentences(name: str, agreement: str, language: str) -> list[str]:
    """Fill every template of a verdict as in a report, those that give a reason with each reason there is."""
    words = wording(language)
    fields = {"agreement": agreement, "size": "12 %", "interval": words.interval(-20, -4, unit="per_cent")}
    reasons = [key for key in words.phrases if key.startswith("reason.") and key != "reason.high_start"]
    said = [words.say(f"sentence.{key}", name=name, why="", **fields) for key in CLEAR]
    unseen = {"name": lower_first(name), "agreement": agreement, "detectable": "41 %"}
    said.append(words.say("sentence.no_clear_change", **unseen))
    said.append(words.say("sentence.no_clear_change_either", **unseen, rise="70 %"))
    change = words.say("summary.in_agreement", name=lower_first(name), number="4")
    cannot = words.say("summary.unassessed", cannot="24", total="60")
    said += [f"{words.say(f'summary.{key}', changes=change)} {cannot}" for key in CLEAR[:2]]
    for why in (words.phrases[key].format_map(NUMBERS) for key in reasons):
        unsure = {"agreement": agreement, "why": why}
        said += [words.say(f"sentence.direction_{way}", name=name, **unsure) for way in ("decrease", "increase")]
        said.append(words.say("sentence.cannot_be_assessed", name=lower_first(name), **unsure))
    return said


def survey_sentences(name: str, agreement: str, language: str) -> list[str]:
    """Fill every template about a survey question."""
    words = wording(language)
    limits = words.interval(-16, -7, 1, unit="points")
    fields = {
        "name": name,
        "verdict": "tydlig minskning",
        "change": "12",
        "from_wave": "2018",
        "to_wave": "2022",
        "interval": limits,
        "detectable": "7",
    }
    every = ("straddles", "clear", "no_clear_change", "broken", "direction_only", "no_waves")
    keys = [*every, *(f"comment.{key}" for key in every)]
    said = [words.phrases[f"survey.{key}"].format_map(fields) for key in keys]
    return [*said, words.phrases["claims.survey"].format_map({**fields, "agreement": agreement})]


def test_the_short_answer_names_every_clear_change_and_how_much_is_unknown() -> None:
    study, words = load_study(ROOT / "studies" / "exempelkoping.toml"), wording("sv")
    evaluations = [
        {"agreement": "4", "indicator": "vandalism_month", "verdict": "clear_decrease"},
        {"agreement": "3", "indicator": "theft_month", "verdict": "no_clear_change"},
        {"agreement": "3", "indicator": "drugs_month", "verdict": "cannot_be_assessed"},
    ]
    survey = [{"agreement": "4", "question": "insecure_after_dark", "verdict": "clear_decrease"}]
    said = short_answer(study, {"evaluations": evaluations, "survey": survey, "missing": [{"id": "x"}]}, words)
    assert said.startswith("Tydligt ner: skadegörelse (nr\u00a04) och otrygg utomhus sen kväll (nr\u00a04). 2 av 5")
    nothing = short_answer(study, {"evaluations": evaluations[1:], "missing": []}, words)
    assert nothing.startswith(words.say("summary.nothing_clear") + " 1 av 2")


def test_a_clear_change_of_open_direction_is_neither_good_nor_bad_in_the_short_answer() -> None:
    study, words = load_study(ROOT / "studies" / "exempelkoping.toml"), wording("sv")
    found = {"agreement": "4", "indicator": "close_relationship_violence_month", "verdict": "clear_increase"}
    indicator = study.indicator("close_relationship_violence_month")
    assert indicator.wanted == "open"
    said = short_answer(study, {"evaluations": [found | {"wanted": "open"}], "missing": []}, words)
    assert said.startswith(
        "Tydligt upp: våld i nära relationer (nr\u00a04; fler anmälningar kan också vara ett mål). 0 av 1"
    )


def coded(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record | {"verdict_code": 0} for record in records]


def test_only_the_cell_whose_verdict_was_another_says_so(study: Study) -> None:
    """The code of the area, 0114, holds the numbers of two agreements: neither is meant by it."""
    found = [
        evaluated(agreement, "theft_year", "cannot_be_assessed", area="0114", interim=False) for agreement in "1234"
    ]
    asked = [
        {"agreement": a, "question": "insecure_after_dark", "verdict": "cannot_be_assessed", "direction": "none"}
        | {"wanted": "decrease", "evidence_grade": 0}
        for a in "34"
    ]
    results = {"evaluations": found, "survey": asked, "missing": []}
    changed = ("/evaluations/theft_year·0114·3/verdict_code", "/survey/insecure_after_dark·4/verdict_code")
    assert set(changed) <= dict(numbers_in({"evaluations": coded(found), "survey": coded(asked)})).keys()
    record = {"changes": {"numbers": [{"name": name, "before": 3, "after": 0} for name in changed]}}
    entries = index_entries(study, results, record, "", wording("sv"))
    said = [(entry.agreement, entry.previous) for entry in entries if entry.previous is not None]
    third, fourth = (study.agreement(key).name["sv"] for key in "34")
    assert sorted(said) == sorted([(third, "clear_decrease"), (fourth, "clear_decrease")])


def test_a_cell_of_the_index_says_that_its_number_is_approximate(study: Study, results: dict[str, Any]) -> None:
    (record, *_) = (one for one in results["evaluations"] if one["verdict"] == "no_clear_change")
    design = {"scale": "log_ratio", "estimate": 0.9, "low": 0.7, "high": 1.1}
    record = {**record, "detectable_per_cent": 40.0, "interim": False, "baselines": [{"designs": [design]}]}
    marked = [{**record, "hidden_counts": kind} for kind in ("none", "stand_ins", "withheld_sum")]
    entries = index_entries(study, {"evaluations": marked, "missing": []}, {}, "", wording("sv"))
    short = "Ungefärligt, små antal är dolda."
    assert [entry.grade.endswith(short) for entry in entries] == [False, True, True]


def test_every_page_about_a_target_place_is_a_job_and_is_called_by_indicator_and_agreement() -> None:
    study = load_study(ROOT / "studies" / "exempelkoping.toml")
    assert place_pages(study) == {
        "places-1-disturbance-month": ("1", "disturbance_month"),
        "places-2-drugs-month": ("2", "drugs_month"),
    }
    jobs = {job.id for job in jobs_of(Project(ROOT), study.id)}
    assert set(place_pages(study)) < jobs
    title = _place_title(study, "2", "drugs_month", wording("en"))
    assert title == "Compared with other places: Suspected drug dealing, Second agreement 2019–2020"


def test_the_claims_page_opens_with_how_many_hold() -> None:
    judged = [Claim("a", "b", verdict, "c") for verdict in ("fact", "supported", "fact")]
    assert counts_line(judged, wording("sv")) == "Av 3 påståenden: 1 har stöd och 2 stämmer som händelse."


def test_a_damaged_run_record_does_not_stop_the_pages_of_other_studies(tmp_path: Path) -> None:
    """The study is left out until its next run has mended it; its name then stands on the first page again."""
    for name in STUDIES:
        (tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "studies" / f"{name}.toml").write_bytes((ROOT / "studies" / f"{name}.toml").read_bytes())
        overview = tmp_path / "reports" / name / "overview"
        overview.mkdir(parents=True)
        (overview / RESULTS).write_text('{"evaluations": [], "missing": [], "data_to": "2026-06-30"}', encoding="utf-8")
        (overview / "run.json").write_text('{"ended": "20', encoding="utf-8")
    whole = sealed({"schema": SCHEMA_VERSION, "ended": "2026-07-01T00:00:00Z", "inputs": [], "changes": {}})
    record = tmp_path / "reports" / "upplands-vasby" / "overview" / "run.json"
    record.write_bytes(manifest_bytes(whole))
    page = render_site(tmp_path / "reports")
    assert "upplands-vasby/index.html" in page
    assert "exempelkoping/index.html" not in page
