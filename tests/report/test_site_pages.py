"""Index, claims, statement and summary: what they say, in both languages, at every size."""

from __future__ import annotations

from types import ModuleType

import pytest
from lxml import html

from evaluation.report import IndexEntry, check_page, render_index
from evaluation.report.blocks import SHAPES
from evaluation.report.claims import CLAIM_SHAPES, Claim, render_claims
from evaluation.report.index_page import matrix
from evaluation.wording import languages, wording


def text_of(page: str, path: str = "//main") -> str:
    return " ".join(html.fromstring(page).xpath(path)[0].text_content().split())


def test_index_has_one_table_per_priority_area_with_agreements_across(samples: ModuleType) -> None:
    root = html.fromstring(samples.site_pages()["index"])
    tables = root.xpath("//table[starts-with(@class, 'matrix')]")
    assert len(tables) == 2
    for found in tables:
        assert [cell.text for cell in found.xpath("thead//th")][1:] == [  # a word joiner keeps the years together
            "Avtal 1, 2017–\u20602018",
            "Avtal 2, 2019–\u20602020",
            "Avtal 3, 2021–\u20602022",
            "Avtal 4, 2023–\u20602024",
        ]
        assert len(found.xpath("tbody/tr")) == 2


def test_every_verdict_stands_in_words_beside_its_shape(samples: ModuleType) -> None:
    root = html.fromstring(samples.site_pages()["index"])
    marks = root.xpath("//table[starts-with(@class, 'matrix')]//*[starts-with(@class, 'mark')]")
    assert len(marks) == 16
    words = {wording("sv").say(f"verdict.{verdict}") for verdict in SHAPES}
    assert {mark.text_content().split(maxsplit=1)[1] for mark in marks} == words
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_index_tells_changes_what_is_outdated_and_what_is_missing(samples: ModuleType) -> None:
    said = text_of(samples.site_pages()["index"])
    assert "från ”Kan inte bedömas” till ”Endast riktning”" in said
    assert "Uppgifterna är äldre än 97 dagar." in said
    assert "Månadsvis antal från polisen." in said


def test_an_unchanged_verdict_is_no_change(samples: ModuleType) -> None:
    same = IndexEntry("Avtal 1", "Område", "Brott", "clear_decrease", "−9 %", previous="clear_decrease")
    page = render_index([same], samples.site(), title="Vad hände under avtalen?")
    assert "Ingen bedömning har ändrats." in text_of(page)
    assert "Ändrad sedan" not in text_of(page, "//table")


def test_an_uncovered_combination_is_said_not_left_blank(samples: ModuleType) -> None:
    pair = [
        IndexEntry("Avtal 1", "A", "Brott", "clear_decrease", "−9 %"),
        IndexEntry("Avtal 2", "A", "Skadegörelse", "no_clear_change", "−1 %"),
    ]
    assert (
        text_of(render_index(pair, samples.site(), title="Vad hände då?"), "//table").count(
            "Ingår inte i överenskommelsen"
        )
        == 2
    )
    assert set(matrix(pair)["A"]["Brott"]) == {"Avtal 1"}


@pytest.mark.parametrize(
    ("areas", "indicators", "agreements"), [(0, 0, 0), (1, 1, 1), (40, 1, 2), (1, 30, 1), (4, 6, 6)]
)
def test_index_of_every_size_passes(samples: ModuleType, areas: int, indicators: int, agreements: int) -> None:
    entries = samples.entries(areas, indicators, agreements, "Ett långt namn på en indikator " * 3)
    assert check_page(render_index(entries, samples.site(), title="Vad hände under avtalen?")) == []


@pytest.mark.parametrize("language", languages())
def test_every_page_is_there_in_every_language(samples: ModuleType, language: str) -> None:
    pages = samples.site_pages(language)
    assert set(pages) == {"index", "claims", "accessibility", "summary"}
    for page in pages.values():
        root = html.fromstring(page)
        assert root.get("lang") == language
        assert wording(language).say("report.synthetic") in text_of(page, "//header")
    titles = {html.fromstring(page).xpath("string(//title)") for page in pages.values()}
    assert len(titles) == 4


def test_claims_open_with_their_answer(samples: ModuleType) -> None:
    root = html.fromstring(samples.site_pages()["claims"])
    section = [element.tag for element in root.xpath("//main/*")][2:5]
    assert section == ["h2", "p", "div"]
    assert "Har delvis stöd" in root.xpath("string(//div[starts-with(@class, 'answer')])")


@pytest.mark.parametrize("verdict", CLAIM_SHAPES)
def test_every_claim_verdict_has_its_word(samples: ModuleType, verdict: str) -> None:
    claim = Claim("a", "b", verdict, "c")  # type: ignore[arg-type]
    page = render_claims([claim], samples.site(), title="Håller det som sagts?")
    assert wording("sv").say(f"claims.verdict.{verdict}") in text_of(page)


def test_statement_says_what_the_law_asks_for(samples: ModuleType) -> None:
    said = text_of(samples.site_pages()["accessibility"])
    for words in ("a@b.example", "22 november 2026", "Digg", "Exempelköping", "WCAG 2.1", "hittar inga brister"):
        assert words in said.replace("\u00a0", " ")


def test_values_are_escaped_on_every_page(samples: ModuleType) -> None:
    evil = "<img src=x onerror=alert(1)>"
    entry = IndexEntry(evil, evil, evil, "clear_decrease", evil, href="a.html", grade=evil, stale=evil, needed=evil)
    page = render_index([entry], samples.site(), title=f"Titel {evil}", answer=evil)
    assert "<img" not in page
    assert page.count("&lt;img") >= 8
