"""How the engine executes a notebook under papermill's bookkeeping, warm or in an ordinary kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine
from papermill.iorw import write_ipynb
from papermill.log import logger
from traitlets.config import Config

from evaluation.runs.honest_client import Budget, HonestClient, NotebookStopError

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

_QUIET_TRANSPORT = Config({"KernelManager": {"transport_encryption": "auto"}})


class ManagedEngine(Engine):  # type: ignore[misc]
    """The engine below papermill's bookkeeping."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        cell_output: int = 0,
        run_output: int = 0,
        kernel: str = "warm",
        failed_path: str | None = None,
        on_cell: Callable[[int, int], None] | None = None,
        input_path: str | None = None,  # noqa: ARG003  papermill always passes it
        **options: object,
    ) -> None:
        """Execute the notebook that `nb_man` holds.

        Parameters
        ----------
        execution_timeout
            Seconds a cell may take; then its process group is killed.
        cell_output, run_output
            Bytes of output a cell and the notebook may send, 0 for no limit.
        kernel
            "warm": a process forked from this one, where the system can; "ordinary": always a Jupyter kernel.
        failed_path
            Where to write the notebook as far as it came when it has to be ended.
        on_cell
            Called with (index, number of cells) before each cell.
        """
        client = _client(kernel, kernel_name)(
            nb_man,
            Budget(cell_output, run_output),
            execution_timeout,
            on_cell,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            log=logger,
            config=_QUIET_TRANSPORT,
            **options,
        )
        try:
            client.execute()
        except (CellTimeoutError, DeadKernelError, NotebookStopError):
            if failed_path:
                write_ipynb(nb_man.nb, failed_path)
            raise


def _client(kernel: str, kernel_name: str) -> type[HonestClient]:
    if kernel == "ordinary" or kernel_name != "python3":
        return HonestClient
    from evaluation.runs.warm_client import WarmClient, can_fork

    return WarmClient if can_fork() else HonestClient
