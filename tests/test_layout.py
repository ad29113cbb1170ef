"""The top of the project: what the user named stands where it was named, and holds what it should."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FILES = (
    *(
        "README.md",
        "METHODS.md",
        "METHOD_CERTIFICATE.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
    ),
    *("pyproject.toml", "requirements.lock", "environment.yml", "Makefile", ".pre-commit-config.yaml", ".ci/run"),
)
FOLDERS = (
    *("studies", "data/raw", "data/processed", "notebooks", "reports", "src/evaluation"),
    *("tests", "benchmarks", "docs", "scripts"),
)
NOTEBOOKS = {
    "01_data_quality",
    "02_trends",
    "03_agreement_period",
    "04_perceived_safety",
    "05_comparison_areas",
    "06_overview",
    "explore",
}
STUDIES = sorted((ROOT / "studies").glob("*.toml"))


def tracked() -> list[str]:
    """Return what version control holds, or what lies here where it is absent."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return listed.splitlines()


@pytest.mark.parametrize("name", FILES)
def test_file_stands_and_says_something(name: str) -> None:
    assert (ROOT / name).is_file()
    assert len((ROOT / name).read_text(encoding="utf-8").strip()) > 60


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_stands(name: str) -> None:
    assert (ROOT / name).is_dir()


def test_notebooks_are_those_of_the_design() -> None:
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == NOTEBOOKS


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_every_raw_file_has_a_card_and_every_card_a_file(study: Path) -> None:
    folder = ROOT / "data" / "raw" / study.stem
    cards = {path.name.removesuffix(".card.toml") for path in folder.glob("*.card.toml")}
    files = {path.name for path in folder.iterdir() if not path.name.endswith(".card.toml")}
    assert cards == files
    assert cards


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_every_source_of_a_study_lies_in_its_folder(study: Path) -> None:
    sources = tomllib.loads(study.read_text(encoding="utf-8"))["sources"]
    assert [s["file"] for s in sources if not (ROOT / "data" / "raw" / study.stem / s["file"]).is_file()] == []


def test_generated_folders_hold_only_their_explanation() -> None:
    generated = [name for name in tracked() if name.startswith(("reports/", "data/processed/"))]
    assert [name for name in generated if not name.endswith("README.md")] == []


@pytest.mark.parametrize("room", sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir()))
def test_each_folder_of_tests_mirrors_a_room(room: str) -> None:
    """Beside the rooms: pages in a browser, notebooks, texts, published references."""
    beside = {"browser", "notebooks", "docs", "reference", "golden", "scripts", "benchmarks", "__pycache__"}
    package = ROOT / "src" / "evaluation"
    assert room in beside or (package / room).is_dir() or (package / f"{room}.py").is_file()


def test_licence_is_the_one_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith(f"{declared} License")


def test_first_heading_of_the_changelog_is_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert found is not None
    assert found[1] == version
    assert "### Changes that alter published numbers" in changelog
