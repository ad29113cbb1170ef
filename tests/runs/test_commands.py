"""`run`, `verify` and `schedule` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

import evaluation.cli.run as command
from benchmarks.faults import house as small
from benchmarks.faults.house import House
from evaluation.cli.run import run
from evaluation.cli.schedule import schedule
from evaluation.cli.verify import verify
from evaluation.runs.project import Project, find_project

JOBS = """
from benchmarks.faults.house import job

def jobs_of(project, study):
    return (job(project, "01-a", study=study), job(project, "02-b", study=study, parameters={"number": 2}))
"""


@pytest.fixture
def at_home(house: House, stubs: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The commands find the small project, its jobs and stand-ins."""
    (stubs / "runs_jobs.py").write_text(JOBS, encoding="utf-8")
    monkeypatch.chdir(house.project.root)
    monkeypatch.setattr(command, "JOBS_OF", "runs_jobs:jobs_of")
    monkeypatch.setattr(command, "RENDER", "runs_stubs:render")
    monkeypatch.setattr(command, "INDEX", "runs_stubs:index")
    monkeypatch.setattr(command, "GATES", ())

    class Borrowed:
        def __getattr__(self, name: str) -> object:
            return (lambda: None) if name == "close" else getattr(house.crew, name)

    monkeypatch.setattr(command, "_crew", lambda settings, cluster: Borrowed())
    return house.project


def call(function: object, *arguments: str) -> Result:
    app = typer.Typer(add_completion=False)
    app.command()(function)  # type: ignore[type-var]
    return CliRunner().invoke(app, list(arguments))


def test_run_publishes_then_finds_nothing_to_do(at_home: Project) -> None:
    first = call(run, "s", "--jobs", "2")
    assert first.exit_code == 0, first.output
    assert [line.split()[1] for line in first.output.splitlines() if line.startswith("ok")] == ["published"] * 2
    assert f"index: {at_home.reports / 'index.html'}" in first.output
    second = call(run)
    assert second.exit_code == 0
    assert [line.split()[1] for line in second.output.splitlines() if line.startswith("ok")] == ["unchanged"] * 2
    events = [json.loads(line)["event"] for line in (at_home.logs / "run.jsonl").read_text().splitlines()]
    assert events.count("job ended") == 4


def test_dry_run_explains_and_runs_nothing(at_home: Project) -> None:
    told = call(run, "--dry-run", "--explain")
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "would run   s/01-a",
        "            never published",
        "would run   s/02-b",
        "            never published",
    ]
    assert not (at_home.reports / "s").exists()
    (at_home.raw / "s" / "a.csv").unlink()
    assert "cannot run  s/01-a" in call(run, "--dry-run", "--only", "01-*").output


def test_a_failing_job_gives_its_code(at_home: Project) -> None:
    small.write_notebook(at_home.notebooks / "fine.ipynb", "1 / 0")
    failed = call(run, "--only", "02-*")
    assert failed.exit_code == 12
    assert "FAIL  error_in_notebook  s/02-b" in failed.output


def test_a_notification_that_fails_is_said_and_does_not_hide_the_code(at_home: Project) -> None:
    told = call(run, "--notify", "/no/such/program")
    assert told.exit_code == 11, "all was published, but nobody was told"
    assert "--notify /no/such/program" in told.output
    small.write_notebook(at_home.notebooks / "fine.ipynb", "1 / 0")
    told = call(run, "--notify", "/no/such/program")
    assert told.exit_code == 12
    assert "--notify /no/such/program" in told.output
    assert "--notify failed" in call(run, "--notify", "false").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "study nowhere"),
        (("../s",), "study ../s"),
        (("--only", "99*"), "01-a, 02-b"),
        (("--engine", "cold"), "warm or ordinary"),
    ],
)
def test_wrong_arguments_end_with_one_clear_message(at_home: Project, arguments: tuple[str, ...], message: str) -> None:
    refused = call(run, *arguments)
    assert refused.exit_code == 11
    assert message in refused.output
    assert "What to do:" in refused.output
    assert "Traceback" not in refused.output


def test_verify_says_sound_and_broken(at_home: Project) -> None:
    assert call(verify).exit_code == 11
    call(run)
    sound = call(verify)
    assert sound.exit_code == 0
    assert [line.split()[0] for line in sound.output.splitlines()] == ["sound", "sound"]
    (at_home.published("s", "01-a") / "report.html").write_bytes(b"x")
    broken = call(verify, str(at_home.published("s", "01-a")))
    assert broken.exit_code == 1
    assert "report.html: changed" in broken.output


@pytest.mark.parametrize(
    ("option", "part"),
    [("--systemd", "OnCalendar=*-*-03 04:30:00 UTC"), ("--cron", "30 4 3 * *"), ("--windows", "<Day>3")],
)
def test_schedule_prints_units_for_this_project(at_home: Project, option: str, part: str) -> None:
    printed = call(schedule, "s", option, "--on-failure", "echo fel")
    assert printed.exit_code == 0
    assert part in printed.output
    assert "echo fel" in printed.output
    assert at_home.logs.is_dir()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--cron", "--systemd"),
        ("--cron", "--every", "year"),
        ("--cron", "--at", "25:00"),
        ("--cron", "--at", "02:30"),
    ],
)
def test_schedule_refuses_what_it_cannot_keep(at_home: Project, arguments: tuple[str, ...]) -> None:
    refused = call(schedule, *arguments)
    assert refused.exit_code == 11
    assert "What to do:" in refused.output


def test_the_project_is_found_upwards_or_by_the_variable(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = project.notebooks / "x" / "y"
    deep.mkdir(parents=True)
    assert find_project(deep) == project
    monkeypatch.setenv("EVALUATION_ROOT", str(project.root))
    assert find_project(tmp_path) == project
