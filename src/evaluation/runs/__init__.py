"""Runs: jobs become published reports, unattended; see docs/run-states.md.

The names here cost nothing to import; papermill and the libraries are imported when something has to run.
"""

from evaluation.runs.job import Job, in_order
from evaluation.runs.project import Project, find_project
from evaluation.runs.settings import Limits, Wiring
from evaluation.runs.states import EXIT_CODE, State, worst_code

__all__ = ["EXIT_CODE", "Job", "Limits", "Project", "State", "Wiring", "find_project", "in_order", "worst_code"]
