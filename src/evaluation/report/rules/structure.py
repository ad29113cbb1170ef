"""Rules on headings, landmarks, links and names: how a page is walked without seeing it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from evaluation.report.rules.reading import Reading, place, text_of

_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")
_GENERIC = frozenset(
    {
        "",
        "här",
        "mer",
        "läs mer",
        "klicka här",
        "länk",
        "here",
        "more",
        "read more",
        "click here",
        "link",
        "this",
        "pdf",
    }
)
_FOCUSABLE = "//a[@href] | //summary | //*[@tabindex >= 0]"
NAV_FROM = 3


def one_h1(page: Reading) -> Iterator[str]:
    """Require exactly one heading of level 1, inside main."""
    count = len(page.root.xpath("//h1"))
    if count != 1 or not page.root.xpath("//main//h1"):
        yield f"{count} h1"


def no_skipped_level(page: Reading) -> Iterator[str]:
    """Require that headings go down one level at a time."""
    levels = [(int(heading.tag[1]), heading) for heading in page.root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    for (before, _), (level, heading) in pairwise(levels):
        if level > before + 1:
            yield f"h{before} followed by {place(heading)}"


def full_headings(page: Reading) -> Iterator[str]:
    """Require that no heading is empty."""
    for heading in page.root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if not text_of(heading):
            yield place(heading)


def landmarks(page: Reading) -> Iterator[str]:
    """Require one header, one main, one footer, and everything visible in a landmark."""
    for tag in ("header", "main", "footer"):
        count = len(page.root.xpath(f"//{tag}"))
        if count != 1:
            yield f"{count} {tag}"
    for child in page.root.xpath("//body/*[not(self::header or self::footer or self::a[@class='skip'])]"):
        if not child.xpath("descendant-or-self::main"):
            yield f"outside the landmarks: {place(child)}"


def labelled_navigation(page: Reading) -> Iterator[str]:
    """Require that a page with three sections or more has one contents list, and it has a name."""
    navs = page.root.xpath("//nav")
    if len(page.root.xpath("//main//h2")) >= NAV_FROM and len(navs) != 1:
        yield f"{len(navs)} nav"
    for nav in navs:
        if not (nav.get("aria-label") or nav.get("aria-labelledby")):
            yield "nav without a name"


def complete_contents(page: Reading) -> Iterator[str]:
    """Require that the contents list names every section, in order."""
    listed = [link.get("href") for link in page.root.xpath("//nav//a")]
    sections = [f"#{heading.get('id')}" for heading in page.root.xpath("//main//h2 | //main//h3[@id]")]
    if listed and listed != sections:
        yield f"{len(listed)} entries for {len(sections)} sections"


def skip_link(page: Reading) -> Iterator[str]:
    """Require that the first stop of the keyboard leads to main."""
    first = page.root.xpath(f"({_FOCUSABLE})[1]")
    target = first[0].get("href", "") if first else ""
    if not target.startswith("#") or not page.root.xpath("//main[@id=$name]", name=target[1:]):
        yield f"first stop is {target!r}"


def links_resolve(page: Reading) -> Iterator[str]:
    """Require that every link inside the page has its target."""
    names = set(page.root.xpath("//@id"))
    for target in page.root.xpath("//a/@href[starts-with(., '#')]"):
        if target[1:] not in names:
            yield target


def link_texts(page: Reading) -> Iterator[str]:
    """Require that a link's text says where it leads, and one text never leads to two places."""
    leads: dict[str, str] = {}
    for link in page.root.xpath("//a[@href]"):
        text = text_of(link).lower()
        if text in _GENERIC:
            yield f"link text {text!r}"
        elif leads.setdefault(text, link.get("href")) != link.get("href"):
            yield f"{text!r} leads to {leads[text]!r} and {link.get('href')!r}"


def unique_ids(page: Reading) -> Iterator[str]:
    """Require that no id stands twice, none holds a space."""
    for name, times in Counter(page.root.xpath("//@id")).items():
        if times > 1 or not name or re.search(r"\s", name):
            yield f"id {name!r}, {times} times"


def references_resolve(page: Reading) -> Iterator[str]:
    """Require that names and descriptions that elements point at exist and say something."""
    for attribute in _REFERENCES:
        for element in page.root.xpath(f"//*[@{attribute}]"):
            for name in element.get(attribute).split():
                found = page.named.get(name)
                if found is None or not text_of(found):
                    yield f"{attribute}={name!r} in {place(element)}"


def tab_order(page: Reading) -> Iterator[str]:
    """Require that the order of the page is the order of the keyboard."""
    for element in page.root.xpath("//*[@tabindex > 0]"):
        yield place(element)


def verdict_in_words(page: Reading) -> Iterator[str]:
    """Require that a verdict is a word; its shape is hidden from screen readers, its colour is an extra."""
    for mark in page.root.xpath("//*[contains(concat(' ', @class, ' '), ' mark ')]"):
        shapes = mark.xpath("*[@class='shape'][@aria-hidden='true']")
        words = text_of(mark).replace(text_of(shapes[0]), "", 1).strip() if shapes else ""
        if not words:
            yield place(mark)
