"""Ready units for systemd and the Windows Task Scheduler; both know UTC and catch up on a run missed while off."""

from __future__ import annotations

from xml.sax.saxutils import escape

from evaluation.runs.schedule import Schedule, Unattended

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WINDOWS_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def on_calendar(schedule: Schedule) -> str:
    """Spell the schedule as systemd's OnCalendar, in UTC."""
    at = f"{schedule.at:%H:%M}:00 UTC"
    if schedule.every == "day":
        return f"*-*-* {at}"
    return f"{_WEEKDAYS[schedule.day - 1]} *-*-* {at}" if schedule.every == "week" else f"*-*-{schedule.day:02d} {at}"


def systemd_units(schedule: Schedule, command: Unattended) -> dict[str, str]:
    """Timer, service and, with a failure command, a failure service; text by file name."""
    failure = "OnFailure=evaluation-failure.service\n" if command.on_failure else ""
    service = (
        f"[Unit]\nDescription=Evaluation reports\n{failure}\n"
        "[Service]\nType=oneshot\n"
        f"WorkingDirectory={_percent(str(command.folder))}\n"
        f"ExecStart={' '.join(_quoted(word) for word in command.words)}\n"
        f"StandardOutput=append:{_percent(str(command.log))}\nStandardError=inherit\n"
        "KillMode=control-group\nNice=10\n"
    )
    timer = (
        "[Unit]\nDescription=Evaluation reports, one run per period\n\n"
        f"[Timer]\nOnCalendar={on_calendar(schedule)}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    units = {"evaluation.service": service, "evaluation.timer": timer}
    if command.on_failure:
        hook = f"/bin/sh -c {_quoted(command.on_failure)}"
        units["evaluation-failure.service"] = (
            f"[Unit]\nDescription=Evaluation failed\n\n[Service]\nType=oneshot\nExecStart={hook}\n"
        )
    return units


def windows_task(schedule: Schedule, command: Unattended) -> str:
    """XML for `schtasks /Create /TN evaluation /XML file`; the Z makes the time UTC."""
    words = " ".join(_windows_quoted(word) for word in command.words)
    hook = f" || {command.on_failure}" if command.on_failure else ""
    line = f'/d /c "{words} >> {_windows_quoted(str(command.log))} 2>&1{hook}"'
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        " <Triggers>\n  <CalendarTrigger>\n"
        f"   <StartBoundary>2026-01-01T{schedule.at:%H:%M}:00Z</StartBoundary>\n"
        f"{_windows_days(schedule)}"
        "  </CalendarTrigger>\n </Triggers>\n"
        " <Settings>\n  <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\n"
        "  <StartWhenAvailable>true</StartWhenAvailable>\n </Settings>\n"
        " <Actions>\n  <Exec>\n   <Command>cmd.exe</Command>\n"
        f"   <Arguments>{escape(line)}</Arguments>\n"
        f"   <WorkingDirectory>{escape(str(command.folder))}</WorkingDirectory>\n"
        "  </Exec>\n </Actions>\n</Task>\n"
    )


def _windows_days(schedule: Schedule) -> str:
    if schedule.every == "day":
        return "   <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>\n"
    if schedule.every == "week":
        day = f"<DaysOfWeek><{_WINDOWS_DAYS[schedule.day - 1]}/></DaysOfWeek>"
        return f"   <ScheduleByWeek><WeeksInterval>1</WeeksInterval>{day}</ScheduleByWeek>\n"
    months = "".join(f"<{month}/>" for month in _MONTHS)
    days = f"<DaysOfMonth><Day>{schedule.day}</Day></DaysOfMonth><Months>{months}</Months>"
    return f"   <ScheduleByMonth>{days}</ScheduleByMonth>\n"


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """Quote for systemd: specifiers and variables are doubled, backslash and quote escaped."""
    text = _percent(word).replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _windows_quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
