"""`evaluation new-study` and `evaluation map`: by flags, by questions, as JSON, and their refusals."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.cli import main
from evaluation.cli import new_study as command
from evaluation.cli.map import map as map_command
from evaluation.errors import EvaluationError, ParameterError, StudyError

ROOT = Path(__file__).parents[2]
LOG = ROOT / "data" / "raw" / "exempelkoping" / "handelser_bostadsbolag_syntetiska_exempeldata.csv"
BOOK_AND_WAVE = ("kodbok_trygghetsmatning", "trygghetsmatning_2018")
app, mapping = typer.Typer(), typer.Typer()
app.command()(command.new_study)
mapping.command()(map_command)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that the commands find."""
    root = tmp_path / "project"
    for folder in ("notebooks", "studies"):
        (root / folder).mkdir(parents=True)
    monkeypatch.setenv("EVALUATION_ROOT", str(root))
    return root


@pytest.fixture
def brott(tmp_path: Path) -> Path:
    """32 quarters of one municipality."""
    path = tmp_path / "brott.csv"
    rows = [f"0163;{2015 + at // 4}K{1 + at % 4};total;{1000 + at}" for at in range(32)]
    path.write_text("\n".join(["Kommunkod;Kvartal;Brottstyp;Antal", *rows]) + "\n", encoding="utf-8")
    return path


