"""Golden numbers on the real files, wherever their folder lies beside the repository."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from evaluation.sources import reader_for


@pytest.mark.parametrize(("year", "cases"), [(2020, 1241), (2021, 1273), (2022, 1155), (2023, 1296)])
def test_databasfil_gives_the_published_sums(real_data: Path, year: int, cases: int) -> None:
    reading = reader_for("bra_sol_databasfil")(real_data / f"bra_sol_databasfil_manad_{year}_subset.txt")
    persons = reading.frame.query("area_code == '0114' and offence_type == '3-7 kap. Brott mot person'")
    assert len(persons) == 12
    assert persons["count"].sum() == cases
    assert set(persons["status"]) == {"preliminary" if year == 2023 else "final"}
    rules = reading.record.set_aside["rule"].value_counts()
    assert rules.to_dict() == {"exact_duplicate": 504, "blank_row": 1}  # the lone carriage return
    assert reading.record.rows_read == 1008 + 1
    chapters = reading.frame.query("area_code == '0114' and offence_type.str.match('[3-7] kap')", engine="python")
    assert chapters["count"].sum() == cases  # chapter by chapter


def test_databasfil_keeps_unselected_apart_from_zero(real_data: Path) -> None:
    file = real_data / "bra_sol_databasfil_manad_2023_missing_and_stadsdel_sample.txt"
    reading = reader_for("bra_sol_databasfil")(file)
    assert reading.record.missing_codes["count"] == {"..": 210}
    parents = reading.frame.query("area_code == '0163' and offence_type == '3-7 kap. Brott mot person'")
    assert parents["count"].isna().all()
    assert (reading.frame["area"].str.startswith("Stadsdelsområde") == reading.frame["area_code"].eq("")).all()


def test_police_events_of_upplands_vasby(real_data: Path) -> None:
    reading = reader_for("police_events")(real_data / "polisen_events_upplands_vasby.json")
    events = reading.frame
    in_2026 = events.loc[events["published"].dt.year == 2026]
    assert len(events) == 157
    assert set(events["area_code"]) == {"0114"}
    assert events["published"].dt.year.value_counts().to_dict() == {2023: 54, 2024: 36, 2025: 38, 2026: 29}
    assert in_2026["place_from"].value_counts().to_dict() == {"title": 27, "location": 2}
    assert events["type"].value_counts()[["Trafikolycka", "Brand", "Rattfylleri", "Mord/dråp, försök", "Misshandel"]].tolist() == [18, 17, 16, 13, 7]  # fmt: skip  # noqa: E501
    assert events["occurred"].notna().all()
    assert (events["occurred"] <= events["published"] + pd.Timedelta(days=1)).all()


def test_edited_police_events_are_kept_as_versions(real_data: Path) -> None:
    reading = reader_for("police_events")(real_data / "polisen_events_upplands_vasby_versions.json")
    assert reading.record.facts["events"] == reading.record.facts["events_edited"] == 7
    changed = reading.frame.query("event_id == 612460").sort_values("version")
    assert changed["type"].tolist() == ["Misshandel, grov", "Mord/dråp, försök"]
    assert changed["latest"].tolist() == [False, True]


def test_neighbours_and_a_whole_answer_of_the_service(real_data: Path) -> None:
    neighbours = reader_for("police_events")(real_data / "polisen_events_stockholm_neighbours.json.gz")
    assert len(neighbours.frame) == 2837
    assert (neighbours.frame["area_code"] == "0114").sum() == 157
    answer = reader_for("police_events")(real_data / "polisen_events_api_response_2026-08-22.json.gz")
    assert len(answer.frame) == 500


def survey_codebook(real_data: Path) -> dict[str, dict[str, dict[str, object]]]:
    with (real_data / "uv_nyko3_areas.csv").open(encoding="utf-8") as file:
        areas = {row["namn"] for row in csv.DictReader(file)} | {"Brunnby-Vik", "Antuna/Älvsunda"}
    with (real_data / "uv_citizen_survey_2015_safety_subset.csv").open(encoding="utf-8") as file:
        headers = next(csv.reader(file, delimiter=";"))
    book = {f"item_{at}": {"2015": {"column": header, "low": 0, "high": 14}} for at, header in enumerate(headers[:6])}
    ages = ["15-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    genders = ["Man", "Kvinna", "Vill ej uppge", "Annat/inget kön"]
    for name, header, options in zip(("area", "age", "gender"), headers[6:], (areas, ages, genders), strict=True):
        book[name] = {"2015": {"column": header, "options": sorted(options)}}
    return book


def test_three_left_shifted_survey_records(real_data: Path) -> None:
    file = real_data / "uv_citizen_survey_2015_safety_subset.csv"
    reading = reader_for("survey_microdata")(file, codebook=survey_codebook(real_data), wave="2015")
    aside = reading.record.set_aside
    assert aside["rule"].tolist() == ["left_shifted"] * 3
    assert aside["row_number"].tolist() == [439, 504, 814]
    assert (reading.record.rows_read, reading.record.rows_kept) == (1038, 1035)
    assert reading.record.unknown_codes == {}
    assert reading.frame["gender"].value_counts()[["Man", "Kvinna", "Vill ej uppge"]].tolist() == [513, 501, 18]


def test_statistics_sweden_with_codes(real_data: Path) -> None:
    reading = reader_for("scb_jsonstat")(real_data / "scb_v2_TAB6471_data.json")
    cube = reading.frame
    assert len(cube) == 21 * 11 * 3 * 4 == 2772
    first = cube.iloc[0]
    assert (first["Region"], first["Region_label"], first["Tid"]) == ("01", "Stockholms län", "2026M01")
    assert cube["value"].head(5).tolist() == [245284, 247245, 249358, 251635, 125373]
    assert cube["Alder"].nunique() == 11
    assert "100+10" in set(cube["Alder"])
    assert set(cube["ContentsCode"]) == {"000007SF"}


COUNTS = {"offences_by_quarter.csv": 1248, "offences_by_year.csv": 991, "offences_by_month.csv": 2016}


@pytest.mark.parametrize(("file", "rows"), COUNTS.items())
def test_published_counts(figures: Path, file: str, rows: int) -> None:
    reading = reader_for("tidy_counts")(figures / file)
    assert len(reading.frame) == rows
    assert reading.record.set_aside.empty
    assert reading.frame["area_code"].str.fullmatch("[0-9]{4}").all()


def test_quarters_add_up_to_the_year(figures: Path) -> None:
    quarters = reader_for("tidy_counts")(figures / "offences_by_quarter.csv").frame
    years = reader_for("tidy_counts")(figures / "offences_by_year.csv").frame.query("offence_type == 'all_offences'")
    summed = (
        quarters.assign(year=quarters["start"].dt.year).groupby(["area_code", "year"])["count"].agg(["sum", "size"])
    )
    both = years.assign(year=years["start"].dt.year).join(summed, on=["area_code", "year"]).query("size == 4")
    assert len(both) > 150
    assert (both["count"] == both["sum"]).all()


@pytest.mark.parametrize(
    ("kind", "file", "rows"),
    [
        ("mean_population", "mean_population.csv", 419),
        ("survey_published_shares", "published_survey_shares.csv", 9),
        ("survey_published_changes", "published_survey_changes.csv", 2),
        ("agreement_register", "agreements.csv", 5),
        ("context_events", "context_events.csv", 11),
    ],
)
def test_other_published_tables(figures: Path, kind: str, file: str, rows: int) -> None:
    assert len(reader_for(kind)(figures / file).frame) == rows


def test_change_without_levels_and_agreement_without_end(figures: Path) -> None:
    changes = reader_for("survey_published_changes")(figures / "published_survey_changes.csv").frame
    assert changes["change_percentage_points"].tolist() == [-11.0, pd.NA]
    agreements = reader_for("agreement_register")(figures / "agreements.csv").frame
    assert agreements["end"].isna().tolist()[0]
    assert agreements["start"].iloc[1] == pd.Timestamp("2017-01-01")
