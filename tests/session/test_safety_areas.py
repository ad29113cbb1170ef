"""Perceived safety by area: reorganised areas, hidden bases, and the truth that the generator planted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.session import StudySession, open_study
from evaluation.session.pages.safety import SafetyPage
from evaluation.session.survey_data import Asked
from evaluation.session.survey_follow import Followed, changes_by_group, follow
from evaluation.session.survey_gate import survey_findings
from evaluation.survey import SurveyChange

ROOT = Path(__file__).parents[2]
TextOf = Callable[[Any], str]
BRIDGED = {"0310": "0311+0312", "0311": "0311+0312", "0312": "0311+0312"}
BRIDGED |= {"0205": "0210", "0420": "0425", "0430": "0425"}


@pytest.fixture(scope="module")
def synthetic() -> StudySession:
    return open_study("exempelkoping", language="en", root=ROOT)


@pytest.fixture(scope="module")
def followed(synthetic: StudySession) -> Followed:
    return synthetic.safety().followed[0]


@pytest.fixture(scope="module")
def truth() -> dict[int, dict[str, float]]:
    waves = json.loads((ROOT / "tests" / "synthetic" / "truth.json").read_text(encoding="utf-8"))["survey"]
    return {wave["year"]: wave["insecure_by_area"] for wave in waves.values()}


def page_with(session: StudySession, change: Callable[[pd.DataFrame], pd.DataFrame]) -> SafetyPage:
    """A page whose microdata have been changed by hand."""
    page = session.safety()
    changed = tuple(replace(one, respondents=change(one.respondents)) for one in page.microdata)
    page.__dict__["microdata"] = changed
    return page


def base_of(session: StudySession, base: int) -> StudySession:
    thresholds = session.study.thresholds.model_copy(update={"survey_base": base})
    return StudySession(session.project, session.study.model_copy(update={"thresholds": thresholds}), session.words)


def lines_of(text: str, start: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if line.startswith(start)]


def test_every_area_stands_in_every_wave_after_two_divisions(followed: Followed) -> None:
    areas = followed.grouping("area")
    assert areas is not None
    assert list(areas.series) == ["0100", "0110", "0120", "0210", "0311+0312", "0425", "0500", "NA"]
    assert followed.absent_areas == {}
    reported = followed.one.areas_as_reported()
    assert reported["0311+0312"] == {"0310", "0311", "0312"}
    assert reported["0425"] == {"0420", "0430", "0425"}
    assert reported["NA"] == {"NA"}  # an area of that name, and not a sign for missing


def test_a_share_by_area_is_the_weighted_share_of_its_answers(followed: Followed) -> None:
    """Straight from the answers: insecure weight over the weight of all answers, with areas bridged by hand."""
    rows = followed.one.respondents
    rows = rows[rows["insecure_after_dark_value"].isin(["secure", "insecure"])]
    area = rows["area"].replace(BRIDGED)
    areas = followed.grouping("area")
    assert areas is not None
    for group, series in areas.series.items():
        for result in series.results:
            here = rows[area.eq(group) & rows["wave"].eq(result.wave.label)]
            weight = here["weight"].astype(float)
            share = 100 * weight[here["insecure_after_dark_value"].eq("insecure")].sum() / weight.sum()
            assert result.share == pytest.approx(share)
            assert result.answers == len(here)


def test_true_shares_and_changes_by_area_lie_in_their_intervals(
    followed: Followed, synthetic: StudySession, truth: dict[int, dict[str, float]]
) -> None:
    """32 shares and 16 changes with 95 per cent intervals: more than three misses in the changes have chance 0.7 %."""
    areas = followed.grouping("area")
    assert areas is not None
    shares = [
        result.low <= 100 * truth[int(result.wave.label)][group.split("+")[0]] <= result.high
        for group, series in areas.series.items()
        for result in series.results
    ]
    assert len(shares) == 32
    assert sum(shares) >= 28
    held, off = [], []
    for outcome in synthetic.safety().outcomes:
        for row in changes_by_group(synthetic, followed, outcome):
            if row.grouping != "area":
                continue
            assert isinstance(row.change, SurveyChange)
            code = row.group.split("+")[0]
            before, after = (int(wave.label) for wave in (row.change.wave_from, row.change.wave_to))
            true = 100 * (truth[after][code] - truth[before][code])
            held.append(row.change.low <= true <= row.change.high)
            off.append((row.change.change - true) / row.change.standard_error)
    assert len(held) == 16
    assert sum(held) >= 13
    assert abs(np.mean(off)) < 3 / 4  # the mean of sixteen standardised errors has standard error 1/4


def test_the_change_of_an_area_is_tested_beside_all_other_groups(followed: Followed, synthetic: StudySession) -> None:
    fourth = next(o for o in synthetic.safety().outcomes if o.agreement.id == "4" and o.change is not None)
    changes = changes_by_group(synthetic, followed, fourth)
    assert [row.grouping for row in changes] == ["sex"] * 2 + ["age"] * 4 + ["area"] * 8
    p = np.sort([row.change.p for row in changes if isinstance(row.change, SurveyChange)])
    smallest = min(row.adjusted_p for row in changes)
    assert smallest == pytest.approx(np.min(p * 14 / np.arange(1, 15)))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_says_how_areas_changed(language: str, text_of: TextOf) -> None:
    page = open_study("exempelkoping", language=language, root=ROOT).safety()
    said = text_of(page.areas())
    joined = {"sv": "Björkhagen västra och Björkhagen östra", "en": "Björkhagen västra and Björkhagen östra"}[language]
    assert {"sv": "Områdesindelningen ändrades", "en": "division into areas changed"}[language] in said
    assert {"sv": f"{joined} visas tillsammans", "en": f"{joined} are shown together"}[language] in said
    assert [len(row) for row in lines_of(said, joined + "\t")] == [5, 5]  # two questions, four waves
    assert len(lines_of(said, "Norra Allén\t")) == 2
    assert not lines_of(said, "0")
    assert joined in text_of(page.group_changes())


def test_small_areas_are_hidden_with_others_and_no_base_follows(
    synthetic: StudySession, text_of: TextOf, saved: Callable[[Any], dict[str, Any]]
) -> None:
    """Base 52: in 2016 Norra Allén has 51 answers (of 606 in all areas); the next smallest, 52, goes with it."""
    page = base_of(synthetic, 52).safety()
    said = text_of(page.areas())
    rows = {row[0]: row[1:] for row in lines_of(said.split("Victim")[0], "") if len(row) == 5}
    assert rows["Norra Allén"][0] == rows["Stationstorget"][0] == "too few answers"
    assert rows["Örnäs"][0].endswith("), 69 answers")
    assert rows["Norra Allén"][1] == "33.5% (23.5 to 45.2%), 76 answers"
    assert "has fewer than 52 answers, or its figure would give away" in said
    record = saved(page)
    assert list(survey_findings(record, 52)) == []
    areas = {g["group"]: g["waves"][0] for g in record["survey_questions"][0]["groups"] if g["grouping"] == "area"}
    assert {group for group, wave in areas.items() if wave["suppressed"]} == {"NA", "0100"}
    assert areas["NA"]["answers"] is None
    refused = [c for c in record["survey_questions"][0]["group_changes"] if c["group"] == "NA"]
    assert refused


def test_a_change_with_a_hidden_side_is_not_printed(synthetic: StudySession, text_of: TextOf) -> None:
    said = text_of(base_of(synthetic, 70).safety().group_changes())
    for area in ("Stationstorget", "Örnäs"):
        rows = lines_of(said, area)
        assert rows
        assert all(row[1:] == ["too few answers"] * 3 for row in rows)


def test_the_gate_finds_a_base_that_follows_by_subtraction(
    synthetic: StudySession, saved: Callable[[Any], dict[str, Any]]
) -> None:
    """Everybody lives somewhere: with seven of eight areas printed the eighth is total − sum."""
    record = saved(synthetic.safety())
    assert list(survey_findings(record, 20)) == []
    wave = next(g for g in record["survey_questions"][0]["groups"] if g["group"] == "NA")["waves"][0]
    assert wave["answers"] == 51
    wave["answers"] = None
    # 606 answers − 555 in the other seven areas = 51 at most: with base 52 that is too close.
    assert "NA follows from the total" in " ".join(survey_findings(record, 52))
    wave["answers"] = 12
    assert any("NA printed with fewer than 20" in why for why in survey_findings(record, 20))


def test_published_waves_state_their_response_where_it_is_known(real_en: StudySession, text_of: TextOf) -> None:
    assert "Response rate in Upplands Väsby: 2020 not known, 2021 not known and 2023 43%." in text_of(
        real_en.safety().changes()
    )


def test_areas_that_never_changed_need_no_words(synthetic: StudySession, text_of: TextOf) -> None:
    same = page_with(synthetic, lambda rows: rows.assign(area=rows["area_common"]))
    said = text_of(same.areas())
    assert "division" not in said
    assert "together" not in said
    assert len(lines_of(said, "Åkerö\t")) == 2


def test_a_survey_without_areas_says_so(synthetic: StudySession, text_of: TextOf) -> None:
    page = page_with(synthetic, lambda rows: rows.drop(columns=["area", "area_common"]))
    said = text_of(page.areas())
    assert "The answers do not say in which part of the municipality people live" in said
    assert said.count("\n") <= 2
    assert {grouping.grouping for one in page.followed for grouping in one.groups} == {"sex", "age"}
    assert "Örnäs" not in text_of(page.group_changes())


def test_published_figures_alone_have_no_areas(real: StudySession, real_en: StudySession, text_of: TextOf) -> None:
    assert "Bara uppgifter för hela kommunen är publicerade" in text_of(real.safety().areas())
    assert "Only figures for the whole municipality are published" in text_of(real_en.safety().areas())


def test_reorganised_areas_without_a_bridge_are_shown_but_not_compared(
    synthetic: StudySession, text_of: TextOf
) -> None:
    page = page_with(synthetic, lambda rows: rows.assign(area_common=rows["area"]))
    said = text_of(page.areas())
    assert "0310 does not occur in 2022 and 2025. No change across the gap is computed." in said
    split = lines_of(said, "0310\t")[0]
    assert split[2].startswith("34.8% (")  # 2018
    assert split[3:] == ["not in this wave"] * 2
    changed = text_of(page.group_changes())
    assert lines_of(changed, "Björkhagen västra\t")[0][1:] == ["not in both waves"] * 3  # 2018 to 2022
    assert lines_of(changed, "Björkhagen västra\t")[1][1] != "not in both waves"  # 2022 to 2025


def test_response_is_shown_where_the_number_asked_is_known(synthetic: StudySession, text_of: TextOf) -> None:
    """2025: 983 of 2 420 took part, 40.6 %; of 2022 to 2025 no difference explains −11.7 points."""
    said = text_of(synthetic.safety().make_up())
    assert lines_of(said, "2025\t2,420")[0] == ["2025", "2,420", "983", "40.6%"]
    assert "not known" not in said
    assert "If those who did not answer differ as much from those who did both times, that alone cannot make" in said


def test_an_unknown_number_asked_is_called_not_known(
    synthetic: StudySession, text_of: TextOf, saved: Callable[[Any], dict[str, Any]]
) -> None:
    page = synthetic.safety()
    page.__dict__["microdata"] = tuple(without_asked(one, "2018") for one in page.microdata)
    said = text_of(page.make_up())
    assert lines_of(said, "2018\tnot known")[0] == ["2018", "not known", "903", "not known"]
    assert lines_of(said, "2016\t1,180")
    assert "is not known for every wave" in said
    assert "From 2018 to 2022 the share of those asked" not in said
    assert "From 2022 to 2025 the share of those asked" in said
    response = saved(page)["survey_questions"][0]["response"]
    assert [wave["asked"] for wave in response] == [1180, None, 2160, 2420]


def without_asked(one: Asked, wave: str) -> Asked:
    return replace(one, calendar=one.calendar | {wave: replace(one.calendar[wave], asked=None)})


def test_following_a_survey_twice_gives_the_same(followed: Followed, synthetic: StudySession) -> None:
    again = follow(synthetic, followed.one)
    one, other = (f.grouping("area") for f in (followed, again))
    assert one is not None
    assert other is not None
    assert [r.share for s in one.series.values() for r in s.results] == [
        r.share for s in other.series.values() for r in s.results
    ]
