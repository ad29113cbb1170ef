"""What is true in Exempelköping: planted effects, their size in the whole municipality, survey shares, planted dirt."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from evaluation.synthetic.intensity import counterfactual, effect_ratios
from evaluation.synthetic.log import WrittenLog
from evaluation.synthetic.process import process_truth
from evaluation.synthetic.survey import WaveTruth
from evaluation.synthetic.world import Period, World, read_toml

DIGITS = 6


def truth_of(world: World, seed: int, events: int, log: WrittenLog, waves: dict[str, WaveTruth]) -> dict[str, Any]:
    """Return the truth as plain values, ready for JSON."""
    return {
        "note": "Syntetiska exempeldata. Only tests read this.",
        "seed": seed,
        "true_events": events,
        "planted_effects": [asdict(effect) for effect in world.effects],
        "municipal_effects": municipal_effects(world),
        "monthly_count_effects": {
            entry["id"]: entry["ratios"] for entry in read_toml("municipal.toml")["counts"] if entry["ratios"]
        },
        "process": process_truth(),
        "survey": {name: asdict(wave) for name, wave in waves.items()},
        "log": {
            "rows_by_file": dict(log.rows),
            "rows_in_two_files": log.twice,
            "planted": dict(log.planted),
            "not_yet_registered_by_month": dict(log.not_yet_registered),
        },
        "batches": [
            {
                "reporter": world.reporters[batch.reporter].id,
                "first_month": str(batch.first_month),
                "last_month": str(batch.last_month),
                "registered": str(batch.registered),
            }
            for batch in world.batches
        ],
        "zones": {area.code: area.zone for area in world.areas},
    }


def municipal_effects(world: World) -> list[dict[str, Any]]:
    """Return the true ratio in the whole municipality by agreement and category, against two baselines.

    "against_fixed": expected events of the period over those without any agreement; "against_previous": the same
    relative to the level that the effects of earlier agreements had already reached.
    """
    without, ratios = counterfactual(world), effect_ratios(world)
    rows = []
    for agreement in world.agreements:
        inside = _inside(world, agreement)
        before = ratios[np.argmax(world.months >= agreement.start.astype("datetime64[M]")) - 1]
        for at, category in enumerate(world.categories):
            base, now = without[inside][:, :, at], ratios[inside][:, :, at]
            happened = (base * now).sum()
            rows.append(
                {
                    "agreement": agreement.id,
                    "category": category.id,
                    "against_previous": round(float(happened / (base * before[:, at]).sum()), DIGITS),
                    "against_fixed": round(float(happened / base.sum()), DIGITS),
                }
            )
    return rows


def _inside(world: World, agreement: Period) -> np.ndarray[Any, np.dtype[np.bool_]]:
    first, last = agreement.start.astype("datetime64[M]"), agreement.end.astype("datetime64[M]")
    return np.asarray((world.months >= first) & (world.months <= last))
