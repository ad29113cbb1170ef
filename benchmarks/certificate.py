"""What the primary inference delivers on simulated series with known truth: writes METHOD_CERTIFICATE.md.

    python benchmarks/certificate.py                     # the full run, a few minutes of one core
    python benchmarks/certificate.py --series 2000 --direct 50 --out /dev/stdout

Two ways to the same numbers. *Tabulated*: the null distribution of t once per design (19 999 draws at 13 values of ρ,
`evaluation.models.null_table`), then many series. *Direct*: `bootstrap_t` with 1 999 draws and its fixed seed for every
single series, which is what a report does. A series whose ρ is on its boundary gets no answer in a report; such series
are counted as refused and neither as covered nor as missed.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import scipy

from evaluation.models import fit_reml, searched_break, whiteness
from evaluation.models.ar1 import BOUNDARY, ar1_design, correlated
from evaluation.models.bootstrap import DRAWS, bootstrap_t, statistics
from evaluation.models.design import fourier
from evaluation.models.detectable import DRAWS as POWER_DRAWS
from evaluation.models.detectable import KNOTS as POWER_KNOTS
from evaluation.models.detectable import unit_effect
from evaluation.models.null_table import NullTable, null_table
from evaluation.models.reml import grid_of

ROOT = Path(__file__).parents[1]
SEED = 20_261_122
RHOS = (0.0, 0.2, 0.4, 0.6, 0.8)
FINE_KNOTS = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.87, 0.92, 0.95, BOUNDARY])
FINE_DRAWS = 19_999


@dataclass(frozen=True)
class Cell:
    """Points in all, first point of the period, Fourier pairs, and whether the slope change is the question."""

    n: int
    start: int
    pairs: int = 0
    slope: bool = False


@dataclass(frozen=True)
class Counts:
    """A count series without effect, as in reliability.md 3.4: trend is the yearly change."""

    n: int
    start: int
    mean: float
    ratio: float
    rho: float
    season: float
    trend: float

    @property
    def cell(self) -> Cell:
        return Cell(self.n, self.start, pairs=2)


NINE = (
    Counts(48, 36, 20, 1.0, 0.0, 0.0, 0.0),
    Counts(48, 36, 20, 2.0, 0.0, 0.2, 0.0),
    Counts(48, 36, 20, 2.0, 0.4, 0.2, 0.0),
    Counts(48, 36, 20, 2.0, 0.4, 0.2, -0.05),
    Counts(48, 36, 5, 1.5, 0.3, 0.2, 0.0),
    Counts(48, 36, 2, 1.3, 0.3, 0.2, 0.0),
    Counts(72, 48, 20, 2.0, 0.4, 0.2, -0.05),
    Counts(96, 72, 20, 2.0, 0.4, 0.2, 0.0),
    Counts(48, 36, 100, 4.0, 0.4, 0.2, -0.05),
)
# Ten indicators of one report: the same window, levels from 2 to 100 a month
TEN = tuple(
    Counts(48, 36, mean, ratio, rho, 0.2, trend)
    for mean, ratio, rho, trend in (
        (2, 1.3, 0.3, 0.0),
        (5, 1.0, 0.0, 0.02),
        (5, 1.5, 0.3, 0.0),
        (10, 2.0, 0.2, -0.05),
        (20, 1.0, 0.0, 0.0),
        (20, 2.0, 0.4, 0.0),
        (20, 2.0, 0.4, -0.05),
        (50, 2.0, 0.3, 0.03),
        (100, 4.0, 0.4, -0.05),
        (100, 2.0, 0.2, 0.0),
    )
)


def matrix(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(cell.n)
    columns = [np.ones(cell.n), t / 12, (t >= cell.start).astype(float)]
    columns += [np.maximum(t - cell.start, 0) / 12] if cell.slope else []
    waves, _ = fourier(t % 12, 12, cell.pairs)
    X = np.column_stack([*columns, waves])
    return X, np.eye(X.shape[1])[3 if cell.slope else 2]


@cache
def table(cell: Cell) -> NullTable:
    X, contrast = matrix(cell)
    return null_table(ar1_design(X, np.arange(cell.n)), contrast, knots=FINE_KNOTS, draws=FINE_DRAWS, seed=SEED)


def noise(cell: Cell, rho: float, series: int, random: np.random.Generator) -> np.ndarray:
    return correlated(random.standard_normal((cell.n, series)), np.arange(cell.n), np.array(rho))


def log_counts(what: Counts, series: int, random: np.random.Generator, effect: float = 1.0) -> np.ndarray:
    """log(count + 0.5) of Poisson counts over a latent log-AR(1) with the wanted variance-to-mean ratio."""
    t = np.arange(what.n)
    variance = np.log1p((what.ratio - 1) / what.mean)
    latent = np.sqrt(variance) * noise(what.cell, what.rho, series, random) - variance / 2
    fixed = what.season * np.sin(2 * np.pi * t / 12) + np.log1p(what.trend) * t / 12
    fixed = fixed + np.log(effect) * (t >= what.start)
    return np.log(random.poisson(what.mean * np.exp(latent + fixed[:, None])) + 0.5)


@dataclass(frozen=True)
class Tested:
    """p, sign of the estimate, p with ρ plugged in, and whether the series is answered; one entry per series."""

    p: np.ndarray
    sign: np.ndarray
    plugged: np.ndarray
    answered: np.ndarray

    @property
    def rejected(self) -> float:
        return float(np.mean(self.p[self.answered] < 0.05))

    @property
    def refused(self) -> float:
        return float(np.mean(~self.answered))


def tabulated(null: NullTable, responses: np.ndarray) -> Tested:
    found = statistics(grid_of(null.design), null.contrast[None, :], responses)
    tails = null.exceedance(np.abs(found.t[0]))
    plugged = np.sum(null.shares(np.clip(found.rho, 0, BOUNDARY)) * tails, axis=0)
    return Tested(null.p(responses), np.sign(found.effect[0]), plugged, np.abs(found.rho) < BOUNDARY)


def direct(cell: Cell, responses: np.ndarray) -> Tested:
    X, contrast = matrix(cell)
    fit = fit_reml(ar1_design(X, np.arange(cell.n)), responses)
    answered = ~fit.on_boundary
    p = np.ones(responses.shape[1])
    for series in np.flatnonzero(answered):
        p[series] = bootstrap_t(fit.alone(series), contrast[None, :], draws=DRAWS).p[0]
    return Tested(p, np.sign(fit.effect(contrast)), p, answered)


def same_verdict(many: Tested, some: Tested) -> float:
    """Share of answered series on whose p < 0.05 the table and the direct bootstrap agree."""
    at = some.answered
    return float(np.mean((many.p[: at.size][at] < 0.05) == (some.p[at] < 0.05)))


def within(value: float, low: float, high: float) -> str:
    return "yes" if low <= round(value, 4) <= high else "**no**"


@dataclass(frozen=True)
class Size:
    series: int
    direct: int


def coverage_rows(cells, target, size: Size, random) -> list[list[str]]:
    rows = []
    for cell, rho in cells:
        responses = noise(cell, rho, size.series, random)
        many = tabulated(table(cell), responses)
        some = direct(cell, responses[:, : size.direct])
        low, high = target(cell, rho)
        rows.append(
            [
                str(cell.n),
                f"{rho:.1f}",
                f"{1 - many.rejected:.4f}",
                f"{1 - some.rejected:.3f}",
                f"{same_verdict(many, some):.3f}",
                f"{many.refused:.3f}",
                f"{low:.3f}–{high:.3f}" if low else "stated only",
                within(1 - many.rejected, low, high) if low else "–",
            ]
        )
    return rows


def level_target(cell: Cell, rho: float) -> tuple[float, float]:
    if cell.n >= 36:
        return 0.935, 0.965
    return (0.93, 1.0) if rho <= 0.6 else (0.0, 1.0)


def slope_target(_: Cell, rho: float) -> tuple[float, float]:
    return (0.925, 0.965) if rho <= 0.6 else (0.0, 1.0)


def alarm_rows(size: Size, random) -> list[list[str]]:
    rows, rates = [], []
    for what in NINE:
        responses = log_counts(what, size.series, random)
        many = tabulated(table(what.cell), responses)
        some = direct(what.cell, responses[:, : size.direct])
        plugged = float(np.mean(many.plugged < 0.05))
        rates.append((many.rejected, some.rejected, plugged))
        words = [f"{what.n}, {what.start}", f"{what.mean:g}", f"{what.ratio:g}", f"{what.rho:g}"]
        words += [f"{what.season:.0%}", f"{what.trend:+.0%}", f"{plugged:.4f}", f"{many.rejected:.4f}"]
        rows.append([*words, f"{some.rejected:.3f}", f"{same_verdict(many, some):.3f}", within(many.rejected, 0, 0.07)])
    mean = np.mean(rates, axis=0)
    last = ["**mean**", "", "", "", "", "", f"{mean[2]:.4f}", f"{mean[0]:.4f}", f"{mean[1]:.3f}", ""]
    return [*rows, [*last, within(float(mean[0]), 0, 0.06)]]


def holm(p: np.ndarray) -> np.ndarray:
    """Holm-adjusted p over the first axis, shape (k, m)."""
    order = np.argsort(p, axis=0)
    steps = np.arange(p.shape[0], 0, -1)[:, None]
    adjusted = np.maximum.accumulate(np.minimum(np.take_along_axis(p, order, axis=0) * steps, 1.0), axis=0)
    result = np.empty_like(p)
    np.put_along_axis(result, order, adjusted, axis=0)
    return result


def family(reports: int, random, effect: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p, Holm-adjusted p and signs of ten indicators in many reports, each (10, reports)."""
    tested = [tabulated(table(what.cell), log_counts(what, reports, random, effect)) for what in TEN]
    p = np.stack([np.where(one.answered, one.p, 1.0) for one in tested])
    return p, holm(p), np.stack([one.sign for one in tested])


