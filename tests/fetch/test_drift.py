"""Another shape than the readers know stops the fetch, shows both sides, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evaluation.errors import DriftError
from evaluation.fetch import Outcome, perform
from evaluation.fetch.drift import field_differences, refuse_drift, set_difference
from tests.fetch.desk import Desk

METADATA_638 = "/api/v2/tables/TAB638/metadata"
DATA_638 = "/api/v2/tables/TAB638/data"
V1_638 = "/OV0104/v1/doris/sv/ssd/BE/BE0101/BE0101A/BefolkningNy"


def drift(outcome: Outcome) -> str:
    assert isinstance(outcome.error, DriftError)
    assert outcome.code == perform.DRIFT
    return str(outcome.error)


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda record: {name: value for name, value in record.items() if name not in names}


def in_dimensions(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    def changed(dataset: dict[str, Any]) -> dict[str, Any]:
        dimensions = change(dataset["dimension"])
        sizes = [len(dimension["category"]["label"]) for dimension in dimensions.values()]
        return dataset | {"dimension": dimensions, "id": list(dimensions), "size": sizes}

    return changed


def renamed(dimensions: dict[str, Any]) -> dict[str, Any]:
    return {("Ålder" if name == "Alder" else name): value for name, value in dimensions.items()}


def test_scb_renames_a_dimension(desk: Desk) -> None:
    desk.server.change[METADATA_638] = in_dimensions(renamed)
    message = drift(desk.fetch("scb", table="TAB638"))
    assert "found dimensions without Alder and with Ålder" in message
    assert "expected dimensions Alder, Civilstand, ContentsCode, Kon, Region, Tid" in message
    assert list(desk.raw.iterdir()) == []


def test_scb_gives_the_inhabitants_another_code(desk: Desk) -> None:
    def changed(dimensions: dict[str, Any]) -> dict[str, Any]:
        category = {"index": {"0000ABCD": 0}, "label": {"0000ABCD": "Folkmängd"}}
        return dimensions | {"ContentsCode": dimensions["ContentsCode"] | {"category": category}}

    desk.server.change[METADATA_638] = in_dimensions(changed)
    message = drift(desk.fetch("scb", table="TAB638"))
    assert "found ContentsCode: 0000ABCD; expected ContentsCode: BE0101N1 among them" in message


def test_scb_no_longer_sums_over_age(desk: Desk) -> None:
    def changed(dimensions: dict[str, Any]) -> dict[str, Any]:
        return dimensions | {"Alder": dimensions["Alder"] | {"extension": {"elimination": False}}}

    desk.server.change[METADATA_638] = in_dimensions(changed)
    assert "Alder: must be asked for" in drift(desk.fetch("scb", table="TAB638"))


def test_scb_answers_with_fewer_municipalities_than_asked_for(desk: Desk) -> None:
    def changed(dimensions: dict[str, Any]) -> dict[str, Any]:
        category = {"index": {"0114": 0, "0115": 1}, "label": {"0114": "Upplands Väsby", "0115": "Vallentuna"}}
        return dimensions | {"Region": dimensions["Region"] | {"category": category}}

    desk.server.change[DATA_638] = in_dimensions(changed)
    assert "codes of Region without 1280" in drift(desk.fetch("scb", table="TAB638"))


def test_scb_contradicts_itself_and_the_reader_sees_it(desk: Desk) -> None:
    desk.server.change[DATA_638] = lambda dataset: dataset | {"value": dataset["value"][:-1]}
    assert "found 20 values; expected 21 values, one for each cell" in drift(desk.fetch("scb", table="TAB638"))


def test_scb_changes_its_metadata(desk: Desk) -> None:
    desk.server.change[METADATA_638] = without("dimension")
    assert "dimension: missing" in drift(desk.fetch("scb", table="TAB638"))
    desk.server.change[METADATA_638] = lambda dataset: dataset | {"dimension": {"Region": {"category": {}}}}
    assert "label: missing; expected label: object" in drift(desk.fetch("scb", table="TAB638"))


def test_scb_drops_a_field(desk: Desk) -> None:
    desk.server.change[DATA_638] = without("size")
    assert "found size: missing; expected size: list" in drift(desk.fetch("scb", table="TAB638"))
    desk.server.change["/api/v2/config"] = without("timeWindow")
    assert "timeWindow: missing" in drift(desk.fetch("scb", table="TAB638"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda answer: answer | {"data": [row | {"key": row["key"][:1]} for row in answer["data"]]},
            "a key of 1 codes",
        ),
        (lambda answer: answer | {"data": [*answer["data"][:-1], "slut"]}, "found text; expected an object with key"),
        (lambda answer: answer | {"columns": answer["columns"][1:]}, "columns without Region"),
        (without("data"), "data: missing"),
    ],
)
def test_pxwebapi_1_changes_its_answer(desk: Desk, change: Callable[[Any], Any], words: str) -> None:
    desk.server.change[V1_638] = lambda answer: change(answer) if "columns" in answer else answer
    assert words in drift(desk.fetch("scb", table="TAB638", api=1))


@pytest.mark.parametrize(
    ("place", "change", "words"),
    [
        ("entry", {"period": "2024"}, "found period: text '2024'; expected period: whole number"),
        ("entry", {"municipality": 114}, "found municipality: whole number '114'; expected municipality: text"),
        ("value", {"value": "812,5"}, "found value: text '812,5'; expected value: number or null"),
        ("value", {"gender": None}, "found gender: null 'None'; expected gender: text"),
        ("page", {"values": {}}, "found values: object '{}'; expected values: list"),
        ("page", {"count": "4"}, "found count: text '4'; expected count: whole number or nothing"),
    ],
)
def test_kolada_changes_a_type(desk: Desk, place: str, change: dict[str, Any], words: str) -> None:
    def changed(page: dict[str, Any]) -> dict[str, Any]:
        first = page["values"][0]
        value = first["values"][0] | (change if place == "value" else {})
        entry = first | {"values": [value]} | (change if place == "entry" else {})
        return page | {"values": [entry, *page["values"][1:]]} | (change if place == "page" else {})

    desk.server.change["/v3/data/"] = changed
    assert words in drift(desk.fetch("kolada", kpis=("N07403",), first=2024))


def test_kolada_gives_an_indicator_another_meaning(desk: Desk) -> None:
    def changed(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"values": [entry | {"title": "Lagförda våldsbrott"} for entry in answer["values"]]}

    desk.server.change["/v3/kpi/N07403"] = changed
    message = drift(desk.fetch("kolada", kpis=("N07403",), first=2024))
    assert "found N07403 'Lagförda våldsbrott'; expected N07403 'Anmälda våldsbrott, antal/100 000 inv'" in message
    assert "--any-title" in message
    taken = desk.fetch("kolada", kpis=("N07403",), first=2024, any_title=True)
    assert taken.fetched is not None
    assert "N07403: Lagförda våldsbrott" in taken.fetched.kept.card.caveats


def test_police_events_lose_a_field(desk: Desk) -> None:
    desk.server.change["/api/events"] = lambda events: [events[0], without("summary")(events[1]), events[2]]
    assert "found summary: missing; expected summary: text" in drift(desk.fetch("events"))
    desk.server.change["/api/events"] = lambda events: {"events": events}
    assert "object" in drift(desk.fetch("events"))


def test_what_the_reader_refuses_is_drift_too(desk: Desk) -> None:
    desk.server.change["/api/events"] = lambda events: [event | {"datetime": "igår"} for event in events]
    assert "'igår'; expected a time with its offset" in drift(desk.fetch("events"))


def test_new_fields_are_told_and_not_refused(desk: Desk) -> None:
    desk.server.change["/api/events"] = lambda events: [event | {"severity": 3} for event in events]
    outcome = desk.fetch("events")
    assert outcome.fetched is not None
    assert outcome.fetched.answered.notes == ("new field severity",)


def test_after_drift_the_earlier_copy_stands_and_the_next_try_asks_anew(desk: Desk) -> None:
    assert desk.fetch("events").code == 0
    before = (desk.raw / "polisen_events.json").read_bytes()
    desk.clock.next_day()
    desk.server.change["/api/events"] = lambda _: [{"id": 1}]
    outcome = desk.fetch("events")
    assert "datetime: missing; name: missing" in drift(outcome)
    assert outcome.copy is not None
    assert (desk.raw / "polisen_events.json").read_bytes() == before
    desk.server.change.clear()
    assert desk.fetch("events").code == 0


def test_differences_by_hand() -> None:
    fields = {"id": "whole number", "share": "number or null", "note": "text or nothing"}
    assert field_differences({"id": 1, "share": 2}, fields) == ()  # a whole number is a number; note may be missing
    found = field_differences({"id": True, "share": "x", "note": None}, fields)
    assert [difference.found for difference in found] == [
        "id: true/false 'True'",
        "share: text 'x'",
        "note: null 'None'",
    ]
    assert set_difference("codes", {"a", "b"}, {"b", "a"}) == ()
    refuse_drift("anywhere", ())
