"""The small project of the fault injection, for all tests of the runner; nothing of the real studies is needed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # benchmarks/ stands beside src/

from benchmarks.faults import house as small
from benchmarks.faults.house import House
from evaluation.runs import fingerprint
from evaluation.runs.batch import Settings
from evaluation.runs.crew import ProcessCrew
from evaluation.runs.job import Job
from evaluation.runs.project import Project
from evaluation.runs.warm_crew import WarmCrew


@pytest.fixture(name="write_notebook", scope="session")
def _write_notebook() -> Callable[..., Path]:
    return small.write_notebook


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A module `runs_stubs` that this process and the processes it starts can import."""
    folder = small.write_stubs(tmp_path_factory.mktemp("stubs"))
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session", autouse=True)
def _code_stands_still() -> Iterator[None]:
    """Hash the package once: nobody's edit during the tests shall look like changed code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "sha256_of_tree", cache(fingerprint.sha256_of_tree))
        yield


@pytest.fixture(scope="session")
def crew(stubs: Path) -> Iterator[WarmCrew]:
    """One warm parent for all tests."""
    with WarmCrew(("papermill", "numpy", "pandas", "matplotlib.pyplot")) as warm:
        yield warm


@pytest.fixture
def ordinary_crew(stubs: Path) -> Iterator[ProcessCrew]:
    """A fresh interpreter and an ordinary kernel per job."""
    with ProcessCrew() as crew:
        yield crew


@pytest.fixture
def project(tmp_path: Path, stubs: Path) -> Project:
    """A project with one notebook `fine.ipynb`, one study and one raw file, in a folder with a difficult name."""
    return small.make_project(tmp_path / "hus med å och {klammer}")


@pytest.fixture
def job_of(project: Project) -> Callable[..., Job]:
    """Make a job of the test project."""
    return lambda *arguments, **options: small.job(project, *arguments, **options)


@pytest.fixture
def settings() -> Settings:
    """Tight limits, so that a fault is found in seconds."""
    return Settings(limits=small.TIGHT, wiring=small.WIRING)


@pytest.fixture
def house(project: Project, crew: WarmCrew, settings: Settings) -> House:
    """The project with its crew; nothing published yet."""
    return House(project, crew, settings)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, crew: WarmCrew) -> House:
    """A house with its good report published; copied for each fault."""
    return small.build_template(tmp_path_factory.mktemp("houses") / "mall å {x}" / "template", crew)


@pytest.fixture
def published_house(template: House, tmp_path: Path) -> House:
    """A copy of the house with its good report."""
    return small.copy_of(template, tmp_path / "copy")


@pytest.fixture(name="results_in")
def _results_in() -> Callable[..., object]:
    """Parsed results.json of a published job."""

    def read(project: Project, job: str = "a", study: str = "s") -> object:
        return json.loads((project.published(study, job) / "results.json").read_text(encoding="utf-8"))

    return read


@pytest.fixture
def ordinary(house: House, ordinary_crew: ProcessCrew) -> House:
    """The same house where processes cannot be forked."""
    return replace(house, crew=ordinary_crew, settings=replace(house.settings, engine="ordinary"))
