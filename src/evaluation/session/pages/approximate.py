"""Saying, right where an estimate stands, that it rests on stand-ins for hidden counts (docs/disclosure.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evaluation.disclosure import total_name
from evaluation.evaluate import AgainstBaseline, AgreementEvaluation
from evaluation.evaluate.record import evaluation_record
from evaluation.evaluate.sentences import verdict_sentence
from evaluation.wording import Wording, wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

HiddenCounts = Literal["none", "stand_ins", "withheld_sum"]
_SIDES = ("period", "baseline", "used")


def hidden_counts(session: OpenedStudy, evaluation: AgreementEvaluation, against: AgainstBaseline) -> HiddenCounts:
    """Say what the estimates against one baseline rest on.

    Returns
    -------
    HiddenCounts
        `none`: no point of the baseline or the period is hidden. `stand_ins`: some are, and every sum that the
        estimate needs is printed, so the level is the true one and the uncertainty is approximate. `withheld_sum`: a
        sum is withheld too, so the level is approximate and the interval does not say by how much.
    """
    protected, key = session.protected(evaluation), evaluation.agreement.id
    if not (protected.hidden & against.window.used).any():
        return "none"
    sums = (total_name(key, against.window.baseline_kind, side) for side in _SIDES)
    return "stand_ins" if protected.allows(f"agreement {key}", *sums) else "withheld_sum"


def approximate(session: OpenedStudy, evaluation: AgreementEvaluation, words: Wording) -> str:
    """Say in plain words that what is shown of an evaluation is approximate; nothing where no number is shown."""
    kind = hidden_counts(session, evaluation, evaluation.main)
    estimated = evaluation.main.estimates or evaluation.main.description is not None
    return words.say(f"limits.approximate.{kind}") if estimated and kind != "none" else ""


def approximate_in_table(session: OpenedStudy, evaluation: AgreementEvaluation) -> str:
    """Say the same for a table of every baseline: the worst of them counts."""
    kinds = {hidden_counts(session, evaluation, one) for one in evaluation.against if one.estimates or one.description}
    worst = next((kind for kind in ("withheld_sum", "stand_ins") if kind in kinds), None)
    return session.words.say(f"limits.approximate.{worst}") if worst else ""


def verdict_in_words(session: OpenedStudy, evaluation: AgreementEvaluation, words: Wording) -> str:
    """Write the verdict in one sentence, and whether the number in it is approximate in another."""
    return " ".join(filter(None, (verdict_sentence(evaluation, words), approximate(session, evaluation, words))))


def record_in_words(session: OpenedStudy, evaluation: AgreementEvaluation) -> dict[str, Any]:
    """Return the results.json record of an evaluation: its sentences in every language, and what it rests on."""
    languages = {language: wording(language) for language in session.study.study.languages}
    said: dict[str, str] = {
        language: verdict_in_words(session, evaluation, words) for language, words in languages.items()
    }
    kind = hidden_counts(session, evaluation, evaluation.main)
    return evaluation_record(evaluation, said) | {"hidden_counts": kind}
