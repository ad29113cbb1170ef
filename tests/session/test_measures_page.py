"""What the agreement's page says of measures and costs: in both languages, with and without tables, never too much."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.costs import Cost
from evaluation.evaluate.measures import Measure
from evaluation.report.page import Page, notices_of, render_page
from evaluation.report.rules import refuse_faulty_page
from evaluation.results import Estimate
from evaluation.session import StudySession, open_study
from evaluation.session.pages.agreement import AgreementPage
from evaluation.session.pages.earliest import early_notice
from evaluation.session.pages.process_record import process_record
from evaluation.session.process import Process, process_of
from evaluation.sources.process_tables import TableFaultsError

ROOT = Path(__file__).parents[2]
Text = Callable[[Any], str]
NONE = float("nan")
AS_OF = date(2026, 7, 2)


def example(language: str) -> StudySession:
    opened = open_study("exempelkoping", language=language, root=ROOT)
    plan = opened.study.plan.model_copy(update={"draws": 199})
    return replace(opened, study=opened.study.model_copy(update={"plan": plan}))


@pytest.fixture(scope="module")
def sv() -> StudySession:
    return example("sv")


@pytest.fixture(scope="module")
def en() -> StudySession:
    return example("en")


@pytest.fixture(scope="module")
def third(en: StudySession) -> tuple[AgreementEvaluation, ...]:
    return en.evaluations("3", with_checks=False)


def with_process(session: StudySession, process: Process) -> StudySession:
    """The session with other measures and costs than those of its tables."""
    other = replace(session)
    other.__dict__.update({name: session.__dict__[name] for name in ("prepared", "data") if name in session.__dict__})
    other.__dict__["process"] = process
    return other


def measures_said(session: StudySession, agreement: str, evaluations: tuple[AgreementEvaluation, ...]) -> Any:
    return AgreementPage(session, session.find_agreement(agreement), evaluations).measures()


def persons(dose: float, **changes: Any) -> Measure:
    """A defector programme of the third agreement with this many participants."""
    made = Measure(
        row_number=2,
        id="avhoppare",
        agreement="3",
        priority_area="recruitment",
        name={"": "Avhopparverksamhet"},
        planned_start=None,
        planned_end=None,
        start=date(2021, 1, 1),
        end=date(2022, 12, 31),
        status="done",
        stated="",
        dose=dose,
        planned_dose=40.0,
        unit={"": "deltagare"},
        counts_persons="yes",
        area="",
        source="rapport",
    )
    return replace(made, **changes)


def test_both_languages_say_the_same(sv: StudySession, en: StudySession, text_of: Text, third: Any) -> None:
    """302 of 400 shifts over 2021-02-01 to 2022-12-31, 699 days = 7.655 quarters: 39 a quarter. 3 of 4 due are done."""
    swedish, english = (text_of(measures_said(session, "3", third)) for session in (sv, en))
    assert "302 pass (76 % av planen), 39 per kvartal" in swedish
    assert "302 shifts (76% of the plan), 39 per quarter" in english
    assert "Av 4 åtgärder som skulle vara klara har 3 genomförts (75 %). För 1 saknas uppgift." in swedish
    assert "The share carried out therefore lies between 75% and 100%." in english
    assert "Läget den 2 juli 2026 – genomförda: 3 och utan uppgift om utfall: 1." in swedish
    assert "Listan visar inte att åtgärderna gav någon effekt." in swedish
    assert "Insecurity in public places\t1 February 2021\tFirst measure for the aim: Field workers" in english
    assert "5,439,000 kronor at 2025 prices" in english
    assert "kan inte beräknas, ingen tydlig minskning" in swedish


def test_every_figure_of_an_aim_carries_its_measures(en: StudySession, third: Any) -> None:
    page = AgreementPage(en, en.find_agreement("3"), third)
    figures = {block.title: block for block in page.series() if hasattr(block, "picture")}
    marked = [figure for figure in figures.values() if "with measures (A and B) below the axis" in figure.alt]
    assert marked  # the primary indicators of public places
    assert any("Field workers on evenings and weekends" in note for note in marked[0].notes)


@pytest.fixture(scope="module")
def bare(real: StudySession) -> tuple[AgreementEvaluation, ...]:
    return real.evaluations("1", with_checks=False)


def test_nothing_recorded_is_said_with_what_could_be_supplied(
    real: StudySession, real_en: StudySession, bare: Any, text_of: Text
) -> None:
    swedish, english = (text_of(measures_said(session, "1", bare)) for session in (real, real_en))
    assert "Inga åtgärder är registrerade för den här överenskommelsen." in swedish
    assert "Kommunen kan lämna en tabell" in swedish
    assert "No measures are recorded for this agreement." in english
    assert "Ingen kostnad är registrerad" in swedish
    assert "tidigast ha börjat när överenskommelsen började, 1 januari 2017." in swedish


def test_a_study_without_tables_has_an_empty_process(real: StudySession) -> None:
    sources = tuple(source for source in real.study.sources if source.kind not in ("measures", "costs"))
    study = real.study.model_copy(update={"sources": sources})
    assert process_of(study, real.prepared) == Process((), None, ())


def test_what_was_announced_alone_has_no_outcome(real: StudySession, text_of: Text) -> None:
    """The real municipality has published names of measures, and nothing more."""
    said = text_of(measures_said(real, "3", real.evaluations("3", with_checks=False)))
    assert "Avhopparverksamhet\tRekrytering till kriminella strukturer\tuppgift saknas" in said
    assert "För ingen av åtgärderna finns uppgift om den blev genomförd." in said
    assert "Varken dagar eller omfattning är redovisade." in said
    assert "0 %" not in said


@pytest.mark.parametrize("dose", [0.0, 2.0, 9.0])
def test_few_people_are_hidden_everywhere(en: StudySession, third: Any, text_of: Text, dose: float) -> None:
    session = with_process(en, Process((persons(dose),), AS_OF, ()))
    page = measures_said(session, "3", third)
    shown = text_of(page) + json.dumps([b.block() for b in page if hasattr(b, "block")], default=str)
    assert not re.search(rf"(?<!\d){dose:.0f} deltagare", shown)
    assert "of the plan" not in shown
    assert "to protect individuals" in shown
    assert "40 deltagare" in shown  # the plan counts nobody
    (record,) = process_record(session, session.find_agreement("3"), third)["measures"]
    assert record["dose_hidden"] is True
    assert {record["dose"], record["share_carried_out"], record["dose_per_quarter"]} == {None}


def test_many_people_and_few_patrols_are_shown(en: StudySession, third: Any, text_of: Text) -> None:
    walks = persons(2.0, id="walks", counts_persons="no", unit={"": "walks"}, name={"": "Walks"})
    session = with_process(en, Process((persons(10.0), walks), AS_OF, ()))
    said = text_of(measures_said(session, "3", third))
    assert "10 deltagare (25% of the plan)" in said
    assert "2 walks (5% of the plan)" in said
    assert [m["dose"] for m in process_record(session, session.find_agreement("3"), third)["measures"]] == [10.0, 2.0]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$\\frac{$", '"><img src=x onerror=alert(1)>'])
def test_hostile_names_stay_text(en: StudySession, third: Any, name: str) -> None:
    told = persons(20.0, name={"": name}, unit={"": name}, source=name, priority_area="public_places")
    cost = Cost(2, "3", date(2021, 1, 1), date(2022, 12, 31), 1000.0, "SEK", 2025, {"": name}, name)
    session = with_process(en, Process((told,), AS_OF, (cost,)))
    page = AgreementPage(session, session.find_agreement("3"), third)
    html = "".join(block.html(f"b{at}") for at, block in enumerate((*page.measures(), *page.series())))
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def clear(evaluation: AgreementEvaluation) -> AgreementEvaluation:
    """The evaluation with a clear decrease: 600 cases, ratio 0.80 (0.75 to 0.96)."""
    made = Estimate("own_trend_reml", "ratio", 0.8, 0.75, 0.96, 0.01, 0.1, 600.0, 750.0, 24, 24, "made")
    judged = replace(evaluation.judgement, verdict="clear_decrease", direction="decrease", rule="own_trend")
    main = replace(evaluation.main, estimates=(made,), refusals=())
    return replace(evaluation, judgement=judged, against=(main, *evaluation.against[1:]))


def test_a_clear_decrease_has_its_cost_per_case(sv: StudySession, third: Any, text_of: Text) -> None:
    """150 fewer (25 to 200); 900 000 / 150 = 6 000 kronor per case (4 500 to 36 000)."""
    chosen = tuple(clear(e) if e.indicator.id == "vandalism_month" else e for e in third)
    cost = Cost(2, "3", date(2021, 1, 1), date(2022, 12, 31), 900_000.0, "SEK", 2025, {"": "allt"}, "bokslut")
    session = with_process(sv, Process((), None, (cost,)))
    said = text_of(measures_said(session, "3", chosen))
    assert "Skadegörelse: 6 000 kronor per fall färre än väntat (osäkerhet 4 500 till 36 000)." in said
    assert "Det var 150 färre fall än väntat (osäkerhet 25 till 200)." in said
    assert "visar inte att minskningen beror på överenskommelsen" in said
    found = {
        one["indicator"]: one for one in process_record(session, session.find_agreement("3"), chosen)["costs_per_case"]
    }
    assert found["vandalism_month"]["per_case"] == pytest.approx(6000)
    assert found["disturbance_month"]["reason"] == "no_clear_decrease"
    assert found["disturbance_month"]["per_case"] is None


def cost_page(session: StudySession, evaluations: Any, costs: tuple[Cost, ...]) -> str:
    """The page of the third agreement as a reader gets it: title, verdicts, measures and costs, in the shell."""
    page = AgreementPage(with_process(session, Process((), None, costs)), session.find_agreement("3"), evaluations)
    main = "".join(item.html(f"b{at}") for at, item in enumerate((*page.opening(), *page.verdicts(), *page.measures())))
    shell = Page(
        session.words.language,
        "Measures and costs of the third agreement",
        "Site",
        notices=notices_of(session.words, synthetic=True, stale=""),
    )
    return refuse_faulty_page(render_page(shell, main), "cost")


COST = {
    "sv": (
        "Skadegörelse: 6 000 kronor per fall färre än väntat (osäkerhet 4 500 till 36 000).",
        "Det var 150 färre fall än väntat (osäkerhet 25 till 200).",
        "Ingen kostnad är registrerad",
    ),
    "en": (
        "Vandalism: 6,000 kronor per case fewer than expected (uncertainty 4,500 to 36,000).",
        "Cases fewer than expected: 150 (uncertainty 25 to 200).",
        "No cost is recorded",
    ),
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_whole_page_states_a_cost_per_case_or_that_none_is_recorded(
    language: str, request: pytest.FixtureRequest, third: Any
) -> None:
    """150 fewer (25 to 200) for 900 000: 6 000 each, from 900 000 / 200 = 4 500 to 900 000 / 25 = 36 000."""
    session = request.getfixturevalue(language)
    chosen = tuple(clear(e) if e.indicator.id == "vandalism_month" else e for e in third)
    cost = Cost(2, "3", date(2021, 1, 1), date(2022, 12, 31), 900_000.0, "SEK", 2025, {"": "allt"}, "bokslut")
    computed, recorded_none = (cost_page(session, chosen, costs) for costs in ((cost,), ()))
    said, silent = (re.sub(r"\s+", " ", html.fromstring(page).text_content()) for page in (computed, recorded_none))
    per_case, fewer, none = COST[language]
    assert f'<html lang="{language}"' in computed
    assert per_case in said
    assert fewer in said
    assert none not in said
    assert none in silent
    assert per_case.split(":")[1].split(" (")[0] not in silent


def test_an_effect_before_the_first_measure_is_a_warning_in_words(en: StudySession, third: Any) -> None:
    """The series is made to lie under the limits from January 2021; the first measure begins in July."""
    evaluation = clear(next(e for e in third if e.indicator.id == "vandalism_month"))
    expectation = evaluation.main.expectation
    assert expectation is not None
    high = replace(expectation, low=expectation.low + 1000, expected=expectation.expected + 2000)
    early = replace(evaluation, against=(replace(evaluation.main, expectation=high), *evaluation.against[1:]))
    measure = persons(20.0, priority_area="public_places", start=date(2021, 7, 1))
    notice = early_notice(with_process(en, Process((measure,), AS_OF, ())), early)
    assert notice is not None
    assert notice.about == "warning"
    assert "before the first measure for the aim (1\u00a0July 2021)" in notice.text
    assert "6 of 6 points" in notice.text
    assert early_notice(with_process(en, Process((), None, ())), early) is None


def test_a_study_file_that_changed_under_its_tables_is_refused(sv: StudySession) -> None:
    """Tables are read once; whether they fit the study is asked each time."""
    agreements = tuple(a for a in sv.study.agreements if a.id != "4")
    with pytest.raises(TableFaultsError, match="agreement") as refused:
        process_of(sv.study.model_copy(update={"agreements": agreements}), sv.prepared)
    assert len(refused.value.problems) >= 4
