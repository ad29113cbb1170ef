"""One parse of a finished page, shared by every rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import html as lxml_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SPACES = re.compile(r"[ \t\r\n]+")
NUMBER = re.compile(r"[+−\-<]?[\s\u00a0]*\d[\d\s\u00a0.,]*(?:[\s\u00a0]*%)?")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A page as the rules see it.

    Attributes
    ----------
    source
        The bytes' text, for what parsing hides.
    root
        The parsed document.
    css
        The content of all style elements.
    language
        `lang` of the document, empty where there is none.
    named
        The first element of each id.
    figures
        Every data cell with its text, without the heading that is repeated in it for phones.
    """

    source: str
    root: HtmlElement
    css: str
    language: str
    named: Mapping[str, HtmlElement]
    figures: Mapping[HtmlElement, str]


Rule = Callable[[Reading], Iterator[str]]


def read(source: str) -> Reading:
    """Parse a page, and read once what several rules ask for."""
    root = lxml_html.document_fromstring(source)
    css = "\n".join(style.text or "" for style in root.iter("style"))
    named: dict[str, HtmlElement] = {}
    for element in root.xpath("//*[@id]"):
        named.setdefault(element.get("id"), element)
    figures = {cell: figure_in(cell) for cell in root.iter("td")}
    return Reading(source, root, css, root.get("lang", ""), named, figures)


def figure_in(cell: HtmlElement) -> str:
    """Give a cell's text without the heading that is repeated in it for phones."""
    text = text_of(cell)
    if not len(cell):
        return text
    label = cell[0]  # in a stacked table: a bare span, or one that a template has named
    is_heading = label.tag == "span" and label.get("class") in (None, "lbl")
    return text[len(text_of(label)) :].strip(" ") if is_heading else text


def text_of(element: HtmlElement) -> str:
    """Give an element's text with its spaces collapsed; no-break spaces stay."""
    text = element.text_content() if len(element) else element.text or ""  # a leaf needs no search
    return _SPACES.sub(" ", str(text)).strip(" \t\r\n")


def place(element: HtmlElement) -> str:
    """Name an element so that a person finds it: tag, id or beginning of its text."""
    name = element.get("id")
    return f"<{element.tag} id={name}>" if name else f"<{element.tag}> “{text_of(element)[:40]}”"
