"""A notebook from file to page: stock papermill and nbconvert beside the warm engine and our own pages.

Stock is a process per notebook, as a timer or a shell loop starts it, with its kernel. Ours is forked from a process
that has the libraries imported, as the runner does it; that process is started once per batch, and what one page costs
with a start of its own is a contender too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.row import FLOOR, Contender, Given, Goal, Row
from benchmarks.rows.notebooks import BOTH, OWN, STOCK, largest_difference, write_notebook

STOCK_IMPORTS = ("numpy", "pandas", "matplotlib.pyplot", "statsmodels.api")
PAGE_FACTS: dict[str, Any] = {
    **{"question": "Did the reports fall?", "population": "Inhabitants of a town (9999)", "indicators": ["Reports"]},
    **{"sources": [{"title": "Log", "publisher": "Town", "published": "2026-01-01", "rows_read": 1, "rows_kept": 1}]},
    **{"preliminary_from": "2026-01-01", "suppressed_cells": 0, "caveats": [], "breaks": [], "synthetic": True},
    **{
        "data_from": "2015-01-01",
        "data_through": "2024-12-31",
        "run_date": "2026-01-01",
        "next_expected": "2027-01-01",
    },
    **{"contact": "town@town.example", "plan_hash": "0", "code_version": "0", "run_id": "benchmark"},
}


def inputs(given: Given) -> None:
    for name, cells in {"own": OWN, "stock": STOCK, "both": BOTH, "empty": ("pass",)}.items():
        write_notebook(given.folder / f"{name}.ipynb", cells)


# --- ours: forked from a warm process


def warm(given: Given) -> Given:
    """Import what the runner's warm parent imports."""
    from evaluation.runs.warm import PRELOAD, warm_up

    warm_up(PRELOAD)
    return given


def warm_for_stock(given: Given) -> Given:
    """Import what an ordinary notebook uses."""
    from evaluation.runs.warm import warm_up

    warm_up(("papermill", "evaluation.runs.warm_client", *STOCK_IMPORTS))
    return given


def own_page(given: Given) -> Path:
    """Fork a job, as the runner does: execute in a process forked from it, then write the page with its tables."""
    forked(lambda: page_of(given))
    return given.folder / "report.html"


def page_of(given: Given) -> None:
    execute_warm(given, "own")
    render(given, "own")


def render(given: Given, name: str) -> None:
    """Write the executed notebook as the runner publishes it, then its page."""
    import nbformat

    from evaluation.report.run_page import render_run
    from evaluation.runs.notebook import notebook_bytes, publishable

    executed, published = (
        nbformat.read(given.folder / f"{name}.out.ipynb", as_version=4),
        given.folder / "notebook.ipynb",
    )
    published.write_bytes(notebook_bytes(publishable(executed)))
    render_run(published, given.folder, "en", title="Reports by month", site="A town", manifest=PAGE_FACTS)


def execute_warm(given: Given, name: str) -> None:
    import papermill

    source, out = given.folder / f"{name}.ipynb", given.folder / f"{name}.out.ipynb"
    options = {"engine_name": "evaluation", "progress_bar": False, "request_save_on_cell_execute": False}
    papermill.execute_notebook(str(source), str(out), {"results": str(given.folder / f"{name}.json")}, **options)


def as_script(given: Given) -> str:
    """The same cells one after the other in a forked process: no notebook, no page."""
    forked(lambda: run_cells(given))
    return ""


def run_cells(given: Given) -> None:
    names: dict[str, Any] = {"results": str(given.folder / "script.json")}
    for cell in OWN:
        exec(cell, names)


