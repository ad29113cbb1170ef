"""Settle a performed job: seal and publish it, or keep what it left for whoever mends it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluation.runs.changes import changes_since
from evaluation.runs.decide import Decision
from evaluation.runs.disk import is_full
from evaluation.runs.fingerprint import Surroundings, surroundings
from evaluation.runs.manifest import MANIFEST, manifest_bytes, manifest_of, numbers_in, trusted_manifest
from evaluation.runs.project import Project
from evaluation.runs.publish import publish, replace_file, write_file
from evaluation.runs.states import State
from evaluation.runs.task import Outcome, Task

_KEPT = ("executed.ipynb", "process.log")
_HELD = (
    "{error}. Expected: a report folder that may be replaced. Close the program that holds a file of the report open "
    "(Excel, on Windows), or give this user the right to write there, and run again."
)


@dataclass(frozen=True, slots=True)
class Started:
    """A job under way: its task and run id, why it runs, when it began (UTC, and monotonic seconds)."""

    task: Task
    run_id: str
    decision: Decision
    began: datetime
    clock: float


def settle(
    project: Project, started: Started, outcome: Outcome, around: Surroundings | None, ended: datetime
) -> tuple[State, str, Path | None]:
    """Publish a run that succeeded, keep one that failed; what hinders that leaves the old report in place.

    A disk may fill, and on Windows a folder cannot be moved while another program holds a file in it open.

    Returns
    -------
    tuple
        State, message, and the folder of the report or of what was kept (None when nothing could be kept).
    """
    try:
        if outcome.state is State.PUBLISHED:
            return State.PUBLISHED, "", _publish(project, started, outcome, around, ended)
        return outcome.state, outcome.message, _keep(project, started, outcome, around, ended)
    except PermissionError as error:
        shutil.rmtree(started.task.folder, ignore_errors=True)
        return State.LOCKED, _HELD.format(error=error), None
    except OSError as error:
        if not is_full(error):
            raise
        shutil.rmtree(started.task.folder, ignore_errors=True)
        return State.DISK_FULL, str(error), None


def _publish(
    project: Project, started: Started, outcome: Outcome, around: Surroundings | None, ended: datetime
) -> Path:
    task = started.task
    published = project.published(task.job.study, task.job.id)
    manifest = _manifest(project, started, outcome, around, ended)
    data = manifest_bytes(manifest)
    write_file(task.run_dir / MANIFEST, data)
    history = project.history / task.job.study / task.job.id
    replace_file(history / f"{manifest['seal']}.json", data)
    publish(task.run_dir, published)
    shutil.rmtree(task.folder)
    shutil.rmtree(project.failed / task.job.study / task.job.id, ignore_errors=True)
    return published


def _keep(project: Project, started: Started, outcome: Outcome, around: Surroundings | None, ended: datetime) -> Path:
    task = started.task
    kept = project.failed / task.job.study / task.job.id
    task.run_dir.mkdir(parents=True, exist_ok=True)  # the notebook may have removed it
    manifest = _manifest(project, started, outcome, around, ended)
    write_file(task.run_dir / MANIFEST, manifest_bytes(manifest))
    for name in _KEPT:
        if (task.folder / name).exists():
            (task.folder / name).rename(task.run_dir / name)
    publish(task.run_dir, kept)
    shutil.rmtree(task.folder)
    return kept


def _manifest(
    project: Project, started: Started, outcome: Outcome, around: Surroundings | None, ended: datetime
) -> dict[str, Any]:
    task = started.task
    previous = trusted_manifest(project.published(task.job.study, task.job.id))
    results = task.run_dir / "results.json"
    numbers = dict(numbers_in(json.loads(results.read_text("utf-8")))) if outcome.state is State.PUBLISHED else {}
    return manifest_of(
        project,
        task,
        outcome,
        run_id=started.run_id,
        started=started.began,
        ended=ended,
        parts=started.decision.parts,
        around=around or surroundings(project),
        previous=previous,
        changes=changes_since(previous, started.decision.parts, numbers),
    )
