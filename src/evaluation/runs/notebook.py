"""What the runner demands of a notebook before it runs, and what it takes out of it afterwards.

The published notebook holds no clock, path or process number: papermill's and nbclient's times move to the manifest,
what cells wrote to stderr (warnings name temporary paths and processes) moves to the log, and the injected cell gets a
fixed id. So the same inputs give the same bytes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import ParameterError
from evaluation.runs.job import Value
from evaluation.runs.parameters import Declared, check_injected, declared, typed
from evaluation.runs.task import CellRecord

if TYPE_CHECKING:
    from nbformat import NotebookNode

REFUSED_TAGS = frozenset({"raises-exception", "skip-execution", "injected-parameters"})
PEAK_MEMORY = "peak_memory"
_INJECTED_ID = "injected-parameters"


def use_once() -> None:
    """Write, read and check an empty notebook, so that processes forked from this one inherit the compiled schema."""
    import nbformat

    text = nbformat.writes(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]
    nbformat.validate(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook and check that it can be run honestly.

    Raises
    ------
    ParameterError
        No such file, no valid notebook, not exactly one `parameters` cell, or a tag that hides failures or skips cells.
    """
    import nbformat

    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except FileNotFoundError as error:
        raise _refused(path, "no such file", "a notebook in notebooks/") from error
    except (nbformat.ValidationError, nbformat.reader.NotJSONError, UnicodeDecodeError) as error:
        raise _refused(path, str(error).splitlines()[0], "a notebook of format 4 in UTF-8") from error
    tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
    if tags.count("parameters") != 1:
        raise _refused(path, f"{tags.count('parameters')} cells tagged parameters", "exactly one")
    if refused := REFUSED_TAGS.intersection(tags):
        raise _refused(path, f"tags {sorted(refused)}", "no tags that hide failures, skip cells or inject parameters")
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def declared_in(notebook: NotebookNode) -> dict[str, Declared]:
    """Parameters that the notebook declares."""
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    return declared(cell.source)


def check_parameters(declarations: Mapping[str, Declared], given: Mapping[str, Value], where: str) -> dict[str, Value]:
    """Type the given parameters and prove that papermill's translation to code keeps them.

    Raises
    ------
    ParameterError
        Unknown names, wrong types, or values that change on their way into code.
    """
    from papermill.translators import papermill_translators

    values = typed(declarations, given, where)
    translator = papermill_translators.find_translator("python3", "python")
    check_injected(translator.codify(values), values)
    return values


def publishable(executed: NotebookNode) -> NotebookNode:
    """Copy without times, paths, process numbers and stderr; the same inputs give the same bytes."""
    notebook = copy.deepcopy(executed)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for name in ("papermill", "execution", PEAK_MEMORY):
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED_ID
        if cell.cell_type == "code":
            cell["outputs"] = _joined([output for output in cell.outputs if not _is_stderr(output)])
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Spell the notebook as UTF-8 JSON with sorted keys and a final newline."""
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def warnings_in(executed: NotebookNode) -> tuple[tuple[int, str], ...]:
    """(cell index, text) of everything cells wrote to stderr."""
    return tuple(
        (index, output["text"])
        for index, cell in enumerate(executed.cells)
        for output in cell.get("outputs", [])
        if _is_stderr(output)
    )


def cells_in(executed: NotebookNode) -> tuple[CellRecord, ...]:
    """Time and peak memory of each code cell that ran, from papermill's metadata."""
    return tuple(
        CellRecord(index, float(cell.metadata.papermill["duration"] or 0.0), int(cell.metadata.get(PEAK_MEMORY, 0)))
        for index, cell in enumerate(executed.cells)
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("duration") is not None
    )


def cell_at(executed: NotebookNode, moment: float) -> int:
    """Index of the code cell that ran at `moment` (seconds since 1970), −1 for none.

    A file's time is that of the system's last tick, so it may lie up to ten milliseconds before the cell's start.
    """
    begun = [
        index
        for index, cell in enumerate(executed.cells)
        if cell.cell_type == "code" and 0 < _start_of(cell) <= moment + 0.01
    ]
    return begun[-1] if begun else -1


def _start_of(cell: NotebookNode) -> float:
    start = cell.metadata.get("papermill", {}).get("start_time")
    return datetime.fromisoformat(start).timestamp() if start else 0.0


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a kernel cuts a stream depends on its clock."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last is not None and output.get("name", "") == last.get("name"):
            last["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def _is_stderr(output: Mapping[str, Any]) -> bool:
    return bool(output["output_type"] == "stream" and output["name"] == "stderr")


def _refused(path: Path, found: str, expected: str) -> ParameterError:
    return ParameterError(f"notebook {path.name}", found=found, expected=expected, todo="mend the notebook")