def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands believe that somebody sits at a terminal."""
    monkeypatch.setattr("evaluation.cli.new_study.is_asked", lambda yes: not yes)


def test_by_flags(root: Path, brott: Path) -> None:
    arguments = ["0163", "--agreement", "2019..2020", "--agreement", "2021..2022", "--file", str(brott)]
    shown = CliRunner().invoke(app, [*arguments, "--id", "norra", "--language", "en", "--published", "brott.csv"])
    assert shown.exit_code == 0, shown.output
    assert "indicator all_offences_quarter: total, primary" in shown.stdout
    assert "note: offences_by_quarter: population is not known for every year" in shown.stdout
    assert "wrote studies/norra.toml" in shown.stdout
    assert "norra: 0 faults" in shown.stdout
    text = (root / "studies" / "norra.toml").read_text(encoding="utf-8")
    assert 'name = { en = "Second agreement 2021–2022" }' in text
    assert "official = true" in text
    assert " sv = " not in text


def test_a_dry_run_shows_the_file_and_writes_nothing(root: Path, brott: Path) -> None:
    shown = CliRunner().invoke(app, ["0163", "--agreement", "2021..2022", "--file", str(brott), "--dry-run"])
    assert shown.exit_code == 0
    assert "# --- Agreements ---" in shown.stdout
    assert [path.name for path in root.rglob("*") if path.is_file()] == []


def test_a_study_that_stands_is_shown_anew_but_not_written(root: Path, brott: Path) -> None:
    arguments = ["0163", "--agreement", "2021..2022", "--file", str(brott)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    again = CliRunner().invoke(app, arguments)
    assert "studies/sollentuna.toml: found a file of that name" in str(again.exception)
    assert CliRunner().invoke(app, [*arguments, "--dry-run"]).exit_code == 0


def test_by_questions(root: Path, brott: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch)
    answers = [
        "Sollentuna",
        "2019-13-01",
        "2020-12-31",
        "2019-01-01",
        "2020-12-31",
        "y",
        "2021-01-01",
        "2022-12-31",
        "n",
    ]
    answers += [str(root / "missing.csv"), f'"{brott}" ', "y", "", "y"]
    shown = CliRunner().invoke(app, [], input="\n".join(answers) + "\n")
    assert shown.exit_code == 0, shown.output
    assert "found no two dates" in shown.stdout
    assert "not taken: file missing.csv" in shown.stdout
    assert "tidy_counts, 32 rows" in shown.stdout
    assert "official = true" in (root / "studies" / "sollentuna.toml").read_text(encoding="utf-8")


def test_a_no_at_the_end_writes_nothing(root: Path, brott: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch)
    arguments = ["0163", "--agreement", "2021..2022"]
    assert CliRunner().invoke(app, arguments, input=f"{brott}\ny\n\nn\n").exit_code == 0
    assert [path.name for path in root.rglob("*") if path.is_file()] == []


def test_by_flags_nothing_is_asked_at_a_terminal_either(
    root: Path, brott: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """README: "By flags it asks nothing"; there is no answer to give here."""
    asked(monkeypatch)
    shown = CliRunner().invoke(app, ["0163", "--agreement", "2021..2022", "--file", str(brott)], input="")
    assert shown.exit_code == 0, shown.output
    assert "wrote studies/sollentuna.toml" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ([], "MUNICIPALITY"),
        (["0163"], "agreements"),
        (["0163", "--agreement", "2021..2022"], "--file"),
        (["9999", "--agreement", "2021..2022"], "no municipality"),
    ],
)
def test_without_a_terminal_what_is_missing_is_an_error(arguments: list[str], what: str, root: Path) -> None:
    shown = CliRunner().invoke(app, arguments)
    assert isinstance(shown.exception, ParameterError)
    assert what in str(shown.exception)


def test_map_shows_columns_categories_and_masked_rows() -> None:
    shown = CliRunner().invoke(mapping, [str(LOG), "--json"])
    proposal = json.loads(shown.stdout)
    assert {column["field"]: column["certainty"] for column in proposal["columns"]}["occurred_from"] == "sure"
    assert proposal["rows"]["read"] == proposal["rows"]["kept"] + proposal["rows"]["set_aside"]
    assert {each["word"]: each["kind"] for each in proposal["categories"]}["Skadeg."] == "vandalism"
    assert {row["free_text"] for row in proposal["first_rows"]} <= {"", "(text, not shown)"}
    as_text = CliRunner().invoke(mapping, [str(LOG)])
    assert "occurred_from      = Från  (sure: its name and its cells)" in as_text.stdout


def test_map_writes_into_a_study(root: Path, brott: Path) -> None:
    made = CliRunner().invoke(app, ["0163", "--agreement", "2017..2018", "--file", str(brott), "--yes"])
    assert made.exit_code == 0, made.output
    study = root / "studies" / "sollentuna.toml"
    before = study.read_text(encoding="utf-8")
    open_one = CliRunner().invoke(mapping, [str(LOG), "--study", "sollentuna", "--yes"])
    assert isinstance(open_one.exception, EvaluationError)
    assert study.read_text(encoding="utf-8") == before
    arguments = ["--study", "sollentuna", "--source", "housing", "--rest-as-other", "--category", "Skadeg.=vandalism"]
    shown = CliRunner().invoke(mapping, [str(LOG), *arguments, "--set", "free_text=", "--yes"])
    assert shown.exit_code == 0, shown.output
    text = study.read_text(encoding="utf-8")
    assert text.startswith(before.rstrip("\n"))
    assert 'id = "housing"' in text
    assert "Notering" not in text
    assert "indicator vandalism_month" in shown.stdout


def test_map_asks_for_what_it_does_not_know(
    root: Path, brott: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(app, ["0163", "--agreement", "2017..2018", "--file", str(brott), "--yes"])
    path = tmp_path / "lista.csv"
    rows = [f"2016-{1 + at % 12:02d}-{1 + at % 28:02d};{'fest' if at % 2 else 'klotter'}" for at in range(800)]
    path.write_text("\n".join(["Kolumn A;Kolumn B", *rows]), encoding="utf-8")
    refused = CliRunner().invoke(mapping, [str(path), "--study", "sollentuna"])
    assert "no sure column for occurred_from and category" in str(refused.exception)
    asked(monkeypatch)
    answers = "\n".join(["Kolumn A", "Kolumn B", "other", "y"]) + "\n"
    shown = CliRunner().invoke(mapping, [str(path), "--study", "sollentuna"], input=answers)
    assert shown.exit_code == 0, shown.output
    assert "fest (400 rows) is" in shown.stdout
    assert "indicator vandalism_month" in shown.stdout


@pytest.mark.parametrize("flag", ["--set", "--category"])
def test_a_setting_without_a_value_is_refused(flag: str, root: Path) -> None:
    shown = CliRunner().invoke(mapping, [str(LOG), "--study", "x", flag, "nonsense", "--yes"])
    assert isinstance(shown.exception, EvaluationError)
    assert "nonsense" in str(shown.exception)


def test_an_order_of_day_and_month_that_does_not_exist_is_refused() -> None:
    shown = CliRunner().invoke(mapping, [str(LOG), "--date-order", "xyz"])
    assert shown.exit_code == 2
    assert "'xyz' is not one of" in shown.output


def test_a_header_and_a_word_of_the_log_may_hold_an_equals_sign(root: Path, brott: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["0163", "--agreement", "2017..2018", "--file", str(brott), "--yes"])
    path = tmp_path / "lista.csv"
    rows = [f"2016-{1 + at % 12:02d}-{1 + at % 28:02d};a=b" for at in range(800)]
    path.write_text("\n".join(["Datum;Typ=kod", *rows]), encoding="utf-8")
    arguments = ["--set", "category=Typ=kod", "--category", "a=b=vandalism", "--study", "sollentuna", "--yes"]
    shown = CliRunner().invoke(mapping, [str(path), *arguments])
    assert shown.exit_code == 0, shown.output
    assert 'category = "Typ=kod"' in (root / "studies" / "sollentuna.toml").read_text(encoding="utf-8")
    assert "indicator vandalism_month" in shown.stdout


def test_a_study_from_windows_keeps_its_line_ends(root: Path, brott: Path) -> None:
    CliRunner().invoke(app, ["0163", "--agreement", "2017..2018", "--file", str(brott), "--yes"])
    study = root / "studies" / "sollentuna.toml"
    before = study.read_bytes().replace(b"\n", b"\r\n")
    study.write_bytes(before)
    shown = CliRunner().invoke(mapping, [str(LOG), "--study", "sollentuna", "--rest-as-other", "--yes"])
    assert shown.exit_code == 0, shown.output
    assert study.read_bytes().startswith(before.rstrip(b"\r\n"))


def test_a_log_for_a_study_whose_raw_files_are_gone_is_refused_with_their_names(root: Path, brott: Path) -> None:
    CliRunner().invoke(app, ["0163", "--agreement", "2017..2018", "--file", str(brott), "--yes"])
    shutil.rmtree(root / "data" / "raw")
    shown = CliRunner().invoke(mapping, [str(LOG), "--study", "sollentuna", "--rest-as-other", "--yes"])
    assert isinstance(shown.exception, StudyError)
    assert "brott.csv" in str(shown.exception)


@pytest.mark.parametrize(
    ("code", "found"), [(errno.ENOSPC, "found a full disk"), (errno.EROFS, "found no permission"), (errno.EIO, None)]
)
def test_a_disk_that_is_full_or_refuses_is_said_and_nothing_is_left(
    code: int,
    found: str | None,
    root: Path,
    brott: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Any other fault of the system is not explained away."""

    def fails(_: int) -> None:
        raise OSError(code, os.strerror(code))

    before = sorted(root.rglob("*"))
    monkeypatch.setattr("evaluation.onboarding.package.os.fsync", fails)
    words = ["new-study", "0163", "--agreement", "2021..2022", "--file", str(brott), "--yes"]
    monkeypatch.setattr(sys, "argv", ["evaluation", *words])
    with pytest.raises(SystemExit if found else OSError) as ended:
        main()
    assert sorted(root.rglob("*")) == before
    assert found is None or found in capsys.readouterr().err
    assert found is None or getattr(ended.value, "code", None) == 17


