"""Which population, which comparison, which categories: rules by hand."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from evaluation.errors import ParameterError
from evaluation.onboarding.catalogue import catalogue
from evaluation.onboarding.categories import CategoryProposal, decide_categories, propose_categories, read_log
from evaluation.onboarding.log_columns import propose_log
from evaluation.onboarding.pool import choose_pool
from evaluation.onboarding.population import lacks_people, mean_population_table
from evaluation.onboarding.recognise import Recognised, recognise
from evaluation.onboarding.request import in_order, municipality_of, period_of, slug_of
from evaluation.onboarding.sheet import HEAD, SAMPLE, sheet_of


def counts(*rows: tuple[str, str, str, int | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area_code", "start", "grain", "count", "rate"])
    types = {"count": "Int64", "rate": "Float64"}
    return frame.assign(start=pd.to_datetime(frame["start"]), offence_type="total", area="").astype(types)


def test_population_comes_from_the_best_of_what_there_is() -> None:
    """2020 from the table; 2021: 2 × 1 000 / (2 × 1 369) × 100 000 = 73 046; 2022 to 2023 stand in; 2024 is too far."""
    stated = pd.DataFrame({"area_code": ["0163"], "year": [2020], "mean_population": [72_000.0]})
    file = Recognised(Path("folk.csv"), "mean_population", "population", population=stated)
    quarters = [("0163", f"2021-{month:02d}-01", "quarter", 1000, 1369.0) for month in (1, 4)]
    gaps = [("0163", f"{year}-01-01", "quarter", 900, None) for year in (2020, 2022, 2023, 2024)]
    table = mean_population_table([file], counts(*quarters, *gaps), {"0163": "Sollentuna"})
    assert table[["year", "mean_population", "derived_from"]].to_numpy().tolist() == [
        [2020, 72_000, "folk.csv"],
        [2021, 73_046, "count / published rate × 100 000, quarter"],
        [2022, 73_046, "figure of 2021"],
        [2023, 73_046, "figure of 2021"],
    ]
    assert lacks_people(counts(*quarters, *gaps), table)
    assert not lacks_people(counts(*quarters), table)


def test_a_table_of_population_goes_before_kolada_whichever_was_given_first() -> None:
    stated = pd.DataFrame({"area_code": ["0163"], "year": [2020]})
    kolada, table = (
        Recognised(Path(name), kind, use, population=stated.assign(mean_population=people))
        for name, kind, use, people in (
            ("kolada.json", "kolada", "counts", 70_000.0),
            ("folk.csv", "mean_population", "population", 72_000.0),
        )
    )
    rows = counts(("0163", "2020-01-01", "year", 900, None))
    found = mean_population_table([kolada, table], rows, {"0163": "Sollentuna"})
    assert found[["mean_population", "derived_from"]].to_numpy().tolist() == [[72_000, "folk.csv"]]


def pool_counts(codes: list[str], short: str = "") -> pd.DataFrame:
    rows = [(code, f"{year}-01-01", "year", 100, None) for code in codes for year in (2020, 2021)]
    return counts(*[row for row in rows if not (row[0] == short and row[1].startswith("2021"))])


NEAR = [f"01{number}" for number in (14, 15, 17, 20, 23, 25, 26, 27, 28)]


def test_pool_is_of_the_same_county_and_size() -> None:
    people = {**dict.fromkeys(NEAR, 50_000.0), "0163": 75_000.0, "0180": 900_000.0, "1280": 80_000.0}
    pool = choose_pool(pool_counts(["0163", "0180", "1280", "0000", *NEAR], short="0114"), "0163", people)
    found = {area.code: (area.role, area.reason) for area in pool}
    assert found["0180"] == ("excluded", "other_size")
    assert found["1280"] == ("excluded", "other_county")
    assert found["0114"] == ("excluded", "short_series")
    assert {code for code, (role, _) in found.items() if role == "comparison"} == set(NEAR) - {"0114"}
    assert "0163" not in found
    assert "0000" not in found


def test_pool_of_seven_is_no_pool() -> None:
    pool = choose_pool(pool_counts(["0163", *NEAR]), "0163", {}, neighbours=("0114",), left_out=("0115",))
    assert {area.code: area.role for area in pool}["0114"] == "neighbour"
    assert [area.reason for area in pool] == ["neighbour", "left_out", *["too_few"] * 7]


def test_pool_by_name() -> None:
    codes = [f"12{number}" for number in range(60, 69)]
    pool = choose_pool(pool_counts(["0163", *NEAR, *codes]), "0163", {}, only=tuple(codes))
    assert [area.code for area in pool if area.role == "comparison"] == codes


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("SKADEGÖRELSE", "vandalism"),
        ("Otrygghetsskapande samling av personer", "gathering"),
        ("Våld i nära relation", "close_relationship_violence"),
        ("Bråk/störn.", "disturbance"),
        ("1208", "vandalism"),
        ("9801", "theft"),
        ("Arrangemang", None),
        ("4023", None),
    ],
)
def test_kinds_of_incidents_by_the_words_and_codes_of_offices(word: str, kind: str | None) -> None:
    found = catalogue().incident_of(word)
    assert (found.id if found else None) == kind


def test_every_category_needs_a_kind(exports: ModuleType, tmp_path: Path) -> None:
    path = exports.embrace_like(tmp_path / "embrace.csv")
    proposals = propose_categories(read_log(path, propose_log(sheet_of(path))))
    assert {each.spelling: each.kind for each in proposals} == {
        "Otrygg plats": "insecure_place",
        "Otrygghetsskapande samling av personer": "gathering",
        "Skadegörelse": "vandalism",
        "Arrangemang": "",
    }
    assert sum(each.rows for each in proposals) == 1500
    with pytest.raises(ParameterError, match="1 without a kind: 'Arrangemang' \\(368 rows\\)"):
        decide_categories(proposals, {}, rest_as_other=False)
    assert decide_categories(proposals, {}, rest_as_other=True)["Arrangemang"] == "other"
    told = decide_categories(proposals, {"Arrangemang": "disturbance", "Skadegörelse": "other"}, rest_as_other=False)
    assert (told["Arrangemang"], told["Skadegörelse"]) == ("disturbance", "other")


@pytest.mark.parametrize("given", [{"Fest": "other"}, {"Ordning": "party"}])
def test_a_category_or_kind_that_does_not_exist_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--category"):
        decide_categories((CategoryProposal("Ordning", 3, "disturbance"),), given, rest_as_other=True)


def test_municipalities_by_code_and_name() -> None:
    assert municipality_of("0163") == municipality_of("sollentuna") == ("0163", "Sollentuna")
    assert slug_of("Upplands Väsby") == "upplands-vasby"
    assert slug_of("Malung-Sälen") == "malung-salen"
    with pytest.raises(ParameterError, match="did you mean Sollentuna"):
        municipality_of("Sollentunna")
    with pytest.raises(ParameterError, match="no municipality"):
        municipality_of("163")


def test_agreements_as_they_are_typed() -> None:
    first, second = period_of("2019-01-01..2020-12-31"), period_of("2021..2022=public_places,overall")
    assert (str(second.start), str(second.end)) == ("2021-01-01", "2022-12-31")
    assert second.priority_areas == ("public_places", "overall")
    assert in_order([second, first]) == (first, second)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2021-01-01", "no two dates"),
        ("2021-02-30..2022-01-01", "no two dates"),
        ("2022-12-31..2021-01-01", "a last day, 2021-01-01, before the first, 2022-12-31"),
        ("2021..2022=peace", "no priority area 'peace'"),
    ],
)
def test_no_agreement(text: str, found: str) -> None:
    with pytest.raises(ParameterError, match=f"agreement '{text}': found {found}"):
        period_of(text)


def test_agreements_that_overlap_or_are_none_are_refused() -> None:
    with pytest.raises(ParameterError, match="has ended"):
        in_order([period_of("2020..2021"), period_of("2021-12-31..2023-01-01")])
    with pytest.raises(ParameterError, match="none"):
        in_order([])


def test_files_are_recognised(files: dict[str, Path], exports: ModuleType, tmp_path: Path) -> None:
    found = {name: recognise(path) for name, path in files.items()}
    assert {name: (file.kind, file.use, file.official) for name, file in found.items()} == {
        "brott.csv": ("tidy_counts", "counts", False),
        "kolada.json": ("kolada", "counts", True),
        "folkmangd.json": ("scb_v1", "population", True),
    }
    counted, people = found["kolada.json"].counts, found["folkmangd.json"].population
    assert counted is not None and set(counted["offence_type"]) == {"U07452"}  # noqa: PT018 - one fact
    assert people is not None and len(people) == 20  # noqa: PT018 - 21 ends of year make 20 means
    assert recognise(exports.police_csv(tmp_path / "polis.csv")).use == "log"


def test_a_large_log_is_known_by_its_head(exports: ModuleType, tmp_path: Path) -> None:
    """Not one reader tries it, and only its first rows are looked at: what stands at its end does not matter yet."""
    path = exports.embrace_like(tmp_path / "embrace.csv")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[1:] * 20, b"the last line was cut o"]))
    found = recognise(path)
    assert path.stat().st_size > HEAD
    assert (found.kind, found.counts) == ("incident_log", None)
    assert found.log is not None
    assert found.log.fields["occurred_from"] == ["Datum", "Tid"]
    assert len(sheet_of(path).columns[0].texts) == SAMPLE


def test_a_catalogue_text_stands_in_both_languages() -> None:
    known = catalogue()
    texts = [words for area in known.priority_areas for words in (area["name"], area["aim"], area["needed"])]
    texts += [words for one in (*known.outcomes, *known.incidents) for words in (one.name, *one.caveats)]
    texts += [event["text"] for event in known.events]
    texts += [words for key, words in known.words.items() if key not in ("ordinals", "by_grain")]
    texts += [value for card in known.cards.values() for value in card.values() if isinstance(value, dict)]
    texts += [*known.words["ordinals"], *known.words["by_grain"].values()]
    assert [words for words in texts if set(words) != {"sv", "en"} or not all(words.values())] == []
    areas = {area["id"] for area in known.priority_areas}
    assert {one.priority_area for one in (*known.outcomes, *known.incidents)} <= areas
    labels = [label for outcome in known.outcomes for label in outcome.labels]
    assert len(labels) == len(set(labels))
