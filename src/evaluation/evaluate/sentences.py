"""The sentence of each result: words from the language file, numbers from the result object, nothing else."""

from __future__ import annotations

import numpy as np

from evaluation.evaluate.agreement import AgreementEvaluation
from evaluation.results import Estimate, Refusal
from evaluation.study.model import Agreement
from evaluation.wording import Wording

# Rules of a verdict that need an explanation in the sentence.
_EXPLAINED = frozenset(
    {
        "comparison_contradicts",
        "not_more_than_comparison",
        "only_comparison_sees_it",
        "comparison_alone_in_part",
        "comparison_too_blunt",
        "nothing_usable",
        "lost_to_multiplicity",
    }
)


def verdict_sentence(evaluation: AgreementEvaluation, wording: Wording) -> str:
    """Say the verdict of one indicator in one agreement in one or two sentences."""
    judgement, language = evaluation.judgement, wording.language
    name = evaluation.indicator.name[language]
    fields = {"name": name, "agreement": agreement_in_text(evaluation.agreement, language)}
    if judgement.verdict == "no_clear_change":
        said = {**fields, "name": lower_first(name)}
        seen = (judgement.detectable, evaluation.indicator.wanted, deciding_estimate(evaluation).scale)
        return seen_sentence("sentence.no_clear_change", *seen, wording, **said)
    if judgement.verdict == "direction_only":
        return wording.say(f"sentence.direction_{judgement.direction}", why=why(evaluation, wording), **fields)
    if judgement.verdict == "cannot_be_assessed":
        fields |= {"name": lower_first(name), "why": why(evaluation, wording)}
        return wording.say("sentence.cannot_be_assessed", **fields)
    estimate = deciding_estimate(evaluation)
    key = judgement.verdict + ("_comparison" if judgement.rule == "comparison_alone" else "")
    size = wording.per_cent(abs(estimate.per_cent[0]), signed=False)
    return wording.say(f"sentence.{key}", size=size, interval=ratio_interval(estimate, wording), **fields)


def seen_sentence(key: str, fall: float, wanted: str, scale: str, wording: Wording, /, **fields: str) -> str:
    """Say which change would probably have been seen (80 % power): a fall, and a rise too unless only falls are wanted.

    Parameters
    ----------
    key
        Of the sentence about a fall; the one about both has the same key with `_either`.
    fall
        Smallest detectable fall in per cent, > 0. On the log scale the rise is as large: 1 / (1 − fall) − 1.
    wanted
        decrease, increase or open.
    scale
        Of the estimate: ratio or difference.
    """
    said = {**fields, "detectable": wording.per_cent(fall, signed=False)}
    if wanted == "decrease":
        return wording.say(key, **said)
    rise = 100 * fall / (100 - fall) if scale == "ratio" else fall
    return wording.say(f"{key}_either", **said, rise=wording.per_cent(rise, signed=False))


def deciding_estimate(evaluation: AgreementEvaluation) -> Estimate:
    """Return the estimate that a clear verdict quotes: the own trend, or the first comparison if that decides alone."""
    primary = evaluation.main.primary
    return primary if primary is not None else evaluation.main.usable_comparisons[0]


def why(evaluation: AgreementEvaluation, wording: Wording) -> str:
    """Say why the verdict is no stronger: the first refusal, or the rule that decided."""
    refusals = [refusal for refusal in evaluation.main.refusals if refusal.severity != "warning"]
    rule = evaluation.judgement.rule
    if refusals and rule in ("nothing_usable", "comparison_too_blunt"):
        return refusal_sentence(refusals[0], wording)
    return wording.say(f"reason.{rule}") if rule in _EXPLAINED else ""


def refusal_sentence(refusal: Refusal, wording: Wording) -> str:
    """Say one refusal with its numbers."""
    values = refusal.values
    if refusal.rule == "insensitive" and not np.isfinite(values["detectable"]):
        return wording.say("reason.insensitive_none")
    if refusal.rule == "insensitive":
        detectable, limit = (wording.per_cent(values[name], signed=False) for name in ("detectable", "limit"))
        return wording.say("reason.insensitive", detectable=detectable, limit=limit)
    if refusal.rule == "high_start":
        return wording.say("reason.high_start", per_cent=wording.per_cent(values["per_cent"], signed=False))
    if refusal.rule == "series_broken":
        months = wording.lists["format.months"]
        return wording.say("reason.series_broken", month=months[int(values["month"]) - 1], year=int(values["year"]))
    digits = 1 if refusal.rule == "too_few_cases" else 0
    fields = {name: wording.number(value, digits) for name, value in values.items()}
    return wording.say(f"reason.{refusal.rule}", **fields)


def described_sentence(description: Estimate, wording: Wording) -> str:
    """Say the before/after ratio as what it is: a description."""
    change = wording.per_cent(description.per_cent[0])
    return wording.say("sentence.described", change=change, interval=ratio_interval(description, wording))


def cases_sentence(estimate: Estimate, wording: Wording) -> str:
    """Say how many cases more or fewer than expected the period had, or that the difference may be none."""
    centre, *limits = estimate.excess
    low, high = sorted(limits)
    if low < 0 < high:
        fields = {"number": wording.number(centre, signed=True), "interval": wording.interval(low, high, signed=True)}
        return wording.say("sentence.cases_unclear", **fields)
    key = "sentence.cases_fewer" if centre < 0 else "sentence.cases_more"
    nearest, farthest = sorted(map(abs, limits))
    return wording.say(key, number=wording.number(abs(centre)), interval=wording.interval(nearest, farthest))


def detectable_sentence(evaluation: AgreementEvaluation, wording: Wording) -> str:
    """Say what these figures could have shown."""
    detectable, judgement = evaluation.main.detectable, evaluation.judgement
    if judgement.grade == 3 and evaluation.main.primary is None:
        decrease = wording.per_cent(judgement.detectable, signed=False)
        return wording.say("sentence.detectable_comparison", decrease=decrease)
    if detectable is None or not np.isfinite(detectable.decrease + detectable.increase):
        return wording.say("sentence.detectable_none")
    decrease, increase = (wording.per_cent(abs(x), signed=False) for x in (detectable.decrease, detectable.increase))
    return wording.say("sentence.detectable", decrease=decrease, increase=increase)


def certainty_sentence(evaluation: AgreementEvaluation, wording: Wording) -> str:
    """Say on which kind of comparison the verdict rests."""
    grade = evaluation.judgement.grade
    alone = grade == 3 and evaluation.main.primary is None
    return wording.say("sentence.certainty_3_comparison" if alone else f"sentence.certainty_{grade}")


def ratio_interval(estimate: Estimate, wording: Wording) -> str:
    """Write the interval of a ratio as per cent change."""
    _, low, high = estimate.per_cent
    return wording.interval(low, high, unit="per_cent")


def agreement_in_text(agreement: Agreement, language: str) -> str:
    """Write an agreement's name as it stands inside a sentence."""
    name = lower_first(agreement.name[language])
    return name if language == "sv" else f"the {name}"


def lower_first(text: str) -> str:
    """Write a name as it stands inside a sentence; names that begin with two capitals keep them."""
    return text if text[1:2].isupper() else text[0].lower() + text[1:]
