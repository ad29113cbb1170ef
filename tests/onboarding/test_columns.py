"""Proposed columns: held against the maps that people wrote for Exempelköping, and against police layouts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from evaluation.errors import ParameterError
from evaluation.onboarding.log_columns import propose_log
from evaluation.onboarding.sheet import sheet_of
from evaluation.onboarding.table_columns import propose_counts, propose_population

ROOT = Path(__file__).parents[2]
STUDY = tomllib.loads((ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8"))
LOGS = [source for source in STUDY["sources"] if source["kind"] == "incident_log"]


@pytest.mark.parametrize("source", LOGS, ids=lambda source: source["id"])
def test_every_column_of_five_logs_is_proposed_as_people_mapped_it(source: dict[str, Any]) -> None:
    """The five organisations use different headers, encodings, coordinate systems, a workbook with merged headers."""
    log = propose_log(sheet_of(ROOT / "data" / "raw" / "exempelkoping" / source["file"]))
    options = source["options"]
    assert log.fields == options["fields"]
    assert log.options["system"] == options["system"]
    assert log.options["reported_to_police"] == options["reported_to_police"]
    assert log.doubtful == log.unused == log.warnings == ()
    inside = options["south"] < log.options["south"] + 0.03 < log.options["north"] < options["north"] + 0.03
    assert inside
    assert options["west"] - 0.05 < log.options["west"] < log.options["east"] < options["east"] + 0.05


def test_embrace_like_log_joins_date_and_time_of_two_columns(exports: ModuleType, tmp_path: Path) -> None:
    log = propose_log(sheet_of(exports.embrace_like(tmp_path / "embrace.csv")))
    assert log.fields == {
        "event_id": "Händelse-ID",
        "category": "Kategori",
        "place": "Plats",
        "area": "Område",
        "x": "Long",
        "y": "Lat",
        "reporter": "Verksamhet",
        "reported_to_police": "Polisanmäld j/n",
        "free_text": "Fritext",
        "occurred_from": ["Datum", "Tid"],
        "reported": "Registrerad",
    }
    assert log.options["system"] == "wgs84"


def test_police_workbook_has_american_dates_and_clocks_without_zeros(exports: ModuleType, tmp_path: Path) -> None:
    log = propose_log(sheet_of(exports.police_workbook(tmp_path / "polis.xlsx")))
    assert log.fields == {
        "category": "Brottskod",
        "place": "Gata",
        "area": "Basområde",
        "occurred_from": ["Brottsdag start", "Brottstid start"],
        "occurred_to": ["Brottsdag slut", "Brottstid slut"],
        "reported": "Inskrivningsdatum",
    }
    assert log.options == {"date_order": "mdy"}  # 13 and above stand in the second place only
    assert [warning.split(":")[0] for warning in log.warnings] == ["no column says who reported"]


def test_police_csv_keeps_coordinates_and_has_no_day_of_registration(exports: ModuleType, tmp_path: Path) -> None:
    log = propose_log(sheet_of(exports.police_csv(tmp_path / "polis.csv")))
    assert (log.fields["x"], log.fields["y"]) == ("LONGITUDE", "LATITUDE")
    assert "reported" not in log.fields
    assert log.unused == ("GATUNR", "KOMMUN")


def test_a_row_that_stands_for_several_incidents_is_a_warning(exports: ModuleType, tmp_path: Path) -> None:
    log = propose_log(sheet_of(exports.police_workbook(tmp_path / "polis.xlsx", counts=3)))
    assert any("'Antal' holds numbers other than 1" in warning for warning in log.warnings)


def test_the_caller_goes_before_the_proposal(exports: ModuleType, tmp_path: Path) -> None:
    sheet = sheet_of(exports.embrace_like(tmp_path / "embrace.csv"))
    log = propose_log(sheet, {"area": "Plats", "free_text": "", "occurred_from": "Registrerad"})
    assert (log.fields["area"], log.fields["occurred_from"]) == ("Plats", "Registrerad")
    assert "free_text" not in log.fields
    assert "Fritext" in log.unused


@pytest.mark.parametrize("given", [{"area": "Stadsdel"}, {"weather": "Plats"}, {"reported": "Datum + Tid + Plats"}])
def test_a_field_or_header_that_does_not_exist_is_refused(
    given: dict[str, str], exports: ModuleType, tmp_path: Path
) -> None:
    sheet = sheet_of(exports.embrace_like(tmp_path / "embrace.csv"))
    with pytest.raises(ParameterError, match="--set"):
        propose_log(sheet, given)


def test_headers_that_say_nothing_are_only_guessed(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    rows = [f"2020-01-{1 + at % 28:02d};{'bråk' if at % 2 else 'klotter'}" for at in range(60)]
    path.write_text("\n".join(["Kolumn A;Kolumn B", *rows]), encoding="utf-8")
    log = propose_log(sheet_of(path))
    assert [(each.field, each.certainty) for each in log.proposals] == [("occurred_from", "guess")]
    assert log.doubtful == ("occurred_from", "category")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "kommun;period;key;count;per100k;preliminary\n0114;2014K1;total;1818;4367.0;\n0114;2014K2;total;12;3000.0;1\n",
            {"area_code": "kommun", "offence_type": "key", "rate": "per100k", "status": "preliminary"},
        ),
        (
            "Kommunkod;Kommun;Månad;Brottstyp;Antal\n9998;Exempelby;2017-01;Stöld;3\n9998;Exempelby;2017-02;Stöld;5\n",
            {
                "area_code": "Kommunkod",
                "area": "Kommun",
                "period": "Månad",
                "offence_type": "Brottstyp",
                "count": "Antal",
            },
        ),
        (
            "Region;År;Kvartal;Brott;Antal\n0163;2020;1;Stöld;3\n0163;2020;2;Stöld;5\n",
            {"area_code": "Region", "year": "År", "quarter": "Kvartal", "offence_type": "Brott", "count": "Antal"},
        ),
    ],
)
def test_tables_of_counts(text: str, fields: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "brott.csv"
    path.write_text(text, encoding="utf-8")
    options = propose_counts(sheet_of(path))
    assert options is not None
    assert options["fields"] == fields
    assert options.get("status_words", {}) == ({"1": "preliminary"} if "key" in text else {})


def test_tables_of_population(tmp_path: Path) -> None:
    path = tmp_path / "folk.csv"
    path.write_text("Kommunkod;År;Medelfolkmängd\n0163;2020;73000\n0163;2021;74000\n", encoding="utf-8")
    fields = {"mean_population": "Medelfolkmängd", "area_code": "Kommunkod", "year": "År"}
    assert propose_population(sheet_of(path)) == {"fields": fields}
