"""`evaluation survey` on SPSS files and workbooks: value labels, declared missing values, clear refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import typer
from typer.testing import CliRunner

from evaluation.cli.survey import survey
from evaluation.cli.survey_file import AnswerFile, read_answer_file
from evaluation.errors import InputError, ParameterError
from evaluation.survey import SurveyColumns

LABELS = {1: "Mycket trygg", 2: "Ganska trygg", 3: "Ganska otrygg", 4: "Mycket otrygg", 9: "Vet inte"}
# 2019: 20 + 10 insecure of 90 answers, 10 do not know; 2021: 10 + 5 of 60, nobody of them without an answer.
CODES = {
    2019: [1.0] * 40 + [2.0] * 20 + [3.0] * 20 + [4.0] * 10 + [9.0] * 10,
    2021: [1.0] * 45 + [3.0] * 10 + [4.0] * 5,
}
COLUMNS = SurveyColumns("år", "trygg", weight="vikt", domain="kön")


def answers() -> pd.DataFrame:
    rows = [(float(year), code) for year, codes in CODES.items() for code in codes]
    frame = pd.DataFrame(rows, columns=["år", "trygg"])
    return frame.assign(vikt=1.5, kön=[1.0, 2.0] * 80)


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    path = tmp_path / "våg.sav"
    labels: Any = {"trygg": LABELS, "kön": {1: "kvinna", 2: "man"}}
    pyreadstat.write_sav(answers(), str(path), variable_value_labels=labels, missing_ranges={"trygg": [9]})
    return path


def run(*arguments: object) -> dict[str, Any]:
    app = typer.Typer()
    app.command()(survey)
    outcome = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert outcome.exit_code == 0
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


NAMED = ("--wave", "år", "--answer", "trygg", "--weight", "vikt", "--json")


@pytest.mark.parametrize("yes", ["Ganska otrygg;Mycket otrygg", "3;4", "3;Mycket otrygg"])
def test_labels_and_codes_count_alike_and_declared_missing_leaves_the_base(sav: Path, yes: str) -> None:
    report = run(sav, *NAMED, "--yes", yes)
    first, second = report["domains"][0]["waves"]
    assert (first["wave"], first["answers"], first["share"]) == ("2019", 90, pytest.approx(100 * 30 / 90))
    assert (second["wave"], second["answers"], second["share"]) == ("2021", 60, pytest.approx(100 * 15 / 60))
    assert report["options"]["Vet inte"] == {"use": "excluded", "rows": 10}
    assert report["options"]["Ganska otrygg"] == {"use": "counted", "rows": 30}


def test_the_same_answers_as_csv_and_workbook_give_the_same_numbers(sav: Path, tmp_path: Path) -> None:
    frame = answers().assign(trygg=lambda rows: rows["trygg"].map(LABELS), kön=lambda rows: rows["kön"].astype(int))
    frame = frame.assign(år=frame["år"].astype(int))
    frame.to_csv(tmp_path / "våg.csv", sep=";", decimal=",", index=False, encoding="cp1252")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        book.active.append(list(row))
    book.save(tmp_path / "våg.xlsx")
    options = (*NAMED, "--yes", "Ganska otrygg;Mycket otrygg")
    from_sav = run(sav, *options)
    for name in ("våg.csv", "våg.xlsx"):
        assert run(tmp_path / name, *options, "--exclude", "Vet inte") == from_sav


def test_groups_have_their_labels(sav: Path) -> None:
    report = run(sav, *NAMED, "--yes", "3;4", "--domain", "kön")
    assert [domain["domain"] for domain in report["domains"]] == ["", "kvinna", "man"]


def test_counting_a_declared_missing_answer_is_allowed_when_it_is_asked_for(sav: Path) -> None:
    assert run(sav, *NAMED, "--yes", "9")["domains"][0]["waves"][0]["share"] == pytest.approx(10)


def test_two_codes_with_one_label_are_told_apart(tmp_path: Path) -> None:
    frame = pd.DataFrame({"wave": [1.0] * 3, "q": [1.0, 2.0, 3.0]})
    labels: Any = {"q": {1: "Otrygg", 2: "Otrygg", 3: "Trygg"}}
    pyreadstat.write_sav(frame, str(tmp_path / "d.sav"), variable_value_labels=labels)
    found = read_answer_file(tmp_path / "d.sav", SurveyColumns("wave", "q"))
    assert found.frame["q"].tolist() == ["Otrygg (1)", "Otrygg (2)", "Trygg"]
    assert found.options(["2", "Trygg"]) == ["Otrygg (2)", "Trygg"]


def test_texts_as_answers_and_ranges_of_missing_codes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"wave": ["a", "b", "b"], "q": ["j", "n", "x"], "area": [1.0, 95.0, float("nan")]})
    labels: Any = {"q": {"j": "Ja", "n": "Nej"}}
    missing: Any = {"area": [{"lo": 90, "hi": 99}], "q": ["x"]}
    pyreadstat.write_sav(frame, str(tmp_path / "t.sav"), variable_value_labels=labels, missing_ranges=missing)
    found = read_answer_file(tmp_path / "t.sav", SurveyColumns("wave", "q", domain="area"))
    assert found.frame["q"].tolist() == ["Ja", "Nej", "x"]
    assert found.missing == ("x",)
    assert found.frame["area"].isna().tolist() == [False, True, True]


def test_a_label_that_is_another_code_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"wave": [1.0] * 2, "q": [1.0, 5.0]})
    labels: Any = {"q": {5: "1"}}
    pyreadstat.write_sav(frame, str(tmp_path / "l.sav"), variable_value_labels=labels)
    with pytest.raises(InputError, match="codes 1 and 5, which both read '1'"):
        read_answer_file(tmp_path / "l.sav", SurveyColumns("wave", "q"))
    turned = AnswerFile(frame, {"1": "Trygg", "2": "1"})
    with pytest.raises(ParameterError, match="a label and also the code of 'Trygg'"):
        turned.options(["1"])


def test_what_cannot_be_read_says_why(sav: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\['år', 'trygg', 'vikt', 'kön'\]; expected columns år, otrygg"):
        read_answer_file(sav, SurveyColumns("år", "otrygg"))
    with pytest.raises(ParameterError, match="has no sheets"):
        read_answer_file(sav, COLUMNS, "Blad1")
    broken = tmp_path / "b.sav"
    broken.write_bytes(sav.read_bytes()[:400])
    with pytest.raises(InputError, match="SPSS file that cannot be read"):
        read_answer_file(broken, COLUMNS)
    (tmp_path / "p.sav").write_bytes(b"%PDF-1.7 report")
    with pytest.raises(InputError, match="a PDF document"):
        read_answer_file(tmp_path / "p.sav", COLUMNS)
    with pytest.raises(ParameterError, match="'Mycket otrygg'"):
        run(sav, *NAMED, "--yes", "otrygg")


def test_a_weight_that_the_file_declares_missing_is_no_weight(tmp_path: Path) -> None:
    frame = answers().assign(vikt=[999.0] + [1.5] * 159)
    pyreadstat.write_sav(frame, str(tmp_path / "w.sav"), missing_ranges={"vikt": [999]})
    found = read_answer_file(tmp_path / "w.sav", COLUMNS)
    assert found.frame["vikt"].isna().tolist() == [True] + [False] * 159
    with pytest.raises(InputError, match="survey weights"):
        run(tmp_path / "w.sav", *NAMED, "--yes", "3;4")
