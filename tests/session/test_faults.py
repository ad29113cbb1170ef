"""Every fault of a study in one list: a register that cannot be read hides no other fault."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from evaluation.onboarding.blanks import blanks_of
from evaluation.runs.project import Project
from evaluation.session.faults import faults_of

ROOT = Path(__file__).parents[2]
STUDY = "upplands-vasby"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The real study in a project of the test's own."""
    (tmp_path / "studies").mkdir()
    for path in (ROOT / "studies").glob(f"{STUDY}.*"):
        shutil.copy(path, tmp_path / "studies")
    shutil.copytree(ROOT / "data" / "raw" / STUDY, tmp_path / "data" / "raw" / STUDY)
    return Project(tmp_path)


def change(project: Project, name: str, old: str, new: str) -> None:
    """Deliver a file anew, with its card."""
    file = project.raw / STUDY / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    card = file.with_name(f"{name}.card.toml")
    sha256, before = hashlib.sha256(file.read_bytes()).hexdigest(), card.read_text(encoding="utf-8")
    said = re.sub(r'sha256 = "\w+"', f'sha256 = "{sha256}"', before)
    card.write_text(re.sub(r"(?m)^bytes = \d+", f"bytes = {file.stat().st_size}", said), encoding="utf-8")


def test_the_shipped_study_has_no_fault(project: Project) -> None:
    assert faults_of(project, STUDY) == ()


def test_a_register_with_other_dates_is_said_with_both(project: Project) -> None:
    change(project, "agreements.csv", "2019-01-01,2020-12-31", "2019-01-02,")
    start, end = faults_of(project, STUDY)
    assert "agreements[2].start" in start
    assert "found 2019-01-01" in start
    assert "2019-01-02 as in agreements.csv" in start
    assert "agreements[2].end" in end
    assert "no date as in agreements.csv" in end


def test_an_agreement_that_the_register_lacks_is_said(project: Project) -> None:
    change(project, "agreements.csv", "\n4,2023-03-28", "\n5,2023-03-28")
    (fault,) = faults_of(project, STUDY)
    assert "agreements[4]" in fault
    assert "no such agreement" in fault


def test_a_register_that_cannot_be_read_hides_no_other_fault(project: Project) -> None:
    change(project, "agreements.csv", "2019-01-01", "soon")
    year = project.raw / STUDY / "offences_by_year.csv"
    year.write_bytes(year.read_bytes() + b"\n")
    faults = faults_of(project, STUDY)
    assert len(faults) == 2
    assert any("agreements.csv" in fault and "soon" in fault for fault in faults)
    assert any("offences_by_year.csv" in fault and "SHA-256" in fault for fault in faults)


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n{}", "{}", "[]", '{"sha256": "0", "registered": "x", "plan": {}}'])
def test_a_damaged_plan_is_one_fault_among_the_others(project: Project, text: str) -> None:
    """Two people registered it in two branches, or somebody wrote in it."""
    (project.studies / f"{STUDY}.plan.json").write_text(text, encoding="utf-8")
    change(project, "agreements.csv", "2019-01-01", "2019-01-02")
    plan, register = faults_of(project, STUDY)
    assert f"{STUDY}.plan.json" in plan
    assert "evaluation plan register" in plan
    assert "agreements[2].start" in register


def test_a_study_or_card_in_another_encoding_is_said_and_its_blanks_are_still_looked_for(project: Project) -> None:
    """Saved by an editor that writes Windows-1252."""
    card = project.raw / STUDY / "agreements.csv.card.toml"
    card.write_bytes(card.read_text(encoding="utf-8").encode("cp1252"))
    (fault,) = faults_of(project, STUDY)
    assert "agreements.csv.card.toml" in fault
    study = project.studies / f"{STUDY}.toml"
    study.write_bytes(study.read_text(encoding="utf-8").encode("cp1252", "replace"))
    (fault,) = faults_of(project, STUDY)
    assert "UTF-8" in fault
    assert blanks_of(project, STUDY) == ()
