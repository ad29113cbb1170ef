"""What a report is made from, as hashes: equal fingerprints give equal reports, so the second run is spared."""

from __future__ import annotations

import functools
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import evaluation
from evaluation.runs.canonical import sha256_of, sha256_of_file, sha256_of_tree
from evaluation.runs.job import Job
from evaluation.runs.project import Project

_CODE = (".py", ".toml", ".j2", ".css", ".json", ".mplstyle", ".svg")
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all jobs of a batch share: hash of the code, of the pinned packages, of interpreter and machine type."""

    code: str
    packages: str
    platform: str
    commit: str
    dirty: bool


def surroundings(project: Project) -> Surroundings:
    """Look at code, lock and platform once per batch. `commit` and `dirty` inform; only the hashes decide."""
    commit, dirty = _git_state(project.root)
    return Surroundings(
        sha256_of_tree(Path(evaluation.__file__).parent, _CODE),
        _hash_or_missing(project.package_lock),
        f"{platform.system()}-{platform.machine()}-python{platform.python_version()}",
        commit,
        dirty,
    )


def fingerprint(project: Project, job: Job, around: Surroundings, results_of: Mapping[str, str]) -> dict[str, str]:
    """Name every part a report depends on, with its hash.

    Parameters
    ----------
    results_of
        SHA-256 of the published results of jobs this one depends on, by job id.

    Returns
    -------
    dict
        Part → hash. Parts are code, packages, platform, notebook, parameters, plan, `input <path>`, `result <job>`.
    """
    return {
        "code": around.code,
        "packages": around.packages,
        "platform": around.platform,
        "notebook": _hash_or_missing(project.notebooks / job.notebook),
        "parameters": sha256_of(typed_parameters(job)),
        "plan": job.plan,
        **{f"input {relative(project, path)}": _hash_or_missing(path) for path in job.inputs},
        **{f"result {other}": results_of.get(other, MISSING) for other in job.depends_on},
    }


def facts_of(job: Job, parts: Mapping[str, str]) -> dict[str, Any]:
    """Collect what a report may say about its own making without a clock: names, hashes, one id over all of them."""
    named = {part: parts[part] for part in ("code", "packages", "platform", "notebook", "plan")}
    return {"fingerprint": sha256_of(dict(parts)), "study": job.study, "job": job.id, "parts": dict(parts), **named}


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Parts whose hash is not the same, in order of name: why a report has to be made again."""
    return tuple(sorted(part for part in {*old, *new} if old.get(part) != new.get(part)))


def typed_parameters(job: Job) -> dict[str, list[object]]:
    """Parameters with their types, so that `1`, `1.0`, `True` and `"1"` are four different things."""
    return {name: [type(value).__name__, value] for name, value in job.parameters.items()}


def relative(project: Project, path: Path) -> str:
    """Path below the project's root with forward slashes, else as given."""
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.as_posix()


def _hash_or_missing(path: Path) -> str:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return MISSING
    return _hash_of_version(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)


@functools.lru_cache(maxsize=4096)
def _hash_of_version(path: Path, size: int, changed: int, inode: int) -> str:  # noqa: ARG001  they are the cache's key
    return sha256_of_file(path)


def _git_state(root: Path) -> tuple[str, bool]:
    try:
        commit = _git(root, "rev-parse", "HEAD")
        return commit, bool(_git(root, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, ValueError, subprocess.SubprocessError):  # no git, no repository, a disk that does not answer
        return "unknown", True


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
