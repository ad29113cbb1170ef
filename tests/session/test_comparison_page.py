"""The page of comparisons: counts of agreeing designs, gates in words, both pools, small pools, and what is saved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import open_study
from evaluation.errors import ParameterError
from evaluation.evaluate.against import has_limits, may_count
from evaluation.figures import Figure
from evaluation.report.blocks import Notice, Prose
from evaluation.results import Estimate
from evaluation.session.open import StudySession
from evaluation.session.pages.comparison import ComparisonPage
from evaluation.session.pages.comparison_designs import Agreeing, SideBySide, agreeing, agreeing_text, gate_text
from evaluation.session.pages.comparison_figures import drift, path_figure
from evaluation.session.pages.results import counted
from evaluation.session.show import Blocks
from evaluation.tables import Table
from evaluation.wording import wording

PARTS = ("opening", "places", "designs", "course", "pools", "donors", "dossier")


def with_few_draws(session: StudySession) -> StudySession:
    plan = session.study.plan.model_copy(update={"draws": 199})
    return replace(session, study=session.study.model_copy(update={"plan": plan}))


@pytest.fixture(scope="module")
def real() -> StudySession:
    return with_few_draws(open_study("upplands-vasby", language="en"))


@pytest.fixture(scope="module")
def quarterly(real: StudySession) -> ComparisonPage:
    return real.comparison("all_offences_quarter", "3")


@pytest.fixture(scope="module")
def yearly(real: StudySession) -> ComparisonPage:
    return real.comparison("vandalism_year", "1")


@pytest.fixture(scope="module")
def places() -> ComparisonPage:
    return with_few_draws(open_study("exempelkoping", language="sv")).comparison("drugs_month", "2")


def tables(part: Blocks) -> list[Table]:
    return [item for item in part if isinstance(item, Table)]


def figures(part: Blocks) -> list[Figure]:
    return [item for item in part if isinstance(item, Figure)]


def texts(part: Blocks) -> str:
    return " ".join(text for item in part if isinstance(item, Prose) for text in (*item.paragraphs, *item.items))


def saved(page: ComparisonPage, folder: Path) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALUATION_RUN_DIR", str(folder))
        page.save()
    record: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return record


def estimate(ratio: float, p: float) -> Estimate:
    return Estimate("own_trend_reml", "ratio", ratio, ratio / 2, ratio * 2, p, 0.1, 10.0, 10.0 / ratio, 8, 8, "by hand")


# --- Where the designs agree ------------------------------------------------------------------------------------------


def test_agreeing_by_hand() -> None:
    rows = [
        SideBySide(estimate(0.8, 0.01), "previous", counts=True),
        SideBySide(estimate(0.9, 0.30), "previous", counts=True),
        SideBySide(estimate(1.2, 0.04), "fixed", counts=True),
        SideBySide(estimate(0.5, 0.001), "fixed", counts=False),  # did not pass: says nothing
    ]
    assert agreeing(rows) == Agreeing(total=3, down=2, up=1, clear_down=1, clear_up=1)


@pytest.mark.parametrize(
    ("found", "end"),
    [
        (Agreeing(3, 3, 0, 3, 0), "The designs agree."),
        (Agreeing(3, 0, 3, 0, 1), "agree on the direction, but not all are clear."),
        (Agreeing(3, 3, 0, 0, 0), "agree on the direction, but none is clear."),
        (Agreeing(3, 2, 1, 2, 0), "do not agree on the direction."),
        (Agreeing(0, 0, 0, 0, 0), "They therefore say nothing certain."),
    ],
)
def test_agreement_in_words_follows_the_rule(found: Agreeing, end: str) -> None:
    assert agreeing_text(found, wording("en")).endswith(end)


def test_the_table_has_every_design_against_every_baseline(quarterly: ComparisonPage) -> None:
    rows = quarterly.designs_shown
    found = {(row.estimate.design, row.baseline) for row in rows}
    comparisons = {"difference_in_differences", "synthetic_control", "synthetic_did"}
    assert {(design, kind) for design in comparisons for kind in ("previous", "fixed")} <= found
    assert ("own_trend_reml", "previous") in found
    table = tables(quarterly.designs())[0]
    assert len(table.rows) == len(rows)
    assert len(figures(quarterly.designs())[0].table.rows) == len(rows)


# --- Pools and gates --------------------------------------------------------------------------------------------------


def test_the_registered_pool_gives_the_comparisons_of_the_evaluation(quarterly: ComparisonPage) -> None:
    for one, against in zip(quarterly.shown, quarterly.evaluation.against, strict=True):
        assert one.window.baseline_kind == against.window.baseline_kind
        assert len(one.results) == 3, "every design has an answer to compare"
        for here, there in zip(one.results, against.comparisons, strict=True):
            assert here.estimate.estimate == there.estimate.estimate
            assert here.estimate.p == there.estimate.p


def test_both_pools_stand_side_by_side(quarterly: ComparisonPage) -> None:
    donors = {(one.pool, result.estimate.details["donors"]) for one in quarterly.comparisons for result in one.results}
    assert donors == {("main", 23.0), ("with_neighbours", 25.0)}  # Sollentuna and Sigtuna put back
    assert len(tables(quarterly.pools())[0].rows) == 2 * 3  # baselines × designs, one table per pool
    smallest = {result.estimate.details["smallest_p"] for one in quarterly.shown for result in one.results}
    assert smallest == {1 / 24}
    main = tables(quarterly.pools())[0]
    assert len(main.columns) == 7  # what all rows share stands once, in the note
    assert "23" in main.notes[0]
    assert "0.042" in main.notes[0]  # 1/24


def test_the_pool_shown_never_changes_the_verdict(real: StudySession, quarterly: ComparisonPage) -> None:
    other = real.comparison("all_offences_quarter", "3", "with_neighbours")
    for name in ("verdict", "direction", "grade", "rule", "detectable"):
        assert getattr(other.evaluation.judgement, name) == getattr(quarterly.evaluation.judgement, name)
    assert any(isinstance(item, Notice) for item in other.opening())
    assert not any(isinstance(item, Notice) for item in quarterly.opening())
    assert {one.pool for one in other.shown} == {"with_neighbours"}


def test_an_unknown_pool_is_refused(real: StudySession) -> None:
    with pytest.raises(ParameterError, match="main or with_neighbours"):
        real.comparison("all_offences_quarter", "3", "everyone")


def test_every_gate_reason_has_words(quarterly: ComparisonPage) -> None:
    result = quarterly.shown[0].results[0]
    reasons = ("few_points", "poor_fit", "drifting", "memorised")
    gate = replace(result.gate, passed=False, reasons=reasons, points=6, fit_ratio=2.44, drift_ratio=3.26)
    said = gate_text(replace(result, gate=gate), wording("en"))
    assert "only 6 points before the start, at least 8 are needed" in said
    assert "the error is 2.4 times the usual one, at most 2 is allowed" in said
    assert "3.3 times as much as usual, at most 3 is allowed" in said
    assert "by heart" in said
    assert not may_count(replace(result, gate=gate))


def test_a_small_pool_has_no_limits_and_says_its_level(yearly: ComparisonPage) -> None:
    # Ten other municipalities have yearly vandalism far back enough: p cannot be less than 1/11 = 0.09.
    results = yearly.shown[0].results
    assert [len(result.areas) for result in results] == [11, 11, 11]
    for result in results:
        assert not has_limits(result.estimate)
        assert not may_count(replace(result, gate=replace(result.gate, passed=True, reasons=())))
        assert (result.estimate.low, result.estimate.high) == (0.0, np.inf)
    passed = tuple(replace(result, gate=replace(result.gate, passed=True, reasons=())) for result in results)
    main = replace(yearly.evaluation.main, comparisons=passed)
    marked = {one.design: counts for one, counts in counted(main)}  # what the tables star, and the bench says
    assert not any(marked[result.estimate.design] for result in passed)
    said = texts(yearly.designs())
    assert "The pool has only 11 areas, so p cannot be less than 0.09." in said
    assert "At the level of 91%" in said
    shown = [cell.text for row in tables(yearly.pools())[0].rows for cell in row]
    assert "no limits" in shown
    assert not any("∞" in text for text in shown)
    assert "Lack too many years and are left out: Haninge." in " ".join(tables(yearly.dossier())[0].notes)


def test_the_event_study_is_judged_only_where_it_can_be(quarterly: ComparisonPage) -> None:
    from evaluation.models.panel import event_study

    one = quarterly.shown[0]
    found = event_study(one.panel, "0114", one.window)
    assert drift(replace(found, pretrend_p=0.05), 24) == "drifting"
    assert drift(replace(found, pretrend_p=0.06), 24) == "parallel"
    assert drift(replace(found, pretrend_p=0.01), 12) == "unknown"


def test_course_and_dossier_of_the_real_study(quarterly: ComparisonPage) -> None:
    event, path, gaps = figures(quarterly.course())
    one = quarterly.shown[0]
    result = one.design("synthetic_control")
    assert result is not None
    assert len(event.table.rows) == len(gaps.table.rows) == result.estimate.n_baseline + result.estimate.n_period
    assert len(path.table.rows) == quarterly.session.data.series(quarterly.evaluation.indicator).n
    as_extreme = round(result.estimate.p * 24) - 1
    assert f"{as_extreme} of 23 other areas" in gaps.title
    similar, listed = tables(quarterly.dossier())
    assert len(similar.rows) == 25
    assert len(listed.rows) == len(quarterly.session.study.areas)
    oddities = {row[0].text: row[3].text for row in listed.rows if row[3].text}
    assert set(oddities) == {"Upplands Väsby", "Sigtuna", "Järfälla"}


def test_hidden_points_are_not_drawn_beside_the_control(quarterly: ComparisonPage) -> None:
    session, one = with_few_draws(open_study("upplands-vasby", language="en")), quarterly.shown[0]
    indicator = quarterly.evaluation.indicator
    protected = session.data.protected(indicator)
    hidden = np.arange(protected.hidden.size) == 5
    session.data.__dict__["_protected"][indicator.id, session.study.target.code] = replace(protected, hidden=hidden)
    figure = path_figure(session, quarterly.evaluation, one)
    assert figure is not None
    assert [row[1].state == "hidden" for row in figure.table.rows] == hidden.tolist()


def test_weights_shown_are_the_donors(quarterly: ComparisonPage) -> None:
    result = quarterly.shown[0].design("synthetic_control")
    assert result is not None
    weights = result.donors.weights
    note = " ".join(tables(quarterly.donors())[0].notes)
    assert f"The weights correspond to {1 / (weights**2).sum():.1f} areas of equal weight." in note
    assert len(tables(quarterly.donors())[0].rows) == int((weights > 0.005).sum())


# --- Places and results -----------------------------------------------------------------------------------------------


def test_a_log_is_compared_by_places_and_the_real_study_by_areas(
    places: ComparisonPage, quarterly: ComparisonPage
) -> None:
    assert [len(getattr(places, part)()) > 0 for part in PARTS] == [True, True, True, False, False, False, True]
    assert [len(getattr(quarterly, part)()) > 0 for part in PARTS] == [True, False, True, True, True, True, True]
    kinds = [figure.alt.split(":")[0] for figure in figures(places.places())]
    calendar, hours = "Kalender med färgade rutor", "Rutnät över veckans timmar"
    assert kinds == ["Diagram med skattningar och intervall", "Karta", calendar, hours]


def test_the_title_names_the_agreement_and_an_interval_its_unit(
    real: StudySession, quarterly: ComparisonPage, text_of: Any
) -> None:
    said = text_of(real.comparison("all_offences_quarter", "4").opening())
    assert "Upplands Väsby compared with other municipalities: the fourth agreement 2023" in said
    (table,) = [block for block in quarterly.designs() if isinstance(block, Table)]
    limits = [row[3].text for row in table.rows]
    assert table.columns[3].label == "Uncertainty (95%)"
    assert all(limit.endswith("%") for limit in limits)


def test_results_hold_every_design_of_both_pools_with_gates(quarterly: ComparisonPage, tmp_path: Path) -> None:
    record = saved(quarterly, tmp_path)
    assert record["pool"] == "main"
    (evaluation,) = record["evaluations"]
    designs = {design["design"]: design for design in evaluation["baselines"][0]["designs"]}
    for name in ("difference_in_differences", "synthetic_control", "synthetic_did"):
        assert designs[name]["details"]["donors"] == 23
        assert designs[f"{name}_with_neighbours"]["details"]["donors"] == 25
        assert isinstance(designs[name]["gate"]["passed"], bool)


def test_results_hold_the_displacement_with_all_numbers(places: ComparisonPage, tmp_path: Path) -> None:
    (evaluation,) = saved(places, tmp_path)["evaluations"]
    designs = {design["design"]: design for design in evaluation["baselines"][0]["designs"]}
    names = [f"weighted_displacement_difference_{which}" for which in ("target", "ring", "both")]
    for name in names:
        widened, poisson = designs[name], designs[f"{name}_poisson"]
        assert widened["low"] <= poisson["low"] <= widened["estimate"] <= poisson["high"] <= widened["high"]
        numbers = widened["details"]
        assert numbers["after"] - numbers["expected"] == pytest.approx(widened["estimate"])
        assert numbers["change_per_cent"] == pytest.approx(100 * widened["estimate"] / numbers["expected"])
        assert (widened["n_baseline"], widened["n_period"]) == (24, 24)
    assert sum(designs[name]["estimate"] for name in names[:2]) == pytest.approx(designs[names[2]]["estimate"])
