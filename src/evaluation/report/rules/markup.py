"""The strict reading of our own HTML: tags closed in order, only elements and attributes that we write ourselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from evaluation.report.rules.reading import Reading

_EVERYWHERE = {
    "id",
    "class",
    "lang",
    "aria-hidden",
    "aria-labelledby",
    "aria-describedby",
    "aria-label",
    "role",
    "tabindex",
}
_OWN: Mapping[str, set[str]] = {
    "html": set(),
    "head": set(),
    "meta": {"charset", "name", "content", "http-equiv"},
    "title": set(),
    "style": set(),
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope"},
    "td": {"colspan"},
    "ol": {"start"},
    "abbr": {"title"},
}
_PLAIN = """
body header nav main footer div p ul li h1 h2 h3 h4 span strong em code pre blockquote br hr
figure figcaption details summary table caption thead tbody tr dl dt dd
"""
_ALLOWED: Mapping[str, set[str]] = {**{tag: set() for tag in _PLAIN.split()}, **_OWN}
_NOT_IN_PARAGRAPH = frozenset({"div", "p", "ul", "ol", "dl", "table", "figure", "pre", "blockquote", "details"})
_ENDS = {"td": {"td", "th"}, "th": {"td", "th"}, "tr": {"td", "th", "tr"}}  # what a new cell or row closes by itself
_CLOSES = {"tr": {"td", "th"}, "tbody": {"td", "th", "tr"}, "thead": {"td", "th", "tr"}}  # what an end tag closes too
_VOID = frozenset({"meta", "img", "br", "hr"})


def strict(page: Reading) -> Iterator[str]:
    """Require that the page is well formed, and nothing in it is of a kind that this package does not write."""
    reader = _StrictReader()
    reader.feed(page.source)
    reader.close()
    yield from reader.faults
    if reader.open:
        yield f"never closed: {', '.join(reader.open)}"


class _StrictReader(HTMLParser):
    """Keeps the stack of open tags and notes every fault."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check element, attributes and nesting."""
        names = [name for name, _ in attrs]
        if tag not in _ALLOWED:
            self._fault(f"element {tag}")
        foreign = set(names) - _EVERYWHERE - _ALLOWED.get(tag, set())
        if foreign or len(names) != len(set(names)):
            self._fault(f"attributes {sorted(foreign) or names} of {tag}")
        if tag in _NOT_IN_PARAGRAPH and "p" in self.open:
            self._fault(f"{tag} inside a paragraph")
        self._close(_ENDS.get(tag, set()))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open tag, and no other but cells and rows."""
        self._close(_CLOSES.get(tag, set()) - {tag})
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self._fault(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")

    def handle_comment(self, data: str) -> None:
        """Comments are not ours."""
        self._fault(f"comment {data[:20]!r}")

    def _close(self, tags: set[str]) -> None:
        while self.open and self.open[-1] in tags:
            self.open.pop()

    def _fault(self, what: str) -> None:
        line, column = self.getpos()
        self.faults.append(f"{what} (line {line}, column {column})")
