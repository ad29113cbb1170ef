"""`evaluation prepare`: raw files to processed Parquet with their ledger."""

from __future__ import annotations

from typing import Annotated

import typer


def prepare(
    studies: Annotated[list[str] | None, typer.Argument(help="Ids of studies; none means all.")] = None,
) -> None:
    """Read and clean the raw files of studies into data/processed, with records and a ledger.

    Examples: evaluation prepare · evaluation prepare upplands-vasby
    """
    from evaluation.runs.project import find_project
    from evaluation.session.prepare import prepare as prepare_study
    from evaluation.study import load_study

    project = find_project()
    for name in studies or sorted(path.stem for path in project.studies.glob("*.toml")):
        prepared = prepare_study(project, load_study(project.studies / f"{name}.toml"))
        typer.echo(f"{name}: {'read now' if prepared.fresh else 'unchanged'}, {len(prepared.ledger)} ledger rows")
        for source, record in prepared.records.items():
            typer.echo(f"  {source}: {record['rows_read']} rows read, {record['rows_kept']} kept ({record['file']})")
