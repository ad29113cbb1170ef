"""Which indicators the files give: known labels, the finest grain with a baseline, one primary per priority area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from evaluation.onboarding.catalogue import Outcome, catalogue, filled, in_languages
from evaluation.onboarding.request import Request

BASELINE_POINTS = 8
"""Points before the first agreement that an indicator needs to be primary (`thresholds.minimum_points`)."""
BASELINE_YEARS = {"month": 5, "quarter": 5, "year": 10}
"""Length of the fixed baseline, where the series goes back so far."""
REORGANISED = date(2015, 1, 1)
"""Place of crime is recorded otherwise before: months and quarters of the fixed baseline do not reach behind it."""
GRAINS = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Choice:
    """One indicator chosen.

    Attributes
    ----------
    points_before
        Published points of the municipality before the first agreement.
    worked_out
        True where only a rate is published.
    """

    outcome: Outcome
    source: str
    offence_type: str
    grain: str
    points_before: int
    worked_out: bool
    languages: tuple[str, ...]
    role: str = "exploratory"

    def entry(self) -> dict[str, Any]:
        """Return the entry of the study file, without exposure."""
        words = catalogue().words
        caveats = [in_languages(caveat, self.languages) for caveat in self.outcome.caveats]
        caveats += [in_languages(words["rate_caveat"], self.languages)] if self.worked_out else []
        name = filled(words["by_grain"][self.grain], self.languages, name=self.outcome.name)
        entry: dict[str, Any] = {"id": f"{self.outcome.id}_{self.grain}", "name": name}
        entry |= {"priority_area": self.outcome.priority_area, "source": self.source}
        entry |= {"offence_type": self.offence_type, "grain": self.grain, "wanted": self.outcome.wanted}
        entry |= {"role": self.role} | ({"sensitive": True} if self.outcome.sensitive else {})
        return entry | ({"caveats": caveats} if caveats else {})


def indicators_of(counts: Mapping[str, pd.DataFrame], request: Request) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """Return the indicators in the catalogue's order, and a note for every label that gives none.

    Parameters
    ----------
    counts
        Source id → counts, the better sources first: an outcome and grain is taken once.
    """
    found = [choice for source, frame in counts.items() for choice in _choices(source, frame, request)]
    once: dict[tuple[str, str], Choice] = {}
    for choice in sorted(found, key=lambda each: each.worked_out):
        once.setdefault((choice.outcome.id, choice.grain), choice)
    order = {outcome.id: at for at, outcome in enumerate(catalogue().outcomes)}
    kept = sorted(once.values(), key=lambda each: (order[each.outcome.id], GRAINS.index(each.grain)))
    left = [choice for choice in found if choice not in kept]
    double = tuple(f"{each.source}: {each.offence_type!r} stands already in another source" for each in left)
    return _with_primaries(kept), (*_unknown_labels(counts, request), *double)


def baselines_of(
    chosen: Sequence[Choice], counts: Mapping[str, pd.DataFrame], request: Request
) -> tuple[dict[str, Any], ...]:
    """Return the fixed baseline of each grain in use: up to five years (ten for yearly figures) before the agreements.

    Without any figure before the first agreement the baseline is the year before it, and the report says that nothing
    can be assessed. Monthly data are given a baseline too where only a survey or a log is there.
    """
    first = request.periods[0].start
    grains = {choice.grain for choice in chosen} or {"month"}
    return tuple(_baseline(grain, first, chosen, counts, request.code) for grain in GRAINS if grain in grains)


def _baseline(
    grain: str, first: date, chosen: Sequence[Choice], counts: Mapping[str, pd.DataFrame], code: str
) -> dict[str, Any]:
    earliest = date(first.year - BASELINE_YEARS[grain], 1, 1)
    if grain != "year" and earliest < REORGANISED < first:
        earliest = REORGANISED
    starts = [
        _own(counts[choice.source], code, choice.offence_type, grain)["start"].min().date()
        for choice in chosen
        if choice.grain == grain
    ]
    data = min(starts, default=first)
    start = max(earliest, data) if data < first else date(first.year - 1, first.month, 1)
    return {"grain": grain, "start": start, "end": first - timedelta(days=1)}


def _choices(source: str, counts: pd.DataFrame, request: Request) -> Iterator[Choice]:
    own = counts[counts["area_code"].eq(request.code)]
    for (label, grain), rows in own.groupby(["offence_type", "grain"], sort=True):
        published = rows[rows["count"].notna() | rows["rate"].notna()]
        outcome = catalogue().outcome_of(str(label))
        if outcome is None or published.empty:
            continue
        before = int((published["start"] < pd.Timestamp(request.periods[0].start)).sum())
        worked_out = bool(published["count"].isna().all())
        yield Choice(outcome, source, str(label), str(grain), before, worked_out, request.languages)


def _with_primaries(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Make one indicator of each priority area primary: the first outcome with a baseline, in its finest such grain."""
    primary: dict[str, Choice] = {}
    for choice in choices:
        if choice.outcome.wanted != "open" and choice.points_before >= BASELINE_POINTS:
            primary.setdefault(choice.outcome.priority_area, choice)
    for choice in choices:
        if choice.outcome.wanted != "open":
            primary.setdefault(choice.outcome.priority_area, choice)
    return tuple(_as_primary(choice) if choice in primary.values() else choice for choice in choices)


def _as_primary(choice: Choice) -> Choice:
    return replace(choice, role="primary")


def _unknown_labels(counts: Mapping[str, pd.DataFrame], request: Request) -> Iterator[str]:
    for source, frame in counts.items():
        own = frame[frame["area_code"].eq(request.code)]
        for label, rows in own.groupby("offence_type"):
            if catalogue().outcome_of(str(label)) is None:
                yield f"{source}: {label!r} ({len(rows)} rows) is in the file, but no indicator uses it"


def _own(counts: pd.DataFrame, code: str, label: str, grain: str) -> pd.DataFrame:
    return counts[counts["area_code"].eq(code) & counts["offence_type"].eq(label) & counts["grain"].eq(grain)]
