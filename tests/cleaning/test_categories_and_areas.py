"""Categories by reviewed map and date; areas through a bridge: totals before = after, or stop."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import (
    bridge_areas,
    category_coverage,
    map_categories,
    read_area_bridge,
    read_category_map,
    series_breaks,
    unrecorded_changes,
)
from evaluation.errors import InputError


def table(text: str) -> pd.DataFrame:
    lines = [line.strip().split(";") for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).astype("str")


MAP = """reporter;spelling;valid_from;valid_to;category;break
;Klotter;;;vandalism;
;Ordning;;2021-12-31;disturbance;
;Ordning;2022-01-01;;insecure_place;yes
;Störning;2022-01-01;;disturbance;
Polisen;0352;;2018-12-31;close_relationship_violence;
Polisen;0371;2019-01-01;;close_relationship_violence;
Polisen;0372;2019-01-01;;close_relationship_violence;
Polisen;Klotter;;;public_violence;
;Sjukt barn;;;;"""


def test_the_word_means_what_it_meant_on_the_day(incidents):
    cases = [
        ("Ordning", "2021-12-31 23:59", "Skolan", "disturbance"),
        ("Ordning", "2022-01-01 00:00", "Skolan", "insecure_place"),
        ("Störning", "2021-12-31 12:00", "Skolan", ""),  # not yet in the map: flagged
        ("Klotter", "2020-05-05 12:00", "Skolan", "vandalism"),
        ("Klotter", "2020-05-05 12:00", "Polisen", "public_violence"),  # the reporter's own entry goes first
        ("0352", "2018-12-31 12:00", "Polisen", "close_relationship_violence"),
        ("0371", "2019-01-01 00:00", "Polisen", "close_relationship_violence"),
        ("0352", "2019-01-01 00:00", "Polisen", ""),
        ("0352", "2018-01-01 00:00", "Skolan", ""),
        ("klotter", "2020-05-05 12:00", "Skolan", ""),  # to the letter: nothing is guessed
        ("Sjukt barn", "2020-05-05 12:00", "Skolan", ""),  # deliberately none: no flag
    ]
    frame = incidents([{"category": word, "occurred_from": day, "reporter": who} for word, day, who, _ in cases])
    cleaned = map_categories(frame, read_category_map(table(MAP)))
    assert cleaned.frame["offence_type"].tolist() == [case[3] for case in cases]
    assert cleaned.issues["row_number"].tolist() == [4, 9, 10, 11]
    assert cleaned.issues["before"].tolist() == ["Störning", "0352", "0352", "klotter"]
    assert unrecorded_changes(frame, cleaned).empty


def test_missing_and_unused_entries_are_reported(incidents):
    frame = incidents(
        [{"category": word, "occurred_from": "2020-05-05 12:00"} for word in ("Klotter", "Kloter", "Kloter", "Ordning")]
    )
    category_map = read_category_map(table(MAP))
    coverage = category_coverage(map_categories(frame, category_map).frame, category_map)
    assert coverage[coverage["status"] == "missing"].values.tolist() == [["Skolan", "Kloter", 2, "missing"]]
    unused = coverage.loc[coverage["status"] == "unused", "spelling"].tolist()
    assert unused == ["Ordning", "Störning", "0352", "0371", "0372", "Klotter", "Sjukt barn"]


def test_twelve_code_changes_are_bridged_or_marked_broken():
    # Eleven codes are followed the day after by successors (one code, two codes, an overlap); three are not.
    bridged = "\n".join(f";old{n};;20{n + 10}-12-31;c{n};\n;new{n};20{n + 11}-01-01;;c{n};" for n in range(9))
    text = f"""reporter;spelling;valid_from;valid_to;category;break
    {bridged}
    ;a;;2015-12-31;split;
    ;b;2016-01-01;;split;yes
    ;c;;2015-12-31;gone;
    ;d;;2015-12-31;late;
    ;e;2016-07-01;;late;"""
    assert series_breaks(read_category_map(table(text))).values.tolist() == [
        ["", "gone", date(2016, 1, 1), "ended"],
        ["", "late", date(2016, 1, 1), "gap"],
        ["", "split", date(2016, 1, 1), "marked"],
    ]


def test_totals_are_kept_through_code_changes(incidents):
    rng = np.random.default_rng(2)
    old = [
        {"category": "0352", "reporter": "Polisen", "occurred_from": f"201{rng.integers(5, 9)}-06-01 10:00"}
        for _ in range(60)
    ]
    new = [
        {
            "category": f"037{rng.integers(1, 3)}",
            "reporter": "Polisen",
            "occurred_from": f"2019-0{rng.integers(1, 9)}-01 10:00",
        }
        for _ in range(40)
    ]
    mapped = map_categories(incidents(old + new), read_category_map(table(MAP))).frame
    assert (mapped["offence_type"] == "close_relationship_violence").sum() == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spelling;valid_from;category\nA;;x", "add valid_to"),
        ("spelling;valid_from;valid_to;category\nA;2020-13-01;;x", "entry 1, valid_from: found '2020-13-01'"),
        ("spelling;valid_from;valid_to;category\nA;;2020-12-31;x\nA;2020-12-31;;y", "two entries valid on 2020-12-31"),
        ("spelling;valid_from;valid_to;category\nA;;;x\nA;2020-12-31;2021-01-01;x", "spelling 'A'"),
    ],
)
def test_a_map_that_says_two_things_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        read_category_map(table(text))


BRIDGE = """old_area;new_area;share;valid_from
0205;0210;1;2020-01-01
0420;0425;1;2020-01-01
0430;0425;1;2020-01-01
0310;0311;0,6;2020-01-01
0310;0312;0.4;2020-01-01
0425;0426;1;2023-01-01"""


def test_renamed_merged_split_and_renamed_again(incidents):
    areas = ["0100", "0205", "0420", "0430", "0425", *["0310"] * 10, "", "NA"]
    frame = incidents([{"area": area, "occurred_from": f"2019-05-{at + 1:02d} 10:00"} for at, area in enumerate(areas)])
    cleaned = bridge_areas(frame, read_area_bridge(table(BRIDGE)))
    codes = cleaned.frame["area_code"].tolist()
    assert codes[:5] == ["0100", "0210", "0426", "0426", "0426"]
    assert codes[15:] == ["", "NA"]
    assert sorted(codes[5:15]) == ["0311"] * 6 + ["0312"] * 4  # 60 and 40 per cent of ten
    assert cleaned.frame["area"].tolist() == areas
    rules = cleaned.issues.groupby("rule").size().to_dict()
    assert rules == {"area_bridged": 4, "area_split_by_share": 10, "no_area": 1}
    assert unrecorded_changes(frame, cleaned).empty


def test_a_split_keeps_the_proportion_at_every_moment(incidents):
    frame = incidents([{"area": "0310", "occurred_from": f"2019-{at % 12 + 1:02d}-01 10:00"} for at in range(100)])
    cleaned = bridge_areas(frame, read_area_bridge(table(BRIDGE))).frame.sort_values("occurred_from", kind="stable")
    first = np.cumsum(cleaned["area_code"] == "0311")
    assert np.abs(first.to_numpy() - 0.6 * np.arange(1, 101)).max() < 1  # never more than one incident off


def test_an_old_code_after_the_change_is_bridged_and_noted(incidents):
    frame = incidents([{"area": "0205", "occurred_from": "2021-05-01 10:00"}])
    cleaned = bridge_areas(frame, read_area_bridge(table(BRIDGE)))
    assert cleaned.issues["rule"].tolist() == ["area_bridged", "old_area_after_change"]


@pytest.mark.parametrize("seed", range(6))
def test_six_reorganisations_keep_every_incident(incidents, seed):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(3), 4)
    lines = [
        f"{old};{new};{share!r};2020-01-01"
        for old in range(4)
        for new, share in zip("abc", shares[old].tolist(), strict=True)
    ]
    bridge = read_area_bridge(table("old_area;new_area;share;valid_from\n" + "\n".join(lines)))
    frame = incidents([{"area": str(rng.integers(0, 4)), "occurred_from": "2019-01-01 10:00"} for _ in range(200)])
    after = bridge_areas(frame, bridge).frame["area_code"].value_counts()
    assert after.sum() == 200
    before = frame["area"].astype(int).value_counts().sort_index().to_numpy()
    np.testing.assert_allclose(after.reindex(list("abc")), before @ shares, atol=4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("old_area;new_area;share;valid_from\nA;B;0.5;2020-01-01", "shares that add up to 0.5"),
        ("old_area;new_area;share;valid_from\nA;B;half;2020-01-01", "entry 1"),
        ("old_area;new_area;share\nA;B;1", "add valid_from"),
    ],
)
def test_a_bridge_that_loses_incidents_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        read_area_bridge(table(text))
