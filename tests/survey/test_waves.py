"""Waves, changes, breaks and the side a share counts, from microdata to the agreement."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import InputError, ParameterError
from evaluation.results import Estimate, Refusal
from evaluation.study.model import ContextEvent
from evaluation.survey import (
    SurveyBreak,
    SurveyChange,
    Wave,
    WaveResult,
    WaveSeries,
    aligned,
    breaks_with,
    change,
    changes_in,
    compositions,
    consecutive_changes,
    crossed_breaks,
    flip,
    flip_change,
    place_of,
    pooled_waves,
    printable,
    published_change,
    published_share,
    registered_breaks,
    registered_questions,
    reported_versus_victimised,
    response_shift,
    segments,
    wave_series,
    waves_around,
)

ABOUT: dict[str, Any] = {"question": "q", "counts": "insecure"}


def published(year: int, share: float, answers: int = 1000, survey: str = "local", **more: Any) -> WaveResult:
    asked = more.pop("asked", None)
    return published_share(share, answers, wave=Wave.of_year(survey, year, asked), **{**ABOUT, **more})


def changed(earlier: WaveResult, later: WaveResult, **more: Any) -> SurveyChange:
    found = change(earlier, later, breaks=registered_breaks(), **more)
    assert isinstance(found, SurveyChange)
    return found


def test_wave_series_from_microdata_by_hand() -> None:
    # 2021: 10 of 40 yes; 2019: 20 of 40. V = p q / 39: 0.25 · 0.75/39 and 0.25/39, in points squared · 10⁴.
    waves = ["2021"] * 40 + ["2019"] * 40
    answers = [1] * 10 + [0] * 30 + [1] * 20 + [0] * 20
    calendar = {str(year): Wave.of_year("local", year) for year in (2019, 2021)}
    series = wave_series(pooled_waves(waves, np.ones(80)), answers, waves, calendar, **ABOUT)
    assert [result.wave.label for result in series.results] == ["2019", "2021"]
    assert [result.share for result in series.results] == [50, 25]
    assert series.results[0].degrees_of_freedom == 39
    assert series.covariance == pytest.approx(1e4 * np.diag([0.25 / 39, 0.1875 / 39]))
    (found,) = consecutive_changes(series, registered_breaks())
    assert isinstance(found, SurveyChange)
    assert found.change == -25
    assert found.standard_error == pytest.approx(100 * math.sqrt(0.4375 / 39))
    # Satterthwaite: (0.25 + 0.1875)² / ((0.25² + 0.1875²)/39) = 0.19140625 · 39 / 0.09765625 = 76.44.
    assert found.degrees_of_freedom == pytest.approx(76.44)
    assert (found.kind, found.answers_from, found.answers_to) == ("microdata", 40, 40)


def test_overlapping_waves_keep_the_degrees_of_freedom_of_one() -> None:
    # Ten streets asked twice are ten streets: 9 degrees of freedom, not 18.
    streets, waves = np.tile(np.repeat(np.arange(10), 8), 2), ["2019"] * 80 + ["2021"] * 80
    answers = (np.random.default_rng(1).random(160) < 0.2 + 0.05 * streets).astype(float)
    calendar = {str(year): Wave.of_year("local", year) for year in (2019, 2021)}
    design = pooled_waves(waves, np.ones(160), clusters=streets, overlapping=True)
    (found,) = consecutive_changes(wave_series(design, answers, waves, calendar, **ABOUT), ())
    assert isinstance(found, SurveyChange)
    assert found.degrees_of_freedom == 9


def test_a_wave_nobody_planned_is_an_error() -> None:
    waves = ["2019", "2019", "2020", "2020"]
    with pytest.raises(ParameterError, match="wave '2020'"):
        wave_series(
            pooled_waves(waves, np.ones(4)), [1, 0, 1, 0], waves, {"2019": Wave.of_year("local", 2019)}, **ABOUT
        )


def test_bases_under_twenty_are_rows_without_numbers() -> None:
    waves = ["2019"] * 30 + ["2021"] * 19
    calendar = {str(year): Wave.of_year("local", year) for year in (2019, 2021)}
    small = wave_series(pooled_waves(waves, np.ones(49)), [1, 0] * 24 + [1], waves, calendar, **ABOUT)
    assert np.isnan(small.covariance).tolist() == [[False, True], [True, True]]
    hidden, shown = (printable(published(2021, 25, answers)) for answers in (19, 20))
    assert (hidden.suppressed, hidden.answers) == (True, None)
    assert all(math.isnan(value) for value in (hidden.share, hidden.low, hidden.high, hidden.effective_base))
    assert shown.share == 25
    refused = change(hidden, published(2022, 25), breaks=())
    assert isinstance(refused, Refusal)
    assert refused.rule == "no_data"


@given(st.floats(1, 99), st.floats(1, 99), st.integers(20, 3000))
def test_p_is_below_five_per_cent_exactly_when_zero_is_outside(first: float, second: float, answers: int) -> None:
    found = changed(published(2019, first, answers), published(2021, second, answers))
    assert (found.p < 0.05) == (not found.low <= 0 <= found.high)


def test_the_test_at_a_confidence_limit_gives_five_per_cent() -> None:
    found = published_change(0, 822, 681, wave_from=Wave("x", "a"), wave_to=Wave("x", "b"), **ABOUT)
    at_limit = published_change(found.high, 822, 681, wave_from=Wave("x", "a"), wave_to=Wave("x", "b"), **ABOUT)
    assert at_limit.low == pytest.approx(0, abs=1e-9)
    assert at_limit.p == pytest.approx(0.05)


def test_two_waves_of_nobody_are_not_certainly_equal() -> None:
    # (0 + 1)/(100 + 2) = 0.0098 in both: SE = 100 √(2 · 0.0098 · 0.9902 / 100) = 1.393.
    found = changed(published(2019, 0, 100), published(2021, 0, 100))
    assert found.standard_error == pytest.approx(1.393, abs=1e-3)
    assert found.low < 0 < found.high


def test_only_the_same_thing_can_be_compared() -> None:
    for other in (
        published(2021, 25, counts="secure"),
        published(2021, 25, area="0115"),
        published(2021, 25, survey="ntu"),
        published(2018, 25),
    ):
        with pytest.raises(ParameterError, match="change between waves"):
            change(published(2019, 25), other, breaks=())


@pytest.mark.parametrize(
    ("survey", "old", "new"),
    [("ntu", 2016, 2017), ("polisens_trygghetsmatning", 2020, 2021), ("medborgarundersokningen", 2020, 2021)],
)
def test_registered_breaks_are_never_crossed(survey: str, old: int, new: int) -> None:
    breaks = registered_breaks()
    earlier, later = published(old, 30, survey=survey), published(new, 25, survey=survey)
    assert isinstance(change(earlier, later, breaks=breaks), Refusal)
    assert isinstance(change(published(old - 1, 30, survey=survey), earlier, breaks=breaks), SurveyChange)
    assert isinstance(change(later, published(new + 1, 30, survey=survey), breaks=breaks), SurveyChange)
    assert segments([later, earlier], breaks) == ((earlier,), (later,))
    (crossed,) = crossed_breaks(earlier.wave, later.wave, "q", breaks)
    assert set(crossed.why) == {"sv", "en"}


def test_a_break_can_concern_one_question_and_fieldwork_can_run_across_it() -> None:
    only = SurveyBreak("local", dt.date(2021, 6, 1), {}, questions=("other",))
    every = SurveyBreak("local", dt.date(2021, 6, 1), {})
    across = Wave("local", "2021", dt.date(2021, 5, 1), dt.date(2021, 7, 1))
    assert crossed_breaks(Wave.of_year("local", 2020), Wave.of_year("local", 2022), "q", [only]) == ()
    assert crossed_breaks(across, Wave.of_year("local", 2022), "q", [every]) == (every,)
    with pytest.raises(ParameterError, match="without fieldwork date"):
        crossed_breaks(Wave("local", "first"), Wave.of_year("local", 2022), "q", [every])


def test_a_study_adds_its_own_breaks() -> None:
    words = {"sv": "Ny enkät", "en": "New questionnaire"}
    event: dict[str, Any] = {"kind": "survey", "text": words, "source": "municipality", "surveys": ("local", "ntu")}
    own = ContextEvent(date=dt.date(2022, 3, 1), effect="series_broken", **event)
    mild = ContextEvent(date=dt.date(2023, 3, 1), effect="caution", **event)
    joined = breaks_with([own, mild])
    assert [(b.survey, b.first_day.year) for b in joined[3:]] == [("local", 2022), ("ntu", 2022)]
    assert isinstance(change(published(2021, 30), published(2023, 20), breaks=joined), Refusal)


def test_flipping_twice_is_nothing_and_a_chart_counts_one_side() -> None:
    insecure, secure = published(2019, 26), published(2019, 71, counts="secure", survey="other")
    one_side = aligned([insecure, secure], "insecure")
    assert [(r.share, r.flipped) for r in one_side] == [(26, False), (29, True)]
    assert one_side[1].high == pytest.approx(100 - secure.low)
    assert flip(flip(secure)) == secure
    with pytest.raises(ParameterError, match="counts victims"):
        flip(published(2019, 5, counts="victims"))
    down = changed(published(2019, 30), published(2021, 20))
    up = flip_change(down)
    assert (up.change, up.low, up.high, up.p) == (-down.change, -down.high, -down.low, down.p)
    assert (up.counts, up.share_to, up.flipped) == ("secure", 80, True)


def test_question_options_are_counted_left_out_or_refused() -> None:
    ntu, mu = registered_questions()
    assert (ntu.counts, mu.counts) == ("insecure", "secure")
    coded = ntu.coded(["Mycket otrygg", " ganska  TRYGG", "Går i stort sett aldrig ut av andra skäl", None, ""])
    assert coded == pytest.approx([1, 0, math.nan, math.nan, math.nan], nan_ok=True)
    assert ntu.coded(["Går i stort sett aldrig ut på grund av otrygghet"])[0] == 1
    assert mu.coded(["Mycket trygg", "Mycket otrygg", "Vet inte"])[:2] == pytest.approx([1, 0])
    with pytest.raises(InputError, match="'Kanske'"):
        ntu.coded(["Ganska trygg", "Kanske"])


START, END = dt.date(2021, 1, 1), dt.date(2022, 12, 31)


def test_days_at_the_ends_of_an_agreement_belong_to_it() -> None:
    def on(first: dt.date, last: dt.date) -> str:
        return place_of(Wave("local", "w", first, last), START, END)

    assert on(dt.date(2020, 12, 1), dt.date(2020, 12, 31)) == "before"
    assert on(START, dt.date(2021, 2, 1)) == "during"
    assert on(dt.date(2022, 12, 1), END) == "during"
    assert on(dt.date(2023, 1, 1), dt.date(2023, 2, 1)) == "after"
    assert on(dt.date(2020, 12, 31), START) == "straddling"
    assert place_of(Wave("local", "undated"), START, END) == "straddling"


def test_an_agreement_compares_the_last_waves_on_each_side() -> None:
    results = tuple(
        published(year, share) for year, share in ((2018, 40), (2020, 30), (2021, 28), (2022, 20), (2024, 25))
    )
    found = waves_around(WaveSeries.independent(results), START, END, registered_breaks())
    assert [len(side) for side in (found.before, found.during, found.after, found.straddling)] == [2, 2, 1, 0]
    assert isinstance(found.change, SurveyChange)
    assert isinstance(found.afterwards, SurveyChange)
    assert (found.change.change, found.afterwards.change) == (-10, 5)
    late = waves_around(WaveSeries.independent(results[:2]), START, END, ())
    assert isinstance(late.change, Refusal)
    assert (late.change.rule, late.afterwards) == ("no_data", None)
    only_change = published_change(-11, 822, 681, wave_from=results[2].wave, wave_to=results[4].wave, **ABOUT)
    assert changes_in([only_change], START, END) == ((only_change, "during", "after"),)


def recorded(estimate: float, low: float, high: float) -> Estimate:
    return Estimate("own_trend_reml", "ratio", estimate, low, high, 0.01, 0.05, 100, 100 / estimate, 20, 8, "made up")


def test_more_reports_and_no_more_victims_means_reporting_moved() -> None:
    # Recorded +30 % (1.2 to 1.41), victims 6.0 → 6.0 per cent of 5 000: reporting ratio 1.3.
    victims: dict[str, Any] = {"counts": "victims", "answers": 5000}
    flat = changed(published(2019, 6, **victims), published(2021, 6, **victims))
    found = reported_versus_victimised(recorded(1.3, 1.2, 1.3**2 / 1.2), flat)
    # SE: ln(1.408/1.2)/3.92 = 0.0408; victims √2 · √(0.94/(0.06 · 5000)) = 0.0792; together 0.0891.
    assert found.values["reporting_ratio"] == pytest.approx(1.3)
    assert found.values["low"] == pytest.approx(1.3 * math.exp(-1.96 * 0.0891), abs=1e-3)
    assert (found.check, found.verdict) == ("reported_versus_victimised", "failed")
    assert reported_versus_victimised(recorded(1.02, 0.95, 1.1), flat).verdict == "passed"
    few: dict[str, Any] = {"counts": "victims", "answers": 200}
    vague = changed(published(2019, 6, **few), published(2021, 6, **few))
    assert reported_versus_victimised(recorded(1.02, 0.95, 1.1), vague).verdict == "too_little_data"


@pytest.mark.parametrize(
    ("points", "ratio", "verdict"),
    [(-11, (0.8, 0.7, 0.9), "passed"), (-11, (1.3, 1.1, 1.5), "failed"), (-11, (1, 0.9, 1.1), "too_little_data"),
     (-2, (0.8, 0.7, 0.9), "too_little_data")],
)  # fmt: skip
def test_without_levels_only_directions_speak(points: float, ratio: tuple[float, float, float], verdict: str) -> None:
    about: dict[str, Any] = {"question": "theft", "counts": "victims"}
    found = published_change(points, 822, 681, wave_from=Wave("x", "a"), wave_to=Wave("x", "b"), **about)
    assert reported_versus_victimised(recorded(*ratio), found).verdict == verdict


def test_how_different_the_silent_would_have_to_be() -> None:
    # Response 65 → 43 per cent is −22 points; a change of −11 needs a gap of −11/−22 = 50 points.
    earlier, later = published(2020, 36, 650, asked=1000), published(2023, 25, 430, asked=1000)
    found = response_shift(earlier, later, changed(earlier, later))
    assert (found.rate_from, found.rate_to, found.shift) == (65, 43, -22)
    assert found.gap_needed == pytest.approx(50)
    assert found.could_explain  # 86 and 75 per cent insecure among the silent
    # From 60 to 25 it needs −35/−22 = 159 points: nobody can be more than wholly insecure.
    steep = published(2020, 60, 650, asked=1000)
    assert not response_shift(steep, later, changed(steep, later)).could_explain
    same = published(2023, 25, 650, asked=1000)
    assert response_shift(earlier, same, changed(earlier, same)).gap_needed == math.inf
    with pytest.raises(ParameterError, match="None asked"):
        response_shift(earlier, published(2023, 25), changed(earlier, published(2023, 25)))


def test_composition_of_the_respondents_by_hand() -> None:
    # 3 women, 1 man against half and half: ½ (25 + 25) = 25 per cent in the wrong group.
    (found,) = compositions(["2021"] * 5, ["w", "w", "w", "m", None], {"w": 500, "m": 500})
    assert found.respondents == {"m": 25, "w": 75}
    assert found.dissimilarity == 25
