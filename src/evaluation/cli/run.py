"""`evaluation run`: make the reports of studies that are not up to date, and publish those that succeed."""

from __future__ import annotations

import contextlib
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluation.errors import EvaluationError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.runs.batch import JobResult, Settings
    from evaluation.runs.crew import Crew
    from evaluation.runs.job import Job
    from evaluation.runs.project import Project

JOBS_OF = "evaluation.session.jobs:jobs_of"
RENDER = "evaluation.session.rendering:render_run"
INDEX = "evaluation.session.site:render_site"
GATES = ("evaluation.session.gates:disclosure_gate", "evaluation.session.gates:personal_data_gate")
INPUT_ERROR = 11


def run(
    studies: Annotated[list[str] | None, typer.Argument(help="Ids of studies; none means all of them.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=1024, help="Jobs at once.")] = 2,
    only: Annotated[str, typer.Option(help="Run only jobs whose id matches, for instance 'agreement-*'.")] = "*",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run, and run nothing.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say for each job why it runs.")] = False,
    force: Annotated[bool, typer.Option(help="Run also what is up to date.")] = False,
    engine: Annotated[
        str, typer.Option(help="warm (forked from a warm process) or ordinary (a Jupyter kernel).")
    ] = "warm",
    cluster: Annotated[str, typer.Option(help="Address of a dask scheduler, tcp://host:8786.")] = "",
    cell_deadline: Annotated[float, typer.Option(min=0.1, help="Seconds a cell may take.")] = 300.0,
    run_deadline: Annotated[float, typer.Option(min=0.1, help="Seconds a job may take.")] = 900.0,
    memory: Annotated[int, typer.Option(min=64, help="MiB a job may use.")] = 4096,
    log: Annotated[Path | None, typer.Option(help="Structured log; reports/.logs/run.jsonl if not given.")] = None,
    notify: Annotated[str, typer.Option(help="Command that gets the summary as JSON on standard input.")] = "",
) -> None:
    """Make the reports that are not up to date.

    Examples: evaluation run · evaluation run upplands-vasby --jobs 4 · evaluation run --dry-run --explain

    Exit code 0 only if every job is published or unchanged; docs/run-states.md has the others.
    """
    from evaluation.runs.project import find_project

    try:
        project = find_project()
        chosen = select(project, studies, only)
        if dry_run:
            tell(project, chosen, force=force, explain_reasons=explain)
            return
        settings = _settings(engine, jobs, cell_deadline, run_deadline, memory, force=force)
        results = execute(
            project, chosen, settings, cluster, log or project.logs / "run.jsonl", explain_reasons=explain
        )
        code = finish(project, results, notify)
    except EvaluationError as error:
        typer.echo(f"error: {error}", err=True)
        code = INPUT_ERROR
    raise typer.Exit(code)


def select(project: Project, studies: list[str] | None, only: str) -> tuple[Job, ...]:
    """Jobs of the studies (all when None) whose id matches `only`, in the order they run.

    Raises
    ------
    ParameterError
        No such study, or no job matches.
    """
    from evaluation.runs.job import in_order
    from evaluation.runs.settings import resolve

    known = sorted(path.stem for path in project.studies.glob("*.toml"))
    unknown = sorted(set(studies or ()) - set(known))
    if unknown or not known:
        raise ParameterError(
            f"study {', '.join(unknown) or '(all)'}",
            found="no such file in studies/",
            expected=f"one of {', '.join(known) or '(there are none)'}",
            todo="correct the name, or write the study file; docs/own-data.md shows how",
        )
    jobs_of = resolve(JOBS_OF)
    by_study = [jobs_of(project, study) for study in dict.fromkeys(studies or known)]
    # Studies take turns: two first jobs of one study would both prepare its data.
    every = in_order(job for turn in zip_longest(*by_study) for job in turn if job is not None)
    chosen = tuple(job for job in every if fnmatchcase(job.id, only))
    if not chosen:
        ids = ", ".join(job.id for job in every)
        raise ParameterError(
            "--only", found=repr(only), expected=f"a pattern that matches one of {ids}", todo="try 'agreement-*'"
        )
    return chosen


def tell(project: Project, jobs: Iterable[Job], *, force: bool, explain_reasons: bool) -> None:
    """Print what would run, and with `explain_reasons` why."""
    from evaluation.runs.decide import explain
    from evaluation.runs.fingerprint import surroundings

    for decision in explain(project, jobs, surroundings(project), force=force):
        word = "unchanged" if decision.is_unchanged else "cannot run" if decision.missing else "would run"
        typer.echo(f"{word:<11} {decision.job.key}")
        if explain_reasons:
            for reason in (*decision.reasons, *(f"missing: {part}" for part in decision.missing)):
                typer.echo(f"            {reason}")


def execute(
    project: Project, jobs: tuple[Job, ...], settings: Settings, cluster: str, log: Path, *, explain_reasons: bool
) -> tuple[JobResult, ...]:
    """Run the batch with progress on a terminal, the structured log, and stop signals turned into an orderly end."""
    from rich.console import Console

    from evaluation.runs.batch import run_batch
    from evaluation.runs.interruption import interruptible
    from evaluation.runs.log import Both, JsonLog
    from evaluation.runs.progress import ProgressBars

    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(interruptible())
        crew = stack.enter_context(contextlib.closing(_crew(settings, cluster)))
        lines = stack.enter_context(JsonLog(log))
        bars = stack.enter_context(ProgressBars(len(jobs), Console(stderr=True), explain_reasons=explain_reasons))
        return run_batch(project, jobs, crew, settings, observer=Both(lines, bars), stop=stop)


def finish(project: Project, results: tuple[JobResult, ...], command: str) -> int:
    """Print a line per job and where the index is, notify, and return the exit code."""
    from evaluation.runs.batch import exit_code
    from evaluation.runs.progress import summary_lines

    for line in summary_lines(results):
        typer.echo(line)
    index = project.reports / "index.html"
    if index.exists():
        typer.echo(f"index: {index}")
    told = not command or _notified(command, results)
    return exit_code(results) or (0 if told else INPUT_ERROR)


def _notified(command: str, results: tuple[JobResult, ...]) -> bool:
    from evaluation.runs.notify import notify

    try:
        told = notify(command, results) == 0
    except ParameterError as error:
        typer.echo(f"error: {error}", err=True)
        return False
    if not told:
        typer.echo("the command given with --notify failed", err=True)
    return told


def _crew(settings: Settings, cluster: str) -> Crew:
    if cluster:
        from evaluation.runs.cluster import ClusterCrew

        return ClusterCrew(cluster)
    from evaluation.runs.warm_crew import local_crew

    return local_crew(settings.engine)


def _settings(
    engine: str, jobs: int, cell_deadline: float, run_deadline: float, memory: int, *, force: bool
) -> Settings:
    from evaluation.runs.batch import Settings
    from evaluation.runs.settings import MIB, Limits, Wiring

    if engine not in ("warm", "ordinary"):
        raise ParameterError(
            "--engine", found=engine, expected="warm or ordinary", todo="leave it out for the fast one"
        )
    limits = Limits(cell_deadline=cell_deadline, run_deadline=run_deadline, memory=memory * MIB)
    return Settings(limits, Wiring(RENDER, GATES, INDEX), "warm" if engine == "warm" else "ordinary", jobs, force)
