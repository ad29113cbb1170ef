"""Whether a verdict goes the way the agreement wants: it colours the answer, and the words say the same."""

from __future__ import annotations

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.report.blocks import Mood
from evaluation.results import Verdict


def mood_of(evaluation: AgreementEvaluation) -> Mood:
    """Return wanted or unwanted for a clear change with a stated direction, otherwise neutral."""
    judgement = evaluation.judgement
    return _mood(judgement.verdict, judgement.direction, evaluation.indicator.wanted)


def mood_of_survey(outcome: SurveyOutcome) -> Mood:
    """Return the same for a survey question under an agreement."""
    return _mood(outcome.verdict, outcome.direction, outcome.question.wanted)


def _mood(verdict: Verdict, direction: str, wanted: str) -> Mood:
    if wanted == "open" or verdict not in ("clear_decrease", "clear_increase"):
        return "neutral"
    return "wanted" if direction == wanted else "unwanted"
