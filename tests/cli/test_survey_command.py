"""`evaluation survey` on a file with Swedish letters, decimal commas and a small group."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from evaluation.cli.survey import lines_of, survey, survey_report
from evaluation.cli.survey_file import read_answer_file
from evaluation.errors import EstimationError, ParameterError
from evaluation.survey import SurveyColumns

COLUMNS = SurveyColumns("år", "svar", weight="vikt", domain="område")
OPTIONS = (
    "--wave",
    "år",
    "--answer",
    "svar",
    "--yes",
    "Otrygg;Mycket otrygg",
    "--exclude",
    "Vet inte",
    "--weight",
    "vikt",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = ["år;område;svar;vikt"]
    for year, insecure in ((2016, 20), (2017, 30), (2019, 10)):
        rows += [f"{year};Väst;Otrygg;1,5"] * (insecure - 5) + [f"{year};Väst;Mycket otrygg;1,5"] * 5
        rows += [f"{year};Väst;Trygg;1,5"] * (60 - insecure) + [f"{year};Väst;Vet inte;1,5"] * 4
        rows += [f"{year};Öst;Trygg;1,5"] * 3 + [f"{year};Öst;NA;1,5"]
    rows += [";Väst;Trygg;1,5"]
    path = tmp_path / "svar.csv"
    path.write_bytes("\r\n".join(rows).encode("cp1252"))
    return path


def run(*arguments: str) -> dict[str, object]:
    app = typer.Typer()
    app.command()(survey)
    outcome = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert outcome.exit_code == 0
    return json.loads(outcome.stdout)


def test_shares_and_changes_by_hand(file: Path) -> None:
    # 2017: 30 of 63 valid answers (60 in the west, 3 in the east); 2019: 10 of 63. Equal weights cancel.
    report = run(str(file), *OPTIONS, "--domain", "område", "--survey", "ntu", "--json")
    everybody, west, east = report["domains"]
    assert [row["wave"] for row in everybody["waves"]] == ["2016", "2017", "2019"]
    assert everybody["waves"][1]["share"] == pytest.approx(100 * 30 / 63)
    assert everybody["waves"][1]["degrees_of_freedom"] == 62
    assert everybody["waves"][1]["design_effect"] == pytest.approx(68 / 67 * 62 / 63)  # 68 rows, 63 valid
    assert west["waves"][2]["share"] == pytest.approx(100 * 10 / 60)
    assert [row["suppressed"] for row in east["waves"]] == [True] * 3
    assert everybody["changes"][0] == {
        "from": "2016",
        "to": "2017",
        "refused": "series_broken",
        "year": 2017,
        "breaks": 1,
    }
    assert everybody["changes"][1]["change"] == pytest.approx(-100 * 20 / 63)
    assert (report["rows_without_wave"], report["rows_without_answer"]) == (1, 3)
    assert report["options"]["Vet inte"] == {"use": "excluded", "rows": 12}


def test_text_says_what_was_counted_and_what_was_refused(file: Path) -> None:
    answers = read_answer_file(file, COLUMNS).frame
    text = "\n".join(lines_of(survey_report(answers, COLUMNS, ["Otrygg"], survey_id="ntu", break_years=(2018,))))
    assert "'Otrygg': counted" in text
    assert "'Trygg': other" in text
    assert text.count("no change computed: series_broken") == 6
    assert "base too small to print" in text
    assert "1 rows without a wave were left out" in text


def test_without_a_survey_id_no_break_is_assumed(file: Path) -> None:
    report = survey_report(read_answer_file(file, COLUMNS).frame, COLUMNS, ["Otrygg", "Mycket otrygg"])
    assert "change" in report["domains"][0]["changes"][0]


def test_wrong_names_are_named(file: Path) -> None:
    answers = read_answer_file(file, COLUMNS).frame
    with pytest.raises(ParameterError, match="'otrygg'"):
        survey_report(answers, COLUMNS, ["otrygg"])
    with pytest.raises(ParameterError, match="no column 'skikt'"):
        survey_report(answers, SurveyColumns("år", "svar", stratum="skikt"), ["Otrygg"])


def test_panels_and_single_clusters(file: Path) -> None:
    answers = pd.DataFrame(
        {
            "wave": ["1"] * 30 + ["2"] * 30,
            "person": [*range(30), *range(30)],
            "stratum": (["a"] * 29 + ["b"]) * 2,
            "yes": (["ja"] * 10 + ["nej"] * 20) * 2,
        }
    )
    panel = SurveyColumns("wave", "yes", cluster="person", stratum="stratum")
    report = survey_report(answers, panel, ["ja"], overlapping=True)
    assert report["domains"][0]["changes"][0]["standard_error"] == pytest.approx(0, abs=1e-6)  # nobody changed
    assert report["design"]["single_cluster_strata"] == 1
    with pytest.raises(EstimationError, match="single cluster: b"):
        survey_report(answers, panel, ["ja"], overlapping=True, single_cluster="refuse")
