"""The only write of a notebook: results.json in the folder of its run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation.evaluate.record import SCHEMA_VERSION
from evaluation.runs.project import RUN_DIRECTORY_VARIABLE, Project
from evaluation.study.model import Study
from evaluation.study.plan import plan_hash

RESULTS = "results.json"


def save_results(project: Project, study: Study, page: str, language: str, content: Mapping[str, Any]) -> Path:
    """Write one page's results; the runner's folder if there is one, else reports/<study>/adhoc/<page>.

    The file holds numbers and words only: no clock, no path, no process number, so equal inputs give equal bytes.
    """
    given = os.environ.get(RUN_DIRECTORY_VARIABLE)
    folder = Path(given) if given else project.reports / study.id / "adhoc" / page
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "schema": f"evaluation-results-{SCHEMA_VERSION}",
        "schema_version": SCHEMA_VERSION,
        "study": study.id,
        "municipality": study.study.municipality,
        "synthetic": study.study.synthetic,
        "page": page,
        "language": language,
        "plan_hash": plan_hash(study),
        **content,
    }
    path = folder / RESULTS
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return path
