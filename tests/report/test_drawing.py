"""The list of what an SVG may hold."""

from __future__ import annotations

import pytest

from evaluation.figures import Figure
from evaluation.report.drawing import unsafe_parts

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


def test_our_own_drawings_hold_nothing_else(figures: dict[str, Figure]) -> None:
    assert [part for figure in figures.values() for part in unsafe_parts(figure.picture)] == []


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>1</script>", "script"),
        ("<g onload='x'/>", "onload"),
        ("<a href='#x'/>", "element"),
        ("<use xlink:href='http://x.example/#y'/>", "href"),
        ("<image xlink:href='data:image/svg+xml,x'/>", "href"),
        ("<image href='https://x.example/y.png'/>", "href"),
        ("<style>@import 'x'</style>", "style"),
        ("<style>g{fill:url(https://x.example)}</style>", "style"),
        ("<g style='fill:url(http://x.example)'/>", "style"),
        ("<animate attributeName='x'/>", "animate"),
        ("<foreignObject/>", "foreignObject"),
        ("<!-- x -->", "comment"),
        ("<g>", "well-formed"),
    ],
)
def test_everything_else_is_named(inside: str, named: str) -> None:
    assert any(named in part for part in unsafe_parts(SVG.format(inside)))


def test_entities_and_doctypes_are_not_read() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "x">]>' + SVG.format("<text>&a;</text>")
    assert "a doctype" in list(unsafe_parts(bomb))


def test_script_as_text_is_text() -> None:
    assert list(unsafe_parts(SVG.format("<text>&lt;script onload=x()&gt; javascript:x()</text>"))) == []
