"""The whole cleaning: accounting, no silent change (random logs), batches as one piece, and no person in the output."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.cleaning import (
    CoordinateRule,
    IncidentRules,
    SameEventRule,
    clean_incident_batches,
    clean_incidents,
    holds_personal_data,
    ledger_summary,
    read_area_bridge,
    read_category_map,
    row_balance,
    unrecorded_changes,
    write_cleaned,
)

CATEGORIES = read_category_map(
    pd.DataFrame(
        [["Klotter", "", "", "vandalism"], ["Bråk", "", "2020-12-31", "disturbance"]],
        columns=["spelling", "valid_from", "valid_to", "category"],
    )
)
AREAS = read_area_bridge(
    pd.DataFrame(
        [["0310", "0311", "0.5", "2020-01-01"], ["0310", "0312", "0.5", "2020-01-01"]],
        columns=["old_area", "new_area", "share", "valid_from"],
    )
)
PLACES = CoordinateRule("wgs84", south=59.45, north=59.58, west=17.80, east=18.05)
RULES = IncidentRules(CATEGORIES, AREAS, PLACES, SameEventRule(), keep_free_text=True)

times = st.sampled_from(
    ["", "okänt", "2019-03-04 22:00", "2019-03-04 22:20", "2019-03-04", "2021-03-05 10:00", "2020-10-25 02:30"]
)
rows = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["", "A", "B", "C"]),
        "occurred_from": times,
        "occurred_to": times,
        "reported": times,
        "category": st.sampled_from(["Klotter", "Bråk", "klotter", "", "ring 070-1234567"]),
        "place": st.sampled_from(["", "Torget", "Storgatan 5", "Storgatan 5 B"]),
        "area": st.sampled_from(["", "0100", "0310", "NA"]),
        "x": st.sampled_from(["", "17,9", "17.9", "59.5", "x", "0"]),
        "y": st.sampled_from(["", "59,5", "59.5", "17.9", "0"]),
        "reporter": st.sampled_from(["", "Skolan", "Polisen"]),
        "free_text": st.sampled_from(["", "850304-1234", "Anna bor på Storgatan 5", "stör"]),
        "source_file": st.sampled_from(["a.csv", "b.csv"]),
    }
)


@settings(max_examples=50, deadline=None)
@given(st.lists(rows, min_size=1, max_size=12), st.booleans(), st.booleans())
def test_random_logs_balance_and_nothing_changes_in_silence(incidents, drawn, keep_text, linking):
    rules = IncidentRules(CATEGORIES, AREAS, PLACES, SameEventRule() if linking else None, keep_free_text=keep_text)
    frame = incidents(drawn)
    before = frame.copy(deep=True)
    cleaned = clean_incidents(frame, rules)
    pd.testing.assert_frame_equal(frame, before)
    balance = row_balance(frame, cleaned)
    assert (balance["rows_in"] == balance["kept"] + balance["set_aside"]).all()
    assert unrecorded_changes(frame, cleaned).empty
    assert cleaned.frame["occurred_from"].notna().all()
    for column in ("category", "place", "reporter", *(["free_text"] if keep_text else [])):
        assert not holds_personal_data(cleaned.frame[column]).any()
    assert ("free_text" in cleaned.frame.columns) is keep_text
    told = cleaned.issues[["before", "after"]].fillna("").to_numpy().ravel()
    assert not any(secret in text for text in told for secret in ("850304", "Anna", "070-1234567", "Storgatan 5"))


@settings(max_examples=20, deadline=None)
@given(st.lists(rows, min_size=1, max_size=12), st.integers(1, 5))
def test_cleaning_again_changes_nothing_more(incidents, drawn, size):
    rules = IncidentRules(coordinates=PLACES, keep_free_text=True)
    once = clean_incidents(incidents(drawn), rules)
    again = clean_incidents(once.frame.drop(columns=["northing", "easting"]).assign(occurred_from_text=""), rules)
    assert not again.issues["action"].eq("set_aside").any()
    changed = again.issues[again.issues["action"].eq("changed") & again.issues["row_number"].gt(0)]
    assert changed.empty
    # In pieces of any size, duplicates are found all the same.
    frame = incidents(drawn)
    pieces = [frame.iloc[at : at + size].reset_index(drop=True) for at in range(0, len(frame), size)]
    parts = list(clean_incident_batches(pieces, rules))
    together = pd.concat([part.frame for part in parts], ignore_index=True)
    pd.testing.assert_frame_equal(together, once.frame, check_categorical=False)


def test_what_each_rule_does_to_one_log(incidents):
    base = {"occurred_from": "2019-03-04 22:00", "x": "17.9", "y": "59.5", "reported": "2019-03-05 08:00"}
    frame = incidents(
        [
            {**base, "event_id": "A", "place": "Storgatan 5", "free_text": "ring 070-1234567"},
            {**base, "event_id": "A", "place": "Storgatan 5", "free_text": "ring 070-1234567"},
            {**base, "event_id": "B", "occurred_from": "okänt"},
            {**base, "event_id": "C", "place": "Storgatan 5", "reporter": "Polisen", "reported": "2019-03-05 07:00"},
            {**base, "event_id": "D", "x": "59.5", "y": "17,9", "category": "?", "area": "0310"},
        ]
    )
    cleaned = clean_incidents(frame, RULES)
    assert cleaned.frame["event_id"].tolist() == ["C", "D"]
    assert cleaned.frame[["offence_type", "area_code", "place"]].values.tolist() == [
        ["vandalism", "0100", "Storgatan"],
        ["", "0311", "Torget"],
    ]
    assert cleaned.frame["northing"][0] == cleaned.frame["northing"][1]
    assert ledger_summary(cleaned.issues)[["rule", "action", "rows"]].values.tolist() == [
        ["area_split_by_share", "flagged", 1],
        ["category_not_in_map", "flagged", 1],
        ["column_withheld", "changed", 3],
        ["comma_decimal", "flagged", 1],
        ["exact_duplicate", "set_aside", 1],
        ["no_time_of_occurrence", "set_aside", 1],
        ["same_event_other_reporter", "set_aside", 1],
        ["street_number_dropped", "changed", 1],
        ["swapped_axes", "flagged", 1],
    ]


def test_each_file_has_its_own_coordinate_system(incidents):
    frame = incidents(
        [
            {"occurred_from": "2019-03-04 22:00", "x": "17.9", "y": "59.5", "source_file": "bostad.csv"},
            {"occurred_from": "2019-03-04 23:00", "x": "664085.1", "y": "6599208.6", "source_file": "polis.csv"},
            {"occurred_from": "2019-03-04 21:00", "x": "17.9", "y": "59.5", "source_file": "annan.csv"},
        ]
    )
    box = {"south": 59.45, "north": 59.58, "west": 17.80, "east": 18.05}
    rules = IncidentRules(
        coordinates={"bostad.csv": CoordinateRule("wgs84", **box), "polis.csv": CoordinateRule("sweref99tm", **box)}
    )
    cleaned = clean_incidents(frame, rules).frame
    assert cleaned["northing"].notna().tolist() == [True, True, False]
    assert abs(cleaned["northing"][0] - cleaned["northing"][1]) < 1000


def test_batches_to_parquet_hold_what_the_whole_holds(incidents):
    rng = np.random.default_rng(3)
    drawn = [
        {"event_id": f"E{rng.integers(0, 80)}", "occurred_from": f"2019-03-{rng.integers(1, 29):02d} 10:00"}
        for _ in range(200)
    ]
    frame = incidents(drawn)
    rules = IncidentRules(CATEGORIES, AREAS, PLACES)
    whole = clean_incidents(frame, rules)
    frames, ledger = BytesIO(), BytesIO()
    pieces = (frame.iloc[at : at + 37].reset_index(drop=True) for at in range(0, 200, 37))
    summary = write_cleaned(clean_incident_batches(pieces, rules), frames, ledger)
    stored = pq.read_table(BytesIO(frames.getvalue())).to_pandas()
    assert stored["row_number"].tolist() == whole.frame["row_number"].tolist()
    assert stored["event_id"].tolist() == whole.frame["event_id"].tolist()
    issues = pq.read_table(BytesIO(ledger.getvalue())).to_pandas()
    counted = ledger_summary(whole.issues).query("rule != 'column_withheld'").values.tolist()
    assert summary.query("rule != 'column_withheld'").values.tolist() == counted
    assert len(issues) == summary["rows"].sum()


def test_an_empty_log_is_cleaned_to_an_empty_frame(incidents):
    frame = incidents([{}]).iloc[:0]
    cleaned = clean_incidents(frame, RULES)
    assert len(cleaned.frame) == 0
    assert len(cleaned.issues) == 0
