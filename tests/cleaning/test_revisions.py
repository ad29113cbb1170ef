"""Revised files: the newest version counts, the old value is kept with its date, and the order of files is nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import apply_revisions, revision_history, unrecorded_changes
from evaluation.cleaning.ledger import check_balance
from evaluation.errors import InputError

DATES = {"january": date(2024, 2, 1), "february": date(2024, 3, 1), "march": date(2024, 4, 1)}


def version(event: str, file: str, **values: str) -> dict[str, str]:
    return {"event_id": event, "source_file": file, "occurred_from": "2024-01-10 22:00", **values}


def test_the_newest_version_counts_and_says_what_was_there(incidents):
    frame = incidents(
        [
            version("A", "january", category="Misshandel, grov"),
            version("A", "february", category="Mord/dråp, försök", area="0110"),
            version("A", "march", category="Mord/dråp, försök"),
            version("B", "january"),
            version("", "january"),
            version("", "february"),
        ]
    )
    cleaned = apply_revisions(frame, DATES)
    check_balance(frame, cleaned)
    assert unrecorded_changes(frame, cleaned).empty
    kept = cleaned.frame[["event_id", "source_file", "category", "area"]]
    assert kept[kept["event_id"] == "A"].values.tolist() == [["A", "march", "Mord/dråp, försök", "0100"]]
    assert kept["event_id"].tolist() == ["", "", "A", "B"]
    told = cleaned.issues[["source_file", "rule", "column", "before", "after"]].values.tolist()
    assert ["march", "revised_value", "area", "0110", "0100"] in told
    assert cleaned.issues["rule"].value_counts().to_dict() == {"superseded_by_revision": 2, "revised_value": 1}
    history = revision_history(frame, DATES)
    assert history.values.tolist() == [
        ["A", "area", "0100", "0110", pd.Timestamp("2024-03-01"), "january"],
        ["A", "category", "Misshandel, grov", "Mord/dråp, försök", pd.Timestamp("2024-03-01"), "january"],
        ["A", "area", "0110", "0100", pd.Timestamp("2024-04-01"), "february"],
    ]


def test_the_same_file_twice_changes_nothing(incidents):
    frame = incidents([version("A", "january"), version("A", "again"), version("B", "january"), version("B", "again")])
    cleaned = apply_revisions(frame, {"january": date(2024, 2, 1), "again": date(2024, 2, 1)})
    assert cleaned.frame["event_id"].tolist() == ["A", "B"]
    assert set(cleaned.frame["source_file"]) == {"again"}
    assert cleaned.issues["rule"].tolist() == ["superseded_by_revision"] * 2


def test_two_versions_of_one_day_are_refused(incidents):
    frame = incidents([version("A", "january"), version("A", "other", area="0500")])
    with pytest.raises(InputError, match="event A in january and other"):
        apply_revisions(frame, {"january": date(2024, 2, 1), "other": date(2024, 2, 1)})


def test_a_file_without_a_date_is_refused(incidents):
    with pytest.raises(InputError, match="revised file march: found no export date"):
        apply_revisions(incidents([version("A", "march")]), {})


def test_500_random_chains_end_the_same_in_any_order(incidents):
    rng = np.random.default_rng(12)
    rows = []
    for chain in range(500):
        for step in np.sort(rng.choice(6, rng.integers(1, 6), replace=False)):
            rows.append(
                version(
                    f"E{chain:03d}",
                    f"file{step}",
                    area=f"{rng.integers(1, 4)}00",
                    category=str(rng.choice(["Klotter", "Bråk"])),
                )
            )
    dates = {f"file{step}": date(2024, 1, 1) + timedelta(days=30 * step) for step in range(6)}
    frame = incidents(rows)
    expected = frame.sort_values("source_file").groupby("event_id").last()  # file names sort as their dates
    ends = []
    for _ in range(5):
        order = rng.permutation(6)
        shuffled = pd.concat([frame[frame["source_file"] == f"file{step}"] for step in order], ignore_index=True)
        cleaned = apply_revisions(shuffled, dates)
        check_balance(shuffled, cleaned)
        ends.append(cleaned)
    for end in ends:
        pd.testing.assert_frame_equal(end.frame, ends[0].frame)
        assert sorted(map(str, end.issues.values.tolist())) == sorted(map(str, ends[0].issues.values.tolist()))
    final = ends[0].frame.set_index("event_id")
    assert final["area"].tolist() == expected["area"].tolist()
    assert final["category"].tolist() == expected["category"].tolist()
