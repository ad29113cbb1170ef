"""Shares with standard errors, 200 000 respondents in 290 areas and 1 160 strata: one share overall, and 290.

The design (and for svy its sample object) is prepared outside the measurement, because one design serves many
questions. What is compared are shares and standard errors, area by area.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.row import Contender, Given, Goal, Row, Used
from benchmarks.rows.r import run_r

if TYPE_CHECKING:
    import pandas as pd

AREAS, STRATA_PER_AREA, PART = 290, 4, 10
ANSWERS = "answers.csv"

Shares = np.ndarray
"""Share and standard error per area, shape (areas, 2)."""


def respondents(n: int, areas: int = AREAS, seed: int = 1) -> pd.DataFrame:
    """One row per respondent: area, stratum inside the area, weight, and whether they feel insecure."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    area = rng.integers(0, areas, n)
    chance = 1 / (1 + np.exp(-rng.normal(-1, 0.4, areas)))
    return pd.DataFrame(
        {
            "area": area.astype(np.int64),
            "stratum": area * STRATA_PER_AREA + rng.integers(0, STRATA_PER_AREA, n),
            "weight": rng.uniform(0.5, 4, n),
            "insecure": (rng.random(n) < chance[area]).astype(np.float64),
            "person": np.arange(n),
        }
    )


def write_respondents(given: Given) -> None:
    respondents(given.size).to_csv(given.folder / ANSWERS, index=False)


def frame_of(given: Given) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(given.folder / ANSWERS)


# --- ours


@dataclass(frozen=True)
class Prepared:
    """A design, the answers, and the domains asked for."""

    design: Any
    answers: np.ndarray
    parts: Any
    order: np.ndarray


def prepared(given: Given, *, by_area: bool) -> Prepared:
    from evaluation.survey import SurveyDesign, domains_of

    frame = frame_of(given)
    design = SurveyDesign.of(frame["weight"], strata=frame["stratum"])
    parts = domains_of(design, frame["area"]) if by_area else domains_of(design)
    order = np.argsort([int(label) for label in parts.labels]) if by_area else np.array([0])
    return Prepared(design, frame["insecure"].to_numpy() == 1, parts, order)


def ours(given: Prepared) -> Any:
    """Shares and standard errors with logit limits, because svy's estimator of shares makes them too."""
    from evaluation.survey import limits_of, share

    found = share(given.design, given.answers, given.parts)
    limits_of(found, "logit")
    return found


def in_our_order(given: Prepared, found: Any) -> Shares:
    return np.column_stack([found.estimate[given.order], found.standard_error[given.order]])


# --- peers


def pandas_overall(frame: pd.DataFrame) -> Shares:
    return np.array([by_hand(frame, np.ones(len(frame), bool))])


def pandas_areas(frame: pd.DataFrame) -> Shares:
    """The first areas, one after the other with a mask, as an analyst would."""
    return np.array([by_hand(frame, (frame["area"] == area).to_numpy()) for area in range(PART)])


def by_hand(frame: pd.DataFrame, inside: np.ndarray) -> tuple[float, float]:
    """The linearised share of one domain, written down once."""
    import pandas as pd

    strata, weights = frame["stratum"], frame["weight"].to_numpy()
    drawn = strata.map(strata.value_counts()).to_numpy()
    size = weights[inside].sum()
    share = (weights * frame["insecure"])[inside].sum() / size
    score = np.where(inside, weights * (frame["insecure"] - share) / size, 0.0)
    centred = score - pd.Series(score).groupby(strata).transform("mean")
    return share, np.sqrt((drawn / (drawn - 1) * centred**2).sum())


def svy_sample(given: Given) -> Any:
    import polars as pl
    import svy

    frame = frame_of(given)
    columns = {name: frame[name].to_numpy() for name in ("area", "stratum", "weight", "insecure")}
    return svy.Sample(pl.DataFrame(columns), svy.Design(stratum="stratum", wgt="weight"))


def svy_overall(sample: Any) -> Shares:
    return in_order(quietly(lambda: sample.estimation.prop("insecure")), shares=True, by_area=False)


def svy_areas(sample: Any) -> Shares:
    return in_order(quietly(lambda: sample.estimation.prop("insecure", by="area")), shares=True, by_area=True)


def svy_mean_overall(sample: Any) -> Shares:
    return in_order(quietly(lambda: sample.estimation.mean("insecure")), shares=False, by_area=False)


def svy_mean_areas(sample: Any) -> Shares:
    return in_order(quietly(lambda: sample.estimation.mean("insecure", by="area")), shares=False, by_area=True)


def in_order(found: Any, *, shares: bool, by_area: bool) -> Shares:
    """Its table as shares and standard errors by area."""
    table = found.to_polars()
    table = table.filter(table["insecure"].cast(float) == 1) if shares else table
    ordered = table.with_columns(table["area"].cast(int)).sort("area") if by_area else table
    return np.column_stack([ordered["est"].to_numpy(), ordered["se"].to_numpy()])


