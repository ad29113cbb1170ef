"""Blocks: plain data, escaped on every way out, rebuilt as they were."""

from __future__ import annotations

import json

import pytest
from lxml import html

from evaluation.errors import ParameterError
from evaluation.report import Answer, Facts, Heading, Notice, Prose, answer, prose
from evaluation.report.blocks import block_from
from evaluation.report.markdown import markdown_html, slug
from evaluation.tables import BLOCK_MIME
from evaluation.wording import wording

EVIL = "<script>alert('x')</script>"
BLOCKS = [
    Heading(EVIL, 3),
    Prose((EVIL, "b"), (EVIL,)),
    Answer(EVIL, "direction_only", EVIL, EVIL, EVIL, EVIL),
    Notice(EVIL, EVIL, "stale"),
    Facts(((EVIL, EVIL), ("flera", (EVIL, "b")))),
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind)
def test_blocks_survive_the_notebook_file(block: object) -> None:
    stored = json.loads(json.dumps(block._repr_mimebundle_()[BLOCK_MIME]))  # type: ignore[attr-defined]
    assert block_from(stored) == block


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind)
def test_blocks_escape_everything(block: object) -> None:
    written = block.html('"><b>')  # type: ignore[attr-defined]
    assert "<script" not in written
    assert "<b>" not in written
    assert EVIL in html.fromstring(f"<div>{written}</div>").text_content()


def test_the_answer_gives_word_shape_sentence_certainty_and_reach() -> None:
    made = answer(
        wording("sv"), "Fråga?", "clear_increase", "Svar.", certainty="Säkert.", detectable="11 %.", mood="unwanted"
    )
    root = html.fromstring(made.html("x"))
    assert root.get("class") == "answer unwanted"
    assert " ".join(root.text_content().split()) == "Fråga? ▲ Tydlig ökning Svar. Säkert. 11 %."


def test_prose_and_headings() -> None:
    assert prose("a", "b", items=["c"]).html("") == "<p>a</p>\n<p>b</p>\n<ul><li>c</li></ul>"
    assert Heading("Å", 2).html("heading-1") == '<h2 id="heading-1">Å</h2>'


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ParameterError, match="'magic'"):
        block_from({"kind": "magic"})


def test_markdown_is_text_with_a_little_structure() -> None:
    assert markdown_html("## Å & ä\n\n*x*") == '<h2 id="s-å-ä">Å &amp; ä</h2>\n<p><em>x</em></p>\n'
    assert slug("?!") == "s-x"
