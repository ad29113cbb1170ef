"""`evaluation read`: the record and the first rows of a file, as text and as JSON, and its errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.cli.read import INPUT_ERROR, read

app = typer.Typer()
app.command()(read)

TEXT = "area_code;area;year;mean_population\n0114;Upplands Väsby;2020;46 983\nKälla: SCB och Brå\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folkmängd.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    return path


def test_read_as_a_source_gives_its_record_as_json(file: Path) -> None:
    shown = CliRunner().invoke(app, [str(file), "--as", "mean_population", "--json"])
    record = json.loads(shown.stdout)
    assert shown.exit_code == 0
    assert (record["encoding"], record["delimiter"], record["rows_read"], record["rows_kept"]) == (
        "cp1252",
        "semicolon",
        2,
        1,
    )
    assert record["set_aside"] == {"footer": {"rows": 1, "first_row_numbers": [3]}}
    assert record["first_rows"] == [
        {"area_code": "0114", "area": "Upplands Väsby", "year": 2020, "mean_population": 46983.0}
    ]


def test_read_without_a_source_tries_every_reader(file: Path) -> None:
    shown = CliRunner().invoke(app, [str(file)])
    assert shown.exit_code == 0
    assert "readers that understand it: mean_population" in shown.stdout
    assert "0114 | Upplands Väsby | 2020 | 46 983" in shown.stdout


def test_options_come_from_a_toml_file(file: Path, tmp_path: Path) -> None:
    options = tmp_path / "val.toml"
    options.write_text('[fields]\narea = "område"\n', encoding="utf-8")
    file.write_text(TEXT.replace("area;", "område;"), encoding="utf-8")
    shown = CliRunner().invoke(app, [str(file), "--as", "mean_population", "--options", str(options), "--json"])
    assert json.loads(shown.stdout)["first_rows"][0]["area"] == "Upplands Väsby"


@pytest.mark.parametrize("arguments", [["--as", "kolada"], ["--as", "no_such_kind"]])
def test_an_error_says_what_to_do_and_has_its_exit_code(file: Path, arguments: list[str]) -> None:
    shown = CliRunner().invoke(app, [str(file), *arguments])
    assert shown.exit_code == INPUT_ERROR
    assert "What to do" in shown.stderr
