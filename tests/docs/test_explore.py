"""docs/explore.md: every line of it runs, in order, and what it shows can be shown."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from evaluation import open_study
from evaluation.session import StudySession
from evaluation.session.displays import html_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explore.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
AS_TABLES = {"study.indicators", "study.agreements", "study.areas", "study.ledger", "found", 'study.evaluations("3")'}


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    """Run the page from top to bottom in one namespace, and keep the value of each expression by its text."""
    patch = pytest.MonkeyPatch()
    patch.chdir(ROOT / "notebooks")
    patch.delenv("EVALUATION_ROOT", raising=False)
    names: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for statement in [line for block in BLOCKS for line in ast.parse(block).body]:
        text = ast.unparse(statement)
        if isinstance(statement, ast.Expr):
            values[text] = eval(text, names)
        else:
            exec(text, names)
    patch.undo()
    return {**names, **values}


def test_the_page_holds_snippets() -> None:
    assert len(BLOCKS) >= 10


def test_what_a_notebook_would_show_as_tables_is_shown_so(ran: dict[str, Any]) -> None:
    study = ran["study"]
    assert "<table" in study._repr_html_()
    shown = {text: html_of(ran[ast.unparse(ast.parse(text))], study) for text in AS_TABLES}
    assert [text for text, html in shown.items() if html is None or "<table" not in html] == []
    parts = [html_of(ran[f"found.main.{name}"], study) for name in ("estimates", "comparisons", "checks", "refusals")]
    assert all(part is not None and "<table" in part for part in parts)


def test_numbers_in_the_text_are_of_the_kind_the_text_says(ran: dict[str, Any]) -> None:
    estimate = ran["estimate"]
    assert ran["estimate.per_cent"][0] == pytest.approx(100 * (estimate.estimate - 1))
    assert ran["estimate.excess"][0] == pytest.approx(estimate.observed - estimate.expected)
    assert len(ran["by_quarter"]) == ran["series"].n


def test_the_slip_is_answered_with_the_name_meant(ran: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    exec(BLOCKS[-1], {"study": ran["study"]})
    assert "did you mean 'all_offences_quarter'?" in capsys.readouterr().out


def test_tab_completion_offers_what_the_page_names(ran: dict[str, Any]) -> None:
    named = set(re.findall(r"study\.(\w+)", PAGE))
    offered = {name for name in dir(ran["study"]) if not name.startswith("_")}
    assert named <= offered
    assert [name for name in dir(ran["study"]) if name.startswith("_")] == []


def test_everything_offered_has_a_docstring() -> None:
    offered = [name for name in dir(StudySession) if not name.startswith("_")]
    assert [name for name in offered if not (getattr(StudySession, name).__doc__ or "").strip()] == []
    assert "Parameters" in str(open_study.__doc__)


def test_the_package_offers_what_an_analyst_imports() -> None:
    import evaluation

    assert set(evaluation.__all__) == {"StudySession", "open_study"}
    assert set(evaluation.__all__) <= set(dir(evaluation))
