"""Samples and one good page, made once for all tests of this room."""

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
def gallery() -> ModuleType:
    return load(Path(__file__).parents[1] / "figures" / "gallery.py")


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    return load(Path(__file__).with_name("samples.py"))


@pytest.fixture(scope="session")
def figures(gallery: ModuleType) -> dict[str, Figure]:
    return gallery.gallery(wording("sv"))


@pytest.fixture(scope="session")
def good_page(samples: ModuleType, figures: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory) -> str:
    content = samples.plain_notebook(wording("sv"), [figures["series"], figures["forest"]])
    return samples.write_run(tmp_path_factory.mktemp("good"), content)
