"""Exact duplicates, one event from two reporters, and rows of earlier batches."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import SameEventRule, drop_exact_duplicates, link_same_events, unrecorded_changes
from evaluation.cleaning.seen_rows import SeenRows
from evaluation.sources.incident_schema import TIME_FLAGS

RULE = SameEventRule(tolerance_minutes=30, longest_hours=12)


def at(
    event_id: str, start: str, reporter: str, end: str = "", reported: str = "2024-03-05 08:00", **more: str
) -> dict[str, str]:
    day = "2024-03-04 "
    return {
        "event_id": event_id, "occurred_from": day + start, "occurred_to": day + end if end else "",
        "reporter": reporter, "reported": reported, **more,
    }  # fmt: skip


def linked(incidents, *rows: dict[str, str], rule: SameEventRule = RULE) -> dict[str, str]:
    """Event id of the report set aside → event id it is linked to."""
    frame = incidents(rows).assign(offence_type=lambda made: made["category"])
    cleaned = link_same_events(frame, rule)
    assert unrecorded_changes(frame, cleaned).empty
    assert len(cleaned.frame) + len(cleaned.issues) == len(frame)
    return dict(zip(cleaned.issues["before"], cleaned.issues["after"], strict=True))


def test_the_first_of_equal_rows_stays(incidents):
    twice = {"event_id": "A", "occurred_from": "2024-03-04 22:00", "free_text": "x"}
    frame = incidents([twice, {**twice, "event_id": "B"}, twice, {**twice, "free_text": "y"}, twice])
    cleaned = drop_exact_duplicates(frame)
    assert cleaned.frame["row_number"].tolist() == [2, 3, 5]
    assert cleaned.issues[["row_number", "rule", "action"]].values.tolist() == [
        [4, "exact_duplicate", "set_aside"], [6, "exact_duplicate", "set_aside"],
    ]  # fmt: skip
    again = drop_exact_duplicates(cleaned.frame)
    assert again.issues.empty
    assert again.frame.equals(cleaned.frame)


def test_how_a_file_writes_a_time_does_not_make_a_row_new(incidents):
    frame = incidents(
        [{"event_id": "A", "occurred_from": "2024-03-04 22:00", "source_file": name} for name in ("old", "new")]
    )
    frame["occurred_from_text"] = ["2024-03-04 22:00", "4.3.2024 22.00"]
    assert len(drop_exact_duplicates(frame).frame) == 1


def test_without_event_ids_all_content_decides(incidents):
    frame = incidents([{"event_id": "", "place": place} for place in ("Torget", "Bion", "Torget")])
    assert drop_exact_duplicates(frame).frame["place"].tolist() == ["Torget", "Bion"]


def test_two_reporters_of_one_event_keep_the_report_registered_first(incidents):
    police = at("P1", "22:00", "Polisen", reported="2024-03-05 09:00")
    school = at("S1", "22:20", "Skolan", reported="2024-03-05 07:00")
    assert linked(incidents, police, school) == {"P1": "S1"}


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (at("S1", "22:10", "Polisen"), "same reporter"),
        (at("S1", "22:31", "Skolan"), "31 minutes apart"),
        (at("S1", "22:10", "Skolan", area="0110"), "other area"),
        (at("S1", "22:10", "Skolan", place="Bion"), "other place"),
        (at("S1", "22:10", "Skolan", place=""), "unknown place"),
        (at("S1", "22:10", "Skolan", category="Bråk"), "other kind"),
        (at("S1", "22:10", "", ), "unknown reporter"),
        (at("S1", "09:00", "Skolan", "22:30"), "an interval of 13½ hours says too little"),
        ({**at("S1", "22:10", "Skolan"), "occurred_from": "2024-03-04"}, "no time of day"),
        ({**at("S1", "22:10", "Skolan"), "occurred_from": "2024-03-05 22:10"}, "the next day"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_does_not_agree_is_not_linked(incidents, second, why):
    assert linked(incidents, at("P1", "22:00", "Polisen"), second) == {}


def test_the_limits_of_the_rule(incidents):
    assert linked(incidents, at("P1", "22:00", "Polisen"), at("S1", "22:30", "Skolan")) == {"S1": "P1"}  # 30 minutes
    assert linked(incidents, at("P1", "10:00", "Polisen", "21:45"), at("S1", "22:10", "Skolan")) == {"S1": "P1"}
    assert linked(incidents, at("P1", "22:00", "Polisen", place="TORGET "), at("S1", "22:05", "Skolan")) == {"S1": "P1"}
    exact = SameEventRule(tolerance_minutes=0)
    assert linked(incidents, at("P1", "22:00", "Polisen"), at("S1", "22:01", "Skolan"), rule=exact) == {}


def test_three_reporters_are_one_event_and_the_next_event_is_its_own(incidents):
    rows = [
        at("P1", "20:00", "Polisen"),
        at("S1", "20:10", "Skolan"),
        at("B1", "20:20", "Bostads AB"),
        at("P2", "20:40", "Polisen"),
        at("S2", "20:45", "Skolan"),
    ]
    assert linked(incidents, *rows) == {"S1": "P1", "B1": "P1", "S2": "P2"}


def test_reports_do_not_chain_past_their_common_time(incidents):
    # 20:00, 20:25 and 20:50 each touch the next within 30 minutes, but the first and the last are 50 minutes apart.
    rows = [at("P1", "20:00", "Polisen"), at("S1", "20:25", "Skolan"), at("B1", "20:50", "Bostads AB")]
    assert linked(incidents, *rows) == {"S1": "P1"}


def test_the_order_of_rows_does_not_matter(incidents):
    rows = [
        at("P1", "20:00", "Polisen", reported="2024-03-05 08:01"),
        at("S1", "20:10", "Skolan"),
        at("B1", "20:20", "Bostads AB", reported="2024-03-06 08:00"),
        at("P2", "23:00", "Polisen"),
    ]
    rng = np.random.default_rng(1)
    for _ in range(10):
        assert linked(incidents, *[rows[place] for place in rng.permutation(4)]) == {"P1": "S1", "B1": "S1"}


def test_planted_second_reports_are_found_and_nothing_else(incidents):
    rng = np.random.default_rng(7)
    base = incidents([{}]).take(np.zeros(4000, dtype=int)).reset_index(drop=True)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(4000) * 120, unit="min")  # two hours apart
    base = base.assign(
        event_id=[f"E{n}" for n in range(4000)],
        row_number=np.arange(4000),
        occurred_from=start.astype("datetime64[us]"),
    )
    base["occurred_from_time"] = pd.Categorical(["known"] * 4000, categories=TIME_FLAGS)
    chosen = np.sort(rng.choice(4000, 300, replace=False))
    second = base.take(chosen).assign(
        event_id=[f"S{n}" for n in chosen], reporter="Polisen", row_number=np.arange(4000, 4300)
    )
    second["occurred_from"] += pd.to_timedelta(rng.integers(-30, 31, 300), unit="min")
    second["reported"] = pd.Timestamp("2030-01-01")
    frame = pd.concat([base.assign(reported=pd.Timestamp("2029-01-01")), second], ignore_index=True).astype(
        {"reporter": "str"}
    )
    frame = frame.assign(offence_type=frame["category"])
    issues = link_same_events(frame, RULE).issues
    assert dict(zip(issues["before"], issues["after"], strict=True)) == {f"S{n}": f"E{n}" for n in chosen}


def test_rows_of_earlier_batches_are_seen_again_and_only_they(incidents):
    rng = np.random.default_rng(5)
    frame = incidents(
        [{"event_id": f"E{n}", "free_text": f"t{n}", "occurred_from": "2024-03-04 10:00"} for n in range(60)]
    )
    earlier = SeenRows()
    known: set[str] = set()
    for _ in range(12):
        batch = frame.take(rng.choice(60, 8, replace=False)).reset_index(drop=True)
        assert earlier.seen(batch).tolist() == [event in known for event in batch["event_id"]]
        known |= set(batch["event_id"])


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("free_text", "u"),
        ("place", "Bion"),
        ("occurred_from", pd.Timestamp("2024-03-04 10:01")),
        ("occurred_from_time", "ambiguous_hour"),
    ],
)
def test_a_row_that_differs_anywhere_is_new(incidents, column, other):
    frame = incidents([{"event_id": "A", "free_text": "t", "occurred_from": "2024-03-04 10:00"}])
    earlier = SeenRows()
    earlier.seen(frame)
    changed = frame.copy()
    changed.loc[0, column] = other
    assert not earlier.seen(changed).any()
    assert earlier.seen(frame.assign(row_number=99, source_file=pd.Categorical(["b"]))).all()
