"""`evaluation plan`: register the analysis plan of a study, or show how the study deviates from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer


def plan(
    action: Annotated[Literal["register", "show"], typer.Argument(help="register or show")],
    study: Annotated[str, typer.Argument(help="Id of the study.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace a plan that is already registered.")] = False,
) -> None:
    """Register the analysis plan of a study before its results are read, or show how the study deviates from it.

    Examples: evaluation plan register upplands-vasby · evaluation plan show upplands-vasby
    """
    from evaluation.errors import ParameterError
    from evaluation.runs.project import find_project
    from evaluation.runs.publish import replace_file
    from evaluation.study import load_study
    from evaluation.study.plan import deviations, load_registered, plan_hash, plan_path, registered_text

    path = find_project().studies / f"{study}.toml"
    loaded, file = load_study(path), plan_path(path)
    registered = load_registered(file)
    if action == "register":
        if registered is not None and not replace:
            todo = "use --replace if the plan is meant to change; version control keeps the old one"
            raise ParameterError(file.name, found="a registered plan", expected="none yet", todo=todo)
        replace_file(file, registered_text(loaded, str(datetime.now(UTC).date())).encode("utf-8"))
        typer.echo(f"registered {plan_hash(loaded)} in {file.name}")
        return
    typer.echo(f"plan of {study}: {plan_hash(loaded)}")
    if registered is None:
        typer.echo("no plan is registered")
        return
    found = deviations(registered, loaded)
    typer.echo(f"registered {registered.registered}: {registered.sha256}; {len(found)} deviations")
    for deviation in found:
        typer.echo(f"  - {deviation.key}: registered {deviation.registered}, now {deviation.now}")
