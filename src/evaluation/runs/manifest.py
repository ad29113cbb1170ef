"""The manifest of a run: everything that went in and came out, sealed by a hash and chained to the run before.

The seal is SHA-256 of the manifest's canonical JSON without the seal itself; `previous` is the seal of the run it
replaced. Whoever changes a number, an input hash or an old run breaks a seal (`verify.py`). The fields are described
in `manifest.schema.json`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluation.runs.canonical import sha256_of, sha256_of_file
from evaluation.runs.fingerprint import MISSING, Surroundings, relative
from evaluation.runs.project import Project
from evaluation.runs.task import Outcome, Task

MANIFEST = "run.json"
SCHEMA_VERSION = 1
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_IDENTIFYING = (
    *("id", "indicator", "question", "area", "agreement"),
    *("baseline_kind", "design", "check", "wave", "name", "label"),
)


def seal(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest without its `seal`."""
    return sha256_of({key: value for key, value in manifest.items() if key != "seal"})


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Add the seal."""
    return {**manifest, "seal": seal(manifest)}


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Spell the manifest as people read it: indented UTF-8 JSON."""
    return (json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest in a run folder; None when there is none that can be read."""
    return read_manifest_file(folder / MANIFEST)


def trusted_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a manifest to work with: None also where its seal is broken, or this version writes other fields.

    A damaged manifest then counts as none: its report is made again, instead of stopping every run that reads it.
    """
    found = read_manifest(folder)
    return found if found and found.get("schema") == SCHEMA_VERSION and found["seal"] == seal(found) else None


def read_manifest_file(path: Path) -> dict[str, Any] | None:
    """Read the manifest in a file; None when there is none, or no JSON object with a seal."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("seal"), str) else None


def manifest_of(
    project: Project,
    task: Task,
    outcome: Outcome,
    *,
    run_id: str,
    started: datetime,
    ended: datetime,
    parts: Mapping[str, str],
    around: Surroundings,
    previous: Mapping[str, Any] | None,
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """Write down one run.

    Parameters
    ----------
    parts
        The fingerprint the run was started with.
    previous
        Manifest of the published run that this one replaces.
    changes
        What is different in the numbers and why (`changes.py`).
    """
    results = _results(task.run_dir)
    return sealed(
        {
            "schema": SCHEMA_VERSION,
            "run_id": run_id,
            "study": task.job.study,
            "job": task.job.id,
            "state": outcome.state.value,
            "message": outcome.message,
            "started": _utc(started),
            "ended": _utc(ended),
            "host": around.platform,
            "engine": task.engine,
            "threads": {name: os.environ.get(name, "unset") for name in _THREADS},
            "code": {"sha256": around.code, "commit": around.commit, "dirty": around.dirty},
            "packages": around.packages,
            "notebook": {"file": task.job.notebook, "sha256": parts["notebook"]},
            "parameters": _parameters(task, outcome),
            "plan": task.job.plan,
            "fingerprint": dict(parts),
            "inputs": _inputs(project, task, parts, results),
            "seeds": results.get("seeds", {}),
            "data_to": results.get("data_to"),
            "next_expected": results.get("next_expected"),
            "cells": [
                {"cell": cell.index, "seconds": round(cell.seconds, 6), "peak_memory": cell.peak_memory}
                for cell in outcome.cells
            ],
            "warnings": [{"cell": cell, "text": text} for cell, text in outcome.warnings],
            "numbers": {"cell": outcome.results_cell, "values": dict(numbers_in(results))},
            "changes": dict(changes),
            "gates": list(outcome.findings),
            "outputs": outputs_in(task.run_dir),
            "previous": previous["seal"] if previous else None,
        }
    )


def outputs_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file of a run except the manifest, by path below the run folder."""
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of_file(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST
    }


def numbers_in(results: object, place: str = "") -> Iterator[tuple[str, float | int]]:
    """Every finite number in a JSON value by its place, `/evaluations/violence·0114·3/estimate`.

    Items of a list are named by the words that identify them (indicator, area, agreement, …) where these are unique,
    else by position, so a new row does not rename all that follow.
    """
    if isinstance(results, dict):
        for key, value in results.items():
            yield from numbers_in(value, f"{place}/{key}")
    elif isinstance(results, list):
        for name, value in zip(item_names(results), results, strict=True):
            yield from numbers_in(value, f"{place}/{name}")
    elif isinstance(results, int | float) and not isinstance(results, bool) and math.isfinite(results):
        yield place, results


def item_names(items: list[Any]) -> list[str]:
    """Name the items of a list as `numbers_in` does."""
    names = [
        "·".join(str(item[key]) for key in _IDENTIFYING if isinstance(item.get(key), str))
        if isinstance(item, dict)
        else ""
        for item in items
    ]
    unique = all(names) and len(set(names)) == len(names)
    return names if unique else [str(position) for position in range(len(items))]


def _results(run_dir: Path) -> dict[str, Any]:
    try:
        found = json.loads((run_dir / "results.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _parameters(task: Task, outcome: Outcome) -> dict[str, dict[str, Any]]:
    effective = outcome.parameters or dict(task.job.parameters)
    return {
        name: {"type": outcome.parameter_types.get(name, type(value).__name__), "value": value}
        for name, value in effective.items()
    }


def _inputs(project: Project, task: Task, parts: Mapping[str, str], results: Mapping[str, Any]) -> list[dict[str, Any]]:
    readings = {str(reading.get("path")): reading for reading in results.get("inputs", []) if isinstance(reading, dict)}
    return [_input(path, relative(project, path), parts, readings) for path in task.job.inputs]


def _input(path: Path, name: str, parts: Mapping[str, str], readings: Mapping[str, Any]) -> dict[str, Any]:
    digest = parts[f"input {name}"]
    reading = readings.get(name, {})
    return {
        "path": name,
        "bytes": path.stat().st_size if digest != MISSING and path.exists() else None,
        "sha256": digest,
        "rows_read": reading.get("rows_read"),
        "rows_kept": reading.get("rows_kept"),
        "rows_set_aside": reading.get("rows_set_aside"),
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