def test_survey_answers_are_taken_by_questions_after_their_codebook(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch)
    book, wave = (LOG.with_name(f"{name}_syntetiska_exempeldata.csv") for name in BOOK_AND_WAVE)
    answers = ["0163", "2019-01-01", "2020-12-31", "n", str(wave), str(book), str(wave), "", "y"]
    shown = CliRunner().invoke(app, [], input="\n".join(answers) + "\n")
    assert shown.exit_code == 0, shown.output
    assert "or answers to a survey after their codebook" in shown.stdout
    assert "survey_microdata" in shown.stdout
    assert "source safety_survey: survey_microdata" in shown.stdout


def test_too_few_municipalities_to_compare_with_are_said(root: Path) -> None:
    offences = ROOT / "data" / "raw" / "upplands-vasby" / "offences_by_quarter.csv"
    words = ["0163", "--agreement", "2021..2022", "--file", str(offences), "--compare", "0115", "--compare", "0117"]
    shown = CliRunner().invoke(app, [*words, "--yes"])
    assert shown.exit_code == 0, shown.output
    assert "note: comparison: of the 2 municipalities named, fewer than 8 can be compared, so none is" in shown.stdout


def test_map_writes_into_no_study_outside_the_project(root: Path) -> None:
    shown = CliRunner().invoke(mapping, [str(LOG), "--study", "../../elsewhere", "--rest-as-other", "--yes"])
    assert "--study '../../elsewhere': found no name of a study" in str(shown.exception)
