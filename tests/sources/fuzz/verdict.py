"""Read a spoiled file and judge: every value equals the truth, or its row or file is refused with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError
from tests.sources.fuzz.documents import Document, found, read

OUTCOMES = ("read", "partly", "refused")
NOT_A_ROW = frozenset({"blank_row", "repeated_header", "total_row", "footer", "exact_duplicate"})


@dataclass(frozen=True)
class Verdict:
    """What happened to one file; `wrong` says what came out silently wrong, and must be empty."""

    outcome: str
    wrong: str = ""


def judge(document: Document, path: Path) -> Verdict:
    """Read the file and compare it with its truth."""
    try:
        reading = read(document.kind, path)
    except EvaluationError as error:
        return Verdict("refused", _bad_message(error, path))
    except Exception as error:  # the point of the exercise: whatever else comes out is a fault
        return Verdict("refused", f"a traceback: {type(error).__name__} {error}")
    if document.must_not_be_read:
        return Verdict("read", "a file that contradicts itself was read")
    record = reading.record
    strange = {code for codes in record.unknown_codes.values() for code in codes}
    return _compared(document, found(document.kind, reading), Counter(record.set_aside["rule"]), strange)


def _bad_message(error: EvaluationError, path: Path) -> str:
    parts = (error.where, error.found, error.expected, error.todo)
    if path.name not in error.where or not all(part.strip() for part in parts):
        return f"a message without file, value or advice: {error}"
    return ""


def _compared(document: Document, rows: list, rules: Counter[str], strange: set[str]) -> Verdict:
    left = Counter((key, values) for key, values in document.truth)
    flagged = 0
    for key, values in rows:
        if left[(key, values)]:
            left[(key, values)] -= 1
        elif strange & set(values):
            flagged += 1  # the record names a code of this row as unknown
        elif not (near := _withheld(document.kind, key, values, left)):
            return Verdict("read", f"a row that is not true: {key} {values}")
        else:
            left[near] -= 1
    lost = sum(left.values())
    refused = sum(number for rule, number in rules.items() if rule not in NOT_A_ROW)
    if lost > refused + flagged:
        return Verdict("read", f"{lost} rows lost, {refused} refused with a reason ({dict(rules)})")
    return Verdict("partly" if lost else "read")


def _withheld(kind: str, key: object, values: tuple, left: Counter) -> tuple | None:
    """Return the true row that this one is with its time flagged as unreadable, incident logs only."""
    if kind != "incident_log" or values[0] is not None:
        return None
    return next((row for row in left if left[row] and row[0] == key and row[1][1:] == values[1:]), None)
