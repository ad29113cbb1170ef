"""The shell that every page shares: title, language, landmarks, contents, imprint; every value escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import html as lxml_html
from markupsafe import Markup

from evaluation.report.blocks import Block, Notice
from evaluation.report.exporter import TEMPLATES
from evaluation.wording import Wording, wording

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the footer; `language` where the page behind it is in another one."""

    href: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What the shell of one page says.

    Attributes
    ----------
    language
        Goes into `lang` and chooses the words.
    title
        Unique: name of the report and its period.
    site
        Name of the evaluation as a whole, links to `home`.
    home
        Address of the index, empty on the index itself.
    notices
        Banners: synthetic data, outdated, interim.
    links
        Files beside the page, statement, other language.
    imprint
        Lines at the end: run, versions, dates.
    """

    language: str
    title: str
    site: str
    home: str = ""
    notices: tuple[Notice, ...] = ()
    links: tuple[Link, ...] = ()
    imprint: tuple[str, ...] = ()


class ContentsEntry(NamedTuple):
    """A heading that the contents list links to."""

    level: int
    id: str
    text: str


def render_page(page: Page, main: str) -> str:
    """Put the HTML of `<main>`, made by this package, into the shell."""
    words = wording(page.language)
    return shell().render(
        page=page_view(page), main=Markup(main), css=Markup(css()), contents=contents_of(main), say=words.say
    )


def notices_of(words: Wording, *, synthetic: bool, stale: str) -> tuple[Notice, ...]:
    """Say at the top that the data are made up, and why the page is outdated, where it is so."""
    made_up = Notice(words.say("report.synthetic"), words.say("report.synthetic_why"), "synthetic")
    outdated = Notice(words.say("report.stale"), stale, "stale")
    return (*((made_up,) if synthetic else ()), *((outdated,) if stale else ()))


def render_blocks(blocks: Iterable[Block], prefix: str) -> str:
    """Write blocks one after the other; the prefix keeps their ids apart from all others of the page."""
    return "\n".join(block.html(f"{prefix}-{number}") for number, block in enumerate(blocks, 1))


def contents_of(main: str) -> Sequence[ContentsEntry]:
    """Read the headings of levels 2 and 3 in one parse; a page with fewer than three needs no contents."""
    root = lxml_html.fragment_fromstring(main, create_parent="main")
    entries = [
        ContentsEntry(int(heading.tag[1]), heading.get("id"), " ".join(heading.text_content().split()))
        for heading in root.iter("h2", "h3")
        if heading.get("id")
    ]
    return entries if len(entries) > 2 else []


def page_view(page: Page) -> dict[str, object]:
    """Give the template the page's fields, notices already written by their own rule."""
    fields = {name: getattr(page, name) for name in Page.__slots__}
    return {**fields, "notices": [Markup(notice.html("")) for notice in page.notices]}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Build the template environment; undefined names stop the page, values are escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def shell() -> Template:
    """Give the template of a page, compiled once per process."""
    return environment().get_template("page.html.j2")


@lru_cache(maxsize=1)
def css() -> str:
    """Read the one style sheet."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")
