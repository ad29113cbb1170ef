"""Where a project keeps its things: one frozen object that every room above the library receives."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import ParameterError

ROOT_VARIABLE = "EVALUATION_ROOT"
RUN_DIRECTORY_VARIABLE = "EVALUATION_RUN_DIR"


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of one project, all below `root` (absolute)."""

    root: Path

    @property
    def notebooks(self) -> Path:
        """Notebooks as committed, without outputs."""
        return self.root / "notebooks"

    @property
    def studies(self) -> Path:
        """One TOML file per study."""
        return self.root / "studies"

    @property
    def raw(self) -> Path:
        """Immutable inputs, one folder per study."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Parquet that can be rebuilt at any time."""
        return self.root / "data" / "processed"

    @property
    def reports(self) -> Path:
        """Published reports; changed by rename only."""
        return self.root / "reports"

    @property
    def staging(self) -> Path:
        """Unfinished runs; whatever lies here without a live lock is rubbish of a dead run."""
        return self.reports / ".staging"

    @property
    def failed(self) -> Path:
        """The last failed run of each job, kept for whoever mends it."""
        return self.reports / ".failed"

    @property
    def history(self) -> Path:
        """Sealed manifests of all published runs, the chain that `verify` walks."""
        return self.reports / ".history"

    @property
    def locks(self) -> Path:
        """One lock per study."""
        return self.reports / ".locks"

    @property
    def logs(self) -> Path:
        """Structured logs, one JSON object a line."""
        return self.reports / ".logs"

    @property
    def package_lock(self) -> Path:
        """The pinned dependencies."""
        return self.root / "requirements.lock"

    def published(self, study: str, job: str) -> Path:
        """Folder of the published report of one job."""
        return self.reports / study / job


def find_project(start: Path | None = None) -> Project:
    """Find the project: `EVALUATION_ROOT`, else the nearest folder upwards that has notebooks/ and studies/.

    Raises
    ------
    ParameterError
        No such folder.
    """
    given = os.environ.get(ROOT_VARIABLE)
    if given:
        return Project(Path(given).resolve())
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "notebooks").is_dir() and (folder / "studies").is_dir():
            return Project(folder)
    raise ParameterError(
        str(here),
        found="no folder upwards with notebooks/ and studies/",
        expected="a project folder",
        todo=f"run the command inside the project, or set {ROOT_VARIABLE} to its folder",
    )
