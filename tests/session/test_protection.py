"""Small counts planted in the example study come out nowhere; the real study's published figures stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.disclosure import protect_evaluation
from evaluation.evaluate import evaluate_indicator, evaluated_on
from evaluation.evaluate.record import evaluation_record
from evaluation.figures import Figure
from evaluation.session import StudySession, open_study
from evaluation.session.data import StudyData
from evaluation.session.evaluating import evaluate_one
from evaluation.session.pages.approximate import approximate, approximate_in_table, hidden_counts
from evaluation.session.protection import printed_grids
from evaluation.study.model import Indicator
from evaluation.tables import Table, tables_csv
from evaluation.wording import wording

ROOT = Path(__file__).parents[2]
Saved = Callable[[Any], dict[str, Any]]
SECOND = [str(month) for month in np.arange("2019-01", "2021-01", dtype="M8[M]")]
PLANTED: dict[str, dict[str, float]] = {
    "vandalism_month": {"2016-05": 2.0, "2019-09": 3.0},
    "drugs_month": dict.fromkeys(SECOND, 0.0) | {"2019-03": 1.0, "2020-05": 2.0},  # 3 in the whole agreement
    "closures_month": {},  # thin as it is: evaluated by year
}
DRAWS = {"draws": 199}


@dataclass(frozen=True, eq=False)
class Planted(StudyData):
    """The example study's data with a few counts of the target area exchanged."""

    def rates(self, indicator: Indicator) -> pd.DataFrame:
        """Return the rates with the planted counts."""
        rates = super().rates(indicator)
        counts = rates["start"].astype("M8[s]").dt.strftime("%Y-%m").map(PLANTED[indicator.id])
        chosen = counts.notna() & rates["area_code"].eq(self.study.target.code)
        return rates.assign(count=rates["count"].where(~chosen, counts))


@pytest.fixture(scope="module")
def example() -> StudySession:
    opened = open_study("exempelkoping", language="en", root=ROOT)
    chosen = tuple(indicator for indicator in opened.study.indicators if indicator.id in PLANTED)
    study = opened.study.model_copy(update={"indicators": chosen, "plan": opened.study.plan.model_copy(update=DRAWS)})
    session = StudySession(opened.project, study, opened.words)
    session.__dict__["data"] = Planted(study, opened.prepared)
    return session


@pytest.fixture(scope="module")
def second(example: StudySession) -> Any:
    return example.agreement("2")


def record_of(content: dict[str, Any], indicator: str) -> dict[str, Any]:
    (record,) = (one for one in content["evaluations"] if one["indicator"] == indicator)
    return dict(record)


def test_planted_points_are_empty_in_results_and_counted(second: Any, example: StudySession, saved: Saved) -> None:
    content = saved(second)
    protected = [example.protected(evaluation) for evaluation in second.evaluations]
    assert content["suppressed_cells"] == sum(int(one.hidden.sum()) for one in protected) > 0
    record = record_of(content, "vandalism_month")
    series = record["series"]
    hidden = [start for start, flag in zip(series["start"], series["hidden"], strict=True) if flag]
    assert {"2016-05-01", "2019-09-01"} < set(hidden)
    for start, count, rate, flag in zip(*(series[key] for key in ("start", "count", "rate", "hidden")), strict=True):
        assert (count is None) == (rate is None) == flag, start


def test_a_planted_month_is_not_the_printed_sum_less_the_others(
    second: Any, example: StudySession, saved: Saved
) -> None:
    record = record_of(saved(second), "vandalism_month")
    assert record["baselines"][0]["description"]["observed"] is not None
    series = record["series"]
    inside = [flag for start, flag in zip(series["start"], series["hidden"], strict=True) if start[:7] in SECOND]
    visible = sum(c for s, c in zip(series["start"], series["count"], strict=True) if s[:7] in SECOND and c is not None)
    truth = example.data.series(example.find_indicator("vandalism_month")).count
    left = record["baselines"][0]["description"]["observed"] - visible
    assert sum(inside) >= 2
    assert left >= 3 + 5  # the planted 3 and a partner that leaves a range of at least the limit, 5
    assert np.nanmin(truth) == 2


