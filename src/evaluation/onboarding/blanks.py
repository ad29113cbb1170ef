"""What a new study still lacks: texts that only the municipality can write."""

from __future__ import annotations

from pathlib import Path

from evaluation.onboarding.cards_text import BLANKS
from evaluation.runs.project import Project


def blanks_of(project: Project, study: str) -> tuple[str, ...]:
    """Return `file, line: key` for every text of the study file and its cards that is not stated yet."""
    cards = sorted((project.raw / study).glob("*.card.toml"))
    files = [path for path in (project.studies / f"{study}.toml", *cards) if path.is_file()]
    return tuple(line for path in files for line in _blanks(path))


def _blanks(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()  # other letters are a fault, told elsewhere
    marked = [(at, line) for at, line in enumerate(lines, start=1) if any(f'"{blank}' in line for blank in BLANKS)]
    return [f"{path.name}, line {at}: {line.partition('=')[0].strip()}" for at, line in marked]
