"""What a comparison page writes to results.json: every design of both pools and of the places, beside the own trend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evaluation.evaluate.record import Record, comparison_record, estimate_record
from evaluation.results import Estimate
from evaluation.session.pages.comparison_pools import PoolComparison
from evaluation.session.places import Displacement, PlaceDifference, ProtectedPlaces

Found = tuple[Displacement, ProtectedPlaces]


def with_comparisons(record: Record, comparisons: Sequence[PoolComparison], places: Sequence[Found]) -> Record:
    """Add designs to the record of an evaluation, baseline by baseline, each under a name of its own.

    A design of the pool with neighbours is named `<design>_with_neighbours`; places are named
    `weighted_displacement_difference_<target, ring or both>`, and the interval without measured dispersion
    `…_poisson`. A place is left out where a sum of it, or of the control, may not be shown.
    """
    return record | {
        "baselines": [_with_designs(baseline, comparisons, places) for baseline in record["baselines"]],
    }


def _with_designs(baseline: Record, comparisons: Sequence[PoolComparison], places: Sequence[Found]) -> Record:
    kind, own = baseline["baseline"], [d for d in baseline["designs"] if d["design"].startswith("own_trend")]
    compared = [
        comparison_record(result) | ({} if one.pool == "main" else {"design": f"{result.estimate.design}_{one.pool}"})
        for one in comparisons
        if one.window.baseline_kind == kind
        for result in one.results
    ]
    inside = [
        estimate_record(estimate)
        for found, protected in places
        if found.window.baseline_kind == kind
        for place in found.places
        if not protected.hides(place.which)
        for estimate in _estimates(place, found)
    ]
    return baseline | {"designs": [*own, *compared, *inside]}


def _estimates(place: PlaceDifference, found: Displacement) -> Iterator[Estimate]:
    details = {
        "before": place.before,
        "after": place.after,
        "expected": place.expected,
        "change_per_cent": place.per_cent,
        "detectable": place.difference.detectable,
        "detectable_per_cent": place.detectable,
        "dispersion": place.difference.dispersion,
        "exact_p": place.exact_p,
    }
    for estimate, ending in ((place.difference.estimate, ""), (place.difference.poisson, "_poisson")):
        yield replace(
            estimate,
            design=f"{estimate.design}_{place.which}{ending}",
            n_baseline=int(found.window.baseline.sum()),
            n_period=int(found.window.period.sum()),
            details=details,
        )
