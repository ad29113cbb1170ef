"""The description of the fictional municipality agrees with itself."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from evaluation.synthetic.layouts import spelling_table, vocabulary
from evaluation.synthetic.municipal import area_bridge, category_map
from evaluation.synthetic.world import exempelkoping

WORLD = exempelkoping()
WORDS = vocabulary(1)


def test_the_code_belongs_to_no_swedish_county() -> None:
    assert int(WORLD.code[:2]) > 25  # counties are 01-25


def test_residents_of_the_areas_make_the_municipality() -> None:
    assert sum(area.population for area in WORLD.areas) == WORLD.population == 24_000


def test_effects_name_what_exists() -> None:
    categories = {category.id for category in WORLD.categories}
    agreements = {agreement.id for agreement in WORLD.agreements}
    zones = {area.zone for area in WORLD.areas}
    for effect in WORLD.effects:
        assert effect.category in categories
        assert effect.agreement in agreements
        assert set(effect.zones) <= zones


def test_theft_is_never_touched_so_that_it_can_be_the_negative_control() -> None:
    assert "theft" not in {effect.category for effect in WORLD.effects}


@pytest.mark.parametrize("month", ["2015-01", "2018-12", "2019-01", "2021-12", "2022-01", "2026-06"])
def test_every_reporter_has_a_word_for_what_it_reports(month: str) -> None:
    table = spelling_table(WORDS, WORLD, np.datetime64(month, "M"))
    for at, reporter in enumerate(WORLD.reporters):
        for category, weight in enumerate(reporter.weights):
            assert weight == 0 or table[at, category]


def test_one_word_changes_its_meaning_on_new_years_day_2022() -> None:
    rows = [row for row in category_map(WORDS)[1:] if row[:2] == ["Ordning", "Trygghetsenheten"]]
    assert [row[2:5] for row in rows] == [
        ["2015-01-01", "2021-12-31", "disturbance"],
        ["2022-01-01", "", "insecure_place"],
    ]


def test_one_code_is_split_in_two_in_2019() -> None:
    rows = [row for row in category_map(WORDS)[1:] if row[1] == "Polisen" and row[4] == "close_relationship_violence"]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("0352", "2015-01-01", "2018-12-31"),
        ("0371", "2019-01-01", ""),
        ("0372", "2019-01-01", ""),
    ]


def test_the_bridge_loses_no_area_and_no_share() -> None:
    shares: dict[str, float] = defaultdict(float)
    for old, new, share, day, _ in area_bridge(WORLD, WORDS)[1:]:
        shares[old] += float(share)
        assert new in {area.code for area in WORLD.areas}
        assert day == "2020-01-01"
    assert dict(shares) == {"0205": 1.0, "0310": 1.0, "0420": 1.0, "0430": 1.0}
    old_codes = {code for area in WORLD.areas for code in area.old}
    assert old_codes - {area.code for area in WORLD.areas} == set(shares)


def test_split_shares_are_the_shares_of_residents() -> None:
    west, east = (next(area for area in WORLD.areas if area.code == code) for code in ("0311", "0312"))
    assert west.population / (west.population + east.population) == 0.6  # 3 000 of 5 000
