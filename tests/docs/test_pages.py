"""The texts are whole: links lead somewhere, pictures are small and described, generated pages fresh, words agree."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from evaluation.results import Verdict
from evaluation.study.model import SourceKind, Study

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
STUDY_FILE = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
LONGEST_README = 150
LARGEST_PICTURE = 200_000

every = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@every
def test_links_lead_somewhere(page: Path) -> None:
    inside = [target for _, _, target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    files = [target.partition("#")[0] for target in inside]
    assert [file for file in files if file and not (page.parent / file).exists()] == []


@every
def test_one_main_heading_and_no_unfinished_place(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == 1
    assert re.findall(r"TODO|FIXME|under construction|lorem ipsum", text) == []


@every
def test_pictures_are_small_and_say_what_they_show(page: Path) -> None:
    for image, words, target in LINK.findall(page.read_text(encoding="utf-8")):
        if image and "://" not in target:
            assert (page.parent / target).stat().st_size < LARGEST_PICTURE
            assert (page.parent / target).read_bytes()[:4] == b"\x89PNG"
            assert len(words) > 40


def test_readme_is_short_and_names_every_guide() -> None:
    assert len(README.splitlines()) <= LONGEST_README
    guides = {page.name for page in (ROOT / "docs").glob("*.md")}
    linked = {Path(t).name for page in PAGES for _, _, t in LINK.findall(page.read_text(encoding="utf-8"))}
    assert guides - linked <= {"disclosure.md", "fault-injection.md"}


def test_study_file_page_is_generated_from_the_model(load: Callable[[Path], ModuleType]) -> None:
    assert load(ROOT / "scripts" / "study_file_docs.py").text() == STUDY_FILE, "run scripts/study_file_docs.py"


def test_every_key_of_the_study_file_has_a_meaning() -> None:
    assert re.findall(r"^\| `(\w+)` \|.*\|  \|$", STUDY_FILE, flags=re.MULTILINE) == []


def test_every_table_and_kind_of_source_is_described() -> None:
    tables = set(re.findall(r"^## `\[+(\w+)\]+`$", STUDY_FILE, flags=re.MULTILINE))
    assert tables == set(Study.model_fields) - {"schema_version"}
    kinds = STUDY_FILE.partition("## Kinds of sources")[2]
    assert [kind for kind in get_args(SourceKind) if f"`{kind}`" not in kinds] == []


def test_every_option_that_the_studies_use_is_described() -> None:
    kinds = STUDY_FILE.partition("## Kinds of sources")[2]
    for study in (ROOT / "studies").glob("*.toml"):
        for source in tomllib.loads(study.read_text(encoding="utf-8"))["sources"]:
            assert [name for name in source.get("options", {}) if f"`{name}`" not in kinds] == [], source["id"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_verdicts_are_explained_in_the_words_of_the_reports(language: str) -> None:
    wording = tomllib.loads((ROOT / "src/evaluation/wording" / f"{language}.toml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "read-a-verdict.md").read_text(encoding="utf-8")
    assert set(wording["verdict"]) >= set(get_args(Verdict))
    assert [word for word in wording["verdict"].values() if f"| {word} |" not in page] == []


def test_pages_of_results_json_have_the_keys_of_the_schema() -> None:
    schema = json.loads((ROOT / "src/evaluation/evaluate/results.schema.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "results-json.md").read_text(encoding="utf-8")
    for rule in (rule for rule in schema["allOf"] if "if" in rule):
        name = rule["if"]["properties"]["page"]["pattern"].strip("^$")
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}"))
        assert re.findall(r"`(\w+)`", row.split("|")[2]) == rule["then"]["required"]
    assert [key for key in schema["required"] if f"`{key}`" not in page] == []


def test_arithmetic_in_the_words_about_statistics_is_right() -> None:
    page = (ROOT / "docs" / "statistics-in-words.md").read_text(encoding="utf-8")
    quotients = re.findall(r"(\d+) / (\d+) = ([\d.]+)", page)
    differences = re.findall(r"(\d+) − (\d+) = (\d+)", page)
    assert quotients
    assert differences
    assert all(round(int(a) / int(b), 2) == float(c) for a, b, c in quotients)
    assert all(int(a) - int(b) == int(c) for a, b, c in differences)


def test_the_list_of_guides_names_every_guide() -> None:
    guides = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    listed = {Path(target).name for _, _, target in LINK.findall((ROOT / "docs/README.md").read_text(encoding="utf-8"))}
    assert guides - listed <= {"fault-injection.md"}
