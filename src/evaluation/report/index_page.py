"""The index: agreements × priority areas × indicators at a glance, what changed, what is outdated, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evaluation.report.blocks import SHAPES, Mood, verdict_mark
from evaluation.report.page import Link
from evaluation.report.site import Site, render_template
from evaluation.results import Verdict
from evaluation.wording import Wording, wording


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What the index says about one indicator under one agreement; texts are in the reader's language.

    Attributes
    ----------
    agreement
        Label of the agreement with its years; heads the column.
    priority_area, indicator
        Labels; an indicator heads its row within its priority area.
    verdict
        Fixed vocabulary, shown by word and shape.
    headline
        The number with its interval, or why there is none.
    mood
        Whether the change goes the wanted way.
    href
        Page of the run, empty where there is none.
    previous
        Verdict of the run before, None where there was none.
    grade
        Evidence grade in words.
    interim
        True for an agreement that still runs.
    stale
        Why the result is outdated, empty where it is not.
    needed
        What would have to be supplied, where data are missing.
    """

    agreement: str
    priority_area: str
    indicator: str
    verdict: Verdict
    headline: str
    mood: Mood = "neutral"
    href: str = ""
    previous: Verdict | None = None
    grade: str = ""
    interim: bool = False
    stale: str = ""
    needed: str = ""


def render_index(
    entries: Sequence[IndexEntry],
    site: Site,
    *,
    title: str,
    question: str = "",
    answer: str = "",
    dates: str = "",
    pages: Sequence[Link] = (),
) -> str:
    """Write the index page.

    Parameters
    ----------
    entries
        One per agreement × priority area × indicator, in the order in which they are read. A combination that is not
        there stands as a dash.
    site
        What all pages share.
    title
        The page's heading.
    question, answer, dates
        What was asked, the answer in short, and how fresh it is; empty ones are left out.
    pages
        Further reports (data quality, trends, …).

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    words = wording(site.language)
    return render_template(
        site,
        title,
        "overview.html.j2",
        is_home=True,
        question=question,
        answer=answer,
        dates=dates,
        counts=counts_by_verdict(entries, words),
        areas=matrix(entries),
        agreements=distinct([entry.agreement for entry in entries]),
        changed=[entry for entry in entries if entry.previous not in (None, entry.verdict)],
        stale=stale_by_reason(entries, words),
        missing=missing_by_need(entries, words),
        pages=pages,
        flag_stale=not site.stale,  # said once, at the top
        mark=lambda verdict: marked(verdict, words),
        verdicts=list(SHAPES),
    )


def matrix(entries: Sequence[IndexEntry]) -> Mapping[str, Mapping[str, Mapping[str, IndexEntry]]]:
    """Arrange entries by priority area, indicator and agreement."""
    areas: dict[str, dict[str, dict[str, IndexEntry]]] = {}
    for entry in entries:
        areas.setdefault(entry.priority_area, {}).setdefault(entry.indicator, {})[entry.agreement] = entry
    return areas


def counts_by_verdict(entries: Sequence[IndexEntry], words: Wording) -> list[tuple[Verdict, str]]:
    """Count the entries by verdict, in the fixed order, leaving out what does not occur."""
    counts = Counter(entry.verdict for entry in entries)
    return [(verdict, words.number(counts[verdict])) for verdict in SHAPES if counts[verdict]]


def stale_by_reason(entries: Sequence[IndexEntry], words: Wording) -> list[tuple[str, str, str]]:
    """Say each reason once: reason, how many results it outdates, which indicators they are of."""
    indicators: dict[str, list[str]] = {}
    for entry in entries:
        if entry.stale:
            indicators.setdefault(entry.stale, []).append(entry.indicator)
    return [(reason, words.number(len(found)), words.join(distinct(found))) for reason, found in indicators.items()]


def missing_by_need(entries: Sequence[IndexEntry], words: Wording) -> list[tuple[str, str, str]]:
    """Say each need once: priority area with indicator, the agreements it concerns, what is needed."""
    agreements: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.needed:
            key = (f"{entry.priority_area}: {entry.indicator}", entry.needed)
            agreements.setdefault(key, []).append(entry.agreement)
    return [(subject, words.join(distinct(found)), needed) for (subject, needed), found in agreements.items()]


def distinct(labels: Sequence[str]) -> list[str]:
    """Keep the first of equal labels, in order."""
    return list(dict.fromkeys(labels))


def marked(verdict: Verdict, words: Wording) -> Markup:
    """Write a verdict as shape and word."""
    return verdict_mark(verdict, words.say(f"verdict.{verdict}"))
