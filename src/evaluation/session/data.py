"""The prepared data of a study as series and panels, by indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from evaluation.disclosure import Protected
from evaluation.evaluate import evaluated_on
from evaluation.indicators import rate_by_area_point, series_of
from evaluation.models.panel import Panel, panel_from_series
from evaluation.series import Grain, TimeSeries
from evaluation.session.prepare import Prepared
from evaluation.session.protection import modelled_series, on_grid, protect_pages
from evaluation.study.model import Agreement, Indicator, Study


@dataclass(frozen=True, eq=False)
class StudyData:
    """Clean frames of one study; frames, rates, series and panels are made once and kept."""

    study: Study
    prepared: Prepared

    @cached_property
    def _rates(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _protected(self) -> dict[tuple[str, str], Protected]:
        return {}

    @cached_property
    def _series(self) -> dict[tuple[str, str], TimeSeries]:
        return {}

    @cached_property
    def _stand_ins(self) -> dict[tuple[str, str], TimeSeries]:
        return {}

    @cached_property
    def _panels(self) -> dict[tuple[str, bool], Panel | None]:
        return {}

    def frame(self, source: str) -> pd.DataFrame:
        """Return the clean frame of one source."""
        return _frame(self.prepared, source)

    def rates(self, indicator: Indicator) -> pd.DataFrame:
        """Return one row per area × point: count, exposure (person-years), rate (per 100 000 and year), preliminary."""
        if indicator.id not in self._rates:
            population = self.frame(indicator.exposure) if indicator.exposure else None
            counts = self.frame(indicator.source)
            self._rates[indicator.id] = rate_by_area_point(counts, indicator.offence_type, indicator.grain, population)
        return self._rates[indicator.id]

    def series(self, indicator: Indicator, area: str | None = None) -> TimeSeries:
        """Return the series of one indicator in one area (default: the target)."""
        key = (indicator.id, area or self.study.target.code)
        if key not in self._series:
            self._series[key] = series_of(self.rates(indicator), *key, indicator.grain)
        return self._series[key]

    def modelled(self, indicator: Indicator, area: str | None = None) -> TimeSeries:
        """Return the series as models see it: where counts are hidden, stand-ins made from what is printed."""
        series = self.series(indicator, area)
        key = (indicator.id, series.area)
        if key not in self._stand_ins:
            protected = self.protected(indicator, area=series.area)
            self._stand_ins[key] = modelled_series(self.study, indicator, series, protected)
        return self._stand_ins[key]

    def grain(self, indicator: Indicator, agreement: Agreement, area: str | None = None) -> Grain:
        """Return the grid on which an agreement is evaluated: counts decide it, as they do for their protection."""
        return evaluated_on(self.study, agreement, self.series(indicator, area))[0].grain

    def protected(self, indicator: Indicator, grain: Grain | None = None, area: str | None = None) -> Protected:
        """Say what may be shown of one indicator, on its own grid or a coarser one; the same answer for every page."""
        series = self.series(indicator, area)
        key = (indicator.id, series.area)
        if key not in self._protected:
            self._protected[key] = protect_pages(self.study, indicator, series)
        return on_grid(self._protected[key], series, grain or series.grain)

    def pool(self, indicator: Indicator, *, neighbours: bool = False) -> tuple[TimeSeries, ...]:
        """Return the series of the comparison areas that the source covers, neighbours only if asked."""
        roles = ("comparison", "neighbour") if neighbours else ("comparison",)
        present = set(self.rates(indicator)["area_code"])
        codes = (area.code for area in self.study.areas_with_role(*roles))
        return tuple(self.modelled(indicator, code) for code in codes if code in present)

    def panel(self, indicator: Indicator, *, neighbours: bool = False) -> Panel | None:
        """Return target and comparison areas as a panel, or nothing where the source has no comparison areas."""
        key = (indicator.id, neighbours)
        if key not in self._panels:
            pool = self.pool(indicator, neighbours=neighbours)
            several = len(pool) >= 2
            self._panels[key] = panel_from_series([self.modelled(indicator), *pool]) if several else None
        return self._panels[key]


@lru_cache(maxsize=256)
def _frame(prepared: Prepared, source: str) -> pd.DataFrame:
    return prepared.frame(source)
