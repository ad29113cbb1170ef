"""The committed log of Exempelköping, read by the gate and cleaned: what was planted is what the ledger finds."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluation.cleaning import (
    BatchRule,
    CategoryMap,
    Cleaned,
    CoordinateRule,
    CountFrame,
    IncidentRules,
    SameEventRule,
    category_coverage,
    clean_incidents,
    constant_reporters,
    holds_personal_data,
    incident_counts,
    late_registration,
    mask_personal_data,
    read_area_bridge,
    read_category_map,
    series_breaks,
    suspected_batches,
    uncounted_incidents,
    unrecorded_changes,
)
from evaluation.sources import incident_log

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw" / "exempelkoping"
BOX = ("system", "south", "north", "west", "east")
COLUMN_OPTIONS = ("fields", "values", "date_order", "sheet")


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(next(RAW.glob(f"{name}*.csv")), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    truth = json.loads((ROOT / "tests" / "synthetic" / "truth.json").read_text(encoding="utf-8"))["log"]
    return {**truth["planted"], **truth}


@pytest.fixture(scope="module")
def sources() -> list[dict[str, Any]]:
    study = tomllib.loads((ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8"))
    return [source for source in study["sources"] if source["kind"] == "incident_log"]


@pytest.fixture(scope="module")
def log(sources) -> pd.DataFrame:
    frames = []
    for source in sources:
        columns = {name: value for name, value in source["options"].items() if name in COLUMN_OPTIONS}
        frames.append(incident_log.read(RAW / source["file"], columns=columns).frame)
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def categories() -> CategoryMap:
    return read_category_map(table("category_map"))


@pytest.fixture(scope="module")
def cleaned(log, sources, categories) -> Cleaned:
    boxes = {source["file"]: CoordinateRule(**{name: source["options"][name] for name in BOX}) for source in sources}
    rules = IncidentRules(categories, read_area_bridge(table("area_bridge")), boxes, SameEventRule())
    return clean_incidents(log, rules)


def rows_by_rule(cleaned: Cleaned) -> dict[str, int]:
    rows = cleaned.issues.drop_duplicates(["source_file", "row_number", "rule"])
    return {str(rule): int(n) for rule, n in rows.groupby("rule").size().items()}


def test_planted_faults_are_what_the_ledger_finds(log, cleaned, planted):
    found = rows_by_rule(cleaned)
    assert found["exact_duplicate"] == planted["exact_duplicates"] + planted["rows_in_two_files"]
    assert found["category_not_in_map"] == planted["typing_errors"]
    twice = planted["exact_duplicates"] + planted["rows_in_two_files"]  # a copied row has the fault of its original
    for rule in ("swapped_axes", "outside_box"):
        assert planted[rule] <= found[rule] <= planted[rule] + twice * 0.05
    assert planted["changed_hour"] <= found["hour_of_clock_change"] <= planted["changed_hour"] + 5
    # Every planted second report agrees with its first; two events may agree by chance too.
    assert 0.95 * planted["second_reports"] <= found["same_event_other_reporter"] <= 1.25 * planted["second_reports"]
    assert unrecorded_changes(log, cleaned).empty


def test_the_number_of_events_is_right_after_cleaning(cleaned, planted):
    expected = planted["true_events"] + planted["inventory"] - planted["not_yet_registered"]
    assert len(cleaned.frame) == pytest.approx(expected, rel=0.002)


def test_spellings_that_stand_in_no_map_are_named_and_code_changes_are_bridged(cleaned, categories):
    coverage = category_coverage(cleaned.frame, categories)
    assert set(coverage["spelling"]) == {"Skadegörlse", "Ordnig", "Övrigt ?"}
    assert set(coverage["status"]) == {"missing"}
    assert series_breaks(categories).empty


def test_batches_and_the_inspection_are_found_and_nothing_else(cleaned):
    found = suspected_batches(cleaned.frame, BatchRule())
    assert found[["reporter", "day"]].astype("str").values.tolist() == [
        ["Bostads AB", "2018-12-28"],
        ["Trygghetsenheten", "2021-06-30"],
        ["Trygghetsenheten", "2024-05-14"],
    ]
    inspections = suspected_batches(cleaned.frame, BatchRule(by=("area_code", "offence_type"), date="occurred_from"))
    assert inspections[["area_code", "offence_type", "incidents"]].values.tolist() == [["0110", "vandalism", 49]]


def test_the_reporter_that_joined_is_not_in_the_panel(cleaned):
    assert constant_reporters(cleaned.frame) == ("Bostads AB", "Polisen", "Skolan", "Trygghetsenheten")


def test_the_shortfall_of_the_last_months_is_near_the_truth(cleaned, planted):
    points = late_registration(cleaned.frame, date(2026, 7, 1)).tail(3)
    missing = sum(planted["not_yet_registered_by_month"].values())  # 15 reports
    assert points["shortfall"].sum() == pytest.approx(missing, abs=6)
    assert (points["high"] - points["observed"]).sum() >= 0.8 * missing


def test_no_area_named_na_is_lost_and_counts_add_up(cleaned):
    over = CountFrame(last=date(2026, 6, 30), whole=("9999", "Exempelköping"))
    counts = incident_counts(cleaned.frame, "month", over)
    assert counts["area_code"].nunique() == 10
    assert (counts.loc[counts["area_code"] == "NA", "count"].sum()) > 100
    assert len(counts) == 10 * 8 * 138  # 2015-01 to 2026-06
    parts = counts[counts["area_code"] != "9999"]["count"].sum()
    assert parts == counts[counts["area_code"] == "9999"]["count"].sum()
    assert parts == uncounted_incidents(cleaned.frame, counts)["counted"]


def test_no_identifier_is_left_in_processed_text(log, cleaned):
    assert "free_text" not in cleaned.frame.columns
    masked = mask_personal_data(log).frame
    assert masked["free_text"].ne(log["free_text"]).sum() > 1000
    for column in ("free_text", "place", "subcategory"):
        assert not holds_personal_data(masked[column]).any()
    assert not holds_personal_data(cleaned.issues["before"]).any()
    assert not holds_personal_data(cleaned.issues["after"]).any()
