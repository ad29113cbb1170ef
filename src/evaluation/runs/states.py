"""The twelve states a run can end in, and their exit codes; only the first two are success."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class State(Enum):
    """How a run ended. The value is the word in manifests and logs; words for readers live in the wording files."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    GATE = "stopped_by_gate"
    INPUT_ERROR = "error_in_input"
    NOTEBOOK_ERROR = "error_in_notebook"
    CELL_DEADLINE = "cell_deadline"
    RUN_DEADLINE = "run_deadline"
    KERNEL_DIED = "kernel_died"
    MEMORY_LIMIT = "memory_limit"
    DISK_FULL = "disk_full"
    LOCKED = "locked"
    INTERRUPTED = "interrupted"

    @property
    def exit_code(self) -> int:
        """Exit code of the command when this is the worst state of a batch."""
        return EXIT_CODE[self]

    @property
    def is_success(self) -> bool:
        """Published or unchanged."""
        return EXIT_CODE[self] == 0


EXIT_CODE: dict[State, int] = {
    State.PUBLISHED: 0,
    State.UNCHANGED: 0,
    State.GATE: 10,
    State.INPUT_ERROR: 11,
    State.NOTEBOOK_ERROR: 12,
    State.CELL_DEADLINE: 13,
    State.RUN_DEADLINE: 14,
    State.KERNEL_DIED: 15,
    State.MEMORY_LIMIT: 16,
    State.DISK_FULL: 17,
    State.LOCKED: 18,
    State.INTERRUPTED: 19,
}


def worst_code(states: Iterable[State]) -> int:
    """Exit code of a batch: the highest among its jobs, 0 for none."""
    return max((state.exit_code for state in states), default=0)
