"""Checks in words: what each asks, its verdict, and one sentence with its numbers; and the options of the curve."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from evaluation.checks.specification import DIMENSIONS, SpecificationCurve
from evaluation.results import CheckResult
from evaluation.series import Grain
from evaluation.wording import Wording

PER_CENT = frozenset({"missing", "preliminary", "detectable"})
WHOLE = frozenset({"year", "month"})


def check_name(check: CheckResult, wording: Wording) -> str:
    """Name what is checked."""
    return wording.say(f"check.name.{check.check}")


def verdict_word(check: CheckResult, wording: Wording) -> str:
    """Say the verdict in one word."""
    return wording.say(f"check.verdict.{check.verdict}")


def check_sentence(check: CheckResult, wording: Wording, grain: Grain = "month") -> str:
    """Say what the check found, with its numbers; too little data has one sentence for all checks.

    A point of time is written in the words of `grain`, the step of the series that was checked.
    """
    specific = f"check.{check.check}.{check.verdict}"
    key = specific if wording.has(specific) else f"check.{check.verdict}"
    return wording.say(key, **_fields(check, wording, grain))


def check_rows(
    checks: Iterable[CheckResult], wording: Wording, grain: Grain = "month"
) -> tuple[tuple[str, str, str], ...]:
    """Lay checks out as table rows: name, verdict word, sentence."""
    return tuple(
        (check_name(check, wording), verdict_word(check, wording), check_sentence(check, wording, grain))
        for check in checks
    )


def curve_sentence(curve: SpecificationCurve, wording: Wording) -> str:
    """Say how many variants there are and how many of them agree with the planned one."""
    return wording.say(
        "check.curve",
        variants=wording.number(len(curve.variants)),
        refused=wording.number(len(curve.refused)),
        direction=wording.per_cent(100 * curve.same_direction, signed=False),
        conclusion=wording.per_cent(100 * curve.same_conclusion, signed=False),
    )


def curve_title(curve: SpecificationCurve, wording: Wording) -> str:
    """Say in one line how many variants point the way of the planned one, and how many agree with it wholly."""
    return wording.say(
        "check.curve_title",
        same=wording.number(round(curve.same_direction * len(curve.variants))),
        variants=wording.number(len(curve.variants)),
        conclusion=wording.per_cent(100 * curve.same_conclusion, signed=False),
    )


def curve_choices(curve: SpecificationCurve, wording: Wording) -> list[dict[str, str]]:
    """Say the choices of every variant in words, option by dimension, as `specification_figure` takes them."""
    labels = {name: wording.say(f"check.choice.{name}") for name in DIMENSIONS}
    return [
        {labels[name]: _option(name, variant.choices[name], wording) for name in DIMENSIONS}
        for variant in curve.variants
    ]


def _option(dimension: str, option: str, wording: Wording) -> str:
    if dimension == "design":
        return wording.say(f"check.option.{option}")
    if dimension in ("season", "transition"):
        return wording.say(f"check.option.{dimension}", number=int(option))
    if option.startswith("baseline_"):
        _, sign, years = option.split("_")
        return wording.say(f"check.option.baseline_{sign}", years=int(years))
    return wording.say(f"check.option.{option}")


def _fields(check: CheckResult, wording: Wording, grain: Grain) -> dict[str, str]:
    values = check.values
    fields = {name: _written(name, value, values.get("ratio") == 1.0, wording) for name, value in values.items()}
    fields["statistic"] = wording.number(check.statistic, 2)
    fields["p"] = wording.p_value(check.p) if math.isfinite(check.p) else wording.number(check.p)
    if {"year", "month"} <= values.keys():
        fields["when"] = wording.point(date(int(values["year"]), int(values["month"]), 1), grain)
    return fields


def _written(name: str, value: float, ratio: bool, wording: Wording) -> str:
    if name in PER_CENT:
        return wording.per_cent(value, signed=False)
    if name.endswith(("effect", "low", "high")):
        return wording.per_cent(value) if ratio else wording.number(value, 2, signed=True)
    if name in WHOLE:
        return str(int(value))
    return wording.number(value, 0 if value == round(value) or abs(value) >= 10 else 2)
