"""The pages above the reports: first page, an index per study and language, claims, board summary, statement."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from evaluation.report import Link, Site, render_index, render_statement
from evaluation.report.landing import StudyLine, render_landing
from evaluation.results import Verdict
from evaluation.runs.freshness import Freshness, freshness
from evaluation.runs.manifest import trusted_manifest
from evaluation.runs.project import Project
from evaluation.runs.publish import replace_file
from evaluation.session.claims_site import claims_page
from evaluation.session.entries import index_entries
from evaluation.session.jobs import job_id, place_pages
from evaluation.session.pages.words import in_language
from evaluation.session.rendering import claims_name, index_name, site_name, statement_name, summary_name
from evaluation.session.save import RESULTS
from evaluation.session.summary_site import short_answer, summary_page
from evaluation.study import Study, load_study
from evaluation.wording import Wording, wording

LANGUAGES = ("sv", "en")


@dataclass(frozen=True, slots=True)
class PublishedStudy:
    """What is published of one study in one language: overview results, run record, freshness."""

    study: Study
    language: str
    results: Mapping[str, Any]
    record: Mapping[str, Any]
    fresh: Freshness


def render_site(reports: Path) -> str:
    """Write every page above the reports and return the first page's text (its writer is the runner).

    Raises
    ------
    GateError
        A page breaks a rule of accessibility.
    """
    project, today = Project(reports.parent), datetime.now(UTC).date()
    for language in LANGUAGES:
        published = tuple(_published(project, language, today))
        for one in published:
            for name, text in _study_pages(project, one):
                _write(reports / one.study.id / name, text)
        _write(reports / statement_name(language), _statement(language, published, today))
        if language != "sv":
            _write(reports / index_name(language), _landing(language, published))
    return _landing("sv", tuple(_published(project, "sv", today)))


def _published(project: Project, language: str, today: date) -> Iterator[PublishedStudy]:
    """Find studies whose overview can be trusted; one whose record is damaged waits until its next run mends it."""
    for path in sorted(project.studies.glob("*.toml")):
        study = load_study(path)
        folder = project.published(study.id, job_id(study, "overview", language))
        record = trusted_manifest(folder) if language in study.study.languages else None
        if record is not None:
            results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
            yield PublishedStudy(study, language, results, record, freshness(project, record, today))


def _study_pages(project: Project, one: PublishedStudy) -> Iterator[tuple[str, str]]:
    words, study, results = wording(one.language), one.study, one.results
    yield index_name(one.language), _study_index(project, one, words)
    site = _site(one, words, summary_name)
    dates = _dates(one.fresh, words)
    yield summary_name(one.language), summary_page(study, results, site, _awaited(one.fresh), words, dates)
    if study.claims:
        yield claims_name(one.language), claims_page(study, results, _site(one, words, claims_name), words)


def _study_index(project: Project, one: PublishedStudy, words: Wording) -> str:
    entries = index_entries(one.study, one.results, one.record, stale_text(one.fresh, words), words)
    return render_index(
        entries,
        _site(one, words, index_name),
        title=words.say("site.study_title", area=in_language(one.study.study.name, words)),
        question=words.say("page.overview.question"),
        answer=short_answer(one.study, one.results, words),
        dates=_dates(one.fresh, words),
        pages=tuple(_pages(project, one, words)),
    )


def stale_text(fresh: Freshness, words: Wording) -> str:
    """Say why a report is outdated, or nothing."""
    if fresh.changed_inputs:
        return words.say("site.changed_inputs")
    if fresh.is_overdue and fresh.next_expected is not None:
        return words.say("site.overdue", date=words.date(fresh.next_expected))
    return ""


def _pages(project: Project, one: PublishedStudy, words: Wording) -> Iterator[Link]:
    yield Link(summary_name(one.language), words.say("site.page.summary"))
    if one.study.claims:
        yield Link(claims_name(one.language), words.say("site.page.claims"))
    names = ["overview", *(f"agreement-{a.id}" for a in one.study.agreements), "trends", "safety"]
    names += [f"comparison-{a.id}" for a in one.study.agreements]
    titles = {name: _page_title(one.study, name, words) for name in names}
    titles |= {name: _place_title(one.study, *which, words) for name, which in place_pages(one.study).items()}
    for name, title in (*titles.items(), ("quality", _page_title(one.study, "quality", words))):
        job = job_id(one.study, name, one.language)
        if (project.published(one.study.id, job) / "report.html").is_file():
            yield Link(f"{job}/report.html", title)


def _page_title(study: Study, name: str, words: Wording) -> str:
    kind, _, number = name.partition("-")
    if not number:
        return words.say(f"site.page.{kind}")
    return words.say(f"site.page.{kind}", agreement=in_language(study.agreement(number).name, words))


def _place_title(study: Study, agreement: str, indicator: str, words: Wording) -> str:
    return words.say(
        "site.page.places",
        agreement=in_language(study.agreement(agreement).name, words),
        indicator=in_language(study.indicator(indicator).name, words),
    )


def _landing(language: str, published: tuple[PublishedStudy, ...]) -> str:
    words = wording(language)
    site = Site(site_name(words), language, links=_footer(language))
    ordered = sorted(published, key=lambda one: (one.study.study.synthetic, one.study.id))
    lead = (words.say("landing.lead"),)
    return render_landing([_line(one, words) for one in ordered], site, title=words.say("landing.title"), lead=lead)


def _line(one: PublishedStudy, words: Wording) -> StudyLine:
    verdicts: Counter[Verdict] = Counter(record["verdict"] for record in one.results["evaluations"])
    verdicts.update(record["verdict"] for record in one.results.get("survey", []))
    verdicts["cannot_be_assessed"] += len(one.results["missing"])
    others = tuple(
        Link(f"{one.study.id}/{index_name(other)}", _named(one.study, wording(other)), other)
        for other in one.study.study.languages
        if other != one.language
    )
    return StudyLine(
        name=in_language(one.study.study.name, words),
        href=f"{one.study.id}/{index_name(one.language)}",
        answer=short_answer(one.study, one.results, words),
        counts={verdict: words.number(count) for verdict, count in verdicts.items() if count},
        dates=_dates(one.fresh, words),
        stale=stale_text(one.fresh, words),
        other_languages=others,
    )


def _named(study: Study, words: Wording) -> str:
    return words.say("site.study_in_this_language", name=in_language(study.study.name, words))


def _dates(fresh: Freshness, words: Wording) -> str:
    """Say what the figures cover, when the run was, and when new ones are due; a day that has passed has a notice."""
    data_to = words.date(fresh.data_to) if fresh.data_to else words.say("format.missing")
    said = words.say("landing.dates", data_to=data_to, run=words.date(fresh.run))
    awaited = _awaited(fresh)
    return f"{said} {words.say('landing.next', date=words.date(awaited))}" if awaited else said


def _awaited(fresh: Freshness) -> date | None:
    return None if fresh.is_overdue else fresh.next_expected


def _site(one: PublishedStudy, words: Wording, name: Callable[[str], str]) -> Site:
    other = [language for language in one.study.study.languages if language != one.language]
    links = tuple(Link(name(o), wording(o).say("site.in_this_language"), o) for o in other)
    statement = Link(f"../{statement_name(one.language)}", words.say("report.statement"))
    start = Link(f"../{index_name(one.language)}", words.say("site.all_studies"))
    return Site(
        site_name(words),
        one.language,
        one.study.study.synthetic,
        home=index_name(one.language),
        links=(start, *links, statement),
        stale=stale_text(one.fresh, words),
    )


def _footer(language: str) -> tuple[Link, ...]:
    words = wording(language)
    other = [o for o in LANGUAGES if o != language]
    links = [Link(index_name(o), wording(o).say("site.in_this_language"), o) for o in other]
    return (*links, Link(statement_name(language), words.say("report.statement")))


def _statement(language: str, published: tuple[PublishedStudy, ...], today: date) -> str:
    words = wording(language)
    site = Site(site_name(words), language, links=_footer(language)[:-1], home=index_name(language))
    contacts = dict.fromkeys(
        in_language(one.study.study.contact, words) for one in published if not one.study.study.synthetic
    )
    contact = words.join(list(contacts)) or words.say("format.missing")
    organisation = words.say("site.organisation")
    return render_statement(site, organisation=organisation, contact=contact, assessed=str(today))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode("utf-8"))
