"""The true changes of the synthetic study, recovered: from its committed files, and from many fresh draws."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.results import Refusal
from evaluation.sources import survey_microdata
from evaluation.study.model import ContextEvent, SurveyQuestion
from evaluation.survey import (
    Contrast,
    SurveyChange,
    SurveyDesign,
    SurveyTrend,
    Wave,
    WaveSeries,
    age_bands,
    breaks_with,
    difference,
    follow_question,
    gap,
    group_series,
    pooled_waves,
    post_stratify,
    question_of,
    share,
    wave_series,
    waves_around,
)
from evaluation.survey.intervals import linear_limits
from evaluation.synthetic.survey import draw_answers, residents_by_cell
from evaluation.synthetic.world import read_toml

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw" / "exempelkoping"
YEARS = (2016, 2018, 2022, 2025)


@cache
def study() -> dict[str, Any]:
    return tomllib.loads((ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8"))


@cache
def truth() -> dict[int, dict[str, float]]:
    waves = json.loads((ROOT / "tests" / "synthetic" / "truth.json").read_text(encoding="utf-8"))["survey"]
    return {wave["year"]: wave for wave in waves.values()}


@cache
def meanings() -> dict[tuple[str, str], str]:
    with (RAW / "kodbok_trygghetsmatning_syntetiska_exempeldata.csv").open(encoding="utf-8-sig") as codebook:
        rows = [row for row in csv.DictReader(codebook) if row["item"] == "insecure_after_dark"]
    return {(row["wave"], row["code"]): row["meaning"] for row in rows}


@cache
def respondents() -> pd.DataFrame:
    sources = [s for s in study()["sources"] if s["kind"] == "survey_microdata"]
    waves = [one_wave(source["file"], source["options"]) for source in sources]
    return pd.concat(waves, ignore_index=True)


def one_wave(file: str, options: dict[str, Any]) -> pd.DataFrame:
    fields, wave = dict(options["fields"]), options["wave"]
    codes = [code for (year, code) in meanings() if year == wave]
    codebook = {"insecure_after_dark": {wave: {"column": fields.pop("insecure_after_dark"), "options": codes}}}
    fields.pop("victim_of_crime")
    frame = survey_microdata.read(RAW / file, codebook=codebook, wave=wave, fields=fields).frame
    answers = [meanings().get((wave, code)) for code in frame["insecure_after_dark"]]
    return frame.assign(meaning=answers, sex=frame["sex"].map(options["sex"])).drop_duplicates("respondent")


def pooled() -> tuple[SurveyDesign, np.ndarray, np.ndarray, dict[str, Wave]]:
    frame = respondents()
    asked = next(SurveyQuestion(**q) for q in study()["survey_questions"] if q["id"] == "insecure_after_dark")
    answers = question_of(asked).coded(frame["meaning"])
    waves = frame["wave"].to_numpy(dtype=object)
    design = pooled_waves(waves, frame["weight"], strata=frame["stratum"])
    return design, answers, waves, {str(year): Wave.of_year(asked.survey, year) for year in YEARS}


@cache
def series() -> WaveSeries:
    design, answers, waves, calendar = pooled()
    return wave_series(design, answers, waves, calendar, question="insecure_after_dark", counts="insecure")


def breaks() -> Any:
    return breaks_with([ContextEvent(**event) for event in study()["context_events"]])


def test_every_wave_holds_the_true_share() -> None:
    for result in series().results:
        true = 100 * truth()[int(result.wave.label)]["insecure"]
        assert result.low < true < result.high
        assert result.degrees_of_freedom > 500


def test_the_true_fall_during_the_fourth_agreement_is_found() -> None:
    # Truth: 26 (telephone) | 33 → 31 → 22 per cent.
    found = waves_around(series(), dt.date(2023, 4, 1), dt.date(2027, 3, 31), breaks())
    assert [result.wave.label for result in found.before] == ["2016", "2018", "2022"]
    assert isinstance(found.change, SurveyChange)
    assert found.change.low < -9 < found.change.high < 0
    third = waves_around(series(), dt.date(2021, 1, 1), dt.date(2022, 12, 31), breaks())
    assert isinstance(third.change, SurveyChange)
    assert third.change.low < -2 < third.change.high
    assert third.change.p > 0.05
    assert third.change.smallest_detectable > 2


def test_the_change_of_mode_is_not_taken_for_a_change_of_feeling() -> None:
    found = waves_around(series(), dt.date(2017, 1, 1), dt.date(2018, 12, 31), breaks())
    assert isinstance(found.change, Refusal)
    assert found.change.rule == "series_broken"


def test_women_men_and_the_young_hold_their_true_shares() -> None:
    design, answers, waves, calendar = pooled()
    frame = respondents()
    about: dict[str, Any] = {"question": "insecure_after_dark", "counts": "insecure"}
    ages = age_bands(pd.to_numeric(frame["age"], errors="coerce"))
    by_age = group_series(design, answers, waves, calendar, grouping="age", groups=ages, **about)
    by_sex = group_series(design, answers, waves, calendar, grouping="sex", groups=frame["sex"], **about)
    for at, year in enumerate(YEARS):
        for series_of_group, key in (
            (by_sex.series["woman"], "insecure_women"),
            (by_sex.series["man"], "insecure_men"),
            (by_age.series["16-24"], "insecure_16_24"),
        ):
            result = series_of_group.results[at]
            assert result.standard_error * 3 > abs(result.share - 100 * truth()[year][key])
        between = gap(design, answers, frame["sex"], "woman", "man", waves=waves, wave=str(year))
        true_gap = 100 * (truth()[year]["insecure_women"] - truth()[year]["insecure_men"])
        assert isinstance(between, Contrast)
        assert abs(between.estimate - true_gap) < 3 * between.standard_error


def test_one_call_says_everything_about_a_question() -> None:
    asked = next(SurveyQuestion(**q) for q in study()["survey_questions"] if q["id"] == "insecure_after_dark")
    waves = [Wave.of_year(asked.survey, year, asked=truth()[year]["asked"]) for year in YEARS]
    found = follow_question(respondents(), asked, "meaning", waves, breaks())
    assert found.series.results[3].share == pytest.approx(series().results[3].share)
    assert [len(piece) for piece in found.pieces] == [1, 3]
    assert isinstance(found.changes[0], Refusal)
    assert [grouping.grouping for grouping in found.groups] == ["sex", "age", "area"]
    assert list(found.groups[1].series) == ["16-24", "25-44", "45-64", "65-84"]
    # 33 → 31 → 22 per cent over 2018–2025: log odds −0.56 in seven years, −0.08 a year.
    assert isinstance(found.trend, SurveyTrend)
    assert abs(found.trend.log_odds_per_unit - -0.08) < 3 * found.trend.standard_error
    assert found.trend.points_per_unit < 0
    for year in YEARS:
        standard = found.standardised[str(year)]
        assert isinstance(standard, Contrast)
        assert abs(standard.estimate - 100 * truth()[year]["insecure"]) < 3 * standard.standard_error
        between = found.gaps[str(year)]
        assert isinstance(between, Contrast)
        assert between.low > 0
    assert {row.group for row in found.group_changes if row.discovery} >= {"woman"}
    assert found.shifts[0] is None
    last = found.shifts[2]
    assert last is not None
    # Valid answers per person asked; the first wave's young people are missing most.
    assert last.rate_to == pytest.approx(100 * found.series.results[3].answers / truth()[2025]["asked"])
    assert all(0 < wave.dissimilarity < 20 for wave in found.compositions)
    nobody = follow_question(
        respondents().assign(meaning="secure"), asked, "meaning", waves, breaks(), population={"man | 1-2": 1}
    )
    assert all(isinstance(refused, Refusal) for refused in nobody.standardised.values())
    assert isinstance(nobody.trend, Refusal)
    assert nobody.series.results[3].high > 0


@pytest.mark.parametrize("calibrated", [False, True])
def test_intervals_of_many_draws_hold_the_true_change(calibrated: bool) -> None:
    """2022 → 2025 drawn 200 times from the generator: −9 points inside 95 per cent intervals."""
    plan = read_toml("municipal.toml")["survey"]
    waves = [wave for wave in plan["waves"] if wave["year"] in (2022, 2025)]
    cases = [(wave, residents_by_cell(world(), plan, wave["year"])) for wave in waves]
    found = [change_of_one_draw(plan, cases, seed, calibrated) for seed in range(200)]
    low, high = (np.array([limits[side] for limits in found]) for side in (0, 1))
    inside = np.mean((low < -0.09) & (high > -0.09))
    assert 0.915 <= inside <= 0.99  # 0.95 ± 2.3 standard errors of 0.0154; weights that are post-stratified cover more


def change_of_one_draw(plan: Any, cases: Any, seed: int, calibrated: bool) -> tuple[float, float]:
    rng, labels, parts = np.random.default_rng(seed), [], []
    for wave, residents in cases:
        answers = draw_answers(world(), plan, wave, residents, 1.0, rng)
        valid = answers.insecure.astype(float)
        insecure = np.where(valid > 5, np.nan, np.where(valid == 0, np.nan, valid >= 3))
        cell = residents.stratum[answers.cell] * 10 + residents.sex[answers.cell] * 5 + residents.age[answers.cell]
        parts.append((insecure, answers.weight, residents.stratum[answers.cell], cell))
        labels += [str(wave["year"])] * valid.size
    insecure, weights, strata, cell = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    design = pooled_waves(labels, weights, strata=strata)
    if calibrated:
        cells = np.array([f"{label}-{one}" for label, one in zip(labels, cell, strict=True)])
        names, place = np.unique(cells, return_inverse=True)
        design = post_stratify(design, cells, dict(zip(names, np.bincount(place, weights), strict=True)))
    change = difference(share(design, insecure, labels), "2025", "2022")
    low, high = linear_limits(change.estimate, change.standard_error, change.degrees_of_freedom)
    return float(low), float(high)


@cache
def world() -> Any:
    from evaluation.synthetic import exempelkoping

    return exempelkoping()
