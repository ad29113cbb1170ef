"""Every comparison design of one indicator in one agreement: registered pool and with neighbours, every baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.against import comparisons_of
from evaluation.models.panel import Panel, PanelResult, panel_from_series
from evaluation.periods import baseline_kinds, window_of
from evaluation.series import Window

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Pool = Literal["main", "with_neighbours"]
POOLS: tuple[Pool, ...] = ("main", "with_neighbours")
MOST_MISSING = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PoolComparison:
    """One pool of areas against one baseline.

    Attributes
    ----------
    pool, window
        Which areas, and which points.
    panel
        Target and pool; an area that lacks more than half of the target's points has left it.
    results
        Difference-in-differences, synthetic control, synthetic difference-in-differences; none where points or areas
        are too few, or the series is broken.
    """

    pool: Pool
    window: Window
    panel: Panel
    results: tuple[PanelResult, ...]

    def design(self, name: str) -> PanelResult | None:
        """Return the result of one design, if there is one."""
        return next((result for result in self.results if result.estimate.design == name), None)


def pool_comparisons(session: OpenedStudy, evaluation: AgreementEvaluation) -> tuple[PoolComparison, ...]:
    """Compare with both pools against every baseline, the registered baseline first.

    Official series reach back unequally far by area. The panel therefore keeps areas that lack early points (up to half
    of the target's); a design then uses the points that all areas have. The verdict rests on the stricter panel of the
    plan, in which such areas are left out.
    """
    return tuple(_compared(session, evaluation))


def chosen(comparisons: tuple[PoolComparison, ...], pool: Pool) -> tuple[PoolComparison, ...]:
    """Keep the comparisons of one pool that have results."""
    return tuple(one for one in comparisons if one.pool == pool and one.results)


def _compared(session: OpenedStudy, evaluation: AgreementEvaluation) -> Iterator[PoolComparison]:
    study, indicator = session.study, evaluation.indicator
    series = session.data.modelled(indicator)
    order = [against.window.baseline_kind for against in evaluation.against]
    broken = {
        a.window.baseline_kind for a in evaluation.against if any(r.severity == "no_estimate" for r in a.refusals)
    }
    for pool in POOLS:
        others = session.data.pool(indicator, neighbours=pool == "with_neighbours")
        if len(others) < 2:
            continue
        panel = panel_from_series([series, *others], MOST_MISSING)
        for kind in sorted(baseline_kinds(evaluation.agreement), key=order.index):
            window = window_of(study, evaluation.agreement, kind, series)
            results = () if kind in broken else comparisons_of(series, window, panel, study.plan)
            yield PoolComparison(pool, window, panel, results)
