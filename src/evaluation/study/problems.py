"""What is wrong in a study file, in one shape for type errors and for contradictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.errors import StudyError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: file, key (dotted, list places counted from 1), value found, what was expected, what to do."""

    file: str
    key: str
    found: str
    expected: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: found {self.found}; expected {self.expected}. What to do: {self.todo}"


class StudyFaultsError(StudyError):
    """All faults of one study file at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(f"{first.file}: {first.key}", found=first.found, expected=first.expected, todo=first.todo)

    def __str__(self) -> str:
        heading = f"{len(self.problems)} fault{'s' if len(self.problems) > 1 else ''} in the study file"
        return "\n".join([heading, *(f"  - {problem}" for problem in self.problems)])

    def __reduce__(self) -> tuple[object, ...]:
        return (StudyFaultsError, (self.problems,))


def problem_of(detail: ErrorDetails, file: str, within: str = "") -> Problem:
    """Turn a type error into a fault of the file; `within` is the key of what was typed."""
    place = (str(part + 1) if isinstance(part, int) else str(part) for part in detail["loc"])
    key = ".".join([*([within] if within else []), *place])
    missing = detail["type"] == "missing"
    unknown = detail["type"] == "extra_forbidden"
    found = "nothing" if missing else "an unknown key" if unknown else repr(detail["input"])[:120]
    expected = _expectation(detail)
    todo = "add the key" if missing else "remove or correct the key" if unknown else "correct the value"
    return Problem(file, key, found, expected, todo)


def _expectation(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "missing":
        return "this key to be there"
    if detail["type"] == "extra_forbidden":
        return "only documented keys (docs/study-file.md)"
    if detail["type"] == "string_pattern_mismatch":
        return f'text that matches {context.get("pattern")} (codes are text in quotes: "0114")'
    if detail["type"] == "string_type":
        return 'text in double quotes (codes keep their zeros: "0114")'
    said = detail["msg"].removeprefix("Input should be ")
    return said[0].lower() + said[1:]
