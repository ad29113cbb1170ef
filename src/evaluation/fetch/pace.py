"""How often a service may be called: the calls of the last day are remembered between commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from evaluation.errors import FetchError
from evaluation.fetch.clock import Clock
from evaluation.fetch.services import Limit, Service
from evaluation.runs.locks import guard
from evaluation.runs.publish import replace_file

LONGEST_WAIT = 120.0
"""Seconds that a command waits for its turn or for a service that asks to wait; beyond, it says when to come back."""
OLD_LINES = 500
"""Calls that no limit needs any more are cleared from the file when there are more of them than this."""


def seconds_to_wait(calls: Sequence[float], now: float, limits: Sequence[Limit]) -> float:
    """Return how long to wait before one more call keeps every limit.

    Parameters
    ----------
    calls
        Times of earlier calls, seconds, ascending.
    now
        The time, same clock; calls later than it (a clock set back) count as made now.
    """
    made = [min(call, now) for call in calls]
    waits = [made[-limit.calls] + limit.seconds - now for limit in limits if len(made) >= limit.calls]
    return max([0.0, *waits])


class Pace:
    """The calls to one service, kept in a file, a time a line: two commands keep the limits together.

    Whoever waits for its turn lets no other command look meanwhile, so two at the same time take turns.
    """

    def __init__(self, service: Service, file: Path, clock: Clock) -> None:
        self.service, self.limits = service, service.limits
        self._file, self._clock = file, clock

    def take_turn(self) -> None:
        """Wait until the service may be called, and note the call.

        Raises
        ------
        FetchError
            The wait would be longer than two minutes: the hour or the day is used up.
        """
        with guard(self._file):
            calls = read_calls(self._file)
            wait = seconds_to_wait(calls, self._now(), self.limits)
            refuse_long_wait(self.service.name, wait, self._clock.now(), "its limit of calls is used up")
            if wait > 0:
                self._clock.wait(wait)
            self._note(calls)

    def _note(self, calls: list[float]) -> None:
        oldest = self._now() - max(limit.seconds for limit in self.limits)
        kept = [call for call in calls if call > oldest]
        if len(calls) - len(kept) > OLD_LINES:
            replace_file(self._file, "".join(f"{call}\n" for call in [*kept, self._now()]).encode())
            return
        with self._file.open("a", encoding="ascii") as lines:
            lines.write(f"{self._now()}\n")

    def _now(self) -> float:
        return self._clock.now().timestamp()


def read_calls(file: Path) -> list[float]:
    """Return the times of earlier calls, none where the file is not there.

    Raises
    ------
    FetchError
        The file holds something else: it was damaged, or written by hand.
    """
    try:
        return sorted(map(float, file.read_text(encoding="ascii").split())) if file.is_file() else []
    except ValueError as error:
        todo = "remove that file: the calls of the last day are then forgotten, so wait before many more"
        raise FetchError(str(file), found=str(error), expected="the time of a call in each line", todo=todo) from error


def refuse_long_wait(service: str, seconds: float, now: dt.datetime, why: str) -> None:
    """Stop where a wait is longer than a person would sit through.

    Raises
    ------
    FetchError
        With the time to come back.
    """
    if seconds > LONGEST_WAIT:
        again = (now + dt.timedelta(seconds=seconds)).astimezone().strftime("%Y-%m-%d %H:%M")
        raise FetchError(
            f"service {service}",
            found=f"{why}; {seconds:.0f} seconds to wait",
            expected=f"a wait of at most {LONGEST_WAIT:.0f} seconds",
            todo=f"give the command again after {again}; what has been fetched is kept for a day",
        )
