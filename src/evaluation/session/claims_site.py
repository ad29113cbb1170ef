"""The claims page of a study: what has been said in public, held against the overview's results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from evaluation.evaluate.sentences import agreement_in_text, lower_first
from evaluation.report import Claim, Site, render_claims
from evaluation.report.claims import CLAIM_SHAPES
from evaluation.session.claim_rule import VERDICT_OF, Finding, claim_reason
from evaluation.session.jobs import job_id
from evaluation.session.pages.words import in_language
from evaluation.study import Study
from evaluation.study.model import Claim as Said
from evaluation.wording import Wording

Record = Mapping[str, Any]


def claims_page(study: Study, results: Record, site: Site, words: Wording) -> str:
    """Write the claims page of a study from its file and the overview's results.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    title = words.say("claims.title", area=in_language(study.study.name, words))
    judged = [judged_claim(study, said, results, words) for said in study.claims]
    later = words.say("claims.later", date=words.date(date.fromisoformat(results["data_to"])))
    lead = (counts_line(judged, words), words.say("claims.lead"), words.say("claims.cause"), later)
    return render_claims(judged, site, title=title, lead=lead, method=(words.say("claims.rule"),))


def counts_line(judged: Sequence[Claim], words: Wording) -> str:
    """Say how many claims there are, and how many got each verdict."""
    found = Counter(claim.verdict for claim in judged)
    named = {verdict: lower_first(words.say(f"claims.verdict.{verdict}")) for verdict in CLAIM_SHAPES if found[verdict]}
    counts = [words.say("claims.count", verdict=name, number=found[verdict]) for verdict, name in named.items()]
    return words.say("claims.lead_counts", total=words.number(len(judged)), counts=words.join(counts))


def judged_claim(study: Study, said: Said, results: Record, words: Wording) -> Claim:
    """Hold one claim against every result that it names."""
    records, surveys = _named(said, results)
    findings = [Finding(r["verdict"], r["direction"], r["wanted"]) for r in (*records, *surveys)]
    gaps = tuple(_gaps(study, said, words))
    reason = claim_reason(findings, is_fact=said.fact is not None, has_gaps=bool(gaps))
    evidence = (
        *(result_line(r, words) for r in records if r["verdict"] != "cannot_be_assessed"),
        *(survey_line(study, r, words) for r in surveys if "change" in r),
    )
    return Claim(
        text=in_language(said.text, words),
        source=in_language(said.said, words),
        verdict=VERDICT_OF[reason],
        sentence=words.say(f"claims.reason.{reason}"),
        evidence=(*((in_language(said.fact, words),) if said.fact else ()), *evidence),
        limits=(*_unassessed(study, [*records, *surveys], words), *gaps),
        href=f"{job_id(study, 'overview', words.language)}/report.html" if findings else "",
    )


def _named(said: Said, results: Record) -> tuple[list[Record], list[Record]]:
    records = [r for r in results["evaluations"] if r["indicator"] in said.indicators]
    return records, [r for r in results.get("survey", []) if r["question"] in said.indicators]


def result_line(record: Record, words: Wording) -> str:
    """Say the verdict of a record, and that it is interim where the agreement has not ended."""
    said = str(record["sentences"][words.language])
    return f"{said} {words.say('page.interim')}" if record["interim"] else said


def survey_line(study: Study, record: Record, words: Wording) -> str:
    """Say in one sentence or two what the survey shows for an agreement; the record must hold a change."""
    change, agreement = record["change"], study.agreement(record["agreement"])
    line = words.say(
        "claims.survey",
        name=names_of(study, words)[record["question"]],
        agreement=agreement_in_text(agreement, words.language),
        change=words.points(change["estimate"], 1),
        from_wave=str(change["from"]),
        to_wave=str(change["to"]),
        interval=words.interval(change["low"], change["high"], 1, unit="points"),
    )
    return f"{line} {words.say('claims.straddles')}" if record.get("straddles") else line


def _unassessed(study: Study, records: list[Record], words: Wording) -> Iterator[str]:
    agreements: dict[str, list[str]] = {}
    for record in records:
        if record["verdict"] == "cannot_be_assessed":
            name = names_of(study, words)[record.get("indicator") or record["question"]]
            called = agreement_in_text(study.agreement(record["agreement"]), words.language)
            agreements.setdefault(name, []).append(called)
    for name, found in agreements.items():
        every = len(found) == len(study.agreements)
        which = words.say("claims.every_agreement") if every else words.join(found)
        yield words.say("claims.unassessed", name=name, agreements=which)


def _gaps(study: Study, said: Said, words: Wording) -> Iterator[str]:
    for missing in study.missing_indicators:
        if missing.id in said.indicators:
            needed = in_language(missing.needed, words)
            yield words.say("claims.needed", name=in_language(missing.name, words), needed=needed)


def names_of(study: Study, words: Wording) -> dict[str, str]:
    """Name every indicator and survey question of a study in the language of the page."""
    names = {indicator.id: indicator.name for indicator in study.indicators}
    names |= {question.id: question.name for question in study.survey_questions}
    return {key: in_language(name, words) for key, name in names.items()}
