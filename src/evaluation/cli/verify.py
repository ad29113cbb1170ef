"""`evaluation verify`: recompute the seals of published reports, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import EvaluationError


def verify(
    runs: Annotated[list[Path] | None, typer.Argument(help="Run folders; none means every published report.")] = None,
) -> None:
    """Recompute seals, output hashes and the chain of runs; say which inputs have changed since.

    Examples: evaluation verify · evaluation verify reports/upplands-vasby/overview

    Exit code 0 if every report is what its manifest says, 1 if one is not, 11 if there is none.
    """
    from evaluation.runs.project import find_project
    from evaluation.runs.verify import run_folders
    from evaluation.runs.verify import verify as verified

    try:
        project = find_project()
    except EvaluationError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(11) from error
    found = [verified(project, folder.resolve()) for folder in runs or run_folders(project)]
    for result in found:
        typer.echo(f"{'sound' if result.is_sound else 'BROKEN':<7} {result.folder}  ({result.chain} runs before)")
        for line in (*result.faults, *(f"note: {note}" for note in result.notes)):
            typer.echo(f"        {line}")
    if not found:
        typer.echo("no published report", err=True)
    raise typer.Exit(0 if found and all(result.is_sound for result in found) else 1 if found else 11)
