"""Protected evaluations and records: what follows from a withheld sum goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from evaluation.disclosure.series_protection import Protected, total_name
from evaluation.evaluate import AgainstBaseline, AgreementEvaluation
from evaluation.results import Estimate, Refusal

Record = dict[str, Any]
_BY_POINT = ("count", "rate")


def protect_evaluation(evaluation: AgreementEvaluation, protected: Protected) -> AgreementEvaluation:
    """Take out of an evaluation what gives withheld sums away; verdict, ratio and interval of the models stay.

    Where the sum of the period or of a baseline is withheld, the ratio of the two rates goes too (with one sum known it
    gives the other), and estimates lose observed and expected, and with them the excess cases. The series stays whole:
    figures and tables take `protected.hidden` with it.
    """
    key = evaluation.agreement.id
    against = tuple(_against(one, key, protected) for one in evaluation.against)
    return replace(evaluation, against=against)


def without_sums(estimate: Estimate) -> Estimate:
    """Return an estimate without observed, expected and, as they follow from these, excess cases."""
    return replace(estimate, observed=float("nan"), expected=float("nan"))


def protect_record(record: Mapping[str, Any], protected: Protected) -> Record:
    """Empty the hidden points of a results.json record, and mark them: `series.hidden`.

    Parameters
    ----------
    record
        One evaluation (of a protected evaluation) or one trend: `series`, perhaps `seasonally_adjusted`, which follows
        each point and would give it away.
    """
    series: Record = dict(record["series"])
    emptied = {name: _empty(series[name], protected) for name in _BY_POINT if name in series}
    protected_record = {**record, "series": {**series, **emptied, "hidden": [bool(flag) for flag in protected.hidden]}}
    if "seasonally_adjusted" in record:
        protected_record["seasonally_adjusted"] = _empty(record["seasonally_adjusted"], protected)
    return protected_record


def _against(against: AgainstBaseline, agreement: str, protected: Protected) -> AgainstBaseline:
    kind = against.window.baseline_kind
    period, baseline, used = (total_name(agreement, kind, side) for side in ("period", "baseline", "used"))
    refusals = against.refusals if protected.allows(used) else tuple(_without_mean(r) for r in against.refusals)
    if protected.allows(period, baseline, f"agreement {agreement}"):
        return replace(against, refusals=refusals)
    return replace(
        against,
        description=None,
        estimates=tuple(without_sums(estimate) for estimate in against.estimates),
        comparisons=tuple(replace(one, estimate=without_sums(one.estimate)) for one in against.comparisons),
        refusals=refusals,
    )


def _without_mean(refusal: Refusal) -> Refusal:
    # the mean of all points used is their sum, divided by a number that is printed
    if "mean" not in refusal.values:
        return refusal
    return replace(refusal, values={**refusal.values, "mean": float("nan")})


def _empty(values: list[float | None], protected: Protected) -> list[float | None]:
    if not values:
        return values
    return [None if flag else value for value, flag in zip(values, np.asarray(protected.hidden), strict=True)]
