"""Rules on figures: alt text that says something, the numbers beside, contrast from the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from evaluation.figures import contrast
from evaluation.figures.alt import LONGEST
from evaluation.report.drawing import unsafe_parts
from evaluation.report.rules.reading import Reading, place, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SHORTEST = 40
TEXT_CONTRAST = 4.5
_GENERIC = re.compile(
    r"no description has been provided"
    r"|^(image|picture|figure|figur|bild|chart|diagram|graph|graf|plot|untitled)[\s\d.:]*$"
    r"|\.(png|svg|jpe?g)$",
    re.IGNORECASE,
)
_TEXT_COLOURS = ("text", "soft", "link", "wanted", "unwanted", "neutral")
_PAPERS = ("paper", "tint")


def alt(page: Reading) -> Iterator[str]:
    """Require that every picture has an alt text of 40–250 characters."""
    for picture in page.root.iter("img"):
        length = len(picture.get("alt", ""))
        if not SHORTEST <= length <= LONGEST:
            yield f"alt text of {length} characters in {_figure(picture)}"


def telling_alt(page: Reading) -> Iterator[str]:
    """Require that the alt text is no placeholder, no file name and not the title again; no two are alike."""
    seen: set[str] = set()
    for picture in page.root.iter("img"):
        text = picture.get("alt", "").strip()
        captions = {text_of(element) for element in picture.getparent().iter("figcaption")}
        if _GENERIC.search(text) or text.rstrip(".") in {caption.rstrip(".") for caption in captions} or text in seen:
            yield f"{text!r} in {_figure(picture)}"
        seen.add(text)


def in_figures(page: Reading) -> Iterator[str]:
    """Require that a picture stands in a figure with its message as caption, and knows its size."""
    for picture in page.root.iter("img"):
        figure = picture.getparent()
        if figure.tag != "figure" or not any(text_of(element) for element in figure.iter("figcaption")):
            yield f"no caption for {place(figure)}"
        if not (picture.get("width") and picture.get("height")):
            yield f"no size in {_figure(picture)}"


def numbers_beside(page: Reading) -> Iterator[str]:
    """Require that every figure holds one picture and, folded, the table of its numbers."""
    for figure in page.root.iter("figure"):
        if len(figure.xpath(".//img")) != 1 or not figure.xpath(".//details/summary[normalize-space()]/..//table"):
            yield place(figure)


def unique_folds(page: Reading) -> Iterator[str]:
    """Require that the labels of folds differ, so a list of them can be used."""
    labels = [text_of(element) for element in page.root.iter("summary")]
    for label in sorted({label for label in labels if labels.count(label) > 1 or not label}):
        yield f"label {label!r}"


def scalable(page: Reading) -> Iterator[str]:
    """Require that an SVG scales, keeps its text as text, and reaches for nothing outside itself."""
    for picture in page.root.xpath("//img[starts-with(@src, 'data:image/svg+xml')]"):
        drawing = unquote(picture.get("src").partition(",")[2])
        if "viewBox=" not in drawing or "<text" not in drawing:
            yield f"no viewBox or no text in {_figure(picture)}"
        yield from (f"{part} in {_figure(picture)}" for part in unsafe_parts(drawing))


def text_contrast(page: Reading) -> Iterator[str]:
    """Require that every text colour of the style has a contrast of 4.5 or more with every ground (WCAG 1.4.3)."""
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", page.css))
    for text in _TEXT_COLOURS:
        for paper in _PAPERS:
            ratio = contrast(_long(colours.get(text, "#fff")), _long(colours.get(paper, "#fff")))
            if ratio < TEXT_CONTRAST:
                yield f"{text} on {paper}: {ratio:.1f}"


def _figure(picture: HtmlElement) -> str:
    return place(picture.getparent())


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])
