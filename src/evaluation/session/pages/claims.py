"""Public claims about the agreements, each held against what the data can and cannot support."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_sentence
from evaluation.report.blocks import Heading, Prose
from evaluation.session.claim_rule import Finding, claim_reason
from evaluation.session.pages.approximate import verdict_in_words
from evaluation.session.pages.words import in_language
from evaluation.session.show import Blocks, blocks, joined
from evaluation.study.model import Claim

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def claim_prose(
    session: OpenedStudy, evaluations: Sequence[AgreementEvaluation], surveys: Sequence[SurveyOutcome]
) -> Blocks:
    """Show each claim with its source, and what the figures say about it."""
    return joined(_claim(session, claim, evaluations, surveys) for claim in session.study.claims)


def _claim(
    session: OpenedStudy,
    claim: Claim,
    evaluations: Sequence[AgreementEvaluation],
    surveys: Sequence[SurveyOutcome],
) -> Blocks:
    words = session.words
    said = words.say("page.claims.said", text=in_language(claim.text, words), source=in_language(claim.said, words))
    facts = (in_language(claim.fact, words),) if claim.fact else ()
    gaps = tuple(_missing(session, key) for key in claim.indicators if key in _missing_ids(session))
    items = (
        *(
            verdict_in_words(session, e, words)
            for e in evaluations
            if e.indicator.id in claim.indicators and _is_judged(e)
        ),
        *(survey_sentence(o, words) for o in surveys if o.question.id in claim.indicators and o.change is not None),
        *gaps,
    )
    reason = claim_reason(_findings(claim, evaluations, surveys), is_fact=claim.fact is not None, has_gaps=bool(gaps))
    conclusion = words.say(f"claims.reason.{reason}")
    heading = Heading(words.say("page.claims.heading", text=in_language(claim.text, words)), 3)
    return blocks(heading, Prose((said, *facts, conclusion), tuple(dict.fromkeys(items))))


def _is_judged(evaluation: AgreementEvaluation) -> bool:
    # What cannot be assessed, and why, stands in the table of verdicts and on the claims page.
    return evaluation.judgement.verdict != "cannot_be_assessed"


def _findings(
    claim: Claim, evaluations: Sequence[AgreementEvaluation], surveys: Sequence[SurveyOutcome]
) -> list[Finding]:
    judged = [(e.indicator.id, e.judgement.verdict, e.judgement.direction, e.indicator.wanted) for e in evaluations]
    asked = [(o.question.id, o.verdict, o.direction, o.question.wanted) for o in surveys]
    named = ((key, Finding(verdict, way, wanted)) for key, verdict, way, wanted in (*judged, *asked))
    return [found for key, found in named if key in claim.indicators]


def _missing_ids(session: OpenedStudy) -> set[str]:
    return {missing.id for missing in session.study.missing_indicators}


def _missing(session: OpenedStudy, key: str) -> str:
    missing = next(missing for missing in session.study.missing_indicators if missing.id == key)
    words = session.words
    needed = words.say("sentence.missing", needed=in_language(missing.needed, words))
    return f"{in_language(missing.name, words)}: {needed}"