def test_stand_ins_choose_no_other_grid_than_the_counts(example: StudySession) -> None:
    """0.4 cases a month: 4.8 a year on average are too few, their stand-ins of 2.5 a point would have been enough."""
    indicator = example.find_indicator("vandalism_month")
    session = StudySession(example.project, example.study, example.words)
    session.__dict__["data"] = data = StudyData(example.study, example.prepared)
    whole = data.series(indicator)
    thin = replace(whole, count=np.random.default_rng(3).poisson(0.4, whole.n).astype(float))
    data.__dict__["_series"][indicator.id, whole.area] = thin
    agreements, modelled = example.study.agreements, data.modelled(indicator)
    decided = [evaluated_on(example.study, agreement, thin)[0].grain for agreement in agreements]
    assert decided == ["year", "month", "month", "month"]
    assert {evaluated_on(example.study, agreement, modelled)[0].grain for agreement in agreements} == {"year"}
    for agreement, grain in zip(agreements, decided, strict=True):
        found = evaluate_one(session, agreement, indicator, example.study.target, with_checks=False)
        assert found.series.grain == grain
        shown = ~session.protected(found).hidden
        true = evaluated_on(example.study, agreement, thin)[0].count
        assert np.array_equal(found.series.count[shown], true[shown])  # no sum of stand-ins is printed as a count


def test_planted_points_are_in_no_figure_table_or_alternative_text(second: Any, example: StudySession) -> None:
    words, evaluation = example.words, second.evaluations[0]
    assert evaluation.indicator.id == "vandalism_month"
    figures = [part for part in second.series() if isinstance(part, Figure)]
    labels = {words.point(np.datetime64(day), "month") for day in ("2016-05-01", "2019-09-01")}
    cells = {row[0].text: row[1] for row in figures[0].table.rows if row[0].text in labels}
    assert set(cells) == labels
    assert all(cell.state == "hidden" and cell.value is None for cell in cells.values())
    assert words.say("figures.hidden") in figures[0].notes
    for figure in figures:
        for said in re.findall(r"[^.;]*(?:May 2016|September 2019)[^.;]*", figure.alt):
            assert not re.search(r"\b[23]\b", said.replace("2019", "").replace("2016", "")), said


def test_the_page_says_which_calculations_rest_on_stand_ins(second: Any, example: StudySession, text_of: Any) -> None:
    hidden = [e.indicator.name["en"] for e in second.evaluations if example.protected(e).hidden.any()]
    assert "Small numbers are hidden here: " + example.words.join(hidden) in text_of(second.limits())


def test_it_says_so_at_each_estimate_in_page_table_and_results(
    second: Any, example: StudySession, saved: Saved, text_of: Any
) -> None:
    """Vandalism: two months hidden, every sum printed. Drugs: the sum of the whole agreement, 3, is withheld too."""
    known = {e.indicator.id: e for e in second.evaluations}
    kinds = {key: hidden_counts(example, e, e.main) for key, e in known.items()}
    assert (kinds["vandalism_month"], kinds["drugs_month"]) == ("stand_ins", "withheld_sum")
    content = saved(second)
    assert {key: record_of(content, key)["hidden_counts"] for key in kinds} == kinds
    said = record_of(content, "vandalism_month")["sentences"]
    assert said["en"].endswith("made-up values in their place, so the uncertainty is approximate.")
    assert said["sv"].endswith("påhittade värden i deras ställe, så osäkerheten är ungefärlig.")
    assert "Approximate: some small counts are hidden." in text_of(second.series())
    assert "Approximate, small counts are hidden." in text_of(second.verdicts())
    tables = [part for part in second.effects() if isinstance(part, Table)]
    noted = [any("Approximate: " in note for note in table.notes) for table in tables]
    primary = [e for e in second.evaluations if e.indicator.role == "primary" and e.main.estimates]
    assert noted == [any(hidden_counts(example, e, one) != "none" for one in e.against) for e in primary]
    assert "Approximate: " in tables_csv(tables[0], example.words)


def test_a_withheld_sum_is_said_to_be_outside_the_interval(second: Any, example: StudySession) -> None:
    (drugs,) = (e for e in second.evaluations if e.indicator.id == "drugs_month")
    assert drugs.main.estimates
    assert approximate_in_table(example, drugs).endswith("The interval does not include that error.")
    assert approximate(example, drugs, wording("sv")).endswith("Det felet ingår inte i osäkerheten.")


def test_published_figures_need_no_stand_ins(text_of: Any) -> None:
    real = open_study("upplands-vasby", language="en", root=ROOT)
    page = real.agreement("4")
    assert "Small numbers are hidden" not in text_of(page.limits())
    assert "Approximate" not in text_of((*page.opening(), *page.verdicts(), *page.series(), *page.effects()))


