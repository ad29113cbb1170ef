"""Size of a report with ten figures: our template beside nbconvert's own, from the same executed notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.row import Contender, Given, Goal, Row
from benchmarks.rows.notebook import execute_warm, render, warm
from benchmarks.rows.notebooks import MANY, write_notebook


def inputs(given: Given) -> None:
    write_notebook(given.folder / "ten.ipynb", MANY)
    execute_warm(warm(given), "ten")


def ours(given: Given) -> Path:
    render(given, "ten")
    return given.folder / "report.html"


def nbconvert(given: Given) -> Path:
    out = given.folder / "ten.out.ipynb"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--template", "lab", "--no-input", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out.with_suffix(".html")


def pictures(_: Given, page: Path) -> int:
    """How many pictures of a series stand on the page."""
    text = page.read_text(encoding="utf-8")
    return sum(f"Reports of series {k} by month" in text for k in range(10))


LAB = "nbconvert, template lab"

ROWS = (
    Row(
        name="report-size",
        work="Writing an executed notebook with 10 figures as a page",
        unit="one page",
        size=10,
        quick=10,
        ours=Contender("this project", ours, compared=pictures),
        peers=(Contender(LAB, nbconvert, compared=pictures),),
        goals=(Goal(LAB, 2, "bytes"),),
        difference=lambda mine, theirs: abs(10 - mine) + abs(10 - theirs),
        tolerance=0,
        compared="figures missing on either page",
        inputs=inputs,
        notes="Ours holds the numbers of every figure as a table beside it; nbconvert's page does too, as HTML.",
    ),
)
