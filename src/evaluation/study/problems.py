"""What is wrong in a study file, in one shape for type errors and for contradictions."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.errors import StudyError


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
