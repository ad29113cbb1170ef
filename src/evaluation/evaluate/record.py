"""The results as JSON values: one record per indicator and agreement; the contract of results.json, version 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluation.evaluate.against import AgainstBaseline
from evaluation.evaluate.agreement import AgreementEvaluation
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.models import DetectableChange
from evaluation.models.panel import PanelResult
from evaluation.results import CheckResult, Estimate, Refusal, Verdict
from evaluation.series import TimeSeries

SCHEMA_VERSION = 1
# The verdict as a number too, so that the run record's list of changed numbers shows when it changes.
VERDICT_CODES: dict[Verdict, int] = {
    "cannot_be_assessed": 0,
    "direction_only": 1,
    "no_clear_change": 2,
    "clear_decrease": 3,
    "clear_increase": 4,
}
_DIGITS = 12

Record = dict[str, Any]


def evaluation_record(evaluation: AgreementEvaluation, sentences: Mapping[str, str]) -> Record:
    """Return one evaluation; `sentences` holds its verdict in words by language."""
    judgement, indicator = evaluation.judgement, evaluation.indicator
    return {
        "agreement": evaluation.agreement.id,
        "indicator": indicator.id,
        "priority_area": indicator.priority_area,
        "area": evaluation.series.area,
        "grain": evaluation.series.grain,
        "aggregated_to": evaluation.aggregated_to,
        "wanted": indicator.wanted,
        "role": indicator.role,
        "interim": evaluation.interim,
        "share_observed": number(evaluation.main.window.share_observed),
        "verdict": judgement.verdict,
        "verdict_code": VERDICT_CODES[judgement.verdict],
        "direction": judgement.direction,
        "evidence_grade": judgement.grade,
        "rule": judgement.rule,
        "p_adjusted": number(judgement.p_adjusted),
        "detectable_per_cent": number(judgement.detectable),
        "sentences": dict(sentences),
        "baselines": [against_record(against) for against in evaluation.against],
        "series": series_record(evaluation.series),
    }


def against_record(against: AgainstBaseline) -> Record:
    """Return everything about one agreement against one baseline."""
    return {
        "baseline": against.window.baseline_kind,
        "points_baseline": int(against.window.baseline.sum()),
        "points_period": int(against.window.period.sum()),
        "description": estimate_record(against.description) if against.description else None,
        "designs": [
            *(estimate_record(estimate) for estimate in against.estimates),
            *(comparison_record(result) for result in against.comparisons),
        ],
        "smallest_detectable_change": detectable_record(against.detectable),
        "refusals": [refusal_record(refusal) for refusal in against.refusals],
        "checks": [check_record(check) for check in against.checks],
    }


def estimate_record(estimate: Estimate) -> Record:
    """Return one estimate with every field of the result object."""
    return {
        "design": estimate.design,
        "scale": estimate.scale,
        "estimate": number(estimate.estimate),
        "low": number(estimate.low),
        "high": number(estimate.high),
        "p": number(estimate.p),
        "standard_error": number(estimate.standard_error),
        "observed": number(estimate.observed),
        "expected": number(estimate.expected),
        "n_baseline": estimate.n_baseline,
        "n_period": estimate.n_period,
        "level": number(estimate.level),
        "method": estimate.method,
        "details": {name: number(value) for name, value in estimate.details.items()},
    }


def comparison_record(result: PanelResult) -> Record:
    """Return one comparison design with its gate and its donors."""
    donors = zip(result.donors.areas, result.donors.weights, strict=True)
    return estimate_record(result.estimate) | {
        "gate": {"passed": result.gate.passed, "reasons": list(result.gate.reasons)},
        "donors": {area: number(float(weight)) for area, weight in donors if weight > 1e-6},
    }


def survey_record(outcome: SurveyOutcome) -> Record:
    """Return one survey question in one agreement."""
    record: Record = {
        "agreement": outcome.agreement.id,
        "question": outcome.question.id,
        "priority_area": outcome.question.priority_area,
        "wanted": outcome.question.wanted,
        "verdict": outcome.verdict,
        "verdict_code": VERDICT_CODES[outcome.verdict],
        "direction": outcome.direction,
        "evidence_grade": outcome.grade,
        "missing": outcome.missing,
        "straddles": outcome.straddles,
    }
    if outcome.change is None:
        return record
    waves = {"from": outcome.change.wave_from.label, "to": outcome.change.wave_to.label, "kind": outcome.change.kind}
    detectable = number(outcome.change.smallest_detectable)
    estimate = estimate_record(outcome.change.to_estimate())
    return record | {"change": waves | {"smallest_detectable_points": detectable} | estimate}


def check_record(check: CheckResult) -> Record:
    """Return one check with its verdict and numbers."""
    return {
        "check": check.check,
        "verdict": check.verdict,
        "statistic": number(check.statistic),
        "p": number(check.p),
        "threshold": number(check.threshold),
        "values": {name: number(value) for name, value in check.values.items()},
    }


def detectable_record(detectable: DetectableChange | None) -> Record | None:
    """Return the smallest detectable change in per cent (or the unit of a value series)."""
    if detectable is None:
        return None
    return {
        "decrease": number(detectable.decrease),
        "increase": number(detectable.increase),
        "power": number(detectable.power),
        "level": number(detectable.level),
    }


def refusal_record(refusal: Refusal) -> Record:
    """Return one refusal with the numbers that made it fire."""
    values = {name: number(value) for name, value in refusal.values.items()}
    return {"rule": refusal.rule, "severity": refusal.severity, "values": values}


def series_record(series: TimeSeries) -> Record:
    """Return a series point by point; unpublished points are null."""
    return {
        "start": [str(day) for day in series.start],
        "count": numbers(series.count),
        "exposure": numbers(series.exposure),
        "rate": numbers(series.rate),
        "preliminary": [bool(flag) for flag in series.preliminary],
    }


def number(value: float) -> float | None:
    """Return a number as JSON can hold it: NaN and infinities are null, 12 significant digits.

    Twelve digits keep every published figure and drop the last bits, in which platforms differ.
    """
    return float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None


def numbers(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Return many numbers as JSON can hold them."""
    return [number(float(value)) for value in values]
