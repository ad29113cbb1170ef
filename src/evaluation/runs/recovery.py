"""Clear away what a killed run left: its processes, its unfinished folders, a report renamed aside but not replaced.

Called with the study's lock in hand: whatever lies in its staging then belongs to nobody living.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from evaluation.runs.processes import end_all, strays_of
from evaluation.runs.project import Project
from evaluation.runs.publish import ASIDE


def recover(project: Project, study: str) -> tuple[str, ...]:
    """Bring a study's folders back to order after a crash; returns what was done, a line each."""
    staging = project.staging / study
    if not staging.is_dir():
        return ()
    strays = strays_of(staging)
    end_all(strays)
    done = [f"ended process {pid} of a dead run" for pid in strays]
    for aside in sorted(staging.glob(f"*/*{ASIDE}*")):
        done += _put_back(aside, project.reports / study)
    for folder in sorted(staging.iterdir()):
        shutil.rmtree(folder)
        done.append(f"removed unfinished run {folder.name}")
    return tuple(done)


def _put_back(aside: Path, reports: Path) -> list[str]:
    published = reports / aside.name.split(ASIDE, 1)[1]
    if published.exists():
        return []
    aside.rename(published)
    return [f"put back the report {published.name}"]
