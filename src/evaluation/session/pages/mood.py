"""Whether a verdict goes the way the agreement wants: it colours the answer, and the words say the same."""

from __future__ import annotations

from evaluation.evaluate import AgreementEvaluation
from evaluation.report.blocks import Mood


def mood_of(evaluation: AgreementEvaluation) -> Mood:
    """Return wanted or unwanted for a clear change with a stated direction, otherwise neutral."""
    judgement, wanted = evaluation.judgement, evaluation.indicator.wanted
    if wanted == "open" or judgement.verdict not in ("clear_decrease", "clear_increase"):
        return "neutral"
    return "wanted" if judgement.direction == wanted else "unwanted"
