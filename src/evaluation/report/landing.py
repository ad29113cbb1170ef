"""The first page of a reports folder: every study with its verdicts counted, how fresh it is, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.report.blocks import SHAPES
from evaluation.report.index_page import marked
from evaluation.report.page import Link
from evaluation.report.site import Site, render_template
from evaluation.results import Verdict
from evaluation.wording import wording


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study on the first page.

    Attributes
    ----------
    name, href
        Name in the reader's language, and its index page.
    answer
        The answer in one sentence or two.
    counts
        Number of verdicts of each kind, in words of the language (already formatted).
    dates
        What the figures cover, when the run was, when new figures are due; a sentence or two.
    stale
        Why the study is outdated, empty where it is not.
    other_languages
        The same index in other languages.
    """

    name: str
    href: str
    answer: str
    counts: Mapping[Verdict, str]
    dates: str
    stale: str = ""
    other_languages: tuple[Link, ...] = ()


def render_landing(lines: Sequence[StudyLine], site: Site, *, title: str, lead: Sequence[str] = ()) -> str:
    """Write the first page.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    words = wording(site.language)
    return render_template(
        site,
        title,
        "landing.html.j2",
        is_home=True,
        lead=lead,
        lines=lines,
        verdicts=list(SHAPES),
        mark=lambda verdict: marked(verdict, words),
    )
