"""A small project to break: one study, one good report, notebooks of a few lines, stand-ins for the report room."""

from __future__ import annotations

import hashlib
import shutil
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from evaluation.runs.batch import JobResult, Settings, run_batch
from evaluation.runs.crew import Crew
from evaluation.runs.job import Job
from evaluation.runs.project import Project
from evaluation.runs.settings import MIB, Limits, Wiring

PARAMETERS = 'study: str = "s"  # study\nnumber: int = 1  # which\n'
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
SAVE = """
import json, os, pathlib
run_dir = pathlib.Path(os.environ["EVALUATION_RUN_DIR"])
_ = (run_dir / "results.json").write_text(json.dumps({"study": study, "estimate": number * 2.5}))
"""
STUBS = '''
"""Stand-ins for the rooms that make reports, for tests of the runner only."""
import errno, hashlib, json, os, pathlib, signal
from types import SimpleNamespace

def render(notebook, run_dir):
    results = (run_dir / "results.json").read_text()
    body = "<html>" + results + "x" * 20000 + "</html>"
    page = run_dir / "report.html"
    page.write_text(body + "<!--" + hashlib.sha256(body.encode()).hexdigest() + "-->")
    return [page]

def index(reports):
    found = sorted(p.parent.parent.name + "/" + p.parent.name for p in reports.glob("[!.]*/*/run.json"))
    return "<html>" + " ".join(found) + "</html>"

def refuse(run_dir):
    return [SimpleNamespace(gate="disclosure", message="a cell of 2", blocking=True)]

def remark(run_dir):
    return [SimpleNamespace(gate="quality", message="old data", blocking=False)]

def break_down(notebook, run_dir):
    raise RuntimeError("no template")

def run_out_of_disk(notebook, run_dir):
    (run_dir / "report.html").write_text("<html>hal")
    raise OSError(errno.ENOSPC, "No space left on device")

def die(notebook, run_dir):
    os.kill(os.getpid(), signal.SIGKILL)

def hang(notebook, run_dir):
    signal.pause()
'''
TIGHT = Limits(cell_deadline=120, run_deadline=300, memory=700 * MIB, cell_output=MIB, run_output=2 * MIB, free_disk=1)
WIRING = Wiring(render="runs_stubs:render", gates=(), index="runs_stubs:index")


def write_notebook(
    path: Path, *cells: str, parameters: str | None = PARAMETERS, tags: dict[int, list[str]] | None = None
) -> Path:
    """Write a notebook: a heading, the parameters cell, the code cells; `tags` by position among the code cells."""
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNELSPEC})
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


def write_stubs(folder: Path) -> Path:
    """Write the module `runs_stubs`; the folder has to stand on PYTHONPATH and sys.path."""
    (folder / "runs_stubs.py").write_text(STUBS, encoding="utf-8")
    return folder


def make_project(root: Path) -> Project:
    """Make the folders, one notebook `fine.ipynb`, one study file and one raw file."""
    for folder in ("notebooks", "studies", "data/raw/s", "reports"):
        (root / folder).mkdir(parents=True)
    (root / "studies" / "s.toml").write_text("name = 's'\n", encoding="utf-8")
    (root / "data" / "raw" / "s" / "a.csv").write_text("år;antal\n2024;5\n", encoding="utf-8")
    (root / "requirements.lock").write_text("numpy==2.4.6\n", encoding="utf-8")
    write_notebook(root / "notebooks" / "fine.ipynb", "print('hej')", "1 + number", SAVE)
    return Project(root)


def job(project: Project, job_id: str = "a", notebook: str = "fine.ipynb", **options: object) -> Job:
    """A job of the small project; depends on its study file and its raw file."""
    inputs = (project.studies / "s.toml", project.raw / "s" / "a.csv")
    return Job(id=job_id, notebook=notebook, **({"study": "s", "inputs": inputs} | options))  # type: ignore[arg-type]


@dataclass(frozen=True)
class House:
    """The small project with its good report, and the crew that runs in it."""

    project: Project
    crew: Crew
    settings: Settings

    def run(
        self,
        *cells: str,
        limits: dict[str, float] | None = None,
        wiring: dict[str, object] | None = None,
        stop: Callable[[], bool] = lambda: False,
        tags: dict[int, list[str]] | None = None,
        parameters: str | None = PARAMETERS,
        given: dict[str, object] | None = None,
    ) -> tuple[JobResult, ...]:
        """Rewrite the notebook of the good report with these cells and run it."""
        if cells:
            write_notebook(self.project.notebooks / "fine.ipynb", *cells, tags=tags, parameters=parameters)
        return self.batch([job(self.project, parameters=given or {})], limits=limits, wiring=wiring, stop=stop)

    def batch(
        self,
        jobs: Iterable[Job],
        limits: dict[str, float] | None = None,
        wiring: dict[str, object] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> tuple[JobResult, ...]:
        """Run these jobs with some limits or functions changed."""
        settings = replace(
            self.settings,
            limits=replace(self.settings.limits, **(limits or {})),  # type: ignore[arg-type]
            wiring=replace(self.settings.wiring, **(wiring or {})),  # type: ignore[arg-type]
        )
        return run_batch(self.project, tuple(jobs), self.crew, settings, stop=stop)

    def mend(self) -> tuple[JobResult, ...]:
        """Put the good notebook back and run: what the next scheduled run does."""
        write_notebook(self.project.notebooks / "fine.ipynb", "print('hej')", "1 + number", SAVE)
        (self.project.raw / "s" / "a.csv").write_text("år;antal\n2024;5\n", encoding="utf-8")
        return self.batch([replace(job(self.project), parameters={"number": 7})])


def build_template(root: Path, crew: Crew) -> House:
    """Make the project and publish its good report once; every fault gets a copy."""
    house = House(make_project(root), crew, Settings(limits=TIGHT, wiring=WIRING))
    (result,) = house.run()
    if not result.state.is_success:
        raise RuntimeError(f"the good report could not be made: {result}")
    return house


def copy_of(template: House, root: Path) -> House:
    """A copy of the project in `root`."""
    shutil.copytree(template.project.root, root)
    return replace(template, project=Project(root))


def fingerprint_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_whole(page: bytes) -> bool:
    """Whether a report of the stand-in renderer is complete: it carries the hash of its own body."""
    body, mark, rest = page.partition(b"<!--")
    return bool(mark) and rest == hashlib.sha256(body).hexdigest().encode() + b"-->"
