"""By sex, age and area: small bases, many comparisons, and the gap between women and men."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.results import Refusal
from evaluation.survey import (
    Contrast,
    SurveyChange,
    SurveyDesign,
    Wave,
    age_bands,
    benjamini_hochberg,
    gap,
    group_changes,
    group_series,
    pooled_waves,
)

CALENDAR = {str(year): Wave.of_year("local", year) for year in (2019, 2021)}


def test_benjamini_hochberg_by_hand() -> None:
    # Sorted 0.01, 0.02, 0.04: times 3/1, 3/2, 3/3 = 0.03, 0.03, 0.04; the untested one does not count.
    assert benjamini_hochberg([0.04, float("nan"), 0.01, 0.02]) == pytest.approx(
        [0.04, np.nan, 0.03, 0.03], nan_ok=True
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_is_never_smaller_and_keeps_the_order(p: list[float]) -> None:
    adjusted = benjamini_hochberg(p)
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()
    assert adjusted.max() <= 1


def test_young_people_have_a_row_even_when_nobody_may_see_the_number() -> None:
    waves = np.repeat(["2019", "2021"], 60)
    ages = np.tile(np.repeat(["16-24", "25-44"], [10, 50]), 2)
    answers = np.tile([1.0, 0.0, 0.0], 40)
    arguments = {"question": "q", "counts": "insecure"}
    by_age = group_series(
        pooled_waves(waves, np.ones(120)), answers, waves, CALENDAR, grouping="age", groups=ages, **arguments
    )
    assert list(by_age.series) == ["16-24", "25-44"]
    young = by_age.series["16-24"].results
    assert [(result.group, result.suppressed, result.answers) for result in young] == [("16-24", True, None)] * 2
    assert by_age.series["25-44"].results[0].answers == 50
    nobody = group_series(
        pooled_waves(waves, np.ones(120)),
        answers,
        waves,
        CALENDAR,
        grouping="age",
        groups=np.where(ages == "16-24", None, ages),
        **arguments,
    )
    assert nobody.series["16-24"].results[1].suppressed
    by_sex = group_series(
        pooled_waves(waves, np.ones(120)), answers, waves, CALENDAR, grouping="sex", groups=ages, **arguments
    )
    assert list(by_sex.series) == ["16-24", "25-44"]


def test_group_changes_count_every_comparison_of_all_groupings() -> None:
    rng = np.random.default_rng(2)
    n = 4000
    waves, sex = rng.choice(["2019", "2021"], n), rng.choice(["man", "woman"], n)
    area = rng.choice(["north", "south", "tiny"], n, p=[0.5, 0.499, 0.001])
    chance = np.where((waves == "2021") & (sex == "woman"), 0.15, 0.30)
    answers, design = (rng.random(n) < chance).astype(float), pooled_waves(waves, np.ones(n))
    groupings = [
        group_series(design, answers, waves, CALENDAR, grouping=name, groups=groups, question="q", counts="insecure")
        for name, groups in (("sex", sex), ("area", area))
    ]
    found = {row.group: row for row in group_changes(groupings, "2019", "2021", ())}
    assert list(found) == ["man", "woman", "north", "south", "tiny"]
    assert (found["woman"].discovery, found["man"].discovery) == (True, False)
    assert isinstance(found["tiny"].change, Refusal)
    assert not found["tiny"].discovery
    tested = [row.change.p for row in found.values() if isinstance(row.change, SurveyChange)]
    assert found["woman"].adjusted_p == pytest.approx(benjamini_hochberg(tested)[1])
    with pytest.raises(ParameterError, match="wave '2020'"):
        group_changes(groupings, "2019", "2020", ())


def test_gap_between_women_and_men_by_hand() -> None:
    # Women 20 of 40, men 10 of 40: 25 points. Domains of one sample of 80: V = 80/79 · (0.25/40 + 0.1875/40).
    sex, answers = ["w"] * 40 + ["m"] * 40, [1] * 20 + [0] * 20 + [1] * 10 + [0] * 30
    found = gap(SurveyDesign.of(np.ones(80)), answers, sex, "w", "m")
    assert isinstance(found, Contrast)
    assert found.estimate == pytest.approx(25)
    assert found.standard_error == pytest.approx(100 * np.sqrt(80 / 79 * 0.4375 / 40))
    assert found.low < 25 < found.high
    in_wave = gap(
        pooled_waves(["2019"] * 80 + ["2021"] * 2, np.ones(82)),
        [*answers, 1, 0],
        [*sex, "w", "m"],
        "w",
        "m",
        waves=["2019"] * 80 + ["2021"] * 2,
        wave="2019",
    )
    assert in_wave == found


def test_gap_needs_enough_answers_and_some_variation() -> None:
    sex = ["w"] * 40 + ["m"] * 19
    small = gap(SurveyDesign.of(np.ones(59)), [0, 1] * 29 + [0], sex, "w", "m")
    none = gap(SurveyDesign.of(np.ones(80)), [0] * 80, ["w"] * 40 + ["m"] * 40, "w", "m")
    absent = gap(SurveyDesign.of(np.ones(59)), [0, 1] * 29 + [0], sex, "w", "x")
    assert [r.rule for r in (small, none, absent) if isinstance(r, Refusal)] == ["no_data", "not_estimable", "no_data"]


def test_clusters_with_both_sexes_make_the_gap_more_certain_than_the_shares() -> None:
    rng = np.random.default_rng(8)
    street = np.repeat(np.arange(60), 20)
    mood = rng.normal(size=60)[street]
    sex = rng.choice(["w", "m"], street.size)
    answers = (mood + rng.normal(size=street.size) + (sex == "w") > 0.8).astype(float)
    together = gap(SurveyDesign.of(np.ones(street.size), clusters=street), answers, sex, "w", "m")
    apart = gap(SurveyDesign.of(np.ones(street.size), clusters=crossed_streets(street, sex)), answers, sex, "w", "m")
    assert isinstance(together, Contrast)
    assert isinstance(apart, Contrast)
    assert together.standard_error < 0.8 * apart.standard_error


def crossed_streets(street: np.ndarray, sex: np.ndarray) -> np.ndarray:
    return street * 2 + (sex == "w")


def test_age_bands_at_their_edges() -> None:
    found = age_bands([15, 16, 24, 25, 64, 65, 84, 85, float("nan")])
    assert list(found) == [None, "16-24", "16-24", "25-44", "45-64", "65-84", "65-84", None, None]
