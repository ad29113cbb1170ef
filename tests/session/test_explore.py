"""The analyst's bench: a choice is drawn by the design chosen, kept, and refused in words."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets
import numpy as np
import pytest
from lxml import html

from evaluation.errors import ParameterError
from evaluation.session import StudySession
from evaluation.session.courses import DESIGNS, course_of
from evaluation.session.explore import Bench, Choice

START = Choice("all_offences_quarter", "3", "0114", "previous", "own_trend_reml")


@pytest.fixture(scope="module")
def bench(real: StudySession) -> Bench:
    return real.bench()


def text(bench: Bench, choice: Choice) -> str:
    page = html.fromstring(bench.html(choice))
    for style in page.xpath("//style"):
        style.getparent().remove(style)
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize("design", DESIGNS)
def test_the_sentence_is_the_number_of_the_design_chosen(bench: Bench, real: StudySession, design: str) -> None:
    evaluation = real.evaluate("all_offences_quarter", "3")
    every = [*evaluation.main.estimates, *(result.estimate for result in evaluation.main.comparisons)]
    (estimate,) = (one for one in every if one.design == design)
    said = f"{real.words.say(f'design.{design}')}: {real.words.per_cent(estimate.per_cent[0])} jämfört"
    assert said.replace("\u00a0", " ") in text(bench, replace(START, design=design))


def test_the_verdict_does_not_depend_on_the_design_drawn(bench: Bench) -> None:
    verdicts = {text(bench, replace(START, design=design)).partition("synts.")[0] for design in DESIGNS}
    assert len(verdicts) == 1


def test_a_control_is_drawn_from_its_path_and_its_band(real: StudySession) -> None:
    main = real.evaluate("all_offences_quarter", "3").main
    (result,) = (one for one in main.comparisons if one.estimate.design == "synthetic_control")
    course = course_of(main, "synthetic_control", real.data.series(real.indicators[0]), real.words)
    assert course.expectation is not None
    inside = np.isfinite(course.expectation.expected)
    assert np.flatnonzero(inside).tolist() == result.path.period.tolist()
    width = np.log(course.expectation.high[inside] / course.expectation.expected[inside])
    assert width == pytest.approx(result.path.band[result.path.period])


def test_a_design_without_a_curve_says_so(bench: Bench) -> None:
    assert "ingen kurva" in text(bench, replace(START, design="own_trend_hac"))
    assert "ingen kurva" not in text(bench, START)


def test_a_baseline_that_the_agreement_has_not_is_said(bench: Bench) -> None:
    said = text(bench, replace(START, agreement="1"))
    assert "Här visas: före första överenskommelsen." in said


def test_another_area_has_no_comparison_designs(bench: Bench) -> None:
    said = text(bench, replace(START, area="0123", design="synthetic_control"))
    assert "Syntetisk kontroll kunde inte användas här." in said


def test_an_area_without_figures_and_an_unknown_id_are_words_not_tracebacks(bench: Bench, real: StudySession) -> None:
    covered = set(real.data.rates(real.find_indicator("assault_month"))["area_code"])
    absent = next(area for area in real.areas if area.code not in covered)
    said = text(bench, replace(START, indicator="assault_month", area=absent.code))
    assert f"Det finns inga uppgifter om indikatorn för {absent.name}." in said
    assert "Valet kan inte visas" in text(bench, replace(START, agreement="9"))
    with pytest.raises(ParameterError, match="did you mean 'assault_month'"):
        bench.show("assault_months", "3")


def test_a_choice_drawn_before_is_not_drawn_again(bench: Bench) -> None:
    assert bench.show("theft_year", "3") is bench.show("theft_year", "3")


def test_menus_exchange_the_whole_picture_once_per_change(bench: Bench) -> None:
    box = bench.widgets("vandalism_year", "2")
    row, picture = box.children
    menus = {menu.description: menu for menu in row.children}
    assert [type(menu) for menu in menus.values()] == [ipywidgets.Dropdown] * 5
    assert (menus["Indikator"].value, menus["Överenskommelse"].value) == ("vandalism_year", "2")
    seen: list[str] = []
    picture.observe(lambda change: seen.append(change["new"]), names="value")
    menus["Överenskommelse"].value = "3"
    assert len(seen) == 1
    assert "tredje överenskommelsen" in seen[0]
    assert seen[0] == bench.html(replace(START, indicator="vandalism_year"))
