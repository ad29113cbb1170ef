"""METHODS.md says what the code does: constants, thresholds, rules, and the numbers of the certificate."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import get_args

import pytest

from evaluation.evaluate.verdict import Rule
from evaluation.study.model import Thresholds

ROOT = Path(__file__).parents[2]
METHODS = (ROOT / "METHODS.md").read_text(encoding="utf-8")
CERTIFICATE = (ROOT / "METHOD_CERTIFICATE.md").read_text(encoding="utf-8")
NUMBERS = re.findall(r"^\| [^|]+ \| ([\d.]+) \| `([\w.]+)\.(\w+)` \|$", METHODS, flags=re.MULTILINE)


def section(text: str, number: int) -> str:
    """Return one numbered section."""
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of table rows that start with a digit."""
    lines = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_sections_have_the_numbers_that_docstrings_use() -> None:
    assert re.findall(r"^## (\d)\.", METHODS, flags=re.MULTILINE) == list("12345678")
    assert re.findall(r"^### (3\.\d)", METHODS, flags=re.MULTILINE) == ["3.1", "3.2", "3.3", "3.4", "3.5"]


def test_the_table_of_numbers_is_read() -> None:
    assert len(NUMBERS) >= 14


@pytest.mark.parametrize(("stated", "module", "name"), NUMBERS, ids=lambda value: value.rpartition(".")[2])
def test_number_is_the_one_in_the_code(stated: str, module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) == float(stated)


def test_refusals_state_the_default_thresholds() -> None:
    refusals, limits = section(METHODS, 5), Thresholds()
    assert f"fewer than {limits.minimum_cases_per_point:.0f} cases per point" in refusals
    assert f"under {limits.minimum_baseline_months} months of baseline" in refusals
    assert f"fewer than {limits.minimum_points} points" in refusals
    assert f"above {limits.largest_detectable_change:.0f} %" in refusals


def test_disclosure_states_the_default_thresholds() -> None:
    disclosure, limits = section(METHODS, 7), Thresholds()
    assert f"Counts under {limits.small_count} " in disclosure
    assert f"under {limits.small_count_sensitive} in sensitive" in disclosure
    assert f"under {limits.survey_base} answers" in disclosure


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_rule_of_the_verdict_is_explained(rule: str) -> None:
    assert f"| `{rule}` |" in section(METHODS, 6)


def test_coverage_is_that_of_the_certificate() -> None:
    long = [float(cells[2]) for cells in rows(section(CERTIFICATE, 1)) if int(cells[0]) >= 36]
    assert len(long) == 20
    assert f"{100 * min(long):.1f}–{100 * max(long):.1f} %" in section(METHODS, 8)


def test_false_alarms_are_those_of_the_certificate() -> None:
    alarms = [float(cells[7]) for cells in rows(section(CERTIFICATE, 3))]
    assert len(alarms) == 9
    assert f"at most {100 * max(alarms):.1f} %" in section(METHODS, 8)


def test_family_wise_error_is_that_of_the_certificate() -> None:
    found = re.search(r"any \*clear change\*.*?\| ([\d.]+) \|", section(CERTIFICATE, 4))
    assert found is not None
    assert f"in {100 * float(found[1]):.1f} % of cases" in section(METHODS, 8)


def test_files_named_exist() -> None:
    named = re.findall(r"`((?:tests|benchmarks|models|evaluate|survey)/[\w/]+(?:\.\w+)?)`", METHODS)
    missing = [n for n in named if not (ROOT / n).exists() and not (ROOT / "src" / "evaluation" / n).exists()]
    assert named
    assert missing == []
