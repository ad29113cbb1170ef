"""Two hundred reports and their revisions a month later: the two together give no hidden count away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from evaluation.disclosure import HiddenCell, Protected, PublishedCell, Total, audit, limit_of, protect_series
from evaluation.series import TimeSeries
from evaluation.study.model import Thresholds

THRESHOLDS = Thresholds()
PERIOD = 12  # months before it are the baseline; the agreement is under way when the reports are made
SEEDS = range(200)


def edition(counts: np.ndarray, n: int) -> TimeSeries:
    start = (np.datetime64("2024-01") + np.arange(n)).astype("datetime64[D]")
    return TimeSeries("theft", "9999", "month", start, counts[:n], np.ones(n), np.zeros(n, dtype=bool))


def totals(n: int, width: int, name: str, *, earlier: bool = False) -> list[Total]:
    at = np.arange(width)
    spans = {"baseline": at < PERIOD, "period": (at >= PERIOD) & (at < n), "used": at < n}
    return [Total(f"{name} {key}", mask, earlier) for key, mask in spans.items()]


def printed(protected: Protected, counts: np.ndarray, sums: list[Total], *, earlier: bool) -> Iterator[PublishedCell]:
    n = protected.hidden.size
    for at in np.flatnonzero(~protected.hidden):
        yield PublishedCell(frozenset([(str(at),)]), counts[at], counts[at], f"month {at}", earlier)
    for total in sums:
        if total.name not in protected.withheld:
            value = float(counts[:n][total.points[:n]].sum())
            atoms = frozenset((str(at),) for at in np.flatnonzero(total.points))
            yield PublishedCell(atoms, value, value, total.name, earlier)


def pair(seed: int, *, aware: bool) -> list[bool]:
    """Publish 18 months, then 19; say for each hidden count that the two give away whether that is new."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.uniform(4, 14), 19).astype(float)
    sensitive = bool(rng.random() < 0.3)
    first_sums, second_sums = totals(18, 18, "May"), totals(19, 19, "June")
    first = protect_series(edition(counts, 18), THRESHOLDS, sensitive=sensitive, totals=first_sums)
    out = [Total(t.name, m.points, True) for t, m in zip(first_sums, totals(18, 19, "May"), strict=True)]
    out = [total for total in out if total.name not in first.withheld]
    known = np.append(~first.hidden, False) if aware else None
    later = [*second_sums, *(out if aware else [])]
    second = protect_series(edition(counts, 19), THRESHOLDS, sensitive=sensitive, totals=later, known=known)
    cells = [*printed(first, counts, out, earlier=True), *printed(second, counts, second_sums, earlier=False)]
    limit = limit_of(THRESHOLDS, sensitive=sensitive)
    small = np.flatnonzero(second.small)
    hidden = [HiddenCell(frozenset([(str(at),)]), float(limit.width(counts)[at]), str(at)) for at in small]
    floors = {(str(at),): limit.floor for at in range(19)}
    return [finding.new for finding in audit(cells, hidden, floors)]


@pytest.mark.parametrize("tenth", range(10))
def test_a_report_and_its_revision_give_nothing_away(tenth: int) -> None:
    assert not any(any(pair(seed, aware=True)) for seed in SEEDS[tenth::10])


def test_revisions_that_do_not_know_the_report_before_do() -> None:
    assert sum(any(pair(seed, aware=False)) for seed in SEEDS[:40]) > 0
