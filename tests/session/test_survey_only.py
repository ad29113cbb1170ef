"""A municipality that has asked its people and has no figures over time: every page of its study is saved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from evaluation.errors import StudyError
from evaluation.session import StudySession, open_study
from evaluation.session.jobs import jobs_of

ROOT = Path(__file__).parents[2]
KINDS = ("survey_microdata", "area_bridge")
PAGES: dict[str, Callable[[StudySession], Any]] = {
    "overview": lambda study: study.overview(),
    "safety": lambda study: study.safety(),
    "quality": lambda study: study.quality(),
}


def without_indicators(root: Path, *, questions: bool = True) -> StudySession:
    """Exempelköping as it would be without its log, its counts and its measures."""
    study = tomlkit.parse((ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8")).unwrap()
    study["indicators"] = []
    study["sources"] = [source for source in study["sources"] if source["kind"] in KINDS]
    for agreement in study["agreements"]:
        agreement.pop("place_indicators", None)
    for question in study["survey_questions"]:
        question.pop("recorded_series", None)
    study.pop("claims", None)
    if not questions:
        study["survey_questions"] = []
    answered = {question["priority_area"] for question in study["survey_questions"]}
    study["missing_indicators"] = [
        {"id": f"{aim['id']}_missing", "name": aim["name"], "priority_area": aim["id"], "needed": aim["aim"]}
        for aim in study["priority_areas"]
        if aim["id"] not in answered
    ]
    (root / "studies").mkdir()
    (root / "studies" / "exempelkoping.toml").write_text(tomlkit.dumps(study), encoding="utf-8")
    shutil.copytree(ROOT / "data" / "raw" / "exempelkoping", root / "data" / "raw" / "exempelkoping")
    return open_study("exempelkoping", language="sv", root=root)


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> StudySession:
    return without_indicators(tmp_path_factory.mktemp("surveyed"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_saved_and_covers_the_years_of_the_waves(
    surveyed: StudySession, saved: Callable[[Any], dict[str, Any]], page: str
) -> None:
    record = saved(PAGES[page](surveyed))
    assert (record["data_from"], record["data_to"]) == ("2016-01-01", "2025-12-31")  # asked in 2016, 2018, 2022, 2025
    assert record["preliminary_from"] == ""


def test_it_has_no_pages_of_figures_over_time(surveyed: StudySession) -> None:
    jobs = jobs_of(surveyed.project, "exempelkoping")
    assert [job.id for job in jobs if job.parameters["language"] == "sv"] == ["overview", "safety", "quality"]


def test_a_study_of_nothing_is_told_so(tmp_path: Path, saved: Callable[[Any], dict[str, Any]]) -> None:
    with pytest.raises(StudyError, match="neither indicators nor survey questions"):
        saved(without_indicators(tmp_path, questions=False).overview())
