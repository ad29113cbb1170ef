"""A small project with small notebooks, for all tests of the runner; nothing of the real studies is needed here."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from evaluation.runs.batch import Settings
from evaluation.runs.job import Job
from evaluation.runs.project import Project
from evaluation.runs.settings import Limits, Wiring

PARAMETERS = 'study: str = "s"  # study\nnumber: int = 1  # which\n'
SAVE = """
import json, os, pathlib
run_dir = pathlib.Path(os.environ["EVALUATION_RUN_DIR"])
_ = (run_dir / "results.json").write_text(json.dumps({"study": study, "estimate": number * 2.5}))
"""
STUBS = '''
"""Stand-ins for the rooms that make reports, for tests of the runner only."""
import hashlib, json, os, pathlib
from types import SimpleNamespace

def render(notebook, run_dir):
    results = (run_dir / "results.json").read_text()
    body = "<html>" + results + "x" * 20000 + "</html>"
    page = run_dir / "report.html"
    page.write_text(body + "<!--" + hashlib.sha256(body.encode()).hexdigest() + "-->")
    return [page]

def index(reports):
    found = sorted(p.parent.parent.name + "/" + p.parent.name for p in reports.glob("*/*/run.json"))
    return "<html>" + " ".join(found) + "</html>"

def refuse(run_dir):
    return [SimpleNamespace(gate="disclosure", message="a cell of 2", blocking=True)]

def remark(run_dir):
    return [SimpleNamespace(gate="quality", message="old data", blocking=False)]

def break_down(notebook, run_dir):
    raise RuntimeError("no template")
'''


def write_notebook(
    path: Path, *cells: str, parameters: str | None = PARAMETERS, tags: dict[int, list[str]] | None = None
) -> Path:
    """Write a notebook: a heading, the parameters cell, the code cells; `tags` by position among the code cells."""
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells.append(nbformat.v4.new_markdown_cell("# Question", id="heading"))
    if parameters is not None:
        cell = nbformat.v4.new_code_cell(parameters, id="declared", metadata={"tags": ["parameters"]})
        notebook.cells.append(cell)
    for number, source in enumerate(cells):
        metadata = {"tags": tags[number]} if tags and number in tags else {}
        code = nbformat.v4.new_code_cell(textwrap.dedent(source).strip(), id=f"code{number}", metadata=metadata)
        notebook.cells.append(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@pytest.fixture(name="write_notebook")
def _write_notebook() -> Callable[..., Path]:
    return write_notebook


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A module `runs_stubs` that this process and the processes it starts can import."""
    folder = tmp_path_factory.mktemp("stubs")
    (folder / "runs_stubs.py").write_text(STUBS, encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture
def project(tmp_path: Path, stubs: Path) -> Project:
    """A project with one notebook `fine.ipynb`, one study and one raw file."""
    root = tmp_path / "hus med å och {klammer}"
    for folder in ("notebooks", "studies", "data/raw/s", "reports"):
        (root / folder).mkdir(parents=True)
    (root / "studies" / "s.toml").write_text("name = 's'\n", encoding="utf-8")
    (root / "data" / "raw" / "s" / "a.csv").write_text("år;antal\n2024;5\n", encoding="utf-8")
    (root / "requirements.lock").write_text("numpy==2.4.6\n", encoding="utf-8")
    write_notebook(root / "notebooks" / "fine.ipynb", "print('hej')", "1 + number", SAVE)
    return Project(root)


@pytest.fixture
def job_of(project: Project) -> Callable[..., Job]:
    """Make a job of the test project; `notebook` defaults to the one that works."""

    def make(job_id: str = "a", notebook: str = "fine.ipynb", **options: object) -> Job:
        inputs = (project.studies / "s.toml", project.raw / "s" / "a.csv")
        return Job(id=job_id, notebook=notebook, **({"study": "s", "inputs": inputs} | options))  # type: ignore[arg-type]

    return make


@pytest.fixture
def wiring(stubs: Path) -> Wiring:
    return Wiring(render="runs_stubs:render", gates=(), index="runs_stubs:index")


@pytest.fixture
def settings(wiring: Wiring) -> Settings:
    """Tight limits, so that a fault is found in seconds."""
    return Settings(limits=Limits(cell_deadline=20, run_deadline=60, free_disk=1), wiring=wiring)


def results_in(project: Project, job: str = "a", study: str = "s") -> object:
    """Parsed results.json of a published job."""
    return json.loads((project.published(study, job) / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(name="results_in")
def _results_in() -> Callable[..., object]:
    return results_in
