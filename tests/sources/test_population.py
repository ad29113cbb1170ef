"""Mean population from the recorded shapes of Statistics Sweden's services, by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluation.errors import InputError
from evaluation.sources import reader_for
from evaluation.sources.kolada import counts_of
from evaluation.sources.population import join_populations, mean_population_of


def v1(*rows: tuple[list[str], str], content: str = "BE0101N1") -> dict[str, Any]:
    columns = [{"code": code, "text": code, "type": "d"} for code in ("Region", "Kon")]
    columns += [{"code": "Tid", "text": "år", "type": "t"}, {"code": content, "text": "Folkmängd", "type": "c"}]
    return {"columns": columns, "comments": [], "data": [{"key": key, "values": [value]} for key, value in rows]}


def people(tmp_path: Path, kind: str, answer: dict[str, Any]) -> list[tuple[object, ...]]:
    path = tmp_path / "svar.json"
    path.write_text(json.dumps(answer), encoding="utf-8-sig")
    frame = mean_population_of(reader_for(kind)(path).frame, path.name)
    return list(frame[["area_code", "year", "mean_population"]].itertuples(index=False, name=None))


def test_mean_of_a_year_is_that_of_its_first_and_last_day(tmp_path: Path) -> None:
    """Men and women are added; 31 December 2014 has no year before, and 2014 therefore no mean."""
    rows = [(["0114", "1", "2014"], "20000"), (["0114", "2", "2014"], "21816")]
    rows += [(["0114", "1", "2015"], "21000"), (["0114", "2", "2015"], "21668")]
    assert people(tmp_path, "scb_v1", v1(*rows)) == [("0114", 2015, (41_816 + 42_668) / 2)]


def test_months_are_averaged_and_totals_are_not_added_to_their_parts(tmp_path: Path) -> None:
    ages = {"index": {"0-9": 0, "TotSA": 1}}
    times = {"index": ["2025M01", "2025M02"]}
    cube = {
        "class": "dataset",
        "id": ["Region", "Alder", "Tid"],
        "size": [1, 2, 2],
        "dimension": {
            "Region": {"category": {"index": {"0114": 0}, "label": {"0114": "Upplands Väsby"}}},
            "Alder": {"category": ages},
            "Tid": {"category": times},
        },
        "value": [5000, 5002, 50_400, 50_420],
    }
    assert people(tmp_path, "scb_jsonstat", cube) == [("0114", 2025, 50_410.0)]


def test_tables_that_follow_each_other_are_joined_and_contradictions_stop(tmp_path: Path) -> None:
    def mean(year: int, value: float) -> pd.DataFrame:
        row = {"area_code": ["0114"], "area": ["Upplands Väsby"], "year": [year], "mean_population": [value]}
        return pd.DataFrame(row)

    joined = join_populations([mean(2025, 50_400.0), mean(2024, 50_300.0), mean(2024, 50_300.0)], ["b", "a", "a2"])
    assert joined[["year", "mean_population"]].to_numpy().tolist() == [[2024, 50_300.0], [2025, 50_400.0]]
    with pytest.raises(InputError, match=r"area 0114, 2024: found mean populations 50300\.0 and 50301\.0"):
        join_populations([mean(2024, 50_300.0), mean(2024, 50_301.0)], ["a", "b"])


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (v1((["0114", "1", "2014"], "367"), content="BE0101N2"), "contents BE0101N2"),
        (v1((["0114", "1", "2014K1"], "367")), "times 2014K1"),
    ],
)
def test_a_cube_that_does_not_count_people_is_refused(tmp_path: Path, answer: dict[str, Any], what: str) -> None:
    with pytest.raises(InputError, match=what):
        people(tmp_path, "scb_v1", answer)


def test_kolada_gives_rates_of_offences_and_leaves_other_indicators_out(tmp_path: Path) -> None:
    def entry(kpi: str, value: float | None, gender: str = "T", area: str = "0163") -> dict[str, Any]:
        figure = {"gender": gender, "value": value, "status": "", "count": 1}
        return {"kpi": kpi, "municipality": area, "period": 2024, "values": [figure]}

    path = tmp_path / "kolada.json"
    entries = [entry("U07452", 1800.5), entry("N00610", 71.0), entry("N07540", None), entry("N07540", 9.0, "K")]
    entries += [entry("N07540", 12_000.0, area=area) for area in ("0000", "0001")]  # the country and a region
    path.write_text(json.dumps({"values": entries, "count": 6, "next_url": None}), encoding="utf-8")
    counts = counts_of(reader_for("kolada")(path).frame, path.name)
    assert counts[["area", "offence_type", "rate"]].astype(object).fillna(-1).to_numpy().tolist() == [
        ["Sollentuna", "U07452", 1800.5],
        ["Sollentuna", "N07540", -1],
    ]
    assert counts["count"].isna().all()
