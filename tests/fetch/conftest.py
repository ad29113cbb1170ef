"""Fixtures of the tests that fetch; `tests.fetch…` can be imported from the top of the project."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.fetch.desk import STUDY, Desk  # noqa: E402
from tests.fetch.public_services import PublicServices, public_services  # noqa: E402


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicServices]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with public_services() as serving:
        yield serving


@pytest.fixture
def desk(tmp_path: Path, server: PublicServices) -> Desk:
    for folder in ("studies", "notebooks", "reports"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "studies" / f"{STUDY}.toml", tmp_path / "studies")
    (tmp_path / "data" / "raw" / STUDY).mkdir(parents=True)
    return Desk(tmp_path, server)
