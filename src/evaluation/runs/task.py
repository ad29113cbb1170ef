"""What the runner hands to the process that performs a job, and what it gets back; both survive as JSON on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evaluation.runs.job import Job, Value
from evaluation.runs.publish import write_file
from evaluation.runs.settings import EngineName, Limits, Wiring
from evaluation.runs.states import State

TASK_FILE = "task.json"
OUTCOME_FILE = "outcome.json"
LOG_FILE = "process.log"
PROGRESS_FILE = "progress"


@dataclass(frozen=True, slots=True)
class Task:
    """One job, ready to be performed in `folder` (below staging): `run/` becomes the published folder.

    `facts` is what a report may say about its own making: hashes and names, the same for the same inputs.
    """

    job: Job
    root: Path
    folder: Path
    limits: Limits = field(default_factory=Limits)
    wiring: Wiring = field(default_factory=Wiring)
    engine: EngineName = "warm"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def run_dir(self) -> Path:
        """Folder of the files to publish."""
        return self.folder / "run"


@dataclass(frozen=True, slots=True)
class CellRecord:
    """Time (seconds) and peak resident memory (bytes, 0 where the system cannot say) of one executed cell."""

    index: int
    seconds: float
    peak_memory: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a performed job ended, before publication.

    Attributes
    ----------
    state
        PUBLISHED means ready to publish.
    message
        What went wrong, empty for success.
    parameters
        Effective values: declared defaults overlaid with the given ones; `parameter_types` names their types.
    results_cell
        Index of the cell that wrote results.json, −1 when none did.
    warnings
        (cell index, text) of everything written to stderr; kept out of the published report.
    findings
        What the gates said: records of gate, message, blocking.
    """

    state: State
    message: str = ""
    parameters: dict[str, Value] = field(default_factory=dict)
    parameter_types: dict[str, str] = field(default_factory=dict)
    cells: tuple[CellRecord, ...] = ()
    results_cell: int = -1
    warnings: tuple[tuple[int, str], ...] = ()
    findings: tuple[dict[str, str | bool], ...] = ()


def write_task(task: Task) -> Path:
    """Write task.json into the task's folder, which is made with its run folder."""
    task.run_dir.mkdir(parents=True, exist_ok=True)
    job = asdict(task.job) | {"inputs": [str(path) for path in task.job.inputs]}
    record = {
        "job": job,
        "root": str(task.root),
        "folder": str(task.folder),
        "limits": asdict(task.limits),
        "wiring": asdict(task.wiring),
        "engine": task.engine,
        "facts": dict(task.facts),
    }
    path = task.folder / TASK_FILE
    write_file(path, json.dumps(record, ensure_ascii=False).encode("utf-8"))
    return path


def read_task(path: Path) -> Task:
    """Read what `write_task` wrote."""
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    job = record["job"]
    return Task(
        Job(
            **{key: job[key] for key in ("id", "study", "notebook", "parameters", "plan")},
            inputs=tuple(map(Path, job["inputs"])),
            depends_on=tuple(job["depends_on"]),
        ),
        Path(record["root"]),
        Path(record["folder"]),
        Limits(**record["limits"]),
        Wiring(**{**record["wiring"], "gates": tuple(record["wiring"]["gates"])}),
        record["engine"],
        record["facts"],
    )


def run_facts(run_dir: Path) -> dict[str, Any]:
    """Read what the report in this run folder may say about its making; empty when no runner made the folder.

    Returns
    -------
    dict
        fingerprint (SHA-256 over all parts, fit as an id of the run: equal inputs, equal id), code, packages, platform,
        notebook, plan (hashes), study, job, and `parts` (path or part → hash).
    """
    try:
        facts: dict[str, Any] = json.loads((run_dir.parent / TASK_FILE).read_text(encoding="utf-8"))["facts"]
    except (FileNotFoundError, ValueError, KeyError):
        return {}
    return facts


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Write outcome.json; its presence says that the process came to its end."""
    record = asdict(outcome) | {"state": outcome.state.value}
    write_file(folder / OUTCOME_FILE, json.dumps(record, ensure_ascii=False).encode("utf-8"))


def read_outcome(folder: Path) -> Outcome | None:
    """Read outcome.json; None when the process never came to write it, or died while writing."""
    try:
        record: dict[str, Any] = json.loads((folder / OUTCOME_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return Outcome(
        State(record["state"]),
        record["message"],
        record["parameters"],
        record["parameter_types"],
        tuple(CellRecord(**cell) for cell in record["cells"]),
        record["results_cell"],
        tuple((index, text) for index, text in record["warnings"]),
        tuple(record["findings"]),
    )
