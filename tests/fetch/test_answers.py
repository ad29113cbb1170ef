"""What comes from the services lies in data/raw as it came, with a card, and its reader reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from evaluation.errors import ParameterError
from evaluation.fetch import Wishes
from evaluation.fetch.kolada import catalogue
from evaluation.sources import reader_for
from evaluation.study.cards import load_card, verify_checksum
from tests.fetch.desk import Desk


def test_population_by_pxwebapi_2(desk: Desk) -> None:
    outcome = desk.fetch("scb", table="TAB638", first=2020)
    assert (outcome.code, outcome.error) == (0, None)
    frame = reader_for("scb_jsonstat")(desk.raw / "scb_TAB638.json").frame
    # Three municipalities × 2019–2024, for the mean of 2020 needs the end of 2019. Counties and the country are not
    # asked for; age and sex are summed over.
    assert len(frame) == 18
    assert list(frame.columns[:2]) == ["Region", "Region_label"]
    row = frame[frame["Region"].eq("0114") & frame["Tid"].eq("2020")].iloc[0]
    assert (row["value"], row["Region_label"]) == (41_000.0, "Upplands Väsby")  # 40 000 + 100 × 10
    asked = desk.server.calls[-1].content["selection"]
    assert {item["variableCode"] for item in asked} == {"Region", "ContentsCode", "Tid"}


def test_population_from_2025_is_asked_for_by_its_totals(desk: Desk) -> None:
    assert desk.fetch("scb", table="TAB6471", areas=("0114",)).code == 0
    frame = reader_for("scb_jsonstat")(desk.raw / "scb_TAB6471.json").frame
    assert frame["Alder"].unique().tolist() == ["TotSA"]
    assert frame["Kon"].unique().tolist() == ["TotSa"]
    assert frame["value"].tolist()[11] == 41_500.0  # 2025M12: 40 000 + 100 × 15
    assert frame["value"].tolist()[0] == 41_412.0  # eleven months earlier: 11 × 8 fewer


def test_population_by_pxwebapi_1_says_the_same(desk: Desk) -> None:
    for table in ("TAB638", "TAB6471"):
        assert desk.fetch("scb", table=table, api=1).code == 0
        assert desk.fetch("scb", table=table, api=2).code == 0
        old = reader_for("scb_v1")(desk.raw / f"scb_v1_{table}.json").frame
        new = reader_for("scb_jsonstat")(desk.raw / f"scb_{table}.json").frame
        keys = ["Region", "Tid", "value"]
        assert old[keys].to_dict("list") == new[keys].to_dict("list")


def test_both_tables_of_the_population_are_asked_for_where_the_years_need_both(desk: Desk) -> None:
    both = desk.orders("scb", Wishes(first=2015))
    assert [order.file for order in both] == ["scb_TAB638.json", "scb_TAB6471.json"]
    assert [order.file for order in desk.orders("scb", Wishes(first=2015, last=2020))] == ["scb_TAB638.json"]
    assert [order.file for order in desk.orders("scb", Wishes(first=2025))] == ["scb_TAB6471.json"]


def test_kolada_brings_every_page_of_every_indicator(desk: Desk) -> None:
    outcome = desk.fetch("kolada", kpis=("N07403", "U07452"), first=2000)
    assert outcome.code == 0
    reading = reader_for("kolada")(desk.raw / "kolada.json")
    # 2 indicators × (3 municipalities + 1 region + 1 country) × 3 years, in pages of four, 27 years in two blocks.
    assert len(reading.frame) == 30
    assert reading.record.missing_codes == {"value": {"Missing": 6}}
    pages = [call.query["page"][0] for call in desk.server.calls if call.path.startswith("/v3/data")]
    assert pages == ["1", "2", "3", "4", "1"] * 2  # 2000–2024, then 2025–2026 without figures
    assert outcome.fetched is not None
    assert outcome.fetched.answered.extent == "2 indicators, 3 municipalities, 2022 to 2024, 10 pages"


def test_kolada_asks_for_at_most_25_years_at_once_and_5000_entries_a_page(desk: Desk) -> None:
    desk.fetch("kolada", kpis=("N07403",), first=1990)
    data = [call.query for call in desk.server.calls if call.path.startswith("/v3/data")]
    assert {tuple(query["per_page"]) for query in data} == {("5000",)}
    assert next(len(query["year"]) for query in data) == 25
    assert {int(year) for query in data for year in query["year"]} == set(range(1990, 2027))
    assert all("municipality_id" not in query for query in data)  # none named: all of them


def test_the_catalogue_is_the_default(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fetch.public_services.PAGE_SIZE", 100)
    assert desk.fetch("kolada", first=2024, last=2024).code == 0
    frame = reader_for("kolada")(desk.raw / "kolada.json").frame
    assert set(frame["indicator"]) == set(catalogue())
    assert {"N07403", "N07540", "N07609", "N00610", "U07452", "N01951", "U30750"} <= set(catalogue())


def test_events_are_asked_for_by_municipality_and_county(desk: Desk) -> None:
    assert desk.fetch("events").code == 0
    (call,) = desk.server.calls
    assert call.query == {"locationname": ["Upplands Väsby;Stockholms län"]}
    frame = reader_for("police_events")(desk.raw / "polisen_events.json").frame
    assert frame["area_code"].tolist() == ["0114", "0114", ""]


def test_events_of_a_month_have_a_file_of_their_own(desk: Desk) -> None:
    assert desk.fetch("events", places=("Sigtuna",), when="2026-04").code == 0
    assert desk.server.calls[0].query == {"locationname": ["Sigtuna"], "DateTime": ["2026-04"]}
    assert (desk.raw / "polisen_events_2026-04.json").is_file()
    with pytest.raises(ParameterError, match="--when"):
        desk.fetch("events", when="../april")


def test_the_card_says_where_when_and_how(desk: Desk) -> None:
    desk.fetch("scb", table="TAB6471", areas=("0114", "0115"), first=2025)
    file = desk.raw / "scb_TAB6471.json"
    card = verify_checksum(file)
    assert card.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert card.bytes == file.stat().st_size
    assert card.accessed == dt.date(2026, 11, 22)
    assert card.published == dt.date(2026, 6, 8)  # `updated` in the answer
    assert card.url.startswith(f"{desk.server.address}/api/v2/tables/TAB6471/data?")
    assert (card.licence, card.citation) == ("CC0 1.0", "Källa: SCB")
    assert any("Cell Key" in caveat for caveat in card.caveats)
    command = "evaluation fetch scb --table TAB6471 --api 2 --first 2025 --area 0114 --area 0115 --study upplands-vasby"
    assert card.command == command


def test_bytes_are_kept_as_they_came(desk: Desk) -> None:
    desk.fetch("scb", table="TAB638", api=1)
    assert (desk.raw / "scb_v1_TAB638.json").read_bytes().startswith(b"\xef\xbb\xbf")  # the service's byte order mark
    desk.fetch("kolada", kpis=("N07403",), first=2022)
    pages = json.loads((desk.raw / "kolada.json").read_bytes())
    assert [page["count"] for page in pages] == [4, 4, 4, 3]


def test_every_call_says_who_is_calling_and_for_which_municipality(desk: Desk) -> None:
    desk.fetch("events")
    desk.fetch("kolada", kpis=("N07403",))
    assert {call.agent for call in desk.server.calls} == {"evaluation/0.1.0 (follow-up of municipal agreements; 0114)"}


def test_an_indicator_outside_the_catalogue_is_noted_with_its_title(desk: Desk) -> None:
    desk.server.change["/v3/kpi/N00941"] = lambda _: {
        "values": [{"id": "N00941", "title": "Trygghetsmått, antal", "publication_date": None}]
    }
    outcome = desk.fetch("kolada", kpis=("N00941",), first=2022)
    assert outcome.code == 0
    assert "N00941: Trygghetsmått, antal" in load_card(desk.raw / "kolada.json").caveats
