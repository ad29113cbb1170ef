"""The one-page summary of a study for the board, from the overview's results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from evaluation.evaluate.sentences import agreement_in_text, lower_first
from evaluation.report import Site, SummaryLine, render_summary
from evaluation.session.claims_site import names_of, result_line, survey_line
from evaluation.session.pages.words import in_language
from evaluation.study import Study
from evaluation.wording import Wording

Record = Mapping[str, Any]
_CLEAR = ("clear_decrease", "clear_increase")


def summary_page(
    study: Study, results: Record, site: Site, next_expected: date | None, words: Wording, dates: str = ""
) -> str:
    """Write the summary of a study; `dates` says how fresh it is: a sheet of paper has nothing else to tell it.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    return render_summary(
        list(summary_lines(study, results, words)),
        site,
        title=words.say("summary.title", area=in_language(study.study.name, words)),
        question=words.say("page.overview.question"),
        answer=short_answer(study, results, words),
        dates=dates,
        limits=(words.say("limits.cause"), words.say("limits.registered")),
        next_steps=_next_steps(study, results, next_expected, words),
    )


def short_answer(study: Study, results: Record, words: Wording) -> str:
    """Answer in short: every clear change by name, or that none can be shown; and how much cannot be assessed."""
    found = [*results["evaluations"], *results.get("survey", [])]
    clear = [_clear_changes(study, found, verdict, words) for verdict in _CLEAR]
    said = [text for text in clear if text] or [words.say("summary.nothing_clear")]
    return " ".join([*said, _unassessed(results, words)])


def _clear_changes(study: Study, found: list[Record], verdict: str, words: Wording) -> str:
    names = names_of(study, words)
    changes = [
        words.say(
            f"summary.in_agreement{'_open' if record.get('wanted') == 'open' else ''}",
            name=lower_first(names[asked_of(record)]),
            number=record["agreement"],
        )
        for record in found
        if record["verdict"] == verdict
    ]
    return words.say(f"summary.{verdict}", changes=words.join(changes)) if changes else ""


def asked_of(record: Record) -> str:
    """Name the indicator or survey question that a record is about."""
    return str(record.get("indicator") or record["question"])


def summary_lines(study: Study, results: Record, words: Wording) -> Iterator[SummaryLine]:
    """Answer per agreement: its headline outcome, every other clear change, and every survey change."""
    names = names_of(study, words)
    for agreement in study.agreements:
        called = agreement_in_text(agreement, words.language)
        for record in _chosen([r for r in results["evaluations"] if r["agreement"] == agreement.id]):
            subject = words.say("summary.line", name=names[record["indicator"]], agreement=called)
            yield SummaryLine(subject, record["verdict"], _sentence(record, words))
        for record in results.get("survey", []):
            if record["agreement"] == agreement.id and record["verdict"] != "cannot_be_assessed":
                subject = words.say("summary.line", name=names[record["question"]], agreement=called)
                yield SummaryLine(subject, record["verdict"], survey_line(study, record, words))


def _sentence(record: Record, words: Wording) -> str:
    """Write the verdict; a clear change whose direction is open is neither good nor bad, and says so."""
    is_open = record["wanted"] == "open" and record["verdict"] in _CLEAR
    said = result_line(record, words)
    return f"{said} {words.say('sentence.wanted_open')}" if is_open else said


def _chosen(records: list[Record]) -> list[Record]:
    # The headline is chosen as on the agreement's own page: the primary outcome with the strongest evidence.
    primary = [r for r in records if r["role"] == "primary"] or records
    headline = max(primary, key=lambda r: int(r["evidence_grade"]), default=None)
    return [r for r in records if r is headline or r["verdict"] in _CLEAR]


def _unassessed(results: Record, words: Wording) -> str:
    missing = len(results["missing"])
    verdicts = [r["verdict"] for r in (*results["evaluations"], *results.get("survey", []))]
    cannot = verdicts.count("cannot_be_assessed") + missing
    total = len(verdicts) + missing
    return words.say("summary.unassessed", cannot=words.number(cannot), total=words.number(total))


def _next_steps(study: Study, results: Record, next_expected: date | None, words: Wording) -> list[str]:
    asked = {row["id"] for row in results["missing"]}
    steps = [
        words.say("summary.need", name=in_language(m.name, words), needed=in_language(m.needed, words))
        for m in study.missing_indicators
        if m.id in asked
    ]
    if next_expected is not None:
        steps.append(words.say("summary.next_figures", date=words.date(next_expected)))
    return steps or [words.say("summary.nothing_needed")]
