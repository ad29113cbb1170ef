"""Which raw files a study has. Light on purpose: whether a report is up to date is asked without reading any data."""

from __future__ import annotations

from pathlib import Path

from evaluation.runs.project import Project
from evaluation.sources import resolve_inside
from evaluation.study.cards import card_path
from evaluation.study.model import Study


def raw_files(project: Project, study: Study) -> tuple[Path, ...]:
    """Return every raw file of a study and its card, in file order."""
    names = [*(source.file for source in study.sources), *codebooks(study)]
    files = (resolve_inside(project.raw / study.id, name) for name in names)
    return tuple(path for file in files for path in (file, card_path(file)))


def codebooks(study: Study) -> tuple[str, ...]:
    """Name the codebooks that sources refer to, each once."""
    named = (source.options.get("codebook") for source in study.sources)
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))
