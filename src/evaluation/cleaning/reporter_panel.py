"""Who reports, and since when: counts from a constant set of reporters, because new reporters are no new events."""

from __future__ import annotations

import pandas as pd

from evaluation.cleaning.ledger import Cleaned, set_aside
from evaluation.errors import ParameterError
from evaluation.series import Grain

PERIOD: dict[Grain, str] = {"month": "M", "quarter": "Q", "year": "Y"}


def reporter_presence(frame: pd.DataFrame, grain: Grain = "quarter") -> pd.DataFrame:
    """Count reports by reporter and point, zeros included (index: reporter; columns: first day of each point)."""
    dated = frame[frame["occurred_from"].notna()]
    points = dated["occurred_from"].dt.to_period(PERIOD[grain])
    table = pd.crosstab(dated["reporter"].astype("str"), points)
    span = pd.period_range(points.min(), points.max(), freq=PERIOD[grain]) if len(points) else points.unique()
    table = table.reindex(columns=span, fill_value=0)
    table.columns = pd.PeriodIndex(span).start_time
    return table.rename_axis(columns="start")


def constant_reporters(frame: pd.DataFrame, grain: Grain = "quarter", longest_gap: int = 1) -> tuple[str, ...]:
    """Return the reporters that report through the whole series, in alphabetical order.

    Parameters
    ----------
    longest_gap
        Points in a row, also at either end, that a constant reporter may be silent.
    """
    silent = reporter_presence(frame, grain).eq(0)
    constant = [str(name) for name, row in silent.iterrows() if name and _longest_run(row) <= longest_gap]
    return tuple(sorted(constant))


def _longest_run(silent: pd.Series) -> int:
    runs = (~silent).cumsum()
    return int(silent.groupby(runs).sum().max())


def keep_constant_reporters(frame: pd.DataFrame, grain: Grain = "quarter", longest_gap: int = 1) -> Cleaned:
    """Set aside the incidents of reporters that joined, left or paused ("reporter_not_in_whole_series").

    Raises
    ------
    ParameterError
        When no reporter is constant: there is no panel to count from.
    """
    panel = constant_reporters(frame, grain, longest_gap)
    if not panel:
        raise ParameterError(
            "constant-reporter panel",
            found=f"no reporter present in every {grain}",
            expected="at least one reporter present through the series",
            todo="allow a longer gap or a coarser grain, or report that the series has no constant reporters",
        )
    outside = ~frame["reporter"].isin(panel).to_numpy()
    return set_aside(frame, outside, rule="reporter_not_in_whole_series", column="reporter")
