"""The gallery of figures, drawn once per language for all tests of this room."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from evaluation.figures import Figure
from evaluation.wording import wording


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return load(Path(__file__).with_name("gallery.py"))


@pytest.fixture(scope="session")
def swedish(made: ModuleType) -> dict[str, Figure]:
    return made.gallery(wording("sv"))


@pytest.fixture(scope="session")
def english(made: ModuleType) -> dict[str, Figure]:
    return made.gallery(wording("en"))
