"""The services' limits are kept, within a command and between commands; expected waits by hand."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.errors import FetchError
from evaluation.fetch.failures import seconds_asked
from evaluation.fetch.pace import OLD_LINES, Pace, read_calls, seconds_to_wait
from evaluation.fetch.services import EVENTS, KOLADA, SCB_2, Limit
from evaluation.runs.locks import guard
from tests.fetch.desk import Desk, StoodClock

POLICE = EVENTS.limits


def test_the_limits_are_those_that_the_services_ask_for() -> None:
    assert (Limit(1, 10), Limit(60, 3600), Limit(1440, 86400)) == POLICE
    assert KOLADA.limits == (Limit(5, 1),)
    assert Limit(30, 10) in SCB_2.limits


@pytest.mark.parametrize(
    ("calls", "now", "wait"),
    [
        ([], 0.0, 0.0),
        ([100.0], 104.0, 6.0),  # ten seconds between calls: 110 − 104
        ([100.0], 110.0, 0.0),
        ([1000.0 + 20 * n for n in range(60)], 2200.0, 2400.0),  # 60 in the hour: the first leaves at 1000 + 3600
        ([20.0 * n for n in range(60)], 1190.0, 2410.0),  # 3600 − 1190; the ten seconds since 1180 are over
        ([200.0], 100.0, 10.0),  # the clock was set back: the call counts as made now
    ],
)
def test_waits_by_hand(calls: list[float], now: float, wait: float) -> None:
    assert seconds_to_wait(calls, now, POLICE) == wait


def test_no_window_ever_holds_more_calls_than_its_limit(tmp_path: Path) -> None:
    clock = StoodClock()
    pace = Pace(KOLADA, tmp_path / "calls.txt", clock)
    times = []
    for _ in range(23):
        pace.take_turn()
        times.append(clock.now().timestamp())
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[5:], strict=False))
    assert times[-1] - times[0] == pytest.approx(4)  # 23 calls, five a second: the 21st to 23rd come in second 4


def test_two_commands_after_each_other_keep_the_limit_too(desk: Desk) -> None:
    desk.fetch("events")
    desk.clock.time += dt.timedelta(seconds=3)
    desk.fetch("events")
    assert desk.clock.waits == [7.0]


def test_a_command_that_has_its_turn_lets_no_other_look_meanwhile(tmp_path: Path) -> None:
    """While one process holds the guard the other neither calls nor waits; then it comes ten seconds after it."""
    clock, file = StoodClock(), tmp_path / "calls-events.txt"
    other = threading.Thread(target=Pace(EVENTS, file, clock).take_turn)
    with guard(file):
        other.start()
        other.join(0.3)
        assert other.is_alive()
        assert not file.exists()
        file.write_text(f"{clock.now().timestamp()}\n", encoding="ascii")
    other.join()
    assert clock.waits == [10.0]
    assert len(read_calls(file)) == 2


def test_an_hour_that_is_used_up_is_said_and_not_waited_for(tmp_path: Path) -> None:
    clock = StoodClock()
    now = clock.now().timestamp()
    file = tmp_path / "calls.txt"
    file.write_text("".join(f"{now - 660 + 11 * n}\n" for n in range(60)), encoding="ascii")
    with pytest.raises(FetchError, match=r"limit of calls is used up; 2940 seconds to wait"):  # 3600 − 660
        Pace(EVENTS, file, clock).take_turn()
    assert clock.waits == []


def test_the_service_may_state_its_own_limit(desk: Desk) -> None:
    desk.server.change["/api/v2/config"] = lambda config: config | {"maxCallsPerTimeWindow": 1, "timeWindow": 20}
    desk.fetch("scb", table="TAB638")
    assert desk.clock.waits == [20.0, 20.0]  # /config, then /metadata and /data one by one


def test_old_calls_leave_the_file(tmp_path: Path) -> None:
    clock = StoodClock()
    file = tmp_path / "calls.txt"
    file.write_text("1.0\n" * (OLD_LINES + 1), encoding="ascii")
    Pace(replace(KOLADA), file, clock).take_turn()
    assert read_calls(file) == [clock.now().timestamp()]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Sun, 22 Nov 2026 09:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, StoodClock().now()) == seconds
