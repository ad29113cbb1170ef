"""The page of data quality: words for every rule and guess, checks by hand, what both studies must say."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.series import Grain, TimeSeries
from evaluation.session import StudySession, open_study
from evaluation.session.pages import quality_checks as checks
from evaluation.session.pages.quality_reading import HOW, ledger_rows, reading_sentences, readings
from evaluation.session.pages.quality_series import checks as series_checks
from evaluation.session.pages.quality_series import reservations, unusual_rows
from evaluation.session.pages.quality_survey import asked_in, rates_in
from evaluation.wording import wording

ROOT = Path(__file__).parents[2]
LANGUAGES = ("sv", "en")
SECTIONS = (
    "opening",
    "sources",
    "ledger",
    "missing",
    "unusual",
    "checks",
    "reporters",
    "registration",
    "surveys",
    "known",
)
ROOMS = ("sources", "cleaning", "session/intake")
RULE_CALLS = {
    "SetAside",
    "without",
    "set_aside",
    "set_aside_each",
    "issues_at",
    "flag",
    "change",
    "_moved",
}
RULE_FUNCTIONS = {"rule_of", "locate", "bridge_areas", "set_aside_useless", "_sorted_rows"}
COLUMNS = "area_code event_id new_area occurred_from occurred_from_text occurred_from_time occurred_to occurred_to_time"
NO_RULE = frozenset([*COLUMNS.split(), "area_common", "old_area", "valid_from", "set_aside"])
"""Columns and actions that stand in the same calls."""
SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+|footer")


def trees() -> Iterator[ast.Module]:
    for room in ROOMS:
        for path in sorted((ROOT / "src" / "evaluation" / room).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def texts_in(node: ast.AST) -> set[str]:
    found = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return {text for text in found if isinstance(text, str) and SNAKE.fullmatch(text)}


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def rule_ids() -> set[str]:
    """Every text that stands where rules stand: keyword or variable `rule`, calls and functions that make them."""
    found: set[str] = set()
    for tree in trees():
        for node in ast.walk(tree):
            if called(node) in RULE_CALLS or (isinstance(node, ast.FunctionDef) and node.name in RULE_FUNCTIONS):
                found |= texts_in(node)
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "rule" for target in node.targets):
                found |= texts_in(node.value)
    return found - NO_RULE


def guess_ids() -> set[str]:
    calls = (node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call))
    firsts = (call.args[0] for call in calls if called(call) == "Guess" and call.args)
    return {str(first.value) for first in firsts if isinstance(first, ast.Constant)}


@pytest.fixture(scope="module")
def synthetic() -> StudySession:
    return open_study("exempelkoping", language="sv", root=ROOT)


@pytest.fixture(scope="module")
def pages(real: StudySession, synthetic: StudySession, text_of: Callable[[Any], str]) -> dict[str, str]:
    """The whole page of each study as text."""
    named = {"real": real.quality(), "synthetic": synthetic.quality()}
    return {name: "\n".join(text_of(getattr(page, part)()) for part in SECTIONS) for name, page in named.items()}


def test_the_walk_finds_the_rules_that_are_known() -> None:
    known = {"footer", "total_row", "left_shifted", "exact_duplicate", "swapped_axes", "area_split_by_share"}
    known |= {"no_time_of_occurrence", "interval_reversed", "weight_trimmed", "region_row", "reporter_not_constant"}
    assert known <= rule_ids()
    assert {"delimiter", "decimal_sign", "last_line", "municipality_names"} <= guess_ids()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_and_every_guess_has_words(language: str) -> None:
    words = wording(language)
    lacking = [rule for rule in sorted(rule_ids()) if not words.has(f"page.quality.rule.{rule}")]
    lacking += [guess for guess in sorted(guess_ids()) if not words.has(f"page.quality.guess.{guess}")]
    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_left_over(language: str) -> None:
    said = {key.rsplit(".", 1)[1] for key in wording(language).phrases if key.startswith("page.quality.rule.")}
    assert said - rule_ids() - {"point_absent", "point_not_published"} == set()


def test_every_way_to_find_an_encoding_has_words(real: StudySession, synthetic: StudySession) -> None:
    hows = {r["encoding_how"] for s in (real, synthetic) for r in s.prepared.records.values()}
    assert hows <= set(HOW)
    for language in LANGUAGES:
        assert all(wording(language).has(f"page.quality.encoding.{key}") for key in HOW.values())


def test_a_reading_record_in_plain_words() -> None:
    record = {
        "encoding": "cp1252",
        "encoding_how": "not valid UTF-8; å, ä and ö are plausible",
        "sheet": None,
        "delimiter": "semicolon",
        "header_rows": [4, 5],
        "guesses": [
            {"what": "delimiter", "value": "semicolon", "why": ""},
            {"what": "decimal_sign", "value": ",", "why": ""},
        ],
        "missing_codes": {"count": {"..": 1200, "": 3}},
        "unknown_codes": {},
        "set_aside": {"footer": {"rows": 2}, "total_row": {"rows": 1}},
    }
    assert reading_sentences(record, wording("sv")) == (
        "Teckenkodning Windows-1252: inte giltig UTF-8, och å, ä och ö blir rimliga så. "
        "Kolumnerna skiljs åt av semikolon. Kolumnnamnen står på rad 4 och 5.",
        "Decimaltecknet är ”,”.",
        "Uppgift saknas i kolumnen count: .. (1\u00a0200) och tom cell (3).",
        "Åt sidan: 2\u00a0× fotnot eller källrad under tabellen och 1\u00a0× summarad.",
    )


def test_the_ledger_is_counted_by_rule() -> None:
    rows = [("a", "total_row", "set_aside"), ("b", "total_row", "set_aside"), ("a", "swapped_axes", "flagged")]
    ledger = pd.DataFrame(rows, columns=["source_file", "rule", "action"])
    assert ledger_rows(ledger, wording("en")) == [
        {"rule": "row of totals", "action": "set aside", "files": 2, "rows": 2},
        {"rule": "coordinates in reverse order, put right", "action": "flagged", "files": 1, "rows": 1},
    ]


def counts(*rows: tuple[str, str, str, float | None, float | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["start", "grain", "offence_type", "count", "rate", "status"])
    frame = frame.assign(area_code="0114", area="Upplands Väsby", start=pd.to_datetime(frame["start"]))
    return frame.astype({"count": "Int64", "rate": "Float64"})


def quarters(
    values: list[int], status: str = "final", year: int = 2020
) -> list[tuple[str, str, str, float, None, str]]:
    return [(f"{year}-{3 * at + 1:02d}-01", "quarter", "all", value, None, status) for at, value in enumerate(values)]


def test_four_quarters_are_held_against_the_year() -> None:
    by_quarter = counts(*quarters([10, 20, 30, 40]), *quarters([10, 20, 30, 35], "preliminary", 2021))
    by_quarter = pd.concat([by_quarter, counts(*quarters([1, 2, 3], year=2022))])  # an unfinished year: not compared
    years = [("2020-01-01", 100.0), ("2021-01-01", 100.0), ("2022-01-01", 6.0)]
    by_year = counts(*((day, "year", "all", value, None, "final") for day, value in years))
    found = list(checks.sum_checks({"quarters": by_quarter, "years": by_year}, None))
    assert [(c.kind, c.preliminary, c.compared, c.agreeing, round(c.largest, 9)) for c in found] == [
        ("points", False, 1, 1, 0.0),
        ("points", True, 1, 0, -5.0),  # 95 against 100
    ]


def test_chapters_are_held_against_their_sum() -> None:
    ((whole, parts),) = checks.CHAPTERS.items()
    rows = [("2020-01-01", "month", name, 10.0, None, "final") for name in parts]
    frame = counts(*rows, ("2020-01-01", "month", whole, 51.0, None, "final"))
    (found,) = checks.sum_checks({"months": frame}, None)
    assert (found.kind, found.compared, found.agreeing) == ("parts", 1, 0)
    assert found.largest == pytest.approx(100 * (50 / 51 - 1))


def test_a_rate_is_held_against_its_population_within_rounding() -> None:
    population = pd.DataFrame({"area_code": ["0114"], "year": [2020], "mean_population": [40_000]})
    # 1 400 of 40 000 is 3 500 per 100 000; the rounded rate may be off by 0.5 → 0.2 cases, the population by 3 persons
    # → 0.105 cases: 1 400 agrees with 3 500 and with 3 500.6 (1 400.24), not with 3 510 (1 404)
    rates = {"2020-01-01": 3500.0, "2020-04-01": 3500.6, "2020-07-01": 3510.0}
    frame = counts(*((day, "quarter", "all", 1400.0, rate, "final") for day, rate in rates.items()))
    (found,) = checks.sum_checks({"quarters": frame}, population)
    assert (found.kind, found.compared, found.agreeing) == ("rate", 3, 2)
    assert found.largest == pytest.approx(100 * (1400 / 1404 - 1))


def test_gaps_are_gathered_over_areas() -> None:
    one = counts(*quarters([10, 20, 30, 40]))
    one = one[one["start"].dt.month.ne(4)]
    frame = pd.concat([one, one.assign(area_code="0163", area="Sollentuna")], ignore_index=True)
    (gap,) = checks.gaps_by_series(frame).to_dict("records")
    assert gap["starts"] == (pd.Timestamp("2020-04-01"),)
    assert (gap["reason"], gap["series"], gap["of"]) == ("absent", 2, 2)


@pytest.mark.parametrize(
    ("grain", "days", "expected"),
    [
        ("month", ["2020-11-01", "2020-12-01", "2021-01-01", "2021-03-01"], [("2020-11", "2021-01"), ("2021-03",) * 2]),
        ("quarter", ["2014-07-01", "2014-10-01"], [("2014-07", "2014-10")]),
        ("year", ["2012-01-01", "2014-01-01"], [("2012-01",) * 2, ("2014-01",) * 2]),
    ],
)
def test_consecutive_points_become_runs(grain: Grain, days: list[str], expected: list[tuple[str, str]]) -> None:
    found = checks.runs(np.array(days, dtype="M8[D]"), grain)
    assert [(str(first)[:7], str(last)[:7]) for first, last in found] == expected


def yearly(values: list[float]) -> TimeSeries:
    n = len(values)
    start = np.array([f"{2010 + at}-01-01" for at in range(n)], dtype="M8[D]")
    return TimeSeries("x", "0114", "year", start, np.array(values), np.full(n, 1e5), np.zeros(n, dtype=bool))


def test_a_point_far_from_its_neighbours_is_unusual() -> None:
    (found,) = checks.unusual_points(yearly([100, 104, 190, 98, 102]), 1.5)
    assert (found.at, found.count, found.usual) == (2, 190.0, 101.0)  # the median of 100, 104, 98 and 102
    assert checks.unusual_points(yearly([100, 104, 140, 98, 102]), 1.5) == ()  # 140 / 101 is less than one and a half
    assert checks.unusual_points(yearly([4, 4, 8, 4, 4]), 1.5) == ()  # (8 − 4) / √4 = 2 standard deviations
    assert checks.unusual_points(yearly([100, np.nan, 190, np.nan, 102]), 1.5) == ()  # two neighbours say too little


def test_notes_of_the_registers_give_asked_and_rates() -> None:
    assert asked_in("about 84000 asked; several questions changed") == 84_000
    assert asked_in("81 300 asked") == 81_300
    assert asked_in("not fully comparable with 2020") is None
    assert rates_in("levels not published; response rate 2023 43 %") == {"2023": 43.0}


@pytest.mark.parametrize(
    "said",
    [
        "9 filer är lästa. 4 705 av 4 705 rader används",
        "kvartal 3 2014 till kvartal 4 2014\tmätpunkt utan rad i filen\t26 av 26",
        "kvartal 1 2026 till kvartal 2 2026",
        "januari 2023 till december 2023",
        "1 januari–27 mars 2023 hör inte till någon överenskommelse",
        "Upplands Väsby\tkvartal 2 2020\t2 297\t1 519\t+51 %\tja",
        "Sigtuna\tkvartal 1 2024\t6 056\t1 962\t+209 %\tja",
        "offences_by_year.csv\tslutlig\t154 av 154\tingen skillnad\tstämmer",
        "preliminär\t0 av 6\t−1,96 %\treviderad sedan",
        "delarna mot helheten i offences_by_month.csv\tslutlig\t216 av 216",
        "2020\t81 300\t52 700\t65 %",  # 52 700 of 81 300
        "2023\t..\t681\t43 %",
        "Järfälla: 4 037 anmälda brott",
    ],
)
def test_the_real_study_tells(pages: dict[str, str], said: str) -> None:
    assert said in pages["real"]


@pytest.mark.parametrize(
    "said",
    [
        "24 548 av 25 056 rader används, 508 är lagda åt sidan",
        "Arbetsbok, bladet Rapporter.",
        "Väktarna\tseptember 2021\tjuni 2026\tingen månad\tnej",
        "Bostads AB: registrerat samma dag\t28 december 2018\t91",
        "Centrum norr, Skadegörelse: inträffat samma dag\t14 maj 2024\t49",
        "juni 2026\t95,2 %\t8,8\t7,7 till 9,9\tpreliminär",
        "Störst andel sent registrerat: ",
        "Ordning\tOtrygga platser, från och med 1 januari 2022",
        "Ordnig\tfinns inte i tabellen: 10 rader",
        "2018: 100 % av de svarande tillfrågades på ett annat sätt",
        "2025: frågan fick ny lydelse (Utsatt för brott de senaste 12 månaderna)",
        "2016\t606\t3,5 %",  # 22 of 628 without a usable answer
    ],
)
def test_the_synthetic_study_tells(pages: dict[str, str], said: str) -> None:
    assert said in pages["synthetic"]


def test_the_page_answers_with_its_reservations_and_says_once_what_files_share(
    real: StudySession,
) -> None:

    unusual, found = len(unusual_rows(real)), series_checks(real)
    differing = sum(check.agreeing < check.compared for check in found)
    answer = f"ovanliga mätpunkter: {unusual} och jämförelser där tal skiljer sig: {differing} av {len(found)}"
    assert answer in reservations(real).replace("\u00a0", " ")
    told = readings(real)
    assert sum(len(re.findall(r"\w+\.csv", files)) for files, _ in told) == len(real.prepared.records)
    assert len(told) == len({said for _, said in told}) < len(real.prepared.records)


def test_few_answers_are_not_counted_out(synthetic: StudySession, pages: dict[str, str]) -> None:
    record = synthetic.prepared.records["safety_survey_2022"]
    assert record["missing_codes"]["insecure_after_dark"] == {"": 2}
    assert "tom cell (färre än gränsen för vad som visas)" in pages["synthetic"]
    assert "tom cell (2)" not in pages["synthetic"]


def test_results_hold_what_is_shown(real: StudySession, saved: Callable[[Any], dict[str, Any]]) -> None:
    sources = saved(real.quality())["sources"]
    assert set(sources) == set(real.prepared.records)
    (sums,) = (c for c in sources["offences_by_quarter"]["checks"] if c["kind"] == "points")
    assert (sums["compared"], sums["agreeing"], sums["against"]) == (154, 154, "offences_by_year")
    assert sources["offences_by_quarter"]["ledger"] == [{"action": "flagged", "rule": "point_absent", "rows": 52}]


def test_results_hold_no_small_number_of_answers(
    synthetic: StudySession, saved: Callable[[Any], dict[str, Any]]
) -> None:
    sources = saved(synthetic.quality())["sources"]
    assert sources["safety_survey_2022"]["missing_codes"]["insecure_after_dark"] == {"": None}
    assert sources["incidents"]["late"][-1]["shortfall"] == pytest.approx(8.775, abs=0.001)
    assert [batch["observed"] for batch in sources["incidents"]["batches"]] == [91, 76, 50, 49]


def test_both_languages_show_the_same_blocks(real: StudySession, real_en: StudySession) -> None:
    for part in SECTIONS:
        kinds = [[type(block) for block in getattr(page.quality(), part)()] for page in (real, real_en)]
        assert kinds[0] == kinds[1], part
