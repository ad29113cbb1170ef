"""notebooks/README.md, the page on which JupyterLab opens: every notebook in order, with the question that it asks."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGE = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")


def title(notebook: str) -> str:
    first = nbformat.read(NOTEBOOKS / notebook, as_version=4).cells[0].source.splitlines()[0]
    return str(first).removeprefix("# ")


def test_every_notebook_is_listed_in_order_with_its_question() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\((\w+\.ipynb)\) \| (.+) \|$", PAGE, flags=re.MULTILINE)
    assert [file for _, file, _ in rows] == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    assert [f"{name}.ipynb" for name, _, _ in rows] == [file for _, file, _ in rows]
    assert [file for _, file, question in rows if not question.startswith(title(file))] == []


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert [target for target in targets if not (NOTEBOOKS / target).exists()] == []
