"""docs/own-data.md and docs/add-an-indicator.md work as written: their study is made, checked, and evaluated."""

from __future__ import annotations

import hashlib
import re
import shlex
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from evaluation import open_study
from evaluation.cli import main
from evaluation.runs.project import Project
from evaluation.session.faults import faults_of
from evaluation.study import load_study

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```toml\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(
    r"^evaluation (?:new-study|map) .*$", (DOCS / "own-data.md").read_text(encoding="utf-8"), re.MULTILINE
)
CARD, STUDY = BLOCK.findall((DOCS / "own-data.md").read_text(encoding="utf-8"))
(INDICATOR,) = BLOCK.findall((DOCS / "add-an-indicator.md").read_text(encoding="utf-8"))


def offences() -> str:
    """72 months of two types in the columns that the text names; 30 a month, a third fewer in the last two years."""
    draws = np.random.default_rng(20260702)
    lines = ["Kommunkod;Kommun;Månad;Brottstyp;Antal"]
    for month in range(72):
        year, place = 2017 + month // 12, 1 + month % 12
        for kind, mean in (("Skadegörelse", 30 if year < 2021 else 20), ("Stöld", 25)):
            lines.append(f"9998;Exempelby;{year}-{place:02d};{kind};{draws.poisson(mean)}")
    return "\n".join(lines) + "\n"


def population() -> str:
    rows = [f"9998,Exempelby,{year},{20_000 + 200 * (year - 2017)}" for year in range(2017, 2023)]
    return "\n".join(["area_code,area,year,mean_population", *rows]) + "\n"


def write_with_card(file: Path, text: str) -> None:
    """Do what step 2 says: the card of the text, with checksum and size put in."""
    file.write_text(text, encoding="utf-8")
    card = re.sub(r'sha256 = "0+"', f'sha256 = "{hashlib.sha256(file.read_bytes()).hexdigest()}"', CARD)
    card = re.sub(r"bytes = 1$", f"bytes = {file.stat().st_size}", card, flags=re.MULTILINE)
    file.with_name(file.name + ".card.toml").write_text(card, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project folder as a reader would have it after step 3."""
    for folder in ("notebooks", "studies", "data/raw/exempelby", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    raw = tmp_path / "data" / "raw" / "exempelby"
    write_with_card(raw / "brott.csv", offences())
    write_with_card(raw / "folkmangd.csv", population())
    (tmp_path / "studies" / "exempelby.toml").write_text(STUDY, encoding="utf-8")
    return Project(tmp_path)


def incidents() -> str:
    """A log of 800 incidents in the years of the agreements, with a word that no catalogue knows."""
    words = ("Skadegörelse", "Klotter", "Bråk", "Arrangemang")
    lines = ["Nr;Datum;Tid;Kategori;Plats;Rapportör"]
    for at in range(800):
        day = date(2017, 1, 1) + timedelta(days=2 * at)
        lines.append(f"{at};{day};{at % 24:02d}:30;{words[at % 4]};Torget;Skolan")
    return "\n".join(lines) + "\n"


def test_the_commands_of_the_text_make_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second command makes the study, the last writes the log into it; the others only show.

    Of the log's 800 incidents in 53 months 400 are vandalism, 7.5 a month; 200 disturbances are 3.8 and too few.
    """
    assert [command.split()[1] for command in COMMANDS] == ["new-study", "new-study", "map", "map"]
    for folder in ("notebooks", "studies"):
        (tmp_path / folder).mkdir()
    texts = {"brott.csv": offences().replace("9998;Exempelby", "0163;Sollentuna"), "handelser.csv": incidents()}
    texts["folkmangd.csv"] = population().replace("9998,Exempelby", "0163,Sollentuna")
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command in (COMMANDS[1], COMMANDS[3]):
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None)
    study = load_study(tmp_path / "studies" / "sollentuna.toml")
    assert [(one.id, one.source, one.exposure) for one in study.indicators] == [
        ("vandalism_month", "offences_by_month", "mean_population"),
        ("theft_month", "offences_by_month", "mean_population"),
        ("vandalism_incidents_month", "incidents", None),
    ]
    assert faults_of(Project(tmp_path), "sollentuna") == ()


def test_the_study_of_the_text_has_no_fault(project: Project) -> None:
    assert [str(fault) for fault in faults_of(project, "exempelby")] == []


def test_a_card_as_printed_in_the_text_is_refused_until_its_checksum_is_put_in(project: Project) -> None:
    card = project.raw / "exempelby" / "brott.csv.card.toml"
    card.write_text(CARD, encoding="utf-8")
    assert any("SHA-256" in str(fault) for fault in faults_of(project, "exempelby"))


def test_its_agreements_can_be_evaluated(project: Project) -> None:
    """A planted fall of a third from 2021 shows in the second agreement, not in the first."""
    session = open_study("exempelby", root=project.root)
    (first,) = session.evaluations("1")
    (second,) = session.evaluations("2")
    assert (first.judgement.verdict, first.judgement.direction) == ("no_clear_change", "none")
    assert second.judgement.direction == "decrease"


def test_the_added_indicator_fits_into_the_study(project: Project) -> None:
    file = project.studies / "exempelby.toml"
    file.write_text(f"{STUDY}\n{INDICATOR}", encoding="utf-8")
    assert [str(fault) for fault in faults_of(project, "exempelby")] == []
    assert len(tomllib.loads(file.read_text(encoding="utf-8"))["indicators"]) == 2
    assert {e.indicator.id for e in open_study("exempelby", root=project.root).evaluations("2")} == {
        "vandalism_month",
        "theft_month",
    }
