"""The one-page summary for the board: answers, what cannot be said, what to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.report.index_page import marked
from evaluation.report.site import Site, render_template
from evaluation.results import Verdict
from evaluation.wording import wording


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One answer of the summary: what was asked, the verdict, the sentence."""

    subject: str
    verdict: Verdict
    sentence: str


def render_summary(
    lines: Sequence[SummaryLine],
    site: Site,
    *,
    title: str,
    question: str,
    answer: str = "",
    dates: str = "",
    limits: Sequence[str],
    next_steps: Sequence[str],
) -> str:
    """Write the summary; up to about eight lines it prints on one A4 page.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    words = wording(site.language)
    return render_template(
        site,
        title,
        "summary.html.j2",
        question=question,
        answer=answer,
        dates=dates,
        lines=[(line.subject, marked(line.verdict, words), line.sentence) for line in lines],
        limits=limits,
        next_steps=next_steps,
    )
