"""Perform one task in a process of its own: execute the notebook, make the report, ask the gates.

Nothing here publishes: the process writes below its staging folder, ends with outcome.json, and may be killed at any
moment. `python -m evaluation.runs.perform TASK` does one task with an ordinary kernel or warm, as the task says.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import EvaluationError
from evaluation.runs.disk import FULL, is_full
from evaluation.runs.gates import findings
from evaluation.runs.job import Value
from evaluation.runs.notebook import (
    cell_at,
    cells_in,
    check_parameters,
    declared_in,
    notebook_bytes,
    publishable,
    read_notebook,
    warnings_in,
)
from evaluation.runs.project import ROOT_VARIABLE, RUN_DIRECTORY_VARIABLE, Project
from evaluation.runs.publish import write_file
from evaluation.runs.settings import resolve
from evaluation.runs.states import State
from evaluation.runs.task import PROGRESS_FILE, Outcome, Task, read_task, write_outcome

if TYPE_CHECKING:
    from nbformat import NotebookNode

RESULTS = "results.json"
NOTEBOOK = "notebook.ipynb"
_INPUT_ERRORS = {"InputError", "StudyError", "ParameterError"}
_STATE_OF_KIND = {
    "input": State.INPUT_ERROR,
    "study": State.INPUT_ERROR,
    "parameter": State.INPUT_ERROR,
    "gate": State.GATE,
}


def perform(task: Task, on_cell: Callable[[int, int], None] | None = None) -> Outcome:
    """Perform the task and say how it ended; anything unforeseen propagates and ends the process without an outcome."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        return _performed(task, on_cell)
    except CellTimeoutError:
        return Outcome(State.CELL_DEADLINE, f"a cell ran longer than {task.limits.cell_deadline:g} seconds")
    except DeadKernelError as error:
        return Outcome(State.KERNEL_DIED, str(error))
    except PapermillExecutionError as error:
        return Outcome(
            _state_of_error(error.ename, error.evalue), f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        )
    except EvaluationError as error:
        return Outcome(_STATE_OF_KIND.get(error.kind, State.NOTEBOOK_ERROR), str(error))
    except MemoryError:
        return Outcome(State.MEMORY_LIMIT, "no memory left while the report was made")
    except OSError as error:
        if not is_full(error):
            raise
        return Outcome(State.DISK_FULL, str(error))


def _performed(task: Task, on_cell: Callable[[int, int], None] | None) -> Outcome:
    project = Project(task.root)
    notebook = read_notebook(project.notebooks / task.job.notebook)
    declarations = declared_in(notebook)
    given = check_parameters(declarations, task.job.parameters, f"job {task.job.key}")
    os.environ[ROOT_VARIABLE] = str(task.root)
    os.environ[RUN_DIRECTORY_VARIABLE] = str(task.run_dir)
    executed = execute(task, notebook, given, on_cell)
    results = task.run_dir / RESULTS
    _check_results(results)
    path = task.run_dir / NOTEBOOK
    write_file(path, notebook_bytes(publishable(executed)))
    resolve(task.wiring.render)(path, task.run_dir)
    found = tuple(findings(task.wiring.gates, task.run_dir))
    blocking = [f"{finding['gate']}: {finding['message']}" for finding in found if finding["blocking"]]
    return Outcome(
        State.GATE if blocking else State.PUBLISHED,
        "; ".join(blocking),
        {name: parameter.default for name, parameter in declarations.items()} | given,
        {name: parameter.type_name for name, parameter in declarations.items()},
        cells_in(executed),
        cell_at(executed, results.stat().st_mtime),
        warnings_in(executed),
        found,
    )


def execute(
    task: Task, notebook: NotebookNode, parameters: dict[str, Value], on_cell: Callable[[int, int], None] | None
) -> NotebookNode:
    """Execute the notebook with papermill and this suite's engine, in the notebooks folder."""
    import papermill

    from evaluation.runs.engine import ENGINE

    path = str(task.folder / "executed.ipynb")
    executed: NotebookNode = papermill.execute_notebook(
        notebook,
        path.replace("{", "{{").replace("}", "}}"),
        parameters,
        engine_name=ENGINE,
        kernel_name="python3",
        request_save_on_cell_execute=False,
        progress_bar=False,
        cwd=task.root / "notebooks",
        execution_timeout=task.limits.cell_deadline,
        cell_output=task.limits.cell_output,
        run_output=task.limits.run_output,
        kernel=task.engine,
        failed_path=path,
        on_cell=on_cell,
    )
    return executed


def progress_writer(task: Task) -> Callable[[int, int], None]:
    """Make the function that notes in the task's folder how far the notebook is."""

    def note(index: int, total: int) -> None:
        (task.folder / PROGRESS_FILE).write_text(f"{index} {total}", encoding="ascii")

    return note


def _check_results(path: Path) -> None:
    from evaluation.runs.honest_client import NotebookStopError

    try:
        json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotebookStopError(
            "end of the notebook",
            found=f"no {RESULTS}",
            expected="a last cell that saves the results",
            todo="end the notebook with session.save(...)",
        ) from error
    except ValueError as error:
        raise NotebookStopError(
            RESULTS, found=str(error), expected="JSON in UTF-8", todo="save results through the session only"
        ) from error


def _state_of_error(name: str, text: str) -> State:
    if name in _INPUT_ERRORS:
        return State.INPUT_ERROR
    if name == "GateError":
        return State.GATE
    if name == "MemoryError" or name.endswith("._ArrayMemoryError") or name == "_ArrayMemoryError":
        return State.MEMORY_LIMIT
    if name == "OSError" and any(text.startswith(f"[Errno {code}]") for code in FULL):
        return State.DISK_FULL
    return State.NOTEBOOK_ERROR


def main(arguments: list[str]) -> None:
    """Perform the task written in the file named by the one argument."""
    task = read_task(Path(arguments[0]))
    write_outcome(task.folder, perform(task, progress_writer(task)))


if __name__ == "__main__":
    main(sys.argv[1:])
