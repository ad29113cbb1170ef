"""From the services to the frames of a study: fetched, checked, prepared, and used as indicator and denominator."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from evaluation.cli import main
from evaluation.session.faults import faults_of
from evaluation.session.prepare import Prepared, prepare
from evaluation.study import load_study
from tests.fetch.desk import Desk

STUDY = """\
schema_version = 1

[study]
id = "{study}"
municipality = "0114"
name = {{ sv = "Upplands Väsby", en = "Upplands Väsby" }}
languages = ["sv", "en"]
synthetic = false
contact = "the strategist"
update_interval_days = 365

[[priority_areas]]
id = "public_places"
name = {{ sv = "Offentlig miljö", en = "Public places" }}
aim = {{ sv = "Mindre våld.", en = "Less violence." }}

[[areas]]
code = "0114"
name = "Upplands Väsby"
role = "target"

[[agreements]]
id = "1"
name = {{ sv = "Överenskommelsen", en = "The agreement" }}
start = 2023-01-01
end = 2024-12-31
content = {{ sv = "Patruller.", en = "Patrols." }}
priority_areas = ["public_places"]
source = "the agreement"
previous_baseline = "fixed"

[[fixed_baselines]]
grain = "year"
start = 2018-01-01
end = 2022-12-31

[[indicators]]
id = "violence"
name = {{ sv = "Våldsbrott", en = "Violent crime" }}
priority_area = "public_places"
source = "kolada"
offence_type = "N07403"
grain = "year"
wanted = "decrease"
role = "primary"
exposure = "population_scb"

[[sources]]
id = "kolada"
kind = "kolada"
file = "kolada.json"
official = true

[[sources]]
id = "population_scb"
kind = "scb_jsonstat"
file = "scb_TAB638.json"
official = true

[[sources]]
id = "population_from_2025"
kind = "scb_jsonstat"
file = "scb_TAB6471.json"
official = true
[sources.options]
part_of = "population_scb"

[[sources]]
id = "events"
kind = "police_events"
file = "polisen_events.json"
official = true
"""


@pytest.fixture(autouse=True)
def new_study(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that names four files of services and has none of them yet."""
    study = desk.project.studies / "upplands-vasby.toml"
    study.write_text(STUDY.format(study=desk.study.id), encoding="utf-8")
    monkeypatch.setenv("EVALUATION_ROOT", str(desk.project.root))
    monkeypatch.setattr("evaluation.fetch.clock.SystemClock", lambda: desk.clock)
    monkeypatch.setattr("tests.fetch.public_services.PAGE_SIZE", 100)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["evaluation", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def prepared(desk: Desk) -> Prepared:
    study = load_study(desk.project.studies / f"{desk.study.id}.toml")
    return prepare(desk.project, study)


def test_one_command_brings_what_the_study_names_and_it_is_checked_and_prepared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = desk.study.id
    assert run(monkeypatch, "check", name) == 11  # four files are missing
    assert run(monkeypatch, "fetch", name, "--base-url", desk.server.address) == 0
    assert run(monkeypatch, "check", name) == 0
    assert run(monkeypatch, "prepare", name) == 0
    records = prepared(desk).records
    # 3 municipalities × 7 years; × 14 months; 37 indicators × 5 areas × 3 years; 3 events
    read = {"population_scb": 21, "population_from_2025": 42, "kolada": 37 * 15, "events": 3}
    assert {source: records[source]["rows_read"] for source in read} == read


def test_stocks_become_mean_population_across_both_tables(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upplands Väsby has 40 000 + 100 × (y − 2010) inhabitants at the end of y, and eight fewer each month back."""
    run(monkeypatch, "fetch", desk.study.id, "--base-url", desk.server.address)
    population = prepared(desk).frame("population_scb")
    own = population[population["area_code"].eq("0114")].set_index("year")["mean_population"]
    assert own.index.tolist() == list(range(2019, 2027))  # 2018 has no year before it
    assert own[2019] == (40_800 + 40_900) / 2
    assert own[2024] == (41_300 + 41_400) / 2
    assert own[2025] == 41_500 - 8 * np.mean(range(12))  # twelve months: 41 456
    assert own[2026] == 41_600 - 8 * (11 + 10) / 2  # January and February


def test_indicators_of_kolada_become_cases_by_the_population(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 000 per 100 000 in 2022, one more each year; times the mean population, to the nearest case."""
    from evaluation.session.open import open_study

    run(monkeypatch, "fetch", desk.study.id, "--base-url", desk.server.address)
    session = open_study(desk.study.id, root=desk.project.root)
    series = session.data.series(session.study.indicator("violence"))
    means = np.array([(40_000 + 100 * (year - 2010) - 50) for year in (2022, 2023, 2024)])
    assert series.exposure.tolist() == means.tolist()
    assert series.count.tolist() == np.rint(means * np.array([1000, 1001, 1002]) / 100_000).tolist()


def test_a_changed_answer_is_read_again_and_an_unchanged_one_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("fetch", desk.study.id, "--base-url", desk.server.address)
    run(monkeypatch, *words)
    assert prepared(desk).fresh
    run(monkeypatch, *words)
    assert not prepared(desk).fresh
    desk.server.next_value = 900.0
    run(monkeypatch, *words)
    assert prepared(desk).fresh
    study = load_study(desk.project.studies / f"{desk.study.id}.toml")
    assert faults_of(desk.project, study.id) == ()
