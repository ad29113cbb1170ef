"""From data to verdicts: one `AgreementEvaluation` per indicator and agreement, with sentences and JSON."""

from evaluation.evaluate.against import AgainstBaseline, CheckInputs, against_baseline
from evaluation.evaluate.agreement import AgreementEvaluation, evaluate_indicator, evaluated_on, judge_together
from evaluation.evaluate.coarser import coarser
from evaluation.evaluate.verdict import Judgement

__all__ = [
    "AgainstBaseline",
    "AgreementEvaluation",
    "CheckInputs",
    "Judgement",
    "against_baseline",
    "coarser",
    "evaluate_indicator",
    "evaluated_on",
    "judge_together",
]
