"""Nothing runs that has not changed, and what depends on a change runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.faults.house import SAVE, House, write_notebook
from evaluation.runs import fingerprint as fingerprints
from evaluation.runs.decide import explain
from evaluation.runs.fingerprint import differences, sha256_of_file, surroundings
from evaluation.runs.job import Job, in_order
from evaluation.runs.project import Project
from evaluation.runs.states import State


@pytest.fixture(scope="module")
def twenty(template: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[House, tuple[Job, ...]]:
    """Twenty published jobs, each with a raw file of its own, and an overview of the first three."""
    from benchmarks.faults.house import copy_of, job

    house = copy_of(template, tmp_path_factory.mktemp("twenty") / "h")
    jobs = []
    for number in range(20):
        raw = house.project.raw / "s" / f"{number:02}.csv"
        raw.write_text(f"n\n{number}\n", encoding="utf-8")
        jobs.append(job(house.project, f"j{number:02}", parameters={"number": number}, inputs=(raw,)))
    jobs.append(job(house.project, "overview", depends_on=("j00", "j01", "j02"), inputs=()))
    ordered = in_order(jobs)
    assert {result.state for result in house.batch(ordered)} == {State.PUBLISHED}
    return house, ordered


def running(house: House, jobs: tuple[Job, ...]) -> list[str]:
    decisions = explain(house.project, jobs, surroundings(house.project))
    return [decision.job.id for decision in decisions if not decision.is_unchanged]


def test_nothing_changed_nothing_runs(twenty: tuple[House, tuple[Job, ...]]) -> None:
    house, jobs = twenty
    assert running(house, jobs) == []

    class Nobody:
        def submit(self, task: object) -> None:
            raise AssertionError("a process was started")

    results = replace(house, crew=Nobody()).batch(jobs)  # type: ignore[arg-type]
    assert {result.state for result in results} == {State.UNCHANGED}


@pytest.mark.parametrize("number", range(20))
def test_one_changed_file_runs_exactly_what_depends_on_it(twenty: tuple[House, tuple[Job, ...]], number: int) -> None:
    house, jobs = twenty
    raw = house.project.raw / "s" / f"{number:02}.csv"
    before = raw.read_bytes()
    raw.write_bytes(before + b"1\n")
    expected = [f"j{number:02}"] + (["overview"] if number < 3 else [])
    assert running(house, jobs) == expected
    raw.write_bytes(before)
    assert running(house, jobs) == []


def test_a_change_reruns_and_equal_results_spare_the_overview(template: House, tmp_path: Path) -> None:
    from benchmarks.faults.house import copy_of, job

    house = copy_of(template, tmp_path / "h")
    first, overview = job(house.project), job(house.project, "over", depends_on=("a",), inputs=())
    house.batch([first, overview])
    (house.project.raw / "s" / "a.csv").write_text("å\n", encoding="utf-8")
    states = [result.state for result in house.batch([first, overview])]
    assert states == [State.PUBLISHED, State.UNCHANGED]  # the results of `a` are the same bytes as before
    write_notebook(house.project.notebooks / "other.ipynb", SAVE.replace("2.5", "4"))
    changed = replace(first, notebook="other.ipynb")
    states = [result.state for result in house.batch([changed, overview])]
    assert states == [State.PUBLISHED, State.PUBLISHED]


CHANGES: dict[str, Callable[[House, Job], Job]] = {
    "notebook": lambda house, job: (write_notebook(house.project.notebooks / "fine.ipynb", SAVE), job)[1],
    "parameters": lambda house, job: replace(job, parameters={"number": 2}),
    "plan": lambda house, job: replace(job, plan="0" * 64),
    "packages": lambda house, job: (house.project.package_lock.write_text("x", encoding="utf-8"), job)[1],
    "input data/raw/s/a.csv": lambda house, job: ((house.project.raw / "s" / "a.csv").write_bytes(b"x"), job)[1],
    "input studies/s.toml": lambda house, job: ((house.project.studies / "s.toml").write_bytes(b"x"), job)[1],
}


@pytest.mark.parametrize("part", CHANGES)
def test_each_part_is_seen_and_named(published_house: House, part: str) -> None:
    from benchmarks.faults.house import job

    house = published_house
    changed = CHANGES[part](house, job(house.project))
    (decision,) = explain(house.project, [changed], surroundings(house.project))
    assert decision.reasons == (part,)


def test_changed_code_runs_everything(published_house: House) -> None:
    from benchmarks.faults.house import job

    around = replace(surroundings(published_house.project), code="other")
    (decision,) = explain(published_house.project, [job(published_house.project)], around)
    assert decision.reasons == ("code",)


def test_types_of_parameters_count(house: House) -> None:
    def parameters(value: object) -> dict[str, list[object]]:
        return fingerprints.typed_parameters(Job("a", "s", "a.ipynb", {"x": value}))  # type: ignore[dict-item]

    assert len({str(parameters(value)) for value in (1, 1.0, True, "1", None)}) == 5


def test_a_missing_input_is_said(published_house: House) -> None:
    from benchmarks.faults.house import job

    (published_house.project.raw / "s" / "a.csv").unlink()
    (decision,) = explain(
        published_house.project, [job(published_house.project)], surroundings(published_house.project)
    )
    assert decision.missing == ("input data/raw/s/a.csv",)


def test_differences_name_parts_on_either_side() -> None:
    assert differences({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == ("a", "b", "c")


def test_a_file_written_again_is_hashed_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"1")
    assert fingerprints._hash_or_missing(path) == sha256_of_file(path)
    path.unlink()
    assert fingerprints._hash_or_missing(path) == "missing"
    path.write_bytes(b"22")
    assert fingerprints._hash_or_missing(path) == sha256_of_file(path)


@pytest.mark.parametrize("fault", [subprocess.TimeoutExpired("git", 30), PermissionError("git")])
def test_a_git_that_does_not_answer_stops_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def run(*arguments: object, **options: object) -> None:
        raise fault

    monkeypatch.setattr(subprocess, "run", run)
    around = surroundings(project)
    assert (around.commit, around.dirty) == ("unknown", True)
