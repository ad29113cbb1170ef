"""Models of one series (and, in `models.panel`, of many): arrays and series in, frozen estimates out.

own_trend, own_trends          the effect of one agreement against the continuation of its own baseline
consecutive_steps, steps_of    all agreements in one model, and what remained after
counterfactual                 the lines of the figure, from the same fit
rate_ratio                     before and after as a description
smallest_detectable_change     what the series could have shown
trend, project                 level, season, annual change; projection of an unfinished agreement
"""

from evaluation.models.breaks import BreakSearch, search_break, searched_break
from evaluation.models.consecutive import AFTER, consecutive_steps, steps_of
from evaluation.models.counterfactual import Counterfactual, counterfactual
from evaluation.models.design import points_spanned, published, season_frequencies
from evaluation.models.detectable import DetectableChange, detectable_table, smallest_detectable_change
from evaluation.models.diagnostics import LAGS, breusch_godfrey, durbin_watson, ljung_box, whiteness
from evaluation.models.influence import Influence, influence
from evaluation.models.own_trend import OwnTrends, own_trend, own_trends
from evaluation.models.projection import Projection, project
from evaluation.models.rate_ratio import rate_ratio
from evaluation.models.refusal import NotEstimableError
from evaluation.models.reml import RemlFit, fit_reml
from evaluation.models.reml_trend import OwnTrendFit, own_trend_fit, reml_estimate
from evaluation.models.trend import TrendChange, TrendResult, trend

__all__ = [
    "AFTER",
    "LAGS",
    "BreakSearch",
    "Counterfactual",
    "DetectableChange",
    "Influence",
    "NotEstimableError",
    "OwnTrendFit",
    "OwnTrends",
    "Projection",
    "RemlFit",
    "TrendChange",
    "TrendResult",
    "breusch_godfrey",
    "consecutive_steps",
    "counterfactual",
    "detectable_table",
    "durbin_watson",
    "fit_reml",
    "influence",
    "ljung_box",
    "own_trend",
    "own_trend_fit",
    "own_trends",
    "points_spanned",
    "project",
    "published",
    "rate_ratio",
    "reml_estimate",
    "search_break",
    "searched_break",
    "season_frequencies",
    "smallest_detectable_change",
    "steps_of",
    "trend",
    "whiteness",
]
