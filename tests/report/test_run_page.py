"""The page of a run: what the notebook showed, in our own HTML, and nothing else."""

from __future__ import annotations

import json
import warnings
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lxml import html

from evaluation.errors import GateError
from evaluation.figures import Figure
from evaluation.report import Notice, render_run
from evaluation.report.exporter import exporter
from evaluation.report.run_page import hidden_cells
from evaluation.tables import BLOCK_MIME, Column, table
from evaluation.wording import wording

SV = wording("sv")


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_tables_figures_and_blocks_arrive_and_code_does_not(good_page: str) -> None:
    root = html.fromstring(good_page)
    assert root.get("lang") == "sv"
    assert root.xpath("string(//h1)") == "Avtal 3, 2021–\u20602022: anmälda brott"
    assert len(root.xpath("//figure/img")) == 2
    assert len(root.xpath("//table")) == 3  # one of its own, one behind each figure
    assert root.xpath("//div[starts-with(@class, 'answer')]//p[@class='verdict']")
    assert "secret_code" not in good_page
    assert "Tydlig minskning" in text_of(good_page)


def test_protected_cells_of_the_pages_own_tables_are_counted() -> None:
    """Two hidden of six cells, and one that is missing: a missing figure protects nobody."""
    frame = pd.DataFrame({"hour": ["00", "01", "02"], "count": [3.0, np.nan, 2.0]})
    mask = pd.DataFrame({"count": [True, False, True]})
    made = table(frame, "Timmar", [Column("hour", "Timme"), Column("count", "Antal", "count")], SV, hidden=mask)
    assert hidden_cells([made, made]) == 4


def test_made_up_data_are_named_once_at_the_top(samples: ModuleType, tmp_path: Path) -> None:
    notice = Notice(SV.say("report.synthetic"), SV.say("report.synthetic_why"), "synthetic")
    interim = Notice("Preliminärt.", "Perioden pågår.", "interim")
    shown = [samples.code(samples.output(block)) for block in (notice, interim)]
    page = html.fromstring(samples.write_run(tmp_path, samples.plain_notebook(SV, [], *shown)))
    said = SV.say("report.synthetic_why")
    assert said in page.xpath("string(//header)")
    assert said not in page.xpath("string(//main)")
    assert "Perioden pågår." in page.xpath("string(//main)")


def test_answer_comes_before_everything_else(good_page: str) -> None:
    first = html.fromstring(good_page).xpath("//main/*[position() <= 2]")
    assert [first[0].tag, first[1].get("class")] == ["h1", "answer wanted"]


def test_alt_text_comes_from_the_output_metadata(good_page: str, figures: dict[str, Figure]) -> None:
    assert html.fromstring(good_page).xpath("//img/@alt") == [figures["series"].alt, figures["forest"].alt]


def test_contents_name_every_section(good_page: str) -> None:
    listed = html.fromstring(good_page).xpath("//nav//li[@class='l2']/a")
    assert [entry.text for entry in listed] == [
        "Vad som hände",
        "Hur säkert är det?",
        "Begränsningar",
        "Kvalitetsdeklaration",
    ]


def test_the_page_says_what_it_is_not_and_whose_data_it_shows(good_page: str) -> None:
    said = text_of(good_page)
    assert "Inte officiell statistik." in said
    assert "Syntetiska exempeldata." in said
    assert "Uppgifter till och med 30\u00a0juni 2026" in html.fromstring(good_page).text_content()


def test_files_beside_the_page(samples: ModuleType, figures: dict[str, Figure], tmp_path: Path) -> None:
    content = samples.plain_notebook(SV, [figures["map"]])
    source = tmp_path / "notebook.ipynb"
    source.write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "results.json").write_text("{}")
    manifest = {"title": samples.TITLE, "site": samples.SITE_NAME, "manifest": samples.MANIFEST}
    files = render_run(source, tmp_path, "sv", **manifest)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "report.html",
        "tables.xlsx",
        "tables/table-1.csv",
        "tables/table-2.csv",
    ]
    links = html.fromstring(files[0].read_text()).xpath("//footer//a/@href")
    assert links == ["notebook.ipynb", "results.json", "tables.xlsx", "run.json", "../accessibility.html"]
    assert len(zipfile.ZipFile(files[1]).namelist()) > 3
    assert "Område 0" in files[2].read_text(encoding="utf-8-sig")


def test_two_runs_give_equal_bytes(samples: ModuleType, figures: dict[str, Figure], tmp_path: Path) -> None:
    content = samples.plain_notebook(SV, [figures["series"]])
    first, second = (samples.write_run(tmp_path / name, content) for name in ("a", "b"))
    assert first == second
    assert (tmp_path / "a" / "tables.xlsx").read_bytes() == (tmp_path / "b" / "tables.xlsx").read_bytes()


def test_english_page(samples: ModuleType, gallery: ModuleType, tmp_path: Path) -> None:
    words = wording("en")
    content = samples.plain_notebook(words, [gallery.gallery(words)["waves"]])
    page = samples.write_run(tmp_path, content, "en")
    assert html.fromstring(page).get("lang") == "en"
    assert "Not official statistics." in text_of(page)
    assert "Quality declaration" in text_of(page)


def test_an_outdated_page_says_so_first(samples: ModuleType, tmp_path: Path) -> None:
    page = samples.write_run(tmp_path, samples.plain_notebook(SV, []), stale="Uppgifterna är äldre än 97 dagar.")
    assert "Föråldrad. Uppgifterna är äldre än 97 dagar." in " ".join(
        html.fromstring(page).xpath("string(//header)").split()
    )


