"""Rules on the document as a whole: language, title, zoom, policy, nothing that runs or loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluation.report.rules.reading import Reading, place, text_of
from evaluation.wording import languages, wording

_LOADED = frozenset({"src", "srcset", "poster", "data", "background", "action", "formaction", "manifest"})
_RUNNING = frozenset(
    {"script", "iframe", "object", "embed", "applet", "base", "form", "input", "button", "link", "frame", "portal"}
)
_POLICY = ("default-src 'none'", "base-uri 'none'", "form-action 'none'")
_TRACE = re.compile(r"Traceback \(most recent|Warning:|site-packages|ipykernel_\d|/tmp/|object at 0x[0-9a-f]+|\\x1b\[")
SHORTEST_TITLE = 12


def doctype(page: Reading) -> Iterator[str]:
    """Require that the page begins with the HTML doctype, or browsers fall back to quirks."""
    if not page.source.lstrip().lower().startswith("<!doctype html>"):
        yield f"begins with {page.source[:20]!r}"


def language(page: Reading) -> Iterator[str]:
    """Require that `lang` names a language that the page is written in."""
    if page.language not in languages():
        yield f"lang={page.language!r}"


def title(page: Reading) -> Iterator[str]:
    """Require that the title is one, and long enough to tell this page from its sisters."""
    titles = [text_of(element) for element in page.root.xpath("//head/title")]
    if len(titles) != 1 or len(titles[0]) < SHORTEST_TITLE:
        yield f"titles {titles}"


def charset(page: Reading) -> Iterator[str]:
    """Require that UTF-8 is declared within the first 1 024 characters."""
    if not re.search(r'<meta charset="?utf-8', page.source[:1024], re.IGNORECASE):
        yield "no charset"


def zoom(page: Reading) -> Iterator[str]:
    """Require that the viewport is set, and nobody is kept from zooming (WCAG 1.4.4)."""
    content = "".join(page.root.xpath("//meta[@name='viewport']/@content"))
    if "width=device-width" not in content or re.search(r"user-scalable\s*=\s*(no|0)|maximum-scale", content):
        yield f"viewport {content!r}"


def policy(page: Reading) -> Iterator[str]:
    """Require that a content security policy forbids everything but inline style and embedded pictures."""
    content = "".join(page.root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content"))
    if not all(part in content for part in _POLICY) or "script-src" in content or "http" in content:
        yield f"policy {content!r}"


def nothing_runs(page: Reading) -> Iterator[str]:
    """Require that there is no script, frame, form, handler or javascript: address."""
    for element in page.root.iter("*"):
        if element.tag in _RUNNING:
            yield place(element)
        for name, value in element.attrib.items():
            address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
            if name.lower().startswith("on") or address.startswith(("javascript:", "vbscript:")):
                yield f"{name}={value[:30]!r} in {place(element)}"


def nothing_loads(page: Reading) -> Iterator[str]:
    """Require that nothing is fetched: pictures are embedded, style has no addresses."""
    for element in page.root.iter("*"):
        for name, value in element.attrib.items():
            if name in _LOADED and not value.startswith("data:image/"[: len(value)]):
                yield f"{name}={value[:40]!r} in {place(element)}"
    styles = page.css + "".join(page.root.xpath("//@style"))
    if re.search(r"url\(|@import|expression\(", styles, re.IGNORECASE):
        yield "style with an address"


def no_traces(page: Reading) -> Iterator[str]:
    """Require that no warning, traceback, memory address or temporary path has slipped into the page."""
    for match in _TRACE.finditer(page.root.text_content()):
        yield match[0]


def not_official(page: Reading) -> Iterator[str]:
    """Require that the page says that it is not official statistics, whose label is protected."""
    if page.language in languages():
        line = wording(page.language).say("report.not_official")
        if not any(line in text_of(footer) for footer in page.root.iter("footer")):
            yield f"no line {line!r} in the footer"


def print_style(page: Reading) -> Iterator[str]:
    """Require that there is a style for paper."""
    if "@media print" not in page.css:
        yield "no @media print"


def focus_visible(page: Reading) -> Iterator[str]:
    """Require that whoever uses a keyboard sees where she is; only the target of the skip link hides its outline."""
    removed = re.findall(r"([^{}]*)\{[^}]*outline\s*:\s*(?:none|0)\b", page.css)
    if ":focus-visible" not in page.css or any(selector.strip() != "main:focus" for selector in removed):
        yield f"outline removed for {removed}" if removed else "no :focus-visible"


def reflow(page: Reading) -> Iterator[str]:
    """Require that no width is fixed in pixels, pictures shrink with the page (WCAG 1.4.10)."""
    wide = re.findall(
        r"(?<![-\w])(?:min-)?width\s*:\s*(?:[3-9]\d\d|\d{4,})px", page.css + ";".join(page.root.xpath("//@style"))
    )
    if wide or not re.search(r"img\s*\{[^}]*width:100%", page.css):
        yield f"fixed widths {wide}" if wide else "pictures do not shrink"
