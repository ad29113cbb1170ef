"""Printed units fire once per period, also when clocks jump; a simulated clock reads them as their programs do."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evaluation.errors import ParameterError
from evaluation.runs.schedule import Schedule, Unattended, cron_lines
from evaluation.runs.schedule_units import on_calendar, systemd_units, windows_task

STOCKHOLM = ZoneInfo("Europe/Stockholm")
COMMAND = Unattended(
    Path("/opt/å b/bin/evaluation"), ("run", "s", "--jobs", "2"), Path("/srv/p 100%"), Path("/srv/l g")
)
YEARS = (2026, 2027, 2028)
JUMPS = {  # last Sundays of March and October
    2026: (date(2026, 3, 29), date(2026, 10, 25)),
    2027: (date(2027, 3, 28), date(2027, 10, 31)),
    2028: (date(2028, 3, 26), date(2028, 10, 29)),
}
EVERY_MINUTE = timedelta(minutes=1)


def around(jump: date) -> list[datetime]:
    """Every minute (UTC) of the five days around a change of clocks."""
    first = datetime(jump.year, jump.month, jump.day, tzinfo=UTC) - timedelta(days=2)
    return [first + minute * EVERY_MINUTE for minute in range(5 * 24 * 60)]


def cron_fires(line: str, moment: datetime) -> bool:
    """Whether cron would run a five-field line in the minute it reads from its clock."""
    minute, hour, day, _, weekday = line.split()[:5]
    return (
        moment.minute == int(minute)
        and moment.hour == int(hour)
        and day in ("*", str(moment.day))
        and weekday in ("*", str(moment.isoweekday() % 7))
    )


def systemd_fires(calendar: str, moment: datetime) -> bool:
    match = re.fullmatch(r"(?:(\w{3}) )?\*-\*-(\*|\d\d) (\d\d):(\d\d):00 UTC", calendar)
    assert match, calendar
    weekday, day, hour, minute = match.groups()
    utc = moment.astimezone(UTC)
    return (
        (utc.hour, utc.minute) == (int(hour), int(minute))
        and day in ("*", f"{utc.day:02}")
        and weekday in (None, utc.strftime("%a"))
    )


def windows_fires(xml: str, moment: datetime) -> bool:
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    trigger = ET.fromstring(xml.split("\n", 1)[1]).find(".//t:CalendarTrigger", space)
    assert trigger is not None
    boundary = trigger.findtext("t:StartBoundary", "", space)
    assert boundary.endswith("Z"), "without Z the time would be local"
    utc, start = moment.astimezone(UTC), datetime.fromisoformat(boundary)
    day = trigger.findtext(".//t:Day", None, space)
    weekdays = [child.tag.split("}")[1] for child in trigger.findall(".//t:DaysOfWeek/*", space)]
    on_day = (day is None or utc.day == int(day)) and (not weekdays or utc.strftime("%A") in weekdays)
    return on_day and (utc.hour, utc.minute) == (start.hour, start.minute)


def cron_line(schedule: Schedule) -> str:
    return cron_lines(schedule, COMMAND).splitlines()[2]


@pytest.mark.parametrize("jump", [day for year in YEARS for day in JUMPS[year]], ids=str)
@pytest.mark.parametrize("program", ["systemd", "windows", "cron in UTC", "cron that knows local time only"])
def test_a_daily_run_happens_once_a_day_when_clocks_change(program: str, jump: date) -> None:
    schedule = Schedule("day", time(4, 30))
    line, calendar, xml = cron_line(schedule), on_calendar(schedule), windows_task(schedule, COMMAND)
    fired = {
        "systemd": lambda moment: systemd_fires(calendar, moment),
        "windows": lambda moment: windows_fires(xml, moment),
        "cron in UTC": lambda moment: cron_fires(line, moment),
        "cron that knows local time only": lambda moment: cron_fires(line, moment.astimezone(STOCKHOLM)),
    }[program]
    half_past = [moment for moment in around(jump) if moment.minute == 30]  # no other minute can fire
    days = [moment.astimezone(STOCKHOLM).date() for moment in half_past if fired(moment)]
    assert len(days) == len(set(days)) == 5
    assert jump in days


@pytest.mark.parametrize("year", YEARS)
def test_the_simulated_clock_sees_what_goes_wrong_at_half_past_two(year: int) -> None:
    """Plain local cron at 02:30: no run in spring, two in autumn. The test above can fail."""
    spring, autumn = JUMPS[year]
    fired = [
        moment.astimezone(STOCKHOLM).date()
        for jump in (spring, autumn)
        for moment in around(jump)
        if cron_fires("30 2 * * *", moment.astimezone(STOCKHOLM))
    ]
    assert fired.count(spring) == 0
    assert fired.count(autumn) == 2


@pytest.mark.parametrize("hour", [1, 2, 3])
def test_cron_refuses_hours_that_are_skipped_or_repeated(hour: int) -> None:
    with pytest.raises(ParameterError, match="choose 04:30"):
        cron_lines(Schedule("day", time(hour, 30)), COMMAND)


@pytest.mark.parametrize("every", ["month", "week"])
def test_three_years_have_one_run_per_period(every: str) -> None:
    schedule = Schedule(every, time(4, 30), 5)  # type: ignore[arg-type]
    line, calendar, xml = cron_line(schedule), on_calendar(schedule), windows_task(schedule, COMMAND)
    days = [datetime(2026, 1, 1, 4, 30, tzinfo=UTC) + timedelta(days=n) for n in range(3 * 365 + 1)]
    periods = {
        "month": [(year, month) for year in YEARS for month in range(1, 13)],
        "week": sorted({day.isocalendar()[:2] for day in days}),
    }[every]
    for fired in (
        [day for day in days if cron_fires(line, day)],
        [day for day in days if systemd_fires(calendar, day)],
        [day for day in days if windows_fires(xml, day)],
    ):
        keys = [(day.year, day.month) if every == "month" else day.isocalendar()[:2] for day in fired]
        assert len(keys) == len(set(keys))
        missing = set(periods) - set(keys)
        assert not missing or (every == "week" and missing <= {periods[0], periods[-1]})  # cut off by the years' ends


def test_paths_with_spaces_and_signs_survive_each_program() -> None:
    line = cron_line(Schedule())
    shell = line.split(" ", 5)[5].replace("\\%", "%")
    assert shlex.split(shell) == ["cd", "/srv/p 100%", "&&", *COMMAND.words, ">>", "/srv/l g", "2>&1"]
    service = systemd_units(Schedule(), COMMAND)["evaluation.service"]
    assert "WorkingDirectory=/srv/p 100%%\n" in service
    assert 'ExecStart="/opt/å b/bin/evaluation" "run" "s" "--jobs" "2"\n' in service
    assert "Persistent=true" in systemd_units(Schedule(), COMMAND)["evaluation.timer"]
    assert "&quot;" not in windows_task(Schedule(), COMMAND)
    ET.fromstring(windows_task(Schedule(), COMMAND).split("\n", 1)[1])


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\x00", "\x1b[2J", "a\x7f"])
def test_control_characters_cannot_break_a_unit(text: str) -> None:
    with pytest.raises(ParameterError, match="control character"):
        Unattended(Path("/x"), ("run", text), Path("/y"), Path("/z"))


def test_the_failure_hook_is_in_every_unit() -> None:
    command = Unattended(Path("/x"), ("run",), Path("/y"), Path("/z"), on_failure="mail -s 'fel $1' drift")
    units = systemd_units(Schedule(), command)
    assert "OnFailure=evaluation-failure.service" in units["evaluation.service"]
    assert "ExecStart=/bin/sh -c \"mail -s 'fel $$1' drift\"" in units["evaluation-failure.service"]
    assert cron_lines(Schedule(), command).rstrip().endswith("|| mail -s 'fel $1' drift")
    assert "|| mail" in ET.fromstring(windows_task(Schedule(), command).split("\n", 1)[1])[2][0][1].text  # type: ignore[operator]


@pytest.mark.parametrize(("every", "day"), [("month", 29), ("month", 0), ("week", 8), ("week", 0)])
def test_days_that_not_every_period_has_are_refused(every: str, day: int) -> None:
    with pytest.raises(ParameterError, match="every period"):
        Schedule(every, time(4, 30), day)  # type: ignore[arg-type]
