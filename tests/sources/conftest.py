"""Where the real files lie, and a way for tests to import the fuzzing beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
sys.path.insert(0, str(REPO))  # `from tests.sources.fuzz…`, as in `python -m tests.sources.fuzz`


def _shared(folder: str) -> Path:
    path = REPO.parent / "shared" / folder
    if not path.is_dir():
        pytest.skip(f"the folder of real files is not there: ../shared/{folder} beside the repository")
    return path


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The recorded responses and exports, which are never committed."""
    return _shared("data")


@pytest.fixture(scope="session")
def figures() -> Path:
    """The published figures."""
    return _shared("figures")
