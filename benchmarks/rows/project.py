"""A copy of the project's own studies and notebooks, with both studies prepared, for rows that run the real thing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.row import Given

REPOSITORY = Path(__file__).parents[2]
REAL = "upplands-vasby"
STUDIES = (REAL, "exempelkoping")


def copy_project(given: Given) -> None:
    """Copy studies, notebooks and raw files, and read and clean the raw files."""
    root = root_of(given)
    for name in ("studies", "notebooks", "data/raw"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "requirements.lock", root)
    from evaluation.runs.project import Project
    from evaluation.session.prepare import prepare
    from evaluation.study import load_study

    for study in STUDIES:
        prepare(Project(root), load_study(root / "studies" / f"{study}.toml"))


def root_of(given: Given) -> Path:
    return (given.folder / "project").resolve()


def surroundings(given: Given) -> dict[str, str]:
    return {**os.environ, "EVALUATION_ROOT": str(root_of(given))}
