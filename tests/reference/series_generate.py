"""Make the generated series of the R reference: `python tests/reference/series_generate.py`.

Sixteen series that differ in length, grain, level, overdispersion, autocorrelation (negative and high too), gaps,
season and trend; four of them are continuous values. Written once and stored, so that R and Python read the same file.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from evaluation.models.ar1 import correlated

# case, points per year, n, first point of the step, mean, latent sd, rho, rows left out
CASES = (
    ("months_48_rho0", 12, 48, 36, 20, 0.2, 0.0, ()),
    ("months_48_rho4", 12, 48, 36, 20, 0.25, 0.4, ()),
    ("months_48_poisson", 12, 48, 36, 20, 0.0, 0.0, ()),
    ("months_60_low", 12, 60, 36, 3, 0.4, 0.3, ()),
    ("months_72_high_rho", 12, 72, 48, 400, 0.2, 0.75, ()),
    ("months_96_negative", 12, 96, 72, 150, 0.15, -0.4, ()),
    ("months_60_gaps", 12, 60, 40, 80, 0.2, 0.5, (3, 17, 18, 44)),
    ("quarters_44", 4, 44, 28, 1500, 0.1, 0.4, ()),
    ("quarters_40_gap", 4, 40, 24, 300, 0.15, 0.3, (2, 3, 30)),
    ("years_30", 1, 30, 20, 5000, 0.1, 0.5, ()),
    ("months_120", 12, 120, 90, 60, 0.3, 0.6, ()),
    ("months_36_short", 12, 36, 24, 45, 0.2, 0.2, ()),
    ("value_months_60", 12, 60, 30, 0, 3.0, 0.5, ()),
    ("value_quarters_40", 4, 40, 24, 0, 1.0, 0.2, ()),
    ("value_months_100_negative", 12, 100, 50, 0, 2.0, -0.3, ()),
    ("value_years_24", 1, 24, 14, 0, 5.0, 0.3, ()),
)


def main() -> None:
    random = np.random.default_rng(20260101)
    with (Path(__file__).parent / "series_generated.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["case", "t", "y", "e", "s", "place", "points"])
        for case, points, n, start, mean, sd, rho, left_out in CASES:
            t = np.arange(n)
            noise = sd * correlated(random.standard_normal((n, 1)), t, np.array(rho))[:, 0]
            season = 0.2 * np.sin(2 * np.pi * t / points) if points > 1 else np.zeros(n)
            exposure = np.round(1000 * (1 + 0.01 * t / points), 3) if mean else np.ones(n)
            change = -0.15 * (t >= start) + 0.02 * t / points
            if mean:
                y = random.poisson(mean * exposure / 1000 * np.exp(noise + season + change)).astype(float)
            else:
                y = np.round(50 + noise + 10 * (season + change), 6)
            for i in t:
                if i not in left_out:
                    rows.writerow([case, i, f"{y[i]:.12g}", f"{exposure[i]:.12g}", int(i >= start), i % points, points])


if __name__ == "__main__":
    main()
