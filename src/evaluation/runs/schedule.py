"""When unattended runs happen: once per period, also on the two days a year when local clocks jump.

Times are UTC. systemd and Windows are told so; for cron the line asks for UTC, and because some crons ignore that,
times that a local clock skips or repeats (01:00–03:59 wherever Europe changes its clocks) are refused for it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Literal

from evaluation.errors import ParameterError

Every = Literal["day", "week", "month"]
_UNSAFE_HOURS = range(1, 4)
_LAST_DAY: dict[Every, int] = {"day": 1, "week": 7, "month": 28}


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run per `every`, at `at` (UTC), on `day` (1–28 of the month, or 1 Monday – 7 Sunday of the week).

    Raises
    ------
    ParameterError
        A day that not every period has.
    """

    every: Every = "month"
    at: time = time(4, 30)
    day: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.day <= _LAST_DAY[self.every] and self.every != "day":
            raise ParameterError(
                "schedule, day",
                found=str(self.day),
                expected=f"1–{_LAST_DAY[self.every]} for one run every {self.every}",
                todo="choose a day that every period has",
            )


@dataclass(frozen=True, slots=True)
class Unattended:
    """The command to run: program, arguments, working folder, structured log, and what to run when it fails."""

    program: Path
    arguments: tuple[str, ...]
    folder: Path
    log: Path
    on_failure: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Program and arguments."""
        return (str(self.program), *self.arguments)

    def __post_init__(self) -> None:
        for text in (*self.words, str(self.folder), str(self.log), self.on_failure):
            if any(sign < " " or sign == "\x7f" for sign in text):
                raise ParameterError(
                    "schedule",
                    found=f"a control character in {text!r}",
                    expected="paths and commands of one line",
                    todo="rename the folder, or correct the command",
                )


def cron_lines(schedule: Schedule, command: Unattended) -> str:
    """Lines for `crontab -e`.

    Raises
    ------
    ParameterError
        The hour does not exist, or exists twice, on a day when local clocks change.
    """
    if schedule.at.hour in _UNSAFE_HOURS:
        raise ParameterError(
            "schedule, at",
            found=f"{schedule.at:%H:%M}",
            expected="a time outside 01:00–03:59, because some crons know local time only",
            todo="choose 04:30, or use a systemd timer, which keeps UTC",
        )
    days = {"day": "* * *", "week": f"* * {schedule.day % 7}", "month": f"{schedule.day} * *"}[schedule.every]
    run = (
        f"cd {shlex.quote(str(command.folder))} && {shlex.join(command.words)} >> {shlex.quote(str(command.log))} 2>&1"
    )
    hook = f" || {command.on_failure}" if command.on_failure else ""
    line = f"{schedule.at.minute} {schedule.at.hour} {days} {(run + hook).replace('%', chr(92) + '%')}"
    return f"# Times are UTC.\nCRON_TZ=UTC\n{line}\n"
