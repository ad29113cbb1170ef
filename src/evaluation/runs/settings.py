"""How a batch runs: limits that protect the machine, and the functions of other rooms that it calls by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from evaluation.errors import ParameterError

MIB = 1024 * 1024
EngineName = Literal["warm", "ordinary"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use before it is ended from outside.

    Attributes
    ----------
    cell_deadline, run_deadline
        Seconds for one cell, and for a whole run from start to finished report.
    memory
        Bytes of resident memory of the notebook process and its children together.
    cell_output, run_output
        Bytes of messages a cell, and a whole notebook, may send to its report.
    free_disk
        Bytes that must be free before a batch starts.
    """

    cell_deadline: float = 300.0
    run_deadline: float = 900.0
    memory: int = 4096 * MIB
    cell_output: int = 5 * MIB
    run_output: int = 25 * MIB
    free_disk: int = 200 * MIB


@dataclass(frozen=True, slots=True)
class Wiring:
    """Functions of other rooms, named `"module:function"` so that processes and machines can look them up themselves.

    Attributes
    ----------
    render
        `(executed notebook, run folder) -> list of files written`: makes report.html in the run folder.
    gates
        Each `(run folder) -> list of findings`; a finding has `gate`, `blocking` and `message`. See `gates.py`.
    index
        `(reports folder) -> HTML text` of the index page, or None for no index.
    """

    render: str = "evaluation.report:render_run"
    gates: tuple[str, ...] = ()
    index: str | None = None


def resolve(name: str) -> Callable[..., Any]:
    """Import the function called `"module:function"`.

    Raises
    ------
    ParameterError
        The module or the function in it does not exist.
    """
    module_name, _, function_name = name.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise ParameterError(
            f"function {name}",
            found=str(error),
            expected="an importable module and a function in it, written module:function",
            todo="correct the name, or install the package that has it",
        ) from error
    return found
