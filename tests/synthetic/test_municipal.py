"""Counts, population and reviewed tables of the municipality."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning.survey_answers import read_codebook
from evaluation.synthetic import municipal
from evaluation.synthetic.layouts import vocabulary
from evaluation.synthetic.world import exempelkoping, read_toml

WORLD, WORDS = exempelkoping(), vocabulary(1)
COUNTS = {entry["id"]: entry for entry in read_toml("municipal.toml")["counts"]}


def frame_of(rows: municipal.Rows) -> pd.DataFrame:
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_one_row_per_kind_and_month() -> None:
    counts = frame_of(municipal.monthly_counts(WORLD, WORDS, 1))
    assert len(counts) == len(COUNTS) * 138
    assert not counts.duplicated(["offence_type", "year", "month"]).any()
    assert set(counts["note"]) == {"Syntetiska exempeldata"}


def test_what_was_not_reported_differs_from_what_did_not_exist() -> None:
    counts = frame_of(municipal.monthly_counts(WORLD, WORDS, 1)).set_index(["offence_type", "year", "month"])["count"]
    assert counts["social_concern_reports", "2017", "7"] == ".."
    assert counts["defector_programme_young", "2020", "12"] == "."
    assert counts["defector_programme_young", "2021", "1"].isdigit()


def test_only_the_last_three_months_are_preliminary() -> None:
    counts = frame_of(municipal.monthly_counts(WORLD, WORDS, 1))
    late = counts[counts["status"] == "preliminary"]
    assert set(zip(late["year"], late["month"], strict=True)) == {("2026", "4"), ("2026", "5"), ("2026", "6")}


@pytest.mark.parametrize(
    ("kind", "agreement", "ratio"), [("sspf_cases", "3", 0.72), ("social_concern_reports", "4", 1.3)]
)
def test_effects_are_in_the_expected_counts(kind: str, agreement: str, ratio: float) -> None:
    expected = municipal.expected_counts(WORLD, COUNTS[kind])
    plain = municipal.expected_counts(WORLD, {**COUNTS[kind], "ratios": {}})
    start = next(period.start for period in WORLD.agreements if period.id == agreement).astype("datetime64[M]")
    np.testing.assert_allclose((expected / plain)[WORLD.months >= start], ratio)
    np.testing.assert_allclose((expected / plain)[WORLD.months < start], 1.0)


def test_drawn_counts_have_the_expected_mean() -> None:
    expected = municipal.expected_counts(WORLD, COUNTS["social_concern_reports"])
    drawn = np.zeros(WORLD.months.size)
    for seed in range(30):
        counts = frame_of(municipal.monthly_counts(WORLD, WORDS, seed))
        mine = counts.loc[counts["offence_type"] == "social_concern_reports", "count"]
        drawn += pd.to_numeric(mine, errors="coerce").to_numpy() / 30
    known = ~np.isnan(drawn)
    assert (drawn[known] / expected[known]).mean() == pytest.approx(1.0, abs=0.02)


def test_population_of_the_areas_adds_up() -> None:
    people = frame_of(municipal.mean_population(WORLD, WORDS)).astype({"mean_population": int})
    whole = people[people["area_code"] == "9999"].set_index("year")["mean_population"]
    parts = people[people["area_code"] != "9999"].groupby("year")["mean_population"].sum()
    pd.testing.assert_series_equal(whole, parts)
    # 24 000 * exp(0.012 * 0.5) = 24 144.4
    assert whole["2015"] == pytest.approx(24_144, abs=4)


def test_the_codebook_gives_every_option_one_meaning() -> None:
    codes = frame_of(municipal.codebook(WORDS))
    assert not codes.duplicated(["wave", "question", "option"]).any()
    insecure = codes[(codes["question"] == "insecure_after_dark") & (codes["value"] == "insecure")]
    assert insecure.groupby("wave").size().to_dict() == {"2016": 3, "2018": 3, "2022": 3, "2025": 3}
    assert codes[codes["wave"] == "2016"]["value"].eq("not_applicable").sum() == 0
    assert codes["value"].eq("").equals(codes["kind"].ne("answer"))


def test_the_reader_of_codebooks_takes_it() -> None:
    read = read_codebook(frame_of(municipal.codebook(WORDS)))
    assert read.questions == ("insecure_after_dark", "victim_of_crime")
    assert list(read.of("victim_of_crime", "2025")["option"]) == ["Ja", "Nej", "Vet inte", "Vill inte svara"]
