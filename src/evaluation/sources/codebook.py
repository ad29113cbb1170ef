"""A codebook as the reader needs it: which column holds a variable in a wave, and which codes it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluation.errors import ParameterError
from evaluation.sources.numbers import Signs, try_number

EVERY_WAVE = ""
MISSING_ANSWERS = frozenset({"", "NA", ".", "#NULL!"})
PLAIN = Signs(".", None, ())


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable in one wave.

    Attributes
    ----------
    name, column
        Our name, and the header in the file.
    options
        Codes (or labels) as the file writes them, don't know and refusals included. Empty: not a list.
    low, high
        Limits of a numeric answer, inclusive, where there are no options.
    """

    name: str
    column: str
    options: frozenset[str] = field(default_factory=frozenset)
    low: float | None = None
    high: float | None = None

    def knows(self, text: str) -> bool:
        """Whether a text is an answer that the variable can have; an empty cell always is."""
        if text in MISSING_ANSWERS or text in self.options:
            return True
        if self.low is None and self.high is None:
            return not self.options
        number = try_number(text, PLAIN)
        low, high = (
            (float("-inf") if self.low is None else self.low),
            (float("inf") if self.high is None else self.high),
        )
        return number is not None and low <= number <= high


def variables_of(codebook: Mapping[str, Mapping[str, Any]], wave: str) -> tuple[Variable, ...]:
    """Return the variables that a codebook has in a wave.

    Parameters
    ----------
    codebook
        Variable → wave ("" for every wave) → {"column": header, "options": {code: meaning} or [codes], "low", "high"},
        as it comes out of a TOML file.

    Raises
    ------
    ParameterError
        If no variable is asked in the wave, or an entry has no column.
    """
    found = [(name, waves.get(wave, waves.get(EVERY_WAVE))) for name, waves in codebook.items()]
    variables = tuple(_variable(name, wave, entry) for name, entry in found if entry is not None)
    if not variables:
        raise ParameterError(
            f"codebook, wave {wave!r}",
            found="no variable in this wave",
            expected=f"a wave of the codebook: {sorted({wave for waves in codebook.values() for wave in waves})}",
            todo="correct the wave in the source's options, or add it to the codebook",
        )
    return variables


def _variable(name: str, wave: str, entry: Mapping[str, Any]) -> Variable:
    unknown = set(entry) - {"column", "options", "low", "high", "question", "label"}
    if "column" not in entry or unknown:
        raise ParameterError(
            f"codebook, variable {name}, wave {wave!r}",
            found=f"the keys {sorted(entry)}",
            expected="column, and options or low and high",
            todo="name the header of the column in the file",
        )
    options = frozenset(str(option) for option in entry.get("options", ()))
    return Variable(name, str(entry["column"]), options, entry.get("low"), entry.get("high"))
