"""One parse of a finished page, shared by every rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import html as lxml_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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
    """

    source: str
    root: HtmlElement
    css: str
    language: str


Rule = Callable[[Reading], Iterator[str]]


def read(source: str) -> Reading:
    """Parse a page."""
    root = lxml_html.document_fromstring(source)
    css = "\n".join(style.text or "" for style in root.iter("style"))
    return Reading(source, root, css, root.get("lang", ""))


def text_of(element: HtmlElement) -> str:
    """Give an element's text with its spaces collapsed; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", str(element.text_content())).strip(" \t\r\n")


def place(element: HtmlElement) -> str:
    """Name an element so that a person finds it: tag, id or beginning of its text."""
    name = element.get("id")
    return f"<{element.tag} id={name}>" if name else f"<{element.tag}> “{text_of(element)[:40]}”"
