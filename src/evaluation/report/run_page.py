"""The page of one run: the executed notebook in our shell, its quality declaration, its tables as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evaluation.errors import GateError
from evaluation.report.exporter import main_html
from evaluation.report.outputs import tables_of
from evaluation.report.page import Link, Page, notices_of, render_blocks, render_page
from evaluation.report.quality import quality_declaration, refuse_gaps
from evaluation.report.rules import refuse_faulty_page
from evaluation.tables import Table, tables_csv, tables_xlsx
from evaluation.wording import Wording, wording

if TYPE_CHECKING:
    from nbformat import NotebookNode

PAGE, NOTEBOOK, RESULTS, WORKBOOK, RECORD = "report.html", "notebook.ipynb", "results.json", "tables.xlsx", "run.json"


def render_run(
    notebook: Path,
    run_dir: Path,
    language: str,
    *,
    title: str,
    site: str,
    manifest: Mapping[str, Any],
    home: str = "../index.html",
    statement: str = "../accessibility.html",
    stale: str = "",
) -> list[Path]:
    """Write the report of an executed notebook into its run directory.

    Parameters
    ----------
    notebook
        Executed notebook whose outputs are tables, figures and blocks of this package.
    run_dir
        Where `report.html`, `tables.xlsx` and `tables/table-N.csv` are written. The page links `notebook.ipynb` and
        `results.json` beside it where they exist.
    language
        Language of the page and of every word in it.
    title
        Unique title: name of the report with its period.
    site
        Name of the evaluation as a whole.
    manifest
        Facts of the run; `evaluation.report.quality.REQUIRED` names the keys.
    home, statement
        Addresses of index and accessibility statement as seen from the page.
    stale
        Why the page is outdated, in the reader's language; empty where it is not.

    Returns
    -------
    list of Path
        Every file written, the page first.

    Raises
    ------
    GateError
        An output is foreign, the manifest has gaps, or the page breaks a rule of accessibility.
    """
    words = wording(language)
    refuse_gaps(manifest)
    content = read_notebook(notebook)
    links = _links(run_dir, words, statement)
    notices = notices_of(words, synthetic=manifest["synthetic"], stale=stale)
    page = Page(language, title, site, home, notices, links, imprint(manifest, words))
    hidden = max(manifest["suppressed_cells"], hidden_cells(tables_of(content)))  # heat maps hide what no series has
    declaration = render_blocks(quality_declaration({**manifest, "suppressed_cells": hidden}, words), "quality")
    html = refuse_faulty_page(render_page(page, main_html(content) + declaration), str(run_dir / PAGE))
    return [_written(run_dir / PAGE, html), *_tables(content, run_dir, words)]


def hidden_cells(tables: Iterable[Table]) -> int:
    """Count the protected cells of tables, those behind figures included."""
    return sum(cell.state == "hidden" for table in tables for row in table.rows for cell in row)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of format 4 as nbconvert takes it.

    Raises
    ------
    GateError
        The file is no notebook, or one of another format.
    """
    from nbformat import ValidationError, from_dict, validate

    try:
        content = from_dict(json.loads(path.read_text(encoding="utf-8")))  # type: ignore[no-untyped-call]
        validate(content)
    except (ValueError, AttributeError, ValidationError) as fault:
        raise GateError(
            str(path),
            found=str(fault).splitlines()[0],
            expected="an executed notebook of format 4",
            todo="execute the notebook anew",
        ) from fault
    return cast("NotebookNode", content)


def imprint(manifest: Mapping[str, Any], words: Wording) -> tuple[str, ...]:
    """Say which run, code, plan and data the page stands for."""
    dates = {name: words.date(manifest[name]) for name in ("data_through", "next_expected")}
    return (
        words.say("report.dates", **dates),
        words.say("report.versions", **{name: str(manifest[name]) for name in ("run_id", "code_version", "plan_hash")}),
    )


def _links(run_dir: Path, words: Wording, statement: str) -> tuple[Link, ...]:
    beside = [
        Link(name, words.say(f"report.file.{name.split('.')[0]}"))
        for name in (NOTEBOOK, RESULTS)
        if (run_dir / name).exists()
    ]
    beside += [Link(WORKBOOK, words.say("report.file.tables")), Link(RECORD, words.say("report.file.run"))]
    return (*beside, Link(statement, words.say("report.statement")))


def _tables(content: NotebookNode, run_dir: Path, words: Wording) -> list[Path]:
    tables = tables_of(content)
    folder = run_dir / "tables"
    folder.mkdir(exist_ok=True)
    files = [
        _written(folder / f"table-{n}.csv", "\ufeff" + tables_csv(made, words)) for n, made in enumerate(tables, 1)
    ]
    workbook = run_dir / WORKBOOK
    workbook.write_bytes(tables_xlsx(tables))
    return [workbook, *files]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path
