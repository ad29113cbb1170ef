"""Each rule fires on a page that breaks it, and is silent on a good one."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from evaluation.errors import GateError
from evaluation.report.rules import RULES, Finding, check_page, refuse_faulty_page

FIRST_TABLE = '<table id="figure-1-table"'
# Rule, what is replaced in the good page, and by what; the rule must be among the findings.
BROKEN: list[tuple[str, str, str]] = [
    ("doctype", "<!DOCTYPE html>", ""),
    ("language", '<html lang="sv">', '<html lang="xx">'),
    ("language", '<html lang="sv">', "<html>"),
    ("title", "<title>Avtal 3, 2021–2022: anmälda brott</title>", "<title>Rapport</title>"),
    ("charset", '<meta charset="utf-8">', ""),
    ("zoom", "initial-scale=1", "initial-scale=1, user-scalable=no"),
    ("zoom", '<meta name="viewport"', '<meta name="other"'),
    ("policy", "default-src 'none'; ", ""),
    ("policy", "default-src 'none'", "default-src 'none'; script-src 'self'"),
    ("nothing_runs", "</main>", "<script>1</script></main>"),
    ("nothing_runs", "<main id", '<main onclick="x()" id'),
    ("nothing_runs", '<a href="run.json"', '<a href=" java\tscript:x()"'),
    ("nothing_runs", "</main>", "<form></form></main>"),
    ("nothing_loads", "</main>", '<img src="https://x.example/a.png" alt=""></main>'),
    ("nothing_loads", ".skip{", ".x{background:url(a.png)}.skip{"),
    ("no_traces", "</main>", "<p>FutureWarning: /tmp/x</p></main>"),
    ("no_traces", "</main>", "<p>&lt;Figure object at 0x7f00&gt;</p></main>"),
    ("not_official", "Inte officiell statistik.", "Statistik."),
    ("print_style", "@media print", "@media screen"),
    ("focus_visible", ":focus-visible", ":focus"),
    ("focus_visible", ".skip{", "a{outline:none}.skip{"),
    ("reflow", ".skip{", ".x{width:800px}.skip{"),
    ("one_h1", "</main>", "<h1>Två</h1></main>"),
    ("no_skipped_level", "</main>", "<h4>Fyra</h4><h2>x</h2><h4>y</h4></main>"),
    ("full_headings", "</main>", "<h2> </h2></main>"),
    ("landmarks", "</footer>", "</footer><p>utanför</p>"),
    ("landmarks", "<header>", "<div>"),
    ("labelled_navigation", '<nav aria-labelledby="contents">', "<nav>"),
    ("complete_contents", '<li class="l2"><a href="#heading-2">', '<li class="l2"><a href="#heading-9">'),
    ("skip_link", '<a class="skip" href="#main">', '<a class="skip" href="#other">'),
    ("links_resolve", '<a href="#heading-3">', '<a href="#nowhere">'),
    ("link_texts", ">Tillgänglighet</a>", ">Läs mer</a>"),
    ("link_texts", ">Tillgänglighet</a>", ">Resultat som JSON</a>\n<a href='x'>resultat som json</a>"),
    ("unique_ids", 'id="heading-3"', 'id="heading-2"'),
    ("references_resolve", 'aria-labelledby="table-1-caption"', 'aria-labelledby="none"'),
    ("tab_order", 'tabindex="0"', 'tabindex="2"'),
    ("verdict_in_words", " </span>Tydlig minskning", " </span>"),
    ("caption", "Förändring enligt olika beräkningar</caption>", "</caption>"),
    ("scope", '<th scope="col">', "<th>"),
    ("headed", '<th scope="row">Egen trend', '<td class="t">Egen trend'),
    ("regular", '<th scope="row">Egen trend', '<th scope="row" colspan="2">Egen trend'),
    ("regular", "<td>0,003", ""),
    ("aligned", "<td>0,003", "<td>nollkommanollnollett och mer"),
    ("number_format", "<td>0,003", "<td>0.003"),
    ("number_format", "<td>−9,2\u00a0%", "<td>-9,2\u00a0%"),
    ("number_format", "<td>−9,2\u00a0%", "<td>−9,2%"),
    ("no_raw_values", "<td>0,003", "<td>nan"),
    ("signs_explained", ".. = uppgift saknas.", "uppgift saknas."),
    ("scrolling", 'role="group" tabindex="0" aria-labelledby="table-1-caption"', 'aria-labelledby="table-1-caption"'),
    ("scrolling", '<div class="scroll" role="group"', '<div role="group"'),
    ("alt", ' alt="Linjediagram: ', ' alt="" title="'),
    ("alt", ' alt="Linjediagram: ', f' alt="{"x" * 250}'),
    ("telling_alt", ' alt="Linjediagram: ', ' alt="No description has been provided for this image '),
    ("in_figures", "<figcaption>Brotten låg nära det väntade under avtal 2</figcaption>", ""),
    ("in_figures", ' width="480"', ""),
    ("numbers_beside", "<details>", "<div>"),
    (
        "unique_folds",
        "Alla beräkningar utom en pekar nedåt</summary>",
        "Brotten låg nära det väntade under avtal 2</summary>",
    ),
    ("scalable", "viewBox=", "viewbox="),
    ("text_contrast", "--soft:#4a5260", "--soft:#9aa2b0"),
    ("text_contrast", "--tint:#f3f5f8", "--tint:#888888"),
    ("strict", "</main>", "<blink>x</blink></main>"),
    ("strict", "</main>", "<p><div>x</div></p></main>"),
    ("strict", "</main>", "<p>x</main>"),
    ("strict", "</main>", "<!-- x --></main>"),
    ("strict", "<main id", '<main data-x="1" id'),
]


def test_there_are_more_than_twenty_four_rules_and_each_explains_itself() -> None:
    assert len(RULES) >= 24
    assert all((rule.__doc__ or "").startswith("Require ") for rule in RULES.values())


def test_every_rule_has_a_page_that_breaks_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


def test_good_pages_break_nothing(good_page: str, samples: ModuleType) -> None:
    assert check_page(good_page) == []
    for language in ("sv", "en"):
        for page in samples.site_pages(language).values():
            assert check_page(page) == []


@pytest.mark.parametrize(("rule", "old", "new"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(BROKEN)])
def test_a_rule_fires(good_page: str, rule: str, old: str, new: str) -> None:
    assert old in good_page, "the sample has changed: find another place to break it"
    assert rule in {finding.rule for finding in check_page(good_page.replace(old, new, 1))}


def test_alt_text_that_repeats_the_title_is_found(good_page: str) -> None:
    title = "Brotten låg nära det väntade under avtal 2"
    faulty = re.sub(r' alt="[^"]*"', f' alt="{title}."', good_page, count=1)
    assert Finding("telling_alt", f"'{title}.' in <figure id=figure-1>") in check_page(faulty)


def test_a_picture_that_reaches_out_is_found(good_page: str) -> None:
    faulty = good_page.replace("%3C/svg%3E", "%3Cimage href=%22https://x.example/a%22/%3E%3C/svg%3E", 1)
    assert "scalable" in {finding.rule for finding in check_page(faulty)}


def test_english_numbers_are_held_to_english_ways(samples: ModuleType) -> None:
    page = samples.site_pages("en")["summary"]
    faulty = page.replace("</th><td", "</th><td>9,2</td><td", 1)
    assert "number_format" in {finding.rule for finding in check_page(faulty)}


def test_the_gate_names_the_breaches(good_page: str) -> None:
    assert refuse_faulty_page(good_page, "page") is good_page
    with pytest.raises(GateError, match=r"breaches.*one_h1"):
        refuse_faulty_page(good_page.replace("</main>", "<h1>x</h1><h2> </h2></main>"), "page")
