"""What notebooks show of results: accessible tables in the language of the study, escaped, nothing hidden shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from lxml import html
from traitlets.config import Config

from evaluation.evaluate import evaluate_indicator
from evaluation.results import Estimate, Refusal
from evaluation.session import StudySession, open_study
from evaluation.session.displays import html_of, shown_as
from evaluation.session.ledger import Ledger
from evaluation.study.model import Study

ROOT = Path(__file__).parents[2]
ESTIMATE = Estimate(
    "own_trend_reml", "ratio", 0.908, 0.85, 0.97, 0.004, 0.03, 908, 1000, 8, 8, "REML"
)  # 908 of 1000 expected: −9.2 %


def cells(shown: str | None) -> list[list[str]]:
    """Read the rows of every table, headings first."""
    assert shown is not None
    rows = html.fromstring(shown).xpath("//tr")
    return [[cell.text_content().strip().replace("\u00a0", " ") for cell in row.xpath("./th|./td")] for row in rows]


def everything(real: StudySession) -> list[object]:
    evaluation = real.evaluate("all_offences_quarter", "3")
    main = evaluation.main
    return [
        *(real.study, real.series("all_offences_quarter"), evaluation, main, real.ledger, ESTIMATE, main.checks[0]),
        *(main.checks, main.refusals, main.estimates, main.comparisons, real.evaluations("3")),
        *(real.indicators, real.agreements, real.areas),
    ]


def test_every_result_becomes_tables_that_a_screen_reader_can_read(real: StudySession) -> None:
    for value in everything(real):
        shown = html_of(value, real)
        assert shown is not None, type(value)
        page = html.fromstring(shown)
        assert len(page.xpath("//table")) >= 1
        assert page.xpath("//table[not(caption)]") == []
        assert page.xpath("//th[not(@scope)]") == []
        assert page.xpath("//script|//@onclick|//@onerror") == []
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_an_estimate_shows_change_interval_and_cases(real: StudySession, real_en: StudySession) -> None:
    swedish = ["Egen utveckling (huvudmetod)", "−9,2 %", "−15,0 till −3,0 %", "0,004", "908", "1 000", "8 + 8"]
    assert cells(html_of(ESTIMATE, real))[1] == swedish
    assert cells(html_of(ESTIMATE, real_en))[1][1:3] == ["−9.2%", "−15.0 to −3.0%"]


def test_a_difference_is_shown_in_its_own_unit(real: StudySession) -> None:
    additive = replace(ESTIMATE, scale="additive", estimate=-2.5, low=-4.0, high=-1.0)
    assert cells(html_of(additive, real))[1][1:3] == ["−2,50", "−4,00 till −1,00"]


def test_a_series_shows_its_last_points_with_unit(real: StudySession) -> None:
    series = real.series("all_offences_quarter")
    heading, *rows = cells(html_of(series, real))
    assert heading == ["Kvartal", "Antal", "Per 100 000 invånare och år"]
    assert len(rows) == 12
    assert rows[-1][1] == real.words.number(float(series.count[-1])).replace("\u00a0", " ")


def test_markup_in_a_name_stays_text(real: StudySession) -> None:
    identity = real.study.study.model_copy(update={"name": {"sv": "<script>x</script>", "en": "x"}})
    session = replace(real, study=real.study.model_copy(update={"study": identity}))
    shown = html_of(session.study, session)
    assert shown is not None
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_hidden_points_are_hidden_whoever_made_the_series() -> None:
    """The raw series of a sensitive indicator holds small counts; its display does not."""
    session = open_study("exempelkoping", root=ROOT)
    for indicator in session.indicators:
        raw = session.data.series(indicator)
        hidden = session.data.protected(indicator).hidden
        if not hidden[-12:].any():
            continue
        rows = cells(html_of(raw, session))[1:]
        assert [row[1] == "U" for row in rows] == hidden[-12:].tolist()
        assert np.isnan(session.series(indicator.id).count[hidden]).all()
        return
    pytest.fail("no indicator of the example has hidden points at its end: choose another place to look")


def test_a_clean_ledger_says_so_in_words(real: StudySession) -> None:
    shown = html_of(Ledger(real.prepared.ledger.head(0)), real)
    assert shown is not None
    assert "<table" not in shown


@pytest.mark.parametrize("value", [(), (1, 2), (ESTIMATE, Refusal("no_data", "no_estimate")), "text", 3])
def test_other_values_are_left_to_ipython(real: StudySession, value: object) -> None:
    assert shown_as(value, real) is None


def test_ipython_shows_results_once_a_study_is_open() -> None:
    no_history = Config({"HistoryManager": {"enabled": False}})  # its thread would outlive the test
    shell = InteractiveShell.instance(config=no_history)
    try:
        session = open_study("upplands-vasby", language="en", root=ROOT)
        shown, _ = shell.display_formatter.format(ESTIMATE)
        plain, _ = shell.display_formatter.format((1, 2))
        study, _ = shell.display_formatter.format(session)
        assert "−9.2%" in shown["text/html"]
        assert "text/html" not in plain
        assert isinstance(session.study, Study)
        assert "Agreements, Upplands Väsby" in study["text/html"]
    finally:
        InteractiveShell.clear_instance()


def test_an_unprotected_evaluation_is_shown_too(real: StudySession) -> None:
    indicator, agreement = real.find_indicator("theft_year"), real.find_agreement("3")
    found = evaluate_indicator(real.study, agreement, indicator, real.data.series(indicator), None, with_checks=False)
    shown = html_of(found, real)
    assert shown is not None
    # The fixed baseline is 2007–2016, the period 2021 and 2022; eight years are needed on either side.
    assert "10 mätpunkter före och 2 under perioden" in html.fromstring(shown).text_content().replace("\u00a0", " ")
