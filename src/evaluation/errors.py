"""The one exception family of the suite: every error says what was found, what was expected and what to do."""

from __future__ import annotations

from typing import ClassVar


class EvaluationError(Exception):
    """An error whose message a non-programmer can act on.

    Parameters
    ----------
    where
        Place of the fault: file, sheet, row, column, key or parameter, as precise as known.
    found
        What was found there, with the value.
    expected
        What would have been accepted.
    todo
        What the reader should do about it.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, where: str, *, found: str, expected: str, todo: str) -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.todo = todo
        super().__init__(str(self))

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}. What to do: {self.todo}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (warm engine, cluster workers); keyword-only arguments need help there.
        return (_rebuild, (type(self), self.where, self.found, self.expected, self.todo))


def _rebuild(kind: type[EvaluationError], where: str, found: str, expected: str, todo: str) -> EvaluationError:
    return kind(where, found=found, expected=expected, todo=todo)


class InputError(EvaluationError):
    """A raw file, its provenance card or a value in it cannot be used as it stands."""

    kind = "input"


class StudyError(EvaluationError):
    """The study file contradicts itself or names something that does not exist."""

    kind = "study"


class ParameterError(EvaluationError):
    """A parameter of a command, notebook or function is unknown or out of range."""

    kind = "parameter"


class EstimationError(EvaluationError):
    """A model did not converge or has no standard error: an error, never a number."""

    kind = "estimation"


class GateError(EvaluationError):
    """A gate (disclosure, accessibility, personal data, quality) refuses publication."""

    kind = "gate"


class FetchError(EvaluationError):
    """A public service could not be reached, refuses, or gives no usable answer."""

    kind = "fetch"


class DriftError(EvaluationError):
    """The answer of a public service has another shape than the readers know."""

    kind = "drift"
