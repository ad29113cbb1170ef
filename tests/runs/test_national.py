"""The project of 290 municipalities is whole studies: each loads, has its four pages, and is the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.national import make_project, publish_all
from evaluation.runs.project import Project
from evaluation.session.jobs import jobs_of
from evaluation.session.raw_files import raw_files
from evaluation.study import load_study


def test_the_studies_are_whole_and_the_same_each_time(tmp_path: Path) -> None:
    made = [Project(tmp_path / name) for name in ("one", "other")]
    for project in made:
        project.root.mkdir()
        assert make_project(project.root, 3) == ["kommun-9000", "kommun-9001", "kommun-9002"]
    for name in ("kommun-9000", "kommun-9002"):
        study = load_study(made[0].studies / f"{name}.toml")
        files = [raw_files(project, study) for project in made]
        assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
        pages = [job.id for job in jobs_of(made[0], name) if job.id.startswith("agreement-")]
        assert pages == [f"agreement-{agreement.id}" for agreement in study.agreements]
        assert len(pages) == 4


def test_its_reports_are_published_and_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALUATION_ROOT", "")  # put back afterwards
    studies = make_project(tmp_path, 1)
    reports, wall, cpu = publish_all(tmp_path, studies, None, 2)
    assert reports == 4
    assert cpu > 0
    assert wall > 0
    assert len(list((tmp_path / "reports" / "kommun-9000").glob("agreement-*/report.html"))) == 4
