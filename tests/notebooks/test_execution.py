"""A notebook runs with plain papermill, from a folder that knows nothing of the project's runner."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory outside the project, and a folder for the results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVALUATION_ROOT", raising=False)
    monkeypatch.setenv("EVALUATION_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    return tmp_path


def test_perceived_safety_runs_with_plain_papermill(elsewhere: Path) -> None:
    source = NOTEBOOKS / "04_perceived_safety.ipynb"
    parameters = {"study": "exempelkoping", "language": "en"}
    papermill.execute_notebook(source, elsewhere / "out.ipynb", parameters, progress_bar=False, kernel_name="python3")

    executed = nbformat.read(elsewhere / "out.ipynb", as_version=4)
    shown = "".join(str(output.get("data", {})) for cell in executed.cells for output in cell.get("outputs", []))
    assert "Exempelköping" in shown
    assert [
        output for cell in executed.cells for output in cell.get("outputs", []) if output.output_type == "error"
    ] == []

    results = json.loads((elsewhere / "run" / "results.json").read_text(encoding="utf-8"))
    assert (results["study"], results["page"], results["language"]) == ("exempelkoping", "safety", "en")
    assert {outcome["agreement"] for outcome in results["survey"]} == {"1", "2", "3", "4"}