def test_where_the_sum_of_a_period_is_small_nothing_tells_it(second: Any, example: StudySession, saved: Saved) -> None:
    """3 cases in the whole agreement: no sum, no ratio of rates; the verdict and the indicator stay on the page."""
    evaluation = next(e for e in second.evaluations if e.indicator.id == "drugs_month")
    assert not example.protected(evaluation).allows("agreement 2")
    record = record_of(saved(second), "drugs_month")
    assert all(baseline["description"] is None for baseline in record["baselines"])
    designs = [design for baseline in record["baselines"] for design in baseline["designs"]]
    assert {(design["observed"], design["expected"]) for design in designs} == {(None, None)}
    said = "".join(part.html("x") for part in second.series() if not isinstance(part, Figure))
    assert "suspected drug dealing" in said
    assert "nan" not in said.lower().replace("finan", "")


def test_a_series_added_together_is_protected_on_its_own_grid(example: StudySession, saved: Saved, second: Any) -> None:
    evaluation = next(e for e in second.evaluations if e.indicator.id == "closures_month")
    monthly = example.data.series(evaluation.indicator)
    assert evaluation.aggregated_to == "year"
    assert [grid.grain for grid in printed_grids(example.study, monthly)] == ["year"]
    flags = example.protected(evaluation).hidden
    assert flags.shape == evaluation.series.count.shape
    thin = (evaluation.series.count > 0) & (evaluation.series.count < 5)
    assert flags[thin].all()
    counts = record_of(saved(second), "closures_month")["series"]["count"]
    assert [count is None for count in counts] == list(flags | np.isnan(evaluation.series.count))


def test_one_model_and_trends_give_no_sum_of_an_interval_with_hidden_points(
    example: StudySession, saved: Saved
) -> None:
    steps = saved(example.overview())["one_model"]["vandalism_month"]
    assert steps["after 3"]["observed"] is steps["after 3"]["expected"] is None
    trends = saved(example.trends())["trends"]
    for record in trends:
        series = record["series"]
        adjusted = record.get("seasonally_adjusted", series["count"])
        gone = [count is None and value is None for count, value in zip(series["count"], adjusted, strict=True)]
        assert [flag for flag, hidden in zip(gone, series["hidden"], strict=True) if hidden] == [True] * sum(
            series["hidden"]
        )
    assert trends[0]["series"]["hidden"].count(True) >= 2


def test_trends_and_the_one_model_say_that_they_rest_on_stand_ins(example: StudySession, text_of: Any) -> None:
    """Of closures nothing but zeros may be shown: words stand there, not a trend above a row of zeros."""
    begin = "Small numbers are hidden here: "
    shown = example.trends().series()
    noted = [any(note.startswith(begin) for note in one.notes) for one in shown if isinstance(one, Figure)]
    hidden = {one.id: example.data.protected(one).hidden for one in example.study.indicators}
    assert noted == [hidden["vandalism_month"].any(), hidden["drugs_month"].any()] == [True, True]
    closures = example.data.series(example.find_indicator("closures_month")).count[~hidden["closures_month"]]
    assert np.nanmax(closures) == 0
    assert "All numbers above zero are too small to be shown." in text_of(shown)
    (names,) = (part for part in example.trends().table() if isinstance(part, Table))
    assert any(begin in note for note in names.notes)
    (table,) = (part for part in example.overview().one_model() if isinstance(part, Table))
    assert any(note.startswith(begin) for note in table.notes)


def test_every_page_weighs_a_series_once(example: StudySession) -> None:
    indicator = example.find_indicator("vandalism_month")
    assert example.data.protected(indicator) is example.data.protected(indicator, "month")


def test_published_official_figures_do_not_change_at_all(real: StudySession, saved: Saved) -> None:
    indicator = real.find_indicator("all_offences_quarter")
    agreement = real.find_agreement("3")
    series = real.data.series(indicator)
    bare = evaluate_indicator(real.study, agreement, indicator, series, None, with_checks=False)
    protected = protect_evaluation(bare, real.protected(bare))
    assert json.dumps(evaluation_record(protected, {})) == json.dumps(evaluation_record(bare, {}))
    assert not any(real.data.protected(one).hidden.any() for one in real.study.indicators)
    content = saved(real.trends())
    assert content["suppressed_cells"] == 0
    for record, one in zip(content["trends"], real.study.indicators, strict=True):
        counts = [float("nan") if count is None else count for count in record["series"]["count"]]
        np.testing.assert_array_equal(counts, real.data.series(one).count)


def test_the_one_model_names_the_time_after_an_agreement_where_it_belongs(example: StudySession) -> None:
    """Between the third and the fourth agreement lie three months: no step of the table is called by its key."""
    (made,) = (part for part in example.overview().one_model() if isinstance(part, Table))
    names = [row[0].text for row in made.rows]
    assert names == ["No 1", "No 2", "No 3", "The time after no 3", "No 4"]


def test_a_study_without_claims_has_no_empty_heading(example: StudySession) -> None:
    assert not example.study.claims
    assert not list(example.overview().claims())
