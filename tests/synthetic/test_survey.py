"""Waves of microdata: weights add up to residents, and the true shares come out of large samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.synthetic.layouts import vocabulary
from evaluation.synthetic.survey import (
    OTHER_REASONS,
    areas_of_the_time,
    draw_answers,
    insecure_by_cell,
    residents_by_cell,
    write_waves,
)
from evaluation.synthetic.world import exempelkoping, read_toml

WORLD, WORDS = exempelkoping(), vocabulary(1)
PLAN = read_toml("municipal.toml")["survey"]
WAVES = {wave["year"]: wave for wave in PLAN["waves"]}


def share_insecure(codes: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> float:
    answered = (codes >= 1) & (codes <= 5)
    return float(np.average(codes[answered] >= 3, weights=weight[answered]))


@pytest.mark.parametrize("year", WAVES)
def test_cells_average_to_the_true_share(year: int) -> None:
    residents = residents_by_cell(WORLD, PLAN, year)
    cells = insecure_by_cell(PLAN, residents, WAVES[year]["insecure"])
    assert np.average(cells, weights=residents.people) == pytest.approx(WAVES[year]["insecure"], abs=1e-9)
    women, men = (
        np.average(cells[residents.sex == sex], weights=residents.people[residents.sex == sex]) for sex in (1, 0)
    )
    assert women > men + 0.1


@pytest.mark.parametrize("year", WAVES)
def test_a_hundredfold_sample_finds_the_truth(year: int) -> None:
    wave, residents = WAVES[year], residents_by_cell(WORLD, PLAN, year)
    answers = draw_answers(WORLD, PLAN, wave, residents, 100.0, np.random.default_rng(1))
    # about 80 000 answers: standard error 0.0017
    assert share_insecure(answers.insecure, answers.weight) == pytest.approx(wave["insecure"], abs=0.007)
    said = np.isin(answers.victim, (1, 2))
    assert np.average(answers.victim[said] == 1, weights=answers.weight[said]) == pytest.approx(
        wave["victim"], abs=0.006
    )


def test_unweighted_answers_mislead() -> None:
    """The centre is oversampled and less secure: without weights the share is too high."""
    wave, residents = WAVES[2018], residents_by_cell(WORLD, PLAN, 2018)
    answers = draw_answers(WORLD, PLAN, wave, residents, 100.0, np.random.default_rng(2))
    plain = share_insecure(answers.insecure, np.ones(answers.weight.size))
    assert plain > share_insecure(answers.insecure, answers.weight) + 0.004


def test_weights_add_up_to_residents_of_survey_age() -> None:
    residents = residents_by_cell(WORLD, PLAN, 2016)
    # 24 000 * exp(0.012 * 1.5) * 0.8 = 19 548.7
    assert residents.people.sum() == pytest.approx(19_548.7, abs=0.1)
    answers = draw_answers(WORLD, PLAN, WAVES[2016], residents, 1.0, np.random.default_rng(3))
    assert answers.weight.sum() == pytest.approx(residents.people.sum(), rel=0.001)  # two decimals


def test_ages_and_areas_belong_to_their_cells() -> None:
    residents = residents_by_cell(WORLD, PLAN, 2022)
    answers = draw_answers(WORLD, PLAN, WAVES[2022], residents, 1.0, np.random.default_rng(4))
    for age, area, cell in zip(answers.age, answers.area, answers.cell, strict=True):
        low, high, _ = PLAN["ages"][residents.age[cell]]
        assert low <= age <= high
        assert area in PLAN["strata"][residents.stratum[cell]]["areas"]


def test_staying_in_for_other_reasons_was_no_option_in_2016() -> None:
    for year in (2016, 2018):
        residents = residents_by_cell(WORLD, PLAN, year)
        answers = draw_answers(WORLD, PLAN, WAVES[year], residents, 5.0, np.random.default_rng(5))
        assert (OTHER_REASONS in answers.insecure) == (year == 2018)
        assert {8, 9, 0} <= set(answers.insecure)


def test_the_files_hold_what_the_truth_says(tmp_path: Path) -> None:
    truths = write_waves(tmp_path, WORLD, WORDS, seed=6)
    name = next(name for name in truths if "2018" in name)
    frame = pd.read_csv(tmp_path / name, sep=";", dtype=str, keep_default_na=False, skipfooter=1, engine="python")
    assert len(frame) == truths[name].answered + truths[name].repeated_rows
    assert frame.duplicated().sum() == truths[name].repeated_rows == 2
    assert frame["Vikt"].str.fullmatch(r"\d+,\d\d").all()


def test_2025_is_written_in_words(tmp_path: Path) -> None:
    truths = write_waves(tmp_path, WORLD, WORDS, seed=6)
    name = next(name for name in truths if "2025" in name)
    frame = pd.read_csv(tmp_path / name, sep=";", dtype=str, keep_default_na=False, skipfooter=1, engine="python")
    allowed = {*WAVES[2025]["answers"].values(), "Vet inte", "Vill inte svara", ""}
    assert set(frame["Trygghet utomhus sen kväll"]) == allowed
    assert set(frame["Utsatt"]) == {"Ja", "Nej", "Vet inte", "Vill inte svara", ""}


def test_waves_before_the_reorganisation_have_the_codes_of_their_time() -> None:
    """0425 was 0420 and 0430, dealt by turns; Björkhagen was one area; Stationstorget has always been itself."""
    today = np.array(["0425", "0425", "0311", "0312", "0210", "0100", "NA"])
    then = areas_of_the_time(WORLD, 2018, today)
    assert then.tolist() == ["0420", "0430", "0310", "0310", "0205", "0100", "NA"]
    assert areas_of_the_time(WORLD, 2022, today).tolist() == today.tolist()


def test_areas_have_the_true_share_of_their_stratum(truth: dict[str, Any]) -> None:
    """Weighed by residents, shares of the nine areas give that of the municipality."""
    people = {area.code: area.population for area in WORLD.areas}
    for wave in truth["survey"].values():
        by_area = wave["insecure_by_area"]
        assert set(by_area) == set(people)
        whole = sum(by_area[code] * people[code] for code in people) / sum(people.values())
        assert whole == pytest.approx(wave["insecure"], abs=1e-5)
