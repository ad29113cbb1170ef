"""Every type of page, in both languages, in a real Chromium: axe, reflow, zoom, keyboard, print, no request."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluation.report import to_pdf

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE, DESKTOP, ZOOMED = 320, 1280, 640
READABLE = 9.0  # CSS pixels: the smallest text in a figure on the narrowest phone
FIGURE_WIDTH, FIGURE_TEXT = 480, 16
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def opened(browser: Browser, path: Path, width: int = DESKTOP, *, trusted: bool = False) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=trusted)
    page.goto(path.as_uri())
    return page


def test_axe_finds_nothing(browser: Browser, axe: str, pages: dict[str, Path], page_name: str) -> None:
    page = opened(browser, pages[page_name], trusted=True)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    # Rows of one table are made alike; axe is slow on the hundredth and finds no more than on the first four.
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+5)').forEach(row => row.remove())")
    page.add_script_tag(content=axe)
    result = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    page.close()
    assert [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in result["violations"]] == []
    assert len(result["passes"]) > 15


@pytest.mark.parametrize("width", [PHONE, ZOOMED])
def test_nothing_scrolls_sideways_on_a_phone_or_zoomed(
    browser: Browser, pages: dict[str, Path], page_name: str, width: int
) -> None:
    page = opened(browser, pages[page_name], width)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= width


def test_text_in_figures_can_be_read_on_a_phone(browser: Browser, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["run-sv"], PHONE)
    widths = page.evaluate("[...document.images].map(image => image.clientWidth)")
    page.close()
    assert len(widths) == 12
    assert min(widths) / FIGURE_WIDTH * FIGURE_TEXT >= READABLE


def test_pictures_are_drawn(browser: Browser, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["run-en"])
    drawn = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth > 0)")
    page.close()
    assert drawn == [True] * 12


def test_a_page_asks_for_nothing(browser: Browser, pages: dict[str, Path], page_name: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(pages[page_name].as_uri())
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [pages[page_name].as_uri()]
    assert said == []  # no refusal by the page's own policy either


def test_keyboard_goes_first_to_the_skip_link_and_is_seen(
    browser: Browser, pages: dict[str, Path], page_name: str
) -> None:
    page = opened(browser, pages[page_name])
    page.keyboard.press("Tab")
    look = "(() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect(); "
    look += "return [e.className, parseFloat(s.outlineWidth), s.outlineStyle, b.left >= 0 && b.top >= 0] })()"
    assert page.evaluate(look) == ["skip", 3.0, "solid", True]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_every_stop_of_the_keyboard_is_seen(browser: Browser, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["index-sv"])
    every = "[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')]"
    stops = page.evaluate(f"{every}.filter(place => place.checkVisibility()).length")
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    page.close()
    assert seen == ["solid"] * stops


def test_print_leaves_out_what_paper_cannot_use(browser: Browser, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["run-sv"])
    page.emulate_media(media="print")
    shown = page.evaluate(
        "['nav', '.skip', 'main details', '.links'].map(what => document.querySelector(what).checkVisibility())"
    )
    page.close()
    assert shown == [False, False, False, False]


def test_pdf_is_tagged_and_the_summary_is_one_page(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    data = to_pdf(pages["summary-sv"], tmp_path / "summary.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
    for mark in (b"/StructTreeRoot", b"/Lang", b"/Outlines"):
        assert mark in data


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_stacked_table_stays_a_table_to_a_screen_reader(browser: Browser, pages: dict[str, Path], width: int) -> None:
    page = opened(browser, pages["index-sv"], width)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    page.close()
    roles = Counter(node["role"]["value"] for node in tree if not node.get("ignored"))
    assert [roles["table"], roles["rowheader"], roles["cell"]] == [3, 7, 22]
    names = {node.get("name", {}).get("value") for node in tree if not node.get("ignored")}
    assert "Avtal 1, 2017–\u20602018" in names  # above the column, or inside the cell
