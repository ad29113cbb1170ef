"""Pages that stand for the whole evaluation, not for one run: what they share, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.report.page import Link, Page, environment, notices_of, render_page
from evaluation.report.rules import refuse_faulty_page
from evaluation.wording import wording


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of one evaluation says about it.

    Attributes
    ----------
    name
        Name of the evaluation as a whole.
    language
        Language of the pages.
    synthetic
        True where the data are made up; every page then says so.
    imprint
        Lines at the end of each page: dates, versions.
    home
        Address of the index as seen from its sisters.
    links
        Pages of the footer: claims, summary, statement, the other language.
    stale
        Why all results are outdated, empty where they are not; every page then opens with it.
    """

    name: str
    language: str
    synthetic: bool = False
    imprint: tuple[str, ...] = ()
    home: str = "index.html"
    links: tuple[Link, ...] = ()
    stale: str = ""


def render_template(site: Site, title: str, template: str, *, is_home: bool = False, **values: object) -> str:
    """Write a page of the site from its template, with every value escaped, and hold it against the rules.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    words = wording(site.language)
    page = Page(
        language=site.language,
        title=f"{title} – {site.name}",
        site=site.name,
        home="" if is_home else site.home,
        notices=notices_of(words, synthetic=site.synthetic, stale=site.stale),
        links=site.links,
        imprint=site.imprint,
    )
    main = environment().get_template(template).render(title=title, words=words, say=words.say, **values)
    return refuse_faulty_page(render_page(page, main), title)
