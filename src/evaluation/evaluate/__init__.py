"""From data to verdicts: one `AgreementEvaluation` per indicator and agreement, with sentences and JSON."""

from evaluation.evaluate.agreement import AgainstBaseline, AgreementEvaluation, evaluate_indicator, judge_together
from evaluation.evaluate.verdict import Judgement

__all__ = ["AgainstBaseline", "AgreementEvaluation", "Judgement", "evaluate_indicator", "judge_together"]
