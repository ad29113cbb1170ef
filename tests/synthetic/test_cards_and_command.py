"""Cards of files the generator makes, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.cli.synth import DEFAULT_SEED, synth
from evaluation.errors import ParameterError
from evaluation.study.cards import verify_checksum
from evaluation.synthetic import SEED
from evaluation.synthetic.cards import card_text, write_card


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(synth)
    return made


def test_a_card_can_be_read_back(tmp_path: Path) -> None:
    file = tmp_path / "folkmangd_syntetiska_exempeldata.csv"
    file.write_text('area "x";å\n', encoding="utf-8")
    write_card(file, "2026-07-02", 5, 'evaluation synth --out "a b"')
    card = verify_checksum(file)
    assert (card.bytes, card.seed, card.synthetic) == (12, 5, True)
    assert card.command == 'evaluation synth --out "a b"'
    assert len(card.caveats) == 3


def test_a_file_of_another_kind_gets_no_card() -> None:
    with pytest.raises(ParameterError, match="does not make"):
        card_text("offences.csv", "0" * 64, 1, "2026-07-02", 1, "")


def test_the_command_makes_a_small_study_and_its_truth(app: typer.Typer, tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    done = CliRunner().invoke(
        app, ["--out", str(tmp_path / "raw"), "--rows", "1500", "--seed", "4", "--truth", str(truth)]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(truth.read_text(encoding="utf-8"))["true_events"] == 1500
    assert len(list((tmp_path / "raw").glob("*.card.toml"))) == 16


def test_the_command_makes_one_log(app: typer.Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--out", str(tmp_path), "--rows", "2000", "--one-file", "log"])
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["log_syntetiska_exempeldata.csv"]


def test_too_few_rows_are_refused(app: typer.Typer, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["--out", str(tmp_path), "--rows", "10"]).exit_code == 2


def test_the_command_has_the_seed_of_the_committed_study(truth: dict[str, object]) -> None:
    assert DEFAULT_SEED == SEED == truth["seed"]
