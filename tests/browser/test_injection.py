"""Two hundred payloads in eight places: none runs, even with the page's own policy taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from evaluation.figures import Band, Place, TimelineRow, map_figure, timeline_figure
from evaluation.report import Heading, Notice, Prose
from evaluation.report.exporter import main_html
from evaluation.report.page import Page, render_blocks, render_page
from evaluation.report.quality import quality_declaration
from evaluation.report.run_page import read_notebook
from evaluation.tables import Column, table
from evaluation.wording import wording

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SV = wording("sv")
PLACES = ("value", "column", "index", "caption", "title", "file name", "parameter", "area name")
LISTEN = "window.ran = []; window.hit = what => ran.push(what); window.alert = hit; window.print = hit;"
LOOK = """() => [ran.length,
  document.querySelectorAll('script, iframe, object, embed, form, base, link, svg, math, style:not(head style)').length,
  [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
  [...document.querySelectorAll('[href], [src]')].filter(
     e => /^\\s*(java|vb)script:|^data:text/i.test(e.getAttribute('href') || e.getAttribute('src'))).length]"""


@pytest.fixture(scope="module")
def payloads(load: Callable[[Path], ModuleType]) -> tuple[str, ...]:
    return load(Path(__file__).with_name("payloads.py")).PAYLOADS


def shown_in(place: str, payload: str, number: int) -> list[Any]:
    """Put a payload where data can bring it."""
    frame = pd.DataFrame({"a": [payload if place == "index" else "rad"], "b": [payload if place == "value" else "x"]})
    label, caption = (payload if place == name else name for name in ("column", "caption"))
    if place in {"value", "column", "index", "caption"}:
        columns = [Column("a", "Rad"), Column("b", label)]
        return [table(frame, caption, columns, SV, note=payload, source=payload)]
    if place == "title":
        return [Heading(payload), Notice(payload, payload), Prose((payload,), (payload,))]
    if place == "area name" and number % 10 == 0:  # figures are dear: every tenth payload is a place and a measure
        words = {"title": payload, "quantity": payload, "where": payload, "period": payload, "source": payload}
        period = (date(2021, 1, 1), date(2021, 12, 31))
        band = Band(payload, np.datetime64(period[0]), np.datetime64(period[1]))
        row = TimelineRow(payload, *period, *period, payload)
        return [
            map_figure([Place(payload, 1.0, (0, 0)), Place("b", 2.0, (1, 1))], SV, **words),
            timeline_figure([row], SV, title=payload, where=payload, band=band, as_of=period[1], source=payload),
        ]
    return [Prose((payload,))]


def page_with(place: str, payloads: tuple[str, ...], samples: ModuleType, folder: Path) -> Path:
    cells = [
        samples.code(samples.output(block))
        for number, payload in enumerate(payloads)
        for block in shown_in(place, payload, number)
    ]
    cells += [samples.markdown(payload) for payload in payloads]
    notebook = folder / "notebook.ipynb"
    notebook.write_text(json.dumps(samples.notebook(*cells)), encoding="utf-8")
    joined = " ".join(payloads)
    source = {"title": joined, "publisher": joined, "published": joined, "rows_read": 1, "rows_kept": 1}
    changes: dict[str, Any] = {"sources": [source]} if place == "file name" else {}
    if place == "parameter":
        changes = {"contact": joined, "run_id": joined, "plan_hash": joined, "caveats": list(payloads)}
    declaration = render_blocks(quality_declaration({**samples.MANIFEST, **changes}, SV), "q")
    page = Page("sv", joined if place == "title" else "Titel", joined, "index.html", imprint=tuple(payloads))
    target = folder / "page.html"
    target.write_text(render_page(page, main_html(read_notebook(notebook)) + declaration), encoding="utf-8")
    return target


def test_there_are_two_hundred_different_payloads(payloads: tuple[str, ...]) -> None:
    assert len(set(payloads)) >= 200


@pytest.mark.parametrize("place", PLACES)
def test_no_payload_runs(
    browser: Browser, samples: ModuleType, payloads: tuple[str, ...], tmp_path: Path, place: str
) -> None:
    target = page_with(place, payloads, samples, tmp_path)
    page = browser.new_page(bypass_csp=True)  # the escaping has to hold by itself
    page.add_init_script(LISTEN)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(target.as_uri())
    page.evaluate("location.hash = 'x'")
    found = page.evaluate(LOOK)
    text = page.evaluate("document.body.textContent")
    page.close()
    assert dialogs == []
    assert found == [0, 0, 0, 0]
    assert "<script>hit(1)</script>" in text  # the payloads did arrive, as text


def test_the_trap_itself_works(browser: Browser, payloads: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "naive.html"
    target.write_text("<!DOCTYPE html><title>x</title>" + payloads[0] + "<img src=x onerror=hit(1)>", encoding="utf-8")
    page = browser.new_page(bypass_csp=True)
    page.add_init_script(LISTEN)
    page.goto(target.as_uri())
    page.wait_for_function("ran.length >= 2")
    assert page.evaluate(LOOK)[:3] == [2, 1, 1]
    page.close()


def test_the_policy_alone_stops_scripts_too(browser: Browser, samples: ModuleType, tmp_path: Path) -> None:
    target = tmp_path / "policy.html"
    target.write_text(render_page(Page("sv", "Titel", "Plats"), "<script>hit(1)</script><img src=y onerror=hit(1)>"))
    page = browser.new_page()
    page.add_init_script(LISTEN)
    page.goto(target.as_uri())
    assert page.evaluate("ran.length") == 0
    page.close()