def forked(work: Any) -> None:
    """Do the work in a forked process and wait for it."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("the forked process failed; its own message stands above")


def executed_only(given: Given) -> None:
    """Fork, execute, write the notebook; no page."""
    forked(lambda: execute_warm(given, "own"))


def one_page_alone(given: Given) -> Path:
    """The whole with its own warm parent, for one notebook only."""
    return own_page(warm(given))


# --- stock


def papermill_command(given: Given, name: str, *options: str) -> None:
    source, out = given.folder / f"{name}.ipynb", given.folder / f"{name}.out.ipynb"
    command = [sys.executable, "-m", "papermill", str(source), str(out), "--no-progress-bar", *options]
    subprocess.run([*command, "-p", "results", str(given.folder / f"{name}.json")], check=True, capture_output=True)


def stock_page(given: Given) -> Path:
    papermill_command(given, "stock")
    out = given.folder / "stock.out.ipynb"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out.with_suffix(".html")


def stock_engine(name: str) -> Any:
    def work(given: Given) -> None:
        papermill_command(given, name)

    return work


def stock_loop(name: str) -> Any:
    """Papermill called again and again in one process that has imported it."""

    def work(given: Given) -> None:
        import papermill

        source, out = given.folder / f"{name}.ipynb", given.folder / f"{name}.out.ipynb"
        parameters = {"results": str(given.folder / f"{name}.json")}
        papermill.execute_notebook(str(source), str(out), parameters, progress_bar=False)

    return work


def warm_engine(name: str) -> Any:
    def work(given: Given) -> None:
        execute_warm(given, name)

    return work


# --- what is compared


def saved(name: str) -> Any:
    return lambda given, _: (given.folder / f"{name}.json").read_text()


def cells_of(name: str) -> Any:
    """The executed cells without what differs from run to run."""

    def compared(given: Given, _: object) -> list[Any]:
        import nbformat

        from evaluation.runs.notebook import publishable

        executed = nbformat.read(given.folder / f"{name}.out.ipynb", as_version=4)
        return [dict(cell, metadata={}) for cell in publishable(executed).cells]

    return compared


def cells_apart(mine: list[Any], theirs: list[Any]) -> float:
    return float(sum(a != b for a, b in zip(mine, theirs, strict=True)))


def engine_row(name: str, work: str, source: str, goal: float) -> Row:
    same = {"compared": cells_of(source)}
    return Row(
        name=name,
        work=work,
        unit="one notebook",
        size=1,
        quick=1,
        ours=Contender("the warm engine", warm_engine(source), warm_for_stock, **same),
        peers=(
            Contender("stock papermill, a process each", stock_engine(source), **same),
            Contender("stock papermill, in one process", stock_loop(source), **same),
        ),
        goals=(Goal("stock papermill, a process each", goal),),
        difference=cells_apart,
        tolerance=0.0,
        compared="cells that differ (times aside)",
        inputs=inputs,
    )


PAGE = (
    "Executed without a page it already takes more than the goal allows: two forks, the kernel's messages, HTML of "
    "every output in the notebook, papermill's and nbclient's bookkeeping with its checks, and the file. The page "
    "adds the rules of accessibility, the template and a workbook (20 to 30 ms each). Tried, side by side: cells of "
    "tables joined instead of formatted (a table in half the time), words read in the warm parent, statsmodels left "
    "out of it (65 MB less to fork): 0.41 to 0.35 CPU s together, but the floor, forked from the same parent, fell "
    "from 0.17 to 0.15, so the ratio stayed. Without gain, on reports of the nation: garbage collection off; larger "
    "thresholds of malloc; a first drawing in the parent (4 ms). Not possible: leaving out nbconvert's copies of "
    "the notebook, for its preprocessor takes out the hidden cells."
)
STOCK_NAME = "stock: papermill, seaborn, nbconvert"

ROWS = (
    Row(
        name="notebook-report",
        work="A notebook of 12 cells with 10 count models and 5 figures, executed and written as a page",
        unit="one report",
        size=1,
        quick=1,
        ours=Contender("this project, forked from the warm parent", own_page, warm, compared=saved("own")),
        peers=(
            Contender(STOCK_NAME, stock_page, compared=saved("stock")),
            Contender("this project, executed without a page", executed_only, warm, compared=saved("own")),
            Contender(
                "this project, one page with its own warm parent", one_page_alone, whole=True, compared=saved("own")
            ),
        ),
        floor=Contender("the same cells as a script", as_script, warm),
        goals=(Goal(STOCK_NAME, 10), Goal(FLOOR, 1.5, reason=PAGE)),
        difference=largest_difference,
        tolerance=1e-6,
        compared="largest relative difference of a coefficient or standard error",
        inputs=inputs,
        notes="Ours also writes every table as CSV and one workbook, and holds the page to the rules of accessibility; "
        "the script does neither, and writes no page.",
    ),
    engine_row(
        "notebook-engine", "The same notebook, unchanged, by two engines: 5 PNG figures, 10 models", "both", 2.5
    ),
    engine_row("notebook-empty", "An empty notebook by two engines", "empty", 20),
)
