"""Gates: checks that a finished but unpublished report must pass."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from evaluation.runs.settings import resolve


class GateFinding(Protocol):
    """What a gate says: which gate, in words, and whether it stops publication. Any object with these three will do."""

    @property
    def gate(self) -> str:
        """Name of the gate."""

    @property
    def message(self) -> str:
        """What was found, where, and what to do."""

    @property
    def blocking(self) -> bool:
        """True when the report must not be published."""


def findings(gates: Iterable[str], run_dir: Path) -> list[dict[str, str | bool]]:
    """Ask every gate, in order, and return what they found as plain records (gate, message, blocking)."""
    return [
        {"gate": str(found.gate), "message": str(found.message), "blocking": bool(found.blocking)}
        for gate in gates
        for found in resolve(gate)(run_dir)
    ]
