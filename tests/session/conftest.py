"""Both shipped studies, opened once per language; nothing is written into the repository's reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.session import StudySession, open_study

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def real() -> StudySession:
    return open_study("upplands-vasby", language="sv", root=ROOT)


@pytest.fixture(scope="session")
def real_en() -> StudySession:
    return open_study("upplands-vasby", language="en", root=ROOT)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], dict[str, Any]]:
    """Save a page into a folder of the test's own and return its results."""

    def save(page: Any) -> dict[str, Any]:
        monkeypatch.setenv("EVALUATION_RUN_DIR", str(tmp_path))
        page.save()
        content: dict[str, Any] = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
        return content

    return save


@pytest.fixture(scope="session")
def text_of() -> Callable[[Any], str]:
    """Everything that blocks say, as one text."""

    def said(blocks: Any) -> str:
        parts = [block.plain() if hasattr(block, "plain") else str(block.html("x")) for block in blocks]
        return "\n".join(parts).replace("\u00a0", " ")

    return said