def family_rows(reports: int, random) -> list[list[str]]:
    _, adjusted, signs = family(reports, random)
    clear = adjusted < 0.05
    decrease = clear & (signs < 0)
    either, falls = float(clear.any(axis=0).mean()), float(decrease.any(axis=0).mean())
    rows = [
        [
            "any *clear change* in a report of ten null indicators (Holm)",
            f"{either:.4f}",
            "≤ 0.05",
            within(either, 0, 0.05),
        ],
        ["any *clear decrease* (Holm)", f"{falls:.4f}", "≤ 0.05", within(falls, 0, 0.05)],
    ]
    for effect, wrong in ((0.9, 1), (1.1, -1)):
        p, _, signs = family(reports, random, effect)
        errors = float(np.mean((p < 0.05) & (signs == wrong)))
        name = f"verdicts *clear* in the wrong direction at {effect - 1:+.0%}, before Holm"
        rows.append([name, f"{errors:.4f}", "≤ 0.01", within(errors, 0, 0.01)])
    return rows


def power_rows(size: Size, random) -> list[list[str]]:
    """Stated smallest detectable change against the power of the full test, for σ = 0.2."""
    rows = []
    cells = (Cell(24, 12), Cell(36, 24), Cell(48, 36, 2), Cell(60, 30), Cell(72, 48, 2), Cell(100, 50))
    for cell in cells:
        X, contrast = matrix(cell)
        design = ar1_design(X, np.arange(cell.n))
        quick = null_table(design, contrast, knots=POWER_KNOTS, draws=POWER_DRAWS)
        for rho in (0.0, 0.3, 0.6, 0.8):
            unit = unit_effect(quick, rho, power=0.8)
            errors = noise(cell, rho, size.series, random)
            step = X @ contrast
            power = float(np.mean(tabulated(table(cell), errors + unit * step[:, None]).p < 0.05))
            true = simulated_unit(table(cell), errors)
            stated, simulated = (100 * np.expm1(-0.2 * value) for value in (unit, true))
            row = [f"{cell.n}, {cell.start}", str(cell.pairs), f"{rho:.1f}", f"{stated:.1f} %", f"{simulated:.1f} %"]
            good = abs(stated - simulated) <= 3 and abs(power - 0.8) <= 0.03
            rows.append([*row, f"{power:.3f}", "yes" if good else "**no**"])
    return rows


