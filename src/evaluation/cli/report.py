"""`evaluation report`: write the pages above the reports anew, and print a study's pages as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evaluation.errors import EvaluationError, ParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.runs.project import Project

INPUT_ERROR = 11
PDF = "pdf"


def report(
    study: Annotated[str, typer.Argument(help="Id of the study.")],
    pdf: Annotated[bool, typer.Option("--pdf", help="Print summary, index and agreement pages as tagged PDF.")] = False,
) -> None:
    """Write index, claims and summary pages from what is published; with --pdf print a study's pages too.

    Examples: evaluation report upplands-vasby · evaluation report upplands-vasby --pdf

    PDFs lie in reports/<study>/pdf; Chromium prints them. Exit code 11 where nothing is published, there is no
    Chromium, or a page breaks a rule of accessibility.
    """
    from evaluation.runs.project import find_project
    from evaluation.runs.publish import replace_file
    from evaluation.session.site import render_site

    try:
        project = find_project()
        _refuse_unpublished(project, study)
        first = project.reports / "index.html"
        replace_file(first, render_site(project.reports).encode("utf-8"))
        typer.echo(f"index: {first}")
        if pdf:
            _print_pages(project, study)
    except EvaluationError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(INPUT_ERROR) from error


def _refuse_unpublished(project: Project, study: str) -> None:
    if not any((project.reports / study).glob("overview*/report.html")):
        raise ParameterError(
            f"study {study}",
            found="no published overview in reports/",
            expected="a study whose overview has been run",
            todo=f"run `evaluation run {study}` first",
        )


def _print_pages(project: Project, study: str) -> None:
    from evaluation.report import to_pdf

    folder = project.reports / study
    (folder / PDF).mkdir(exist_ok=True)
    for page in _pages(folder):
        name = page.parent.name if page.name == "report.html" else page.stem
        typer.echo(f"pdf: {to_pdf(page, folder / PDF / f'{name}.pdf')}")


def _pages(folder: Path) -> list[Path]:
    found = (folder.glob(pattern) for pattern in ("summary*.html", "index*.html", "agreement-*/report.html"))
    return [page for pages in found for page in sorted(pages)]
