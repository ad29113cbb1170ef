"""papermill's client made honest: the cell that ended a notebook is marked, and output has a budget."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient

from evaluation.errors import EvaluationError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager


class NotebookStopError(EvaluationError):
    """The notebook ended itself, or sent more output than its budget."""

    kind = "notebook"


class Budget:
    """Bytes of output a notebook may still send: a limit per cell and one per run, 0 for none."""

    def __init__(self, cell_limit: int = 0, run_limit: int = 0) -> None:
        self.cell_limit, self.run_limit = cell_limit, run_limit
        self.cell = self.run = 0

    def new_cell(self) -> None:
        """Start counting for the next cell."""
        self.cell = 0

    def spend(self, size: int) -> None:
        """Count `size` bytes.

        Raises
        ------
        NotebookStopError
            A limit is passed.
        """
        self.cell += size
        self.run += size
        if 0 < self.cell_limit < self.cell:
            raise _over_budget("cell", self.cell_limit)
        if 0 < self.run_limit < self.run:
            raise _over_budget("notebook", self.run_limit)


class HonestClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, with a status that tells the truth and an output budget."""

    def __init__(
        self,
        nb_man: NotebookExecutionManager,
        budget: Budget,
        deadline: float | None = None,
        on_cell: Callable[[int, int], None] | None = None,
        **options: object,
    ) -> None:
        whole = math.ceil(deadline) if deadline else None
        super().__init__(nb_man, force_raise_errors=True, skip_cells_with_tag="", timeout=whole, **options)
        self.budget = budget
        self.deadline = deadline
        self.on_cell = on_cell

    def papermill_execute_cells(self) -> None:
        """Execute cell by cell until the first that fails, which is marked as failed whatever the reason."""
        for index, cell in enumerate(self.nb.cells):
            if self.on_cell:
                self.on_cell(index, len(self.nb.cells))
            self.budget.new_cell()
            self.nb_man.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                if error.ename == "SystemExit":
                    raise _exited(index, error.evalue) from error
                break
            except (CellTimeoutError, DeadKernelError, NotebookStopError) as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                raise
            finally:
                self.nb_man.cell_complete(cell, cell_index=index)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Count what the message adds to the notebook, then file it."""
        self.budget.spend(bytes_of(msg["content"]))
        filed: NotebookNode | None = super().process_message(msg, cell, cell_index)
        return filed


def bytes_of(content: Mapping[str, Any]) -> int:
    """Bytes in UTF-8 that a message adds to a notebook: its text, and what it displays."""
    parts = (content.get("text", ""), *content.get("data", {}).values())
    return sum(len(str(part).encode("utf-8", "surrogatepass")) for part in parts)


def _over_budget(what: str, limit: int) -> NotebookStopError:
    return NotebookStopError(
        f"output of the {what}",
        found=f"more than {limit} bytes",
        expected="tables and figures for a reader",
        todo="print less; write large data to a file with the session",
    )


def _exited(index: int, code: str) -> NotebookStopError:
    return NotebookStopError(
        f"cell {index}",
        found=f"sys.exit({code})",
        expected="a notebook that runs to its last cell",
        todo="raise an error that says what is wrong, or remove the exit",
    )
