"""The papermill engine `evaluation`: one process per notebook, and a status that tells the truth.

papermill marks every cell *completed* after a dead kernel or a timeout, and takes `sys.exit(0)` for success. This
engine marks the cell that ended the run as failed, leaves the later ones pending, and raises. The notebook runs in a
process forked from this one, which has the libraries imported; where processes cannot be forked, in an ordinary kernel.

Use it from plain papermill too: `papermill in.ipynb out.ipynb --engine evaluation`.

papermill loads this module while it is itself half imported, so nothing of papermill is imported here at the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

ENGINE = "evaluation"


class WarmEngine:
    """What papermill asks of an engine: execute a notebook, name its kernel and its language."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: object) -> NotebookNode:
        """Execute `nb` with papermill's options; see `execution.ManagedEngine` for those of this engine.

        Returns
        -------
        NotebookNode
            The executed notebook, also after a failing cell (papermill then raises for its error output).

        Raises
        ------
        DeadKernelError, CellTimeoutError, NotebookStopError
            The process died, a cell ran past its deadline, the notebook called `sys.exit` or printed past its budget.
        """
        from evaluation.runs.execution import ManagedEngine

        executed: NotebookNode = ManagedEngine.execute_notebook(nb, kernel_name, **options)
        return executed

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """Kernel name of the notebook, or `name`."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """Language of the notebook, or `language`."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))
