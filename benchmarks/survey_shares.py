"""Shares with standard errors, 200 000 respondents in 290 areas: this project's room beside svy, samplics and pandas.

Run with the peers to compare against installed beside the project (`pip install svy samplics`):

    python benchmarks/survey_shares.py

Results are compared before times: shares and standard errors may differ by 1e-8 at most, or there are no times. CPU
seconds are the median of the repetitions. The design (and for svy its sample object) is prepared outside the
measurement and its own time is a row of the table, because one design serves many questions. "overall" is one national
share, "by area" are 290. `svy prop` is svy's estimator for shares, with the same logit limits as ours; `svy mean` takes
the mean of 0 and 1 without them: the least that svy can do for a share. Against that floor ten times is out of reach
overall: sorting 200 000 answers by stratum and adding up w y and w² y takes numpy an eighth to a tenth of svy's time.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.survey import Domains, SurveyDesign, domains_of, limits_of, share

RESPONDENTS, AREAS, STRATA_PER_AREA = 200_000, 290, 4
TOLERANCE = 1e-8

Shares = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Row:
    """One line of the table: median CPU seconds, ratio to ours for the same task, largest difference to ours."""

    name: str
    task: str
    cpu_seconds: float
    ratio: float
    difference: float


def respondents(n: int = RESPONDENTS, areas: int = AREAS, seed: int = 1) -> pd.DataFrame:
    """One row per respondent: area, stratum inside the area, weight, and whether they feel insecure."""
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


def with_pandas_loop(frame: pd.DataFrame, by_area: bool) -> Shares:
    """The formula written down once per area with boolean masks, as an analyst would."""
    weights, strata = frame["weight"].to_numpy(), frame["stratum"]
    drawn = strata.map(strata.value_counts()).to_numpy()
    found = []
    for area in sorted(frame["area"].unique()) if by_area else [None]:
        inside = np.ones(len(frame), bool) if area is None else (frame["area"] == area).to_numpy()
        size = weights[inside].sum()
        share_here = (weights * frame["insecure"])[inside].sum() / size
        score = np.where(inside, weights * (frame["insecure"] - share_here) / size, 0.0)
        centred = score - pd.Series(score).groupby(strata).transform("mean")
        found.append((share_here, np.sqrt((drawn / (drawn - 1) * centred**2).sum())))
    shares, errors = zip(*found, strict=True)
    return np.array(shares), np.array(errors)


def svy_sample(frame: pd.DataFrame) -> object:
    import polars as pl
    import svy

    columns = {name: frame[name].to_numpy() for name in ("area", "stratum", "weight", "insecure")}
    return svy.Sample(pl.DataFrame(columns), svy.Design(stratum="stratum", wgt="weight"))


def with_svy_prop(sample: object, by_area: bool) -> Shares:
    """Its estimator for shares, which gives both answers and logit limits."""
    found = sample.estimation.prop("insecure", by="area" if by_area else None).to_polars()  # type: ignore[attr-defined]
    return in_order(found.filter(found["insecure"].cast(float) == 1), by_area)


def with_svy_mean(sample: object, by_area: bool) -> Shares:
    """Its estimator for means, on 0 and 1: the least that it can do for a share."""
    return in_order(sample.estimation.mean("insecure", by="area" if by_area else None).to_polars(), by_area)  # type: ignore[attr-defined]


def in_order(found: object, by_area: bool) -> Shares:
    ordered = found.with_columns(found["area"].cast(int)).sort("area") if by_area else found  # type: ignore[attr-defined, index]
    return ordered["est"].to_numpy(), ordered["se"].to_numpy()


def with_samplics(frame: pd.DataFrame, by_area: bool) -> Shares:
    from samplics import PopParam, TaylorEstimator

    estimator = TaylorEstimator(PopParam.mean)
    estimator.estimate(
        y=frame["insecure"],
        samp_weight=frame["weight"],
        stratum=frame["stratum"],
        psu=frame["person"],
        domain=frame["area"] if by_area else None,
    )
    if not by_area:
        return np.array([estimator.point_est]), np.array([estimator.stderror])
    areas = sorted(estimator.point_est)
    return np.array([estimator.point_est[a] for a in areas]), np.array([estimator.stderror[a] for a in areas])


def measured(call: Callable[[], Shares], repetitions: int) -> tuple[Shares, float]:
    seconds = []
    for _ in range(repetitions):
        began = time.process_time()
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            found = call()
        seconds.append(time.process_time() - began)
    return found, float(np.median(seconds))


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def peers(frame: pd.DataFrame) -> dict[str, tuple[Callable[[bool], Shares], int]]:
    """Peers by name: a call that takes "by area?", and how often to repeat it."""
    calls: dict[str, tuple[Callable[[bool], Shares], int]] = {
        "pandas loop": (lambda by_area: with_pandas_loop(frame, by_area), 1)
    }
    if installed("svy"):
        sample = svy_sample(frame)
        calls["svy prop"] = (lambda by_area: with_svy_prop(sample, by_area), 3)
        calls["svy mean"] = (lambda by_area: with_svy_mean(sample, by_area), 3)
    if installed("samplics"):
        calls["samplics"] = (lambda by_area: with_samplics(frame, by_area), 1)
    return calls


def run(n: int = RESPONDENTS, areas: int = AREAS) -> list[Row]:
    """Estimate, compare, and only then report: rows for this project, then for every installed peer."""
    frame = respondents(n, areas)
    answers, area = frame["insecure"].to_numpy() == 1, frame["area"]
    began = time.process_time()
    design = SurveyDesign.of(frame["weight"], strata=frame["stratum"])
    prepared = {False: domains_of(design), True: domains_of(design, area)}
    preparation = time.process_time() - began
    own, seconds = {}, {}
    for by_area, parts in prepared.items():
        found, seconds[by_area] = measured(lambda parts=parts: shares_of(design, answers, parts), 50)
        order = np.argsort([int(label) for label in parts.labels]) if by_area else [0]
        own[by_area] = tuple(values[order] for values in found)
    tasks = {False: "overall", True: "by area"}
    table = [Row("this project, once", "preparation", preparation, float("nan"), 0.0)]
    table += [Row("this project", tasks[by_area], seconds[by_area], 1.0, 0.0) for by_area in tasks]
    for name, (call, repetitions) in peers(frame).items():
        for by_area, task in tasks.items():
            found, taken = measured(
                lambda call=call, by_area=by_area: call(by_area), repetitions if by_area else 10 * repetitions
            )
            off = max(float(np.abs(a - b).max()) for a, b in zip(found, own[by_area], strict=True))
            if off > TOLERANCE:
                raise SystemExit(f"{name}, {task}: differs by {off:.1e}: no times until that is explained")
            table.append(Row(name, task, taken, taken / seconds[by_area], off))
    return table


def shares_of(design: SurveyDesign, answers: np.ndarray, parts: Domains) -> Shares:
    found = share(design, answers, parts)
    limits_of(found, "logit")  # measured too, because svy's estimator of shares makes them
    return found.estimate, found.standard_error


def main() -> None:
    print(f"{RESPONDENTS} respondents, {AREAS} areas, {AREAS * STRATA_PER_AREA} strata")
    print(f"{'':20}{'task':>12}{'CPU s':>10}{'ratio':>8}{'difference':>12}")
    for row in run():
        print(f"{row.name:20}{row.task:>12}{row.cpu_seconds:10.4f}{row.ratio:8.0f}{row.difference:12.1e}")


if __name__ == "__main__":
    main()
