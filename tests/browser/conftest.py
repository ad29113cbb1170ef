"""One Chromium for each file of browser tests; without it each says so, and with CI=true each fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from evaluation.report import find_chromium
from evaluation.report.pdf import FLAGS
from evaluation.wording import wording

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS = Path(__file__).parents[1]
AXE = Path(__file__).with_name("axe.min.js")


def without(what: str, how: str) -> None:
    reason = f"There is no {what}. {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for one file of tests: its driver keeps a thread, and warm engines fork only without."""
    chromium = find_chromium()
    if chromium is None:
        without("Chromium", "On Debian: apt-get install chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        without("axe-core", "With npm: tests/browser/get_axe.")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pages(samples: ModuleType, gallery: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every type of page in every language, as files."""
    folder = tmp_path_factory.mktemp("pages")
    written: dict[str, Path] = {}
    for language in ("sv", "en"):
        words = wording(language)
        texts = samples.site_pages(language)
        content = samples.plain_notebook(words, list(gallery.gallery(words).values()))
        texts["run"] = samples.write_run(folder / f"run-{language}", content, language)
        for name, text in texts.items():
            written[f"{name}-{language}"] = folder / f"{name}-{language}.html"
            written[f"{name}-{language}"].write_text(text, encoding="utf-8")
    return written


PAGES = [
    f"{name}-{language}" for language in ("sv", "en") for name in ("index", "claims", "accessibility", "summary", "run")
]


def pytest_generate_tests(metafunc: Any) -> None:
    if "page_name" in metafunc.fixturenames:
        metafunc.parametrize("page_name", PAGES)