def samplics_overall(frame: pd.DataFrame) -> Shares:
    found = quietly(lambda: samplics_mean(frame, None))
    return np.array([[found.point_est, found.stderror]])


def samplics_areas(frame: pd.DataFrame) -> Shares:
    """The first areas on their own rows: strata lie inside areas, and with all rows it would take minutes."""
    part = frame[frame["area"] < PART]
    found = quietly(lambda: samplics_mean(part, part["area"]))
    return np.array([[found.point_est[area], found.stderror[area]] for area in range(PART)])


def samplics_mean(frame: pd.DataFrame, domain: pd.Series | None) -> Any:
    from samplics import PopParam, TaylorEstimator

    estimator = TaylorEstimator(PopParam.mean)
    weights, strata, units = frame["weight"], frame["stratum"], frame["person"]
    estimator.estimate(y=frame["insecure"], samp_weight=weights, stratum=strata, psu=units, domain=domain)
    return estimator


def r_overall(given: Given) -> Used:
    return run_r("survey.R", given.folder / ANSWERS, 0)


def r_areas(given: Given) -> Used:
    return run_r("survey.R", given.folder / ANSWERS, PART)


def quietly(call: Any) -> Any:
    """Without what the peer prints."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return call()


def apart(mine: Shares, theirs: Shares) -> float:
    """Largest difference of a share or standard error, over the areas that the peer did."""
    return float(np.abs(mine[: len(theirs)] - theirs).max())


def part(_: int) -> float:
    return PART / AREAS


def row(name: str, what: str, *, by_area: bool, peers: tuple[Contender, ...], goals: tuple[Goal, ...]) -> Row:
    return Row(
        name=name,
        work=f"{what} with standard error, 200 000 respondents in 1 160 strata and 290 areas, design prepared",
        unit="one question",
        size=200_000,
        quick=20_000,
        ours=Contender("this project", ours, lambda given: prepared(given, by_area=by_area), compared=in_our_order),
        peers=peers,
        goals=goals,
        difference=apart,
        tolerance=1e-8,
        compared="largest difference of a share or standard error",
        inputs=write_respondents,
        notes=NOTES,
    )


NOTES = (
    f"By area, the pandas loop, samplics and R do {PART} of the 290 areas and are scaled. samplics gets the rows of "
    "those areas alone, which flatters it: with all rows its time grows with areas times rows."
)
MEAN = (
    "svy mean takes the mean of 0 and 1 without limits, the least that svy can do for a share; svy prop is its "
    "estimator for shares, with the same logit limits as ours. In place already: sums that do not depend on the "
    "answer made once with the design; large arrays used again; answers put in the order of their strata once. "
    "Measured in one process beside svy mean, 2.0 to 2.4 ms, and ours, 0.53 to 0.61 ms: w y alone, put in order and "
    "added up by stratum, 0.19 ms; w y and w² y so, 0.30 ms; of the yes alone by two bincounts, 0.25 ms, or in order,"
    " 0.24 ms; both as one complex sum, 0.30 ms; both as a product with a sparse matrix made with the design, 0.27 "
    "ms. The leanest share found (w y by the sparse product, w² y as one sum over all strata, no answer centred by "
    "itself) takes 0.20 ms for estimate and standard error, and 0.26 to 0.31 ms with what belongs to a share: 7 to 8 "
    "times less than svy mean. It was not taken: it stays below ten, and loses digits where a stratum hardly varies. "
    "Ten times is out of reach for sums in numpy."
)
IN_PANDAS, IN_SVY = {"prepare": frame_of}, {"prepare": svy_sample, "needs": ("svy", "polars")}
IN_SAMPLICS, IN_R = {"prepare": frame_of, "needs": ("samplics",)}, {"needs": ("program:Rscript", "R:survey")}

ROWS = (
    row(
        "survey-overall",
        "One share",
        by_area=False,
        peers=(
            Contender("svy prop", svy_overall, **IN_SVY),
            Contender("svy mean", svy_mean_overall, **IN_SVY),
            Contender("samplics", samplics_overall, **IN_SAMPLICS),
            Contender("pandas by hand", pandas_overall, **IN_PANDAS),
            Contender("R survey", r_overall, **IN_R),
        ),
        goals=(Goal("svy prop", 10), Goal("svy mean", 10, reason=MEAN)),
    ),
    row(
        "survey-by-area",
        "290 shares",
        by_area=True,
        peers=(
            Contender("svy prop", svy_areas, **IN_SVY),
            Contender("svy mean", svy_mean_areas, **IN_SVY),
            Contender("samplics", samplics_areas, amount=part, **IN_SAMPLICS),
            Contender("pandas loop", pandas_areas, amount=part, **IN_PANDAS),
            Contender("R survey", r_areas, amount=part, **IN_R),
        ),
        goals=(Goal("svy prop", 400),),
    ),
)
