"""The gallery of figures, drawn once per language for all tests of this room."""

from __future__ import annotations

from types import ModuleType

import pytest

from evaluation.figures import Figure
from evaluation.wording import wording


@pytest.fixture(scope="session")
def swedish(gallery: ModuleType) -> dict[str, Figure]:
    return gallery.gallery(wording("sv"))


@pytest.fixture(scope="session")
def english(gallery: ModuleType) -> dict[str, Figure]:
    return gallery.gallery(wording("en"))
