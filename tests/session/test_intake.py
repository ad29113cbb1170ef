"""Taking in sources: files of one source cleaned together, every row accounted for, what a reader should know."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import read_category_map, read_codebook
from evaluation.errors import InputError
from evaluation.session import StudySession, open_study
from evaluation.session.intake import Taken, take_in
from evaluation.session.intake.log_account import log_account
from evaluation.session.intake.parts import text_table
from evaluation.session.intake.revised import newest_versions
from evaluation.session.intake.survey_account import survey_account
from evaluation.session.intake.taken import accounted, joined_ledger, set_aside_ledger
from evaluation.sources import IncidentColumns, reader_for
from evaluation.study.model import Source, Study

ROOT = Path(__file__).parents[2]
HEADER = "area_code,area,year,month,offence_type,count,status"


@pytest.fixture(scope="module")
def synthetic() -> StudySession:
    return open_study("exempelkoping", language="sv", root=ROOT)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "tests/synthetic/truth.json").read_text(encoding="utf-8"))
    return content


def count_file(folder: Path, name: str, *rows: tuple[int, object, str]) -> None:
    lines = [f"0114,Upplands Väsby,2020,{month},assault,{count},{status}" for month, count, status in rows]
    (folder / name).write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")


def taken_from(study: Study, folder: Path) -> Taken:
    first = Source(id="months", kind="tidy_counts", file="first.csv")
    second = Source(id="months_later", kind="tidy_counts", file="second.csv", options={"part_of": "months"})
    return take_in(first, folder, study.model_copy(update={"sources": (first, second)}))


def test_counts_of_two_files_are_used_once_and_final_before_preliminary(real: StudySession, tmp_path: Path) -> None:
    count_file(tmp_path, "first.csv", (1, 10, "preliminary"), (2, 12, "preliminary"))
    count_file(tmp_path, "second.csv", (1, 11, "final"), (2, 12, "preliminary"), (4, 7, "final"), (5, "..", "final"))
    taken = taken_from(real.study, tmp_path)
    kept = taken.frame.sort_values("start")
    assert kept["count"].astype("float64").fillna(-1).tolist() == [11, 12, 7, -1]
    assert kept["status"].tolist() == ["final", "preliminary", "final", "final"]
    rules = taken.ledger[["source_file", "row_number", "rule", "action"]].to_dict("records")
    assert rules == [
        {"source_file": "second.csv", "row_number": 2, "rule": "repeated_count", "action": "set_aside"},
        {"source_file": "first.csv", "row_number": 1, "rule": "preliminary_superseded", "action": "set_aside"},
        {"source_file": "first.csv", "row_number": 0, "rule": "point_absent", "action": "flagged"},
        {"source_file": "first.csv", "row_number": 0, "rule": "point_not_published", "action": "flagged"},
    ]
    assert taken.ledger["before"].tolist()[2:] == ["0114 assault 2020-03-01", "0114 assault 2020-05-01"]


def test_the_account_names_each_row_set_aside(real: StudySession, tmp_path: Path) -> None:
    count_file(tmp_path, "first.csv", (1, 10, "preliminary"), (2, 12, "final"), (2, 12, "final"))
    count_file(tmp_path, "second.csv", (1, 11, "final"))
    records = taken_from(real.study, tmp_path).records
    first = {name: records["months"][name] for name in ("rows_read", "rows_kept", "set_aside")}
    assert first == {
        "rows_read": 3,
        "rows_kept": 1,  # February; January gave way, and row 4 repeats row 3
        "set_aside": {
            "exact_duplicate": {"rows": 1, "first_row_numbers": [4]},
            "preliminary_superseded": {"rows": 1, "first_row_numbers": [1]},
        },
    }
    assert (records["months_later"]["rows_read"], records["months_later"]["rows_kept"]) == (1, 1)


def test_two_files_that_contradict_each_other_stop(real: StudySession, tmp_path: Path) -> None:
    count_file(tmp_path, "first.csv", (1, 10, "final"))
    count_file(tmp_path, "second.csv", (1, 11, "final"))
    with pytest.raises(InputError, match=r"first\.csv row 1 and second\.csv row 1.*10 and 11"):
        taken_from(real.study, tmp_path)


def test_a_row_lost_after_reading_stops(tmp_path: Path) -> None:
    count_file(tmp_path, "first.csv", (1, 10, "final"), (2, 12, "final"))
    reading = reader_for("tidy_counts")(tmp_path / "first.csv")
    ledger = joined_ledger(set_aside_ledger(reading))
    assert accounted({"months": reading}, ledger, {"first.csv": 2})["months"]["rows_kept"] == 2
    with pytest.raises(InputError, match="2 rows read, but 1 kept and 0 set aside"):
        accounted({"months": reading}, ledger, {"first.csv": 1})


def log_of(days: dict[str, pd.DatetimeIndex]) -> pd.DataFrame:
    """One incident per reporter and day, registered the same day."""
    parts = [pd.DataFrame({"reporter": name, "occurred_from": at, "reported": at}) for name, at in days.items()]
    return pd.concat(parts, ignore_index=True).assign(category="Bråk", offence_type="fight", area_code="1")


def test_a_new_reporter_and_a_batch_are_told() -> None:
    always = pd.date_range("2020-01-01", "2021-12-31", freq="D")
    late = pd.date_range("2021-03-01", "2021-12-31", freq="D")
    inventory = ["2021-05-14"] * 30
    incidents = log_of({"always": pd.DatetimeIndex([*always, *pd.to_datetime(inventory)]), "late": late})
    account = log_account(incidents, None, date(2021, 12, 31))
    reporters = account["reporters"].set_index(["reporter", "start"])
    assert reporters["reports"]["late", pd.Timestamp("2021-02-01")] == 0
    assert reporters["reports"]["always", pd.Timestamp("2021-05-01")] == 31 + 30
    assert dict(account["reporters"].groupby("reporter")["constant"].first()) == {"always": True, "late": False}
    found = account["batches"].set_index("kind")
    assert found[["who", "incidents"]].to_numpy().tolist() == [
        ["always", 31],
        ["1, fight", 32],
    ]  # both reporters in one area
    assert set(account) == {"reporters", "batches", "delays", "late"}  # nothing on categories without a map


def test_late_registration_is_a_share_of_each_month_that_has_had_its_time() -> None:
    days = pd.DatetimeIndex(["2021-01-02", "2021-01-03", "2021-01-04", "2021-01-05", "2021-02-01", "2021-03-01"])
    incidents = log_of({"always": days})
    incidents["reported"] += pd.to_timedelta([31, 0, 30, 0, 40, 0], unit="D")
    delays = log_account(incidents, None, date(2021, 4, 1))["delays"]
    assert delays["start"].dt.month.tolist() == [1, 2]  # the last of March has had one day
    assert delays["late"].tolist() == [25.0, 100.0]  # one of four (30 days is not late), one of one


def test_codes_that_changed_meaning_are_told_with_their_days() -> None:
    rows = [
        ["Ordning", "2020-01-01", "2020-12-31", "disturbance"],
        ["Ordning", "2021-01-01", "", "insecure_place"],
        ["Bråk", "", "", "fight"],
    ]
    table = pd.DataFrame(rows, columns=["spelling", "valid_from", "valid_to", "category"])
    incidents = log_of({"always": pd.date_range("2020-01-01", "2021-12-31", freq="D")})
    incidents.loc[:9, ["category", "offence_type"]] = ["Brak", ""]
    account = log_account(incidents, read_category_map(table), date(2021, 12, 31))
    told = account["meanings"][["spelling", "category", "valid_from", "valid_to"]].to_numpy().tolist()
    assert told == [
        ["Ordning", "disturbance", "2020-01-01", "2020-12-31"],
        ["Ordning", "insecure_place", "2021-01-01", ""],
    ]
    missing = account["categories"].query("status == 'missing'")
    assert missing[["spelling", "rows"]].to_numpy().tolist() == [["Brak", 10]]
    assert account["breaks"][["category", "date", "reason"]].to_numpy().tolist() == [
        ["disturbance", "2021-01-01", "ended"]
    ]


def test_waves_are_counted_by_kind_of_answer() -> None:
    options = [("fear", wave, option, option, "answer") for wave in ("2018", "2022") for option in ("yes", "no")]
    options += [("fear", "2022", "often", "often", "answer"), ("fear", "", "9", "", "refused")]
    codebook = read_codebook(pd.DataFrame(options, columns=["question", "wave", "option", "value", "kind"]))
    kinds = ["answer", "answer", "refused", "answer", "dont_know", "missing"]
    respondents = pd.DataFrame(
        {
            "wave": ["2018"] * 3 + ["2022"] * 3,
            "mode": ["phone"] * 3 + ["web", "web", "phone"],
            "fear_kind": kinds,
        }
    )
    account = survey_account(respondents, codebook, {"2022": 8})
    waves = account["waves"].set_index("wave")
    assert waves[["respondents", "answer", "dont_know", "refused", "missing"]].to_numpy().tolist() == [
        [3, 2, 0, 1, 0],
        [3, 1, 1, 0, 1],
    ]
    assert waves["asked"].fillna(0).tolist() == [0, 8]
    breaks = account["breaks"].set_index("reason")
    assert breaks.loc["mode", "shift"] == pytest.approx(2 / 3)  # two of three moved from phone to web
    assert breaks.loc["options", "question"] == "fear"


def test_every_row_of_the_shipped_studies_is_accounted_for(
    real: StudySession, synthetic: StudySession, truth: dict[str, Any]
) -> None:
    for session in (real, synthetic):
        for record in session.prepared.records.values():
            aside = sum(found["rows"] for found in record["set_aside"].values())
            assert record["rows_read"] == record["rows_kept"] + aside
    by_file = {record["file"]: record for record in synthetic.prepared.records.values()}
    for file, rows in truth["log"]["rows_by_file"].items():
        reader_rules = ("footer", "repeated_header", "total_row")
        added = sum(by_file[file]["set_aside"].get(rule, {"rows": 0})["rows"] for rule in reader_rules)
        assert by_file[file]["rows_read"] == rows + added
    clean = synthetic.prepared.frame("incidents.incidents")
    kept = [by_file[file]["rows_kept"] for file in truth["log"]["rows_by_file"]]
    assert len(clean) == sum(kept)


def test_months_that_are_not_complete_are_preliminary(synthetic: StudySession, truth: dict[str, Any]) -> None:
    missing = truth["log"]["not_yet_registered_by_month"]
    counts = synthetic.prepared.frame("incidents")
    preliminary = counts.loc[counts["status"].eq("preliminary"), "start"].dt.strftime("%Y-%m").unique()
    assert set(preliminary) == set(missing)  # the truth: 3 of April, 3 of May and 9 of June come later
    late = synthetic.prepared.frame("incidents.late").set_index("start")
    june = late.loc[pd.Timestamp("2026-06-01")]
    assert june["low"] - june["observed"] <= missing["2026-06"] <= june["high"] - june["observed"]
    assert late["shortfall"].sum() == pytest.approx(sum(missing.values()), abs=2 * np.sqrt(sum(missing.values())))


def test_free_text_is_not_carried_on(synthetic: StudySession) -> None:
    raw = ROOT / "data/raw/exempelkoping/handelser_kommun_2020-2026_syntetiska_exempeldata.csv"
    notes = pd.read_csv(raw, sep=";", dtype="str", encoding="utf-8-sig")["Beskrivning (syntetiska exempeldata)"]
    written = set(notes.dropna()[notes.dropna().str.len() > 12])
    assert len(written) > 20
    for path in synthetic.prepared.folder.glob("*.parquet"):
        frame = pd.read_parquet(path)
        assert not {"free_text", "occurred_from_text"} & set(frame.columns)
        for column in map(str, frame.select_dtypes("str").columns):
            assert not written & set(frame[column].dropna().unique()), f"{path.name}, {column}"


def log_file(folder: Path, name: str, published: str, *rows: str) -> Source:
    """Write a small log with its card; return its source."""
    text = "Nr;Tid;Registrerad;Kategori;Plats;Område;Rapportör\n" + "\n".join(rows) + "\n"
    (folder / name).write_text(text, encoding="utf-8")
    card = {"publisher": "Kommunen", "title": "Händelser", "row": "one event", "unit": "events", "licence": "CC0"}
    lines = [f'{key} = "{value}"' for key, value in card.items()]
    lines += [f"published = {published}", "accessed = 2026-01-01", f'sha256 = "{"0" * 64}"', "bytes = 1"]
    (folder / f"{name}.card.toml").write_text("\n".join(lines), encoding="utf-8")
    fields = {"event_id": "Nr", "occurred_from": "Tid", "reported": "Registrerad", "category": "Kategori"}
    fields |= {"place": "Plats", "area": "Område", "reporter": "Rapportör"}
    return Source(id=name.split(".")[0], kind="incident_log", file=name, options={"fields": fields})


def event(number: str, category: str, place: str = "Torget", who: str = "Skolan") -> str:
    return f"{number};2025-03-0{number[-1]} 12:30;2025-03-09 08:00;{category};{place};1;{who}"


def test_a_revised_file_replaces_the_versions_of_the_file_it_names_only(tmp_path: Path) -> None:
    old = log_file(tmp_path, "old.csv", "2025-06-01", event("E1", "Bråk"), event("E2", "Bråk", "ring 070-123 45 67"))
    new = log_file(tmp_path, "new.csv", "2025-12-01", event("E2", "Klotter"), event("E3", "Bråk"))
    other = log_file(tmp_path, "other.csv", "2025-12-01", event("E1", "Bråk", who="Väktarna"))
    parts = (old, new.model_copy(update={"options": {**new.options, "revises": "old"}}), other)
    columns = [reader_columns(part) for part in parts]
    frames = [
        reader_for("incident_log")(tmp_path / p.file, columns=c).frame for p, c in zip(parts, columns, strict=True)
    ]
    revised = newest_versions(pd.concat(frames, ignore_index=True), parts, tmp_path)
    kept = revised.frame[["source_file", "event_id", "category"]].sort_values(["event_id", "source_file"])
    assert kept.to_numpy().tolist() == [
        ["old.csv", "E1", "Bråk"],
        ["other.csv", "E1", "Bråk"],  # the same number of another reporter is another event
        ["new.csv", "E2", "Klotter"],
        ["new.csv", "E3", "Bråk"],
    ]
    told = revised.issues.sort_values(["rule", "column"])[["rule", "column", "source_file", "before", "after"]]
    assert told.fillna("").to_numpy().tolist() == [
        ["revised_value", "category", "new.csv", "Bråk", "Klotter"],
        ["revised_value", "place", "new.csv", "ring [phone]", "Torget"],
        ["superseded_by_revision", "event_id", "old.csv", "E2", ""],
    ]


def reader_columns(part: Source) -> IncidentColumns:
    return IncidentColumns(part.options["fields"], {}, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"", b'a,b\n1,2,3\n"', "a\nÅ\n".encode("cp1252")], ids=["empty", "rows", "bytes"])
def test_a_reviewed_table_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "categories.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"categories\.csv"):
        text_table(path)
