"""Rules on tables: what a reader who hears one cell at a time needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from evaluation.report.rules.reading import NUMBER, Reading, figure_in, place, text_of
from evaluation.wording import languages, wording

_RAW = frozenset({"nan", "none", "nat", "<na>", "inf", "-inf", "null", "true", "false"})
_WRONG = {
    "sv": re.compile(r"\d\.\d|\d,\d{3}(?!\d)|-\d|\d%|\d \d"),
    "en": re.compile(r"\d\u00a0\d|-\d|\d,\d{1,2}(?!\d)|\d \d"),
}
_THREE_DECIMALS = re.compile(r"0,\d{3}")


def caption(page: Reading) -> Iterator[str]:
    """Require that every table has a caption, and no two have the same."""
    seen: set[str] = set()
    for table in page.root.iter("table"):
        text = " ".join(text_of(element) for element in table.iter("caption"))
        if not text or text in seen:
            yield f"caption {text!r} in {place(table)}"
        seen.add(text)


def scope(page: Reading) -> Iterator[str]:
    """Require that every heading cell says whether it heads a column or a row, and says something."""
    for cell in page.root.iter("th"):
        if cell.get("scope") not in {"col", "row"} or not text_of(cell):
            yield place(cell)


def headed(page: Reading) -> Iterator[str]:
    """Require that every table has a heading row, every row of figures its heading."""
    for table in page.root.iter("table"):
        if not table.xpath("thead/tr/th[@scope='col']"):
            yield f"no column headings in {place(table)}"
        if table.xpath("tbody/tr[not(th[@scope='row']) and not(td[@colspan])]"):
            yield f"a row without heading in {place(table)}"


def regular(page: Reading) -> Iterator[str]:
    """Require that no cells are merged (but the line that says there are no rows), and rows are equally long."""
    for table in page.root.iter("table"):
        if table.xpath(".//*[@rowspan] | .//th[@colspan] | tbody[count(tr) > 1]/tr/td[@colspan]"):
            yield f"merged cells in {place(table)}"
        lengths = {len(row) for row in table.iter("tr") if not row.xpath("td[@colspan]")}
        if len(lengths) > 1:
            yield f"rows of {sorted(lengths)} cells in {place(table)}"


def aligned(page: Reading) -> Iterator[str]:
    """Require that figures stand to the right, words to the left, column by column."""
    for cell, text in page.figures.items():
        words = "t" in cell.get("class", "").split()
        if not words and not NUMBER.fullmatch(text) and len(text) > len("U [c] .."):
            yield f"words to the right: {place(cell)}"


def number_format(page: Reading) -> Iterator[str]:
    """Require that figures in tables are written as the language does: decimal sign, true minus, no-break spaces."""
    wrong = _WRONG.get(page.language)
    for cell, text in page.figures.items():
        if "t" in cell.get("class", ""):
            continue
        if wrong and wrong.search(_THREE_DECIMALS.sub("", text) if page.language == "sv" else text):
            yield f"{text!r} in {place(cell.getparent())}"


def no_raw_values(page: Reading) -> Iterator[str]:
    """Require that no cell shows a program's word for nothing."""
    described = ((cell, figure_in(cell)) for cell in page.root.iter("dd"))
    for cell, text in chain(page.figures.items(), described):
        if text.lower() in _RAW:
            yield place(cell.getparent())


def signs_explained(page: Reading) -> Iterator[str]:
    """Require that a sign that stands for a protected or missing figure is explained in the table's own note."""
    if page.language not in languages():
        return
    words = wording(page.language)
    for table in page.root.iter("table"):
        cells = {page.figures[cell] for cell in table.iter("td")}
        note = page.named.get(table.get("aria-describedby", ""))
        notes = "" if note is None else text_of(note)
        for sign in cells & {words.say("tables.hidden"), words.style.missing}:
            if f"{sign} = " not in notes:
                yield f"{sign!r} in {place(table)}"


def scrolling(page: Reading) -> Iterator[str]:
    """Require that what scrolls sideways can be reached by keyboard and has a name."""
    for box in page.root.xpath("//*[@class='scroll']"):
        if (
            box.get("tabindex") != "0"
            or not box.get("role")
            or not (box.get("aria-labelledby") or box.get("aria-label"))
        ):
            yield place(box)
    for table in page.root.xpath("//table[not(parent::*[@class='scroll'])]"):
        yield f"does not scroll: {place(table)}"
