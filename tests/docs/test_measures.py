"""docs/measures.md works as written: its tables are read, checked and shown, in the study of docs/own-data.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluation import open_study
from evaluation.runs.project import Project
from evaluation.session.faults import faults_of
from evaluation.sources.process_tables import REQUIRED, TableFaultsError
from evaluation.sources.schemas import MEASURES
from tests.docs.test_own_data import DOCS, STUDY, offences, population, write_with_card

PAGE = (DOCS / "measures.md").read_text(encoding="utf-8")
ACTIONS, SUMS = re.findall(r"^```csv\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
(SOURCES,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project of own-data.md after step 3 of this page."""
    for folder in ("notebooks", "studies", "data/raw/exempelby", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    raw = tmp_path / "data" / "raw" / "exempelby"
    files = {"brott.csv": offences(), "folkmangd.csv": population(), "atgarder.csv": ACTIONS, "kostnader.csv": SUMS}
    for name, text in files.items():
        write_with_card(raw / name, text)
    (tmp_path / "studies" / "exempelby.toml").write_text(f"{STUDY}\n{SOURCES}", encoding="utf-8")
    return Project(tmp_path)


def said_by(project: Project, language: str) -> str:
    page = open_study("exempelby", language=language, root=project.root).agreement("2")
    parts = [block.plain() if hasattr(block, "plain") else str(block.html("x")) for block in page.measures()]
    return "\n".join(parts).replace("\u00a0", " ")


def test_the_tables_of_the_text_have_no_fault(project: Project) -> None:
    assert [str(fault) for fault in faults_of(project, "exempelby")] == []


def test_the_page_says_what_the_text_promises(project: Project) -> None:
    """150 of 200 shifts is 75 %; 2 of 3 measures due are done; 4 people are too few to print."""
    said = said_by(project, "en")
    assert "150 shifts (75% of the plan)" in said
    assert "Of 3 measures that should be finished, 2 were carried out (67%)." in said
    assert "4 participants" not in said
    assert "1 March 2021" in said
    assert "1,800,000 kronor at 2024 prices" in said
    assert "150 pass (75 % av planen)" in said_by(project, "sv")


@pytest.mark.parametrize(
    ("file", "before", "after", "place"),
    [
        ("atgarder.csv", "patruller,2", "patruller,7", "row 2, column 'agreement'"),
        ("atgarder.csv", "2021-05-01,2022-12-31", "in May,2022-12-31", "row 4, column 'start'"),
        ("kostnader.csv", "1800000,SEK", "1800000,kronor", "row 2, column 'currency'"),
    ],
)
def test_a_broken_table_is_told_by_check(project: Project, file: str, before: str, after: str, place: str) -> None:
    path = project.raw / "exempelby" / file
    write_with_card(path, path.read_text(encoding="utf-8").replace(before, after))
    assert any(place in fault for fault in faults_of(project, "exempelby"))


def test_faults_of_cells_and_of_contradictions_come_together(project: Project) -> None:
    path = project.raw / "exempelby" / "atgarder.csv"
    broken = (
        ACTIONS.replace("patruller,2", "patruller,7").replace("2021-05-01,", "in May,").replace(",12,besök", ",12,")
    )
    write_with_card(path, broken)
    said = faults_of(project, "exempelby")
    for place in ("row 2, column 'agreement'", "row 3, column 'unit'", "row 4, column 'start'"):
        assert sum(place in fault for fault in said) == 1


def test_a_run_stops_before_anything_is_written(project: Project) -> None:
    path = project.raw / "exempelby" / "atgarder.csv"
    write_with_card(path, ACTIONS.replace("patruller,2", "patruller,7").replace("2021-05-01,", "in May,"))
    with pytest.raises(TableFaultsError) as refused:
        open_study("exempelby", root=project.root).agreement("2")
    assert {problem.key for problem in refused.value.problems} == {"row 2, column 'agreement'", "row 4, column 'start'"}
    assert not (project.processed / "exempelby").exists()


def test_the_columns_of_the_text_are_those_of_the_reader() -> None:
    named = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| `.*?\|.*?\|", PAGE, flags=re.MULTILINE))))
    assert named == set(MEASURES.columns) - {"row_number"}
    needed = [line for line in PAGE.splitlines() if line.startswith("| `") and line.endswith("| yes |")]
    assert set(re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in needed))) == REQUIRED["measures"]
