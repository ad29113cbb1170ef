"""Markdown cells of a notebook as HTML: no raw markup, no pictures, no addresses but web pages and files beside."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from mistune import Markdown

_SAFE_ADDRESS = re.compile(r"https?://|mailto:|#|[\w./-]+\Z", re.A)
_NO_SLUG = re.compile(r"[^\w]+")


def markdown_html(text: str) -> Markup:
    """Write Markdown as HTML; tags in the text become visible text, headings get ids."""
    return Markup(_renderer()(text))


def slug(text: str) -> str:
    """Make an id from a heading."""
    return "s-" + (_NO_SLUG.sub("-", text.lower()).strip("-") or "x")


@lru_cache(maxsize=1)
def _renderer() -> Markdown:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **attrs: object) -> str:
            del attrs
            return f'<h{level} id="{escape(slug(Markup(text).striptags()))}">{text}</h{level}>\n'

        def image(self, text: str, url: str, title: str | None = None) -> str:
            del url, title
            return str(escape(text))

        def link(self, text: str, url: str, title: str | None = None) -> str:
            del title
            return f'<a href="{escape(url)}">{text}</a>' if _SAFE_ADDRESS.match(url) else text

    return mistune.create_markdown(renderer=Renderer(escape=True))