def simulated_unit(null: NullTable, errors: np.ndarray) -> float:
    """The effect seen in 80 % of these very series by the full test: critical value of each by its own likelihood."""
    grid = grid_of(null.design)
    found = statistics(grid, null.contrast[None, :], errors)
    critical = np.quantile(null.null, 0.95, axis=1)
    parts = np.array_split(np.arange(errors.shape[1]), max(errors.shape[1] // 4000, 1))
    limit = np.concatenate([critical @ null.likelihood_weights(grid, errors[:, part]) for part in parts])
    return float(np.quantile(limit * found.error[0] - found.effect[0], 0.8))


def check_rows(series: int, random) -> list[list[str]]:
    rows = []
    for cell, rho in ((Cell(48, 36, 2), 0.0), (Cell(48, 36, 2), 0.4), (Cell(96, 72, 2), 0.6)):
        X, _ = matrix(cell)
        responses = noise(cell, rho, series, random)
        with_step = fit_reml(ar1_design(X, np.arange(cell.n)), responses)
        without = fit_reml(ar1_design(np.delete(X, 2, axis=1), np.arange(cell.n)), responses)
        white = np.mean([whiteness(with_step.alone(k), 12).p < 0.05 for k in range(series)])
        breaks = np.mean([searched_break(without.alone(k), draws=999).p < 0.05 for k in range(series)])
        rows.append([f"{cell.n}, {cell.start}", f"{rho:.1f}", f"{white:.3f}", f"{breaks:.3f}"])
    return rows


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join('---' for _ in header)}|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "not under version control"


def certificate(size: Size, command: str) -> str:
    random = np.random.default_rng(SEED)
    began, version = time.perf_counter(), commit()
    level = [(Cell(n, n // 2), rho) for n in (24, 36, 48, 60, 100) for rho in RHOS]
    slope = [(Cell(n, n // 2, slope=True), rho) for n in (48, 60, 100) for rho in RHOS]
    head = ["n", "ρ", "covered, tabulated", "covered, direct", "same verdict", "refused (boundary ρ)", "target", "met"]
    parts = {
        "coverage": markdown(head, coverage_rows(level, level_target, size, random)),
        "slope": markdown(head, coverage_rows(slope, slope_target, size, random)),
        "alarms": markdown(
            [
                "n, start",
                "mean",
                "var/mean",
                "ρ",
                "season",
                "trend/yr",
                "ρ̂ plugged in",
                "tabulated",
                "direct",
                "same verdict",
                "≤ 0.07",
            ],
            alarm_rows(size, random),
        ),
        "family": markdown(["event", "rate", "target", "met"], family_rows(max(size.series, 2000), random)),
        "power": markdown(
            ["n, start", "pairs", "ρ", "stated", "simulated", "power at stated", "within 3 points"],
            power_rows(size, random),
        ),
        "checks": markdown(
            ["n, start", "ρ", "whitened residuals (lag 12)", "searched break"], check_rows(size.direct, random)
        ),
    }
    missed = sum(part.count("**no**") for part in parts.values())
    return TEXT.format(
        **parts,
        verdict="Every stated target is met."
        if not missed
        else f"{missed} of the stated targets are missed: see **no**.",
        command=command,
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        commit=version,
        seed=SEED,
        series=f"{size.series:,}".replace(",", " "),
        direct=f"{size.direct:,}".replace(",", " "),
        checks_series=size.direct,
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
        minutes=f"{(time.perf_counter() - began) / 60:.0f}",
        error=f"{100 * np.sqrt(0.05 * 0.95 / size.series):.2f}",
        direct_error=f"{100 * np.sqrt(0.05 * 0.95 / size.direct):.1f}",
    )


TEXT = """# Method certificate: what the intervals of one series deliver

{verdict}

Made by `{command}` on {date}, commit {commit}, seed {seed}, in {minutes} minutes.
Python {python}, numpy {numpy}, scipy {scipy}. Do not edit: run the command again. A short version with tolerances
right for its size is in `tests/models/test_certificate.py`.

Design under test: `own_trend_reml`, the 95 % parametric bootstrap-t interval. *Tabulated* columns: {series} series per
cell (Monte Carlo error ±{error} points, one standard error). *Direct* columns: the first {direct} of them through
`bootstrap_t` with {draws} draws and its fixed seed, exactly as a report does it (±{direct_error} points); *same
verdict*: share of them on which the two ways agree about p < 0.05. Refused: the autocorrelation lies on its boundary
(ρ ≥ 0.98) and the report says *cannot be assessed*; coverage is among the answered.

## 1. Coverage of the level change

Gaussian AR(1); level, trend, step in the middle, no effect.

{coverage}

## 2. Coverage of the slope change

The same with a change of slope, which is the question.

{slope}

## 3. False alarms on counts without any effect

Poisson counts over a latent log-AR(1); model with trend, step and two seasonal pairs on log(count + 0.5). The column
*ρ̂ plugged in* is the usual bootstrap that takes the estimated ρ (not below 0) for the truth; the others draw ρ from its
restricted likelihood over 0.2 to 0.98, which is what the suite does.

{alarms}

## 4. A whole report

Ten null indicators of 48 months (12 in the period) with 2 to 100 cases a month; {series} reports.

{family}

## 5. Smallest detectable change

Stated change (decrease, σ = 0.2 on the log scale) against the change that the full test sees in 80 % of simulated
series, and the power at the stated one.

{power}

## 6. Checks on correct models, nominal 5 %

{checks_series} series per row: share of correct models in which the check fires.

{checks}
""".replace("{draws}", f"{DRAWS:,}".replace(",", " "))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=20_000, help="series per cell, tabulated")
    parser.add_argument("--direct", type=int, default=250, help="series per cell, direct")
    parser.add_argument("--out", type=Path, default=ROOT / "METHOD_CERTIFICATE.md")
    given = parser.parse_args()
    command = " ".join(["python", "benchmarks/certificate.py", *sys.argv[1:]])
    text = certificate(Size(given.series, given.direct), command)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
