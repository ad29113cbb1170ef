"""Twelve combinations of clock and inputs: overdue and changed reports are known as such."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evaluation.runs.canonical import sha256_of_file
from evaluation.runs.freshness import freshness
from evaluation.runs.project import Project


def manifest(path: Path, expected: str | None) -> dict[str, Any]:
    return {
        "ended": "2026-01-20T23:30:00.000Z",
        "data_to": "2025-12-31",
        "next_expected": expected,
        "inputs": [{"path": path.name, "sha256": sha256_of_file(path)}],
    }


@pytest.mark.parametrize("inputs", ["same", "changed", "missing"])
@pytest.mark.parametrize(
    ("today", "expected", "overdue"),
    [
        (date(2026, 4, 15), "2026-04-15", False),  # the promised day itself
        (date(2026, 4, 22), "2026-04-15", False),  # 7 days of grace
        (date(2026, 4, 23), "2026-04-15", True),  # the day after
        (date(2030, 1, 1), None, False),  # nothing was promised
    ],
)
def test_stale_reports(tmp_path: Path, today: date, expected: str | None, overdue: bool, inputs: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1")
    made = manifest(path, expected)
    if inputs == "changed":
        path.write_bytes(b"2")
    elif inputs == "missing":
        path.unlink()
    found = freshness(Project(tmp_path), made, today)
    assert found.is_overdue is overdue
    assert bool(found.changed_inputs) is (inputs != "same")
    assert found.is_stale is (overdue or inputs != "same")
    assert found.data_to == date(2025, 12, 31)
    assert found.run == date(2026, 1, 20)
    assert found.overdue_from == (date(2026, 4, 23) if expected else None)
