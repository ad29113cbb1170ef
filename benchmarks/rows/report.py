"""The project's own reports: `evaluation run`, as `make report` calls it, beside stock commands per notebook.

The same notebooks with the same parameters on the same prepared data, in a copy of the project. What is compared is the
text of every output.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.row import Contender, Given, Goal, Row
from benchmarks.rows.command import program
from benchmarks.rows.project import REAL, STUDIES, copy_project, root_of, surroundings

FEW = "[acst]*[3sy]"
"""Agreement 3 with its comparison, trends and safety, in Swedish: four kinds of page."""


def run_all(given: Given) -> None:
    copy_project(given)
    evaluation_run(given)


def evaluation_run(given: Given, *arguments: str) -> str:
    """Run the command in the copy of the project; returns what it said."""
    command = [*program(), "run", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=surroundings(given))
    return done.stdout


def few_of_ours(given: Given) -> Given:
    evaluation_run(given, REAL, "--force", "--only", FEW)
    return given


def all_of_ours(given: Given) -> Given:
    evaluation_run(given, "--force")
    return given


def unchanged(given: Given) -> int:
    """Run once more; how many reports were published although nothing changed."""
    said = evaluation_run(given).splitlines()
    published = [line for line in said if line.startswith("ok") and "published" in line]
    if published:
        raise RuntimeError(f"{len(published)} reports were made although nothing had changed")
    return len(published)


# --- the stock way


def stock(given: Given, studies: tuple[str, ...], pattern: str) -> Given:
    """Papermill and nbconvert from the command line, a process each, notebook by notebook."""
    for job in jobs_of(given, studies, pattern):
        out = stock_notebook(given, job)
        source = root_of(given) / "notebooks" / job.notebook
        parameters = [word for name, value in job.parameters.items() for word in ("-r", name, str(value))]
        execute = ["papermill", str(source), str(out), *parameters, "--no-progress-bar", "--engine", "nbclient"]
        for command in (execute, ["nbconvert", "--to", "html", "--no-input", str(out)]):
            subprocess.run(
                [sys.executable, "-m", *command],
                check=True,
                capture_output=True,
                env=surroundings(given),
                cwd=out.parent,
            )
    return given


def few_by_stock(given: Given) -> Given:
    return stock(given, (REAL,), FEW)


def all_by_stock(given: Given) -> Given:
    return stock(given, STUDIES, "*")


def jobs_of(given: Given, studies: tuple[str, ...], pattern: str) -> Iterator[Any]:
    from fnmatch import fnmatchcase

    from evaluation.runs.project import Project
    from evaluation.session.jobs import jobs_of as expanded

    for study in studies:
        yield from (job for job in expanded(Project(root_of(given)), study) if fnmatchcase(job.id, pattern))


def stock_notebook(given: Given, job: Any) -> Path:
    folder = given.folder / "stock" / job.study / job.id
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "notebook.ipynb"


# --- what is compared


def outputs_of_ours(studies: tuple[str, ...], pattern: str) -> Any:
    def compared(given: Given, _: object) -> dict[str, Any]:
        reports = root_of(given) / "reports"
        return {
            job.key: outputs_in(reports / job.study / job.id / "notebook.ipynb")
            for job in jobs_of(given, studies, pattern)
        }

    return compared


def outputs_of_stock(studies: tuple[str, ...], pattern: str) -> Any:
    def compared(given: Given, _: object) -> dict[str, Any]:
        return {job.key: outputs_in(stock_notebook(given, job)) for job in jobs_of(given, studies, pattern)}

    return compared


def outputs_in(path: Path) -> list[str]:
    """The text of every output; empty pages are no result."""
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    found = [
        output["data"].get("text/plain", "") for cell in cells for output in cell.get("outputs", ()) if "data" in output
    ]
    return found or [f"nothing in {path}"]


def pages_apart(mine: dict[str, Any], theirs: dict[str, Any]) -> float:
    """Outputs that differ, over all pages."""
    if mine.keys() != theirs.keys():
        return float("inf")
    return float(sum(a != b for page in mine for a, b in zip(mine[page], theirs[page], strict=True)))


OURS, STOCK = "evaluation run", "stock: papermill and nbconvert per notebook"
START = (
    "One start serves all pages: the command, the warm parent's imports (3.3 to 3.6 CPU s) and the index pages. "
    "Divided among four pages that alone is a seventh of the stock way's seconds, so four pages cannot reach the "
    "goal. Tried: statsmodels left out of the warm parent (0.5 CPU s less); scipy.stats left out too (0.3 more, but "
    "pages of comparison and of incidents need it and would each import it anew); what is saved in models and "
    "figures (see national), which the stock way runs too and so gains as well."
)
EVERY = (
    "The start is spread over every page here. What is left is what the notebooks compute, which the stock way "
    "computes too, and the page with its gates, which it does not make: see national for what was tried, and what "
    "each way gave."
)


def pairs(studies: tuple[str, ...], pattern: str, ours: Any, theirs: Any, reports: int, why: str) -> dict[str, Any]:
    def amount(_: int) -> float:
        return float(reports)

    return {
        "ours": Contender(OURS, ours, amount=amount, first=True, compared=outputs_of_ours(studies, pattern)),
        "peers": (Contender(STOCK, theirs, amount=amount, first=True, compared=outputs_of_stock(studies, pattern)),),
        "unit": "one report",
        "difference": pages_apart,
        "tolerance": 0.0,
        "compared": "outputs of cells that differ",
        "inputs": copy_project,
        "goals": (Goal(STOCK, 8, reason=why),),
    }


ROWS = (
    Row(
        name="make-report",
        work="Four pages of the real study, as `make report` makes them, data prepared",
        size=4,
        quick=4,
        notes="Ours includes its start, the warm parent, every gate, the index pages and seals; over four pages only.",
        **pairs((REAL,), FEW, few_of_ours, few_by_stock, 4, START),
    ),
    Row(
        name="make-report-all",
        work="`make report` for both studies: every page in both languages, data prepared",
        size=1,
        quick=1,
        once=True,
        notes="Measured once; the seconds are of the whole.",
        **pairs(STUDIES, "*", all_of_ours, all_by_stock, 1, EVERY),
    ),
    Row(
        name="rerun-unchanged",
        work="`evaluation run` for both studies when nothing has changed",
        unit="one run",
        size=1,
        quick=1,
        ours=Contender(OURS, unchanged),
        peers=(),
        goals=(Goal("", 2, "wall"),),
        difference=lambda mine, _: float(mine),
        tolerance=0.0,
        compared="reports published although nothing changed",
        inputs=run_all,
    ),
)
