"""R as a contender: a script beside this file, which measures itself so that R's start does not count."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from benchmarks.row import Used

HERE = Path(__file__).parent


def run_r(script: str, *arguments: object) -> Used:
    """Run a script; it prints `cpu`, `wall` and `peak` (MB), then its results as numbers, a line each."""
    command = ["Rscript", "--vanilla", str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if line[:1].isalpha())
    results = [line.split() for line in done.stdout.splitlines() if line and not line[0].isalpha()]
    return Used(np.array(results, dtype=float), float(said["cpu"]), float(said["wall"]), float(said["peak"]))