def test_a_report_with_six_figures_stays_small(
    samples: ModuleType, gallery: ModuleType, figures: dict[str, Figure], tmp_path: Path
) -> None:
    shown = [figures[kind] for kind in ("series", "forest", "specification", "multiples", "placebo", "event_study")]
    page = samples.write_run(tmp_path, samples.plain_notebook(SV, shown))
    assert len(page.encode()) <= 250_000


def test_the_exporter_is_built_once() -> None:
    assert exporter() is exporter()


# What is refused


def shown(samples: ModuleType, folder: Path, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> str:
    return samples.write_run(folder, samples.plain_notebook(SV, [], samples.code(*outputs, tags=tags)))


def result(data: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": metadata}


FOREIGN = {
    "raw html": {"text/html": "<script>alert(1)</script>"},
    "a data frame": {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"},
    "plain text": {"text/plain": "42"},
    "javascript": {"application/javascript": "alert(1)"},
    "a bare picture": {"image/png": "aGVq"},
    "markdown": {"text/markdown": "# Hej"},
    "a widget": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    "an unknown block": {BLOCK_MIME: {"kind": "script"}},
    "a block without kind": {BLOCK_MIME: {}},
    "a block with extra fields": {BLOCK_MIME: {"kind": "heading", "text": "a", "level": 2, "onclick": "x"}},
    "a nested block": {BLOCK_MIME: {"kind": "prose", "paragraphs": [{"html": "<b>"}], "items": []}},
    "a figure without picture": {BLOCK_MIME: {"kind": "figure", "media_type": "image/svg+xml"}},
    "a heading of no text": {BLOCK_MIME: {"kind": "heading", "text": None, "level": 2}},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_output_stops_the_page(samples: ModuleType, tmp_path: Path, kind: str) -> None:
    with pytest.raises(GateError, match=r"cell|notebook"):
        shown(samples, tmp_path, result(FOREIGN[kind]))
    assert not (tmp_path / "report.html").exists()


def test_an_error_in_a_cell_stops_the_page(samples: ModuleType, tmp_path: Path) -> None:
    fault = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": ["<b>"]}
    with pytest.raises(GateError, match="ValueError"):
        shown(samples, tmp_path, fault)


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        "<g onload='x'/>",
        "<a href='http://x'/>",
        "<image href='http://x/y.png'/>",
        "<foreignObject/>",
    ],
)
def test_an_svg_with_active_parts_stops_the_page(
    samples: ModuleType, figures: dict[str, Figure], tmp_path: Path, part: str
) -> None:
    tampered = samples.output(figures["map"])
    tampered["data"]["image/svg+xml"] = tampered["data"]["image/svg+xml"].replace("</svg>", f"{part}</svg>")
    with pytest.raises(GateError, match="SVG"):
        shown(samples, tmp_path, tampered)


def test_html_beside_a_block_is_never_read(samples: ModuleType, tmp_path: Path) -> None:
    tampered = samples.output(samples.small_table(SV, "En annan tabell"))
    tampered["data"]["text/html"] = "<script>alert(1)</script>"
    page = shown(samples, tmp_path, tampered)
    assert "alert(1)" not in page
    assert "En annan tabell" in page


def test_streams_and_hidden_cells_do_not_show(samples: ModuleType, tmp_path: Path) -> None:
    stream = {"output_type": "stream", "name": "stderr", "text": "FutureWarning: old"}
    assert "FutureWarning" not in shown(samples, tmp_path, stream)
    for tag in ("hide-in-report", "parameters", "injected-parameters"):
        assert "hemligt" not in shown(samples, tmp_path, result({"text/plain": "hemligt"}), tags=(tag,))


@pytest.mark.parametrize(
    ("source", "absent"),
    [
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[klicka på det här](javascript:alert(1))", 'href="javascript'),
        ("![bild](https://x.example/y.png)", "<img"),
        ("[data](data:text/html,x)", 'data:text/html,x"'),
        ("<script>alert(1)</script>", "<script"),
    ],
)
def test_markdown_cells_carry_no_markup(samples: ModuleType, tmp_path: Path, source: str, absent: str) -> None:
    page = samples.write_run(tmp_path, samples.plain_notebook(SV, [], samples.markdown(source)))
    assert absent not in page


def test_markdown_links_to_web_pages_stay(samples: ModuleType, tmp_path: Path) -> None:
    cell = samples.markdown("Se [Brottsförebyggande rådet](https://bra.se/statistik?a=1&b=2).")
    page = samples.write_run(tmp_path, samples.plain_notebook(SV, [], cell))
    assert html.fromstring(page).xpath("//main//a/@href") == ["https://bra.se/statistik?a=1&b=2"]


def test_a_page_that_breaks_a_rule_is_not_written(samples: ModuleType, tmp_path: Path) -> None:
    second_title = samples.markdown("# En rubrik till på nivå ett")
    with pytest.raises(GateError, match="one_h1: 2 h1"):
        samples.write_run(tmp_path, samples.plain_notebook(SV, [], second_title))
    assert not (tmp_path / "report.html").exists()


def test_what_is_no_notebook_of_today_is_refused(samples: ModuleType, tmp_path: Path) -> None:
    for content in ({"nbformat": 3, "worksheets": []}, {"nbformat": 4, "nbformat_minor": 5, "cells": [{}]}, []):
        with pytest.raises(GateError, match="notebook of format 4"), warnings.catch_warnings(action="ignore"):
            samples.write_run(tmp_path, content)


# Extremes


@pytest.mark.parametrize("seed", range(100))
def test_generated_extremes_pass_every_gate(
    samples: ModuleType, gallery: ModuleType, tmp_path: Path, seed: int
) -> None:
    page = samples.write_run(tmp_path, samples.extreme_notebook(seed, gallery, SV))
    assert page.startswith("<!DOCTYPE html>")
