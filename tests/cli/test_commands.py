"""The commands as a newcomer meets them: one clear message, an exit code, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real study only, in a folder whose name has a space and an å."""
    root = tmp_path / "utvärdering på prov"
    for folder in ("studies", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copytree(ROOT / "data" / "raw" / "upplands-vasby", root / "data" / "raw" / "upplands-vasby")
    (root / "studies" / "exempelkoping.toml").unlink()
    return root


def evaluation(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EVALUATION_ROOT": str(project), "COLUMNS": "200"}
    command = [sys.executable, "-c", "from evaluation.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, encoding="utf-8")


def test_the_list_of_commands_is_there(project: Path) -> None:
    found = evaluation(project, "--help")
    assert found.returncode == 0
    assert all(f"\n  {name} " in found.stdout for name in ("check", "run", "verify", "plan", "estimate", "survey"))


def test_an_unknown_command_suggests_the_nearest(project: Path) -> None:
    found = evaluation(project, "runn")
    assert found.returncode == 2
    assert "did you mean 'run'" in found.stderr


def test_a_sound_study_has_no_fault_and_a_broken_one_all_of_them(project: Path) -> None:
    assert "upplands-vasby: 0 faults" in evaluation(project, "check").stdout
    path = project / "studies" / "upplands-vasby.toml"
    text = path.read_text(encoding="utf-8").replace('wanted = "decrease"', 'wanted = "down"', 1)
    path.write_text(text.replace('area = "0191"', 'area = "9"'), encoding="utf-8")
    found = evaluation(project, "check", "upplands-vasby")
    assert found.returncode == 11
    assert "indicators.1.wanted: found 'down'" in found.stdout
    assert "oddities.area: found '9'" in found.stdout
    assert "Traceback" not in found.stderr


def test_a_date_that_the_register_does_not_have_is_a_fault(project: Path) -> None:
    path = project / "studies" / "upplands-vasby.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("end = 2020-12-31", "end = 2020-12-30"), encoding="utf-8")
    found = evaluation(project, "check")
    assert found.returncode == 11
    assert "agreements[2].end: found 2020-12-30; expected 2020-12-31 as in agreements.csv" in found.stdout


def test_changed_bytes_under_an_unchanged_checksum_stop_the_run(project: Path) -> None:
    raw = project / "data" / "raw" / "upplands-vasby" / "offences_by_quarter.csv"
    raw.write_bytes(raw.read_bytes().replace(b"2297", b"2207"))
    found = evaluation(project, "prepare")
    assert found.returncode == 11
    assert "offences_by_quarter.csv: found SHA-256" in found.stderr
    assert "What to do: restore the file" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_missing_file_says_which_and_what_to_do(project: Path) -> None:
    (project / "data" / "raw" / "upplands-vasby" / "mean_population.csv").unlink()
    found = evaluation(project, "prepare")
    assert found.returncode == 11
    assert "mean_population.csv: found no such file" in found.stderr


def test_an_unknown_study_names_those_there_are(project: Path) -> None:
    found = evaluation(project, "run", "sigtuna")
    assert found.returncode == 11
    assert "upplands-vasby" in found.stderr


def test_preparing_twice_reads_once(project: Path) -> None:
    first, second = evaluation(project, "prepare"), evaluation(project, "prepare")
    assert "read now" in first.stdout
    assert "1248 rows read, 1248 kept (offences_by_quarter.csv)" in first.stdout
    assert "unchanged" in second.stdout


def test_a_registered_plan_is_not_replaced_by_accident(project: Path) -> None:
    found = evaluation(project, "plan", "register", "upplands-vasby")
    assert found.returncode == 11
    assert "--replace" in found.stderr
    assert "0 deviations" in evaluation(project, "plan", "show", "upplands-vasby").stdout
