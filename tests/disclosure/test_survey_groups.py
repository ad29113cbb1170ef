"""Groups of a survey: no hidden base follows from the total and the groups beside it."""

from __future__ import annotations

import numpy as np

from evaluation.disclosure import protect_groups
from evaluation.survey import GroupSeries, Wave, WaveSeries
from evaluation.survey.wave import WaveResult, printable


def result(answers: int, group: str = "", year: int = 2024) -> WaveResult:
    made = WaveResult(
        wave=Wave.of_year("safety", year),
        question="insecure",
        counts="insecure",
        area="9999",
        group=group,
        share=30.0,
        low=20.0,
        high=40.0,
        standard_error=5.0,
        degrees_of_freedom=50.0,
        answers=answers,
        effective_base=float(answers),
        design_effect=1.0,
        interval="logit",
        method="share",
        kind="microdata",
    )
    return printable(made, 20)


def grouped(**bases: int) -> tuple[GroupSeries, WaveSeries]:
    series = {group: WaveSeries.independent((result(base, group),)) for group, base in bases.items()}
    return GroupSeries("sex", series), WaveSeries.independent((result(sum(bases.values())),))


def hidden(**bases: int) -> set[str]:
    groups, total = grouped(**bases)
    protected = protect_groups(groups, total, 20)
    return {group for group, own in protected.series.items() if own.results[0].suppressed}


def test_men_are_hidden_with_women() -> None:
    # 12 women hidden; total 112 and men 100 printed: 112 − 100 = 12
    assert hidden(women=12, men=100) == {"women", "men"}


def test_of_several_groups_the_smallest_is_hidden_too() -> None:
    assert hidden(young=12, middle=80, old=40) == {"young", "old"}


def test_two_small_groups_hide_each_other_only_if_they_are_large_enough_together() -> None:
    # 12 + 15 = 27 ≥ 20: enough; 3 + 4 = 7 < 20: each would be known to within 7
    assert hidden(a=12, b=15, c=80, d=90) == {"a", "b"}
    assert hidden(a=3, b=4, c=80, d=90) == {"a", "b", "c"}


def test_nothing_small_nothing_hidden() -> None:
    assert hidden(women=50, men=60) == set()


def test_a_hidden_group_carries_no_number_and_says_why() -> None:
    groups, total = grouped(women=12, men=100)
    men = protect_groups(groups, total, 20).series["men"]
    assert men.results[0].answers is None
    assert np.isnan([men.results[0].share, men.results[0].low, men.results[0].high]).all()
    assert men.results[0].details == {"complementary": 1.0}
    assert np.isnan(men.covariance).all()
    assert groups.series["men"].results[0].answers == 100  # the argument is as it was
