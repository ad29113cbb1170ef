"""`evaluation schedule`: print ready units for unattended runs."""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from evaluation.errors import EvaluationError, ParameterError

if TYPE_CHECKING:
    from evaluation.runs.project import Project
    from evaluation.runs.schedule import Every, Schedule, Unattended


def schedule(
    studies: Annotated[list[str] | None, typer.Argument(help="Ids of studies; none means all.")] = None,
    systemd: Annotated[bool, typer.Option("--systemd", help="systemd service and timer.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="A crontab line.")] = False,
    windows: Annotated[bool, typer.Option("--windows", help="XML for the Windows Task Scheduler.")] = False,
    every: Annotated[str, typer.Option(help="day, week or month.")] = "month",
    at: Annotated[str, typer.Option(help="Time in UTC, HH:MM.")] = "04:30",
    day: Annotated[int, typer.Option(help="Day of the month (1–28), or of the week (1 Monday – 7).")] = 3,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Jobs at once.")] = 2,
    on_failure: Annotated[str, typer.Option(help="Command to run when a run fails.")] = "",
) -> None:
    """Print ready units for unattended runs; nothing is installed.

    Examples: evaluation schedule --systemd · evaluation schedule --cron --every week --day 1
    """
    from evaluation.runs.project import find_project

    try:
        if systemd + cron + windows != 1:
            given = f"{systemd + cron + windows} of the options"
            choice = "one of --systemd, --cron, --windows"
            raise ParameterError("schedule", found=given, expected=choice, todo="give one")
        arguments = ("run", *(studies or ()), "--jobs", str(jobs))
        command = unattended(find_project(), arguments, on_failure)
        typer.echo(units(planned(every, at, day), command, systemd=systemd, cron=cron))
    except EvaluationError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(11) from error


def planned(every: str, at: str, day: int) -> Schedule:
    """Type the options.

    Raises
    ------
    ParameterError
        An unknown period, a time that is no time, or a day that not every period has.
    """
    from evaluation.runs.schedule import Schedule

    if every not in ("day", "week", "month"):
        raise ParameterError("--every", found=every, expected="day, week or month", todo="choose one")
    try:
        moment = time.fromisoformat(at)
    except ValueError as error:
        raise ParameterError("--at", found=at, expected="HH:MM", todo="write 04:30") from error
    return Schedule(cast("Every", every), moment, day)


def unattended(project: Project, arguments: tuple[str, ...], on_failure: str) -> Unattended:
    """Spell the command as the scheduler will run it: this installation, this project."""
    from evaluation.runs.schedule import Unattended

    program = Path(sys.executable).with_name("evaluation.exe" if sys.platform == "win32" else "evaluation")
    project.logs.mkdir(parents=True, exist_ok=True)  # systemd and cron do not make it
    log = project.logs / "unattended.log"
    return Unattended(program, arguments, project.root, log, on_failure)


def units(schedule: Schedule, command: Unattended, *, systemd: bool, cron: bool) -> str:
    """Text to print: with file names where there are several."""
    from evaluation.runs.schedule import cron_lines
    from evaluation.runs.schedule_units import systemd_units, windows_task

    if systemd:
        texts = systemd_units(schedule, command).items()
        return "\n".join(f"# ~/.config/systemd/user/{name}\n{text}" for name, text in texts)
    return cron_lines(schedule, command) if cron else windows_task(schedule, command)
