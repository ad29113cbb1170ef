"""`evaluation check`: every fault of a study at once: the file, its raw files and cards, its registers."""

from __future__ import annotations

from typing import Annotated

import typer


def check(studies: Annotated[list[str] | None, typer.Argument(help="Ids of studies; none means all.")] = None) -> None:
    """Find every fault in a study file, its raw files and their cards. Nothing is run.

    Texts that a new study leaves to you are listed too; they are no fault.

    Examples: evaluation check upplands-vasby · evaluation check
    """
    from evaluation.onboarding.blanks import blanks_of
    from evaluation.runs.project import find_project
    from evaluation.session.faults import faults_of

    project = find_project()
    names = studies or sorted(path.stem for path in project.studies.glob("*.toml"))
    found = {name: faults_of(project, name) for name in names}
    for name, faults in found.items():
        typer.echo(f"{name}: {len(faults)} fault{'' if len(faults) == 1 else 's'}")
        for fault in faults:
            typer.echo(f"  - {fault}")
        for blank in blanks_of(project, name):
            typer.echo(f"  still to write: {blank}")
    raise typer.Exit(11 if any(found.values()) else 0)
