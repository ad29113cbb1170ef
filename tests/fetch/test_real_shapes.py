"""The shapes that the fetch expects are those of real recorded answers; they run where the folder of real files is."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.fetch import pxwebapi_2
from evaluation.fetch.drift import field_differences, new_fields
from evaluation.fetch.events import EVENT, PLACE
from evaluation.fetch.kolada import catalogue
from tests.fetch.desk import Desk
from tests.fetch.public_services import Reply


@pytest.fixture(scope="module")
def real_data() -> Path:
    path = Path(__file__).parents[3] / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the folder of real files is not there: ../shared/data beside the repository")
    return path


def recorded(folder: Path, name: str) -> Any:
    data = (folder / name).read_bytes()
    return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)


def test_a_recorded_event_answer_fits(real_data: Path) -> None:
    events = recorded(real_data, "polisen_events_api_response_2026-08-22.json.gz")
    assert len(events) == 500
    assert [fault for event in events for fault in field_differences(event, EVENT)] == []
    assert [fault for event in events for fault in field_differences(event["location"], PLACE)] == []
    assert new_fields(events, EVENT) == ()


def test_recorded_figures_of_scb_fit(real_data: Path) -> None:
    dataset = recorded(real_data, "scb_v2_TAB6471_data.json")
    codes = {name: list(dataset["dimension"][name]["category"]["index"]) for name in dataset["id"]}
    assert pxwebapi_2._differences_2(dataset, codes) == ()
    assert new_fields([dataset], pxwebapi_2.KNOWN) == ()
    assert field_differences(recorded(real_data, "scb_v2_config.json"), pxwebapi_2.CONFIG) == ()


def test_the_recorded_metadata_of_scb_lead_to_all_290_municipalities(desk: Desk, real_data: Path) -> None:
    """The question is made from the real metadata; 290 × 16 months × one total of age and sex are 4 640 cells."""
    desk.server.change["/api/v2/tables/TAB6471/metadata"] = lambda _: recorded(
        real_data, "scb_v2_TAB6471_metadata.json"
    )
    desk.server.faults["/api/v2/tables/TAB6471/data"] = [Reply(b"", 404)]
    desk.fetch("scb", table="TAB6471")
    asked = {item["variableCode"]: item["valueCodes"] for item in desk.server.calls[-1].content["selection"]}
    assert {name: len(codes) for name, codes in asked.items()} == {
        "Region": 290,
        "Alder": 1,
        "Kon": 1,
        "ContentsCode": 1,
        "Tid": 16,
    }


def test_titles_are_those_of_kolada_s_catalogue(real_data: Path) -> None:
    with (real_data / "kolada_kpi_safety_subset.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["id"]: row["title"].strip() for row in csv.DictReader(file)}
    assert {kpi: titles[kpi] for kpi in catalogue()} == catalogue()
