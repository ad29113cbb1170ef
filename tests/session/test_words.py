"""Texts of study file and cards on the pages: in the page's language, numbers kept together."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from evaluation.session.pages.words import in_language
from evaluation.study import load_study
from evaluation.study.cards import Card
from evaluation.wording import wording

ROOT = Path(__file__).parents[2]
SWEDISH, ENGLISH = wording("sv"), wording("en")


def test_one_text_reads_the_same_in_every_language() -> None:
    assert in_language("trygghet@exempelby.example", SWEDISH) == in_language("trygghet@exempelby.example", ENGLISH)


def test_words_are_those_of_the_page() -> None:
    contact = {"sv": "kommunens strateg", "en": "the municipality's strategist"}
    assert in_language(contact, SWEDISH) == "kommunens strateg"
    assert in_language(contact, ENGLISH) == "the municipality's strategist"
    assert in_language({"sv": "bara svenska"}, ENGLISH) == "bara svenska"  # a card need not hold every language
    assert in_language(None, SWEDISH) == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2 297 brott mot 1 404 året före", "2\u00a0297 brott mot 1\u00a0404 året före"),
        ("1 234 567 kronor", "1\u00a0234\u00a0567 kronor"),
        ("våren 2020 100 brott", "våren 2020 100 brott"),  # a year is no group
        ("kapitel 3 och 4", "kapitel 3 och 4"),
        ("nr 1 23 april", "nr 1 23 april"),
    ],
)
def test_a_number_written_in_groups_stays_on_one_line(text: str, written: str) -> None:
    assert in_language(text, SWEDISH) == written


@pytest.mark.parametrize("study", ["upplands-vasby", "exempelkoping"])
def test_what_readers_see_of_the_shipped_studies_is_in_their_language(study: str) -> None:
    loaded = load_study(ROOT / "studies" / f"{study}.toml")
    said = [loaded.study.contact, *(claim.said for claim in loaded.claims)]
    cards = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "data/raw" / study).glob("*.card.toml")
    ]
    assert len(cards) >= 8
    read = [Card.model_validate(card) for card in cards]
    said += [card.title for card in read] + [card.published for card in read if isinstance(card.published, str | dict)]
    assert [text for text in said if isinstance(text, str)] == []
    assert all({"sv", "en"} <= set(text) and text["sv"] != text["en"] for text in said if isinstance(text, dict))
