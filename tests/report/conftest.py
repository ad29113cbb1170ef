"""Samples and one good page, made once for all tests of this room."""

from __future__ import annotations

from types import ModuleType

import pytest

from evaluation.figures import Figure
from evaluation.wording import wording


@pytest.fixture(scope="session")
def figures(gallery: ModuleType) -> dict[str, Figure]:
    return gallery.gallery(wording("sv"))


@pytest.fixture(scope="session")
def good_page(samples: ModuleType, figures: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory) -> str:
    content = samples.plain_notebook(wording("sv"), [figures["series"], figures["forest"]])
    return samples.write_run(tmp_path_factory.mktemp("good"), content)
