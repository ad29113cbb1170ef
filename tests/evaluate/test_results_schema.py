"""results.schema.json says what results.json holds: pages of both studies satisfy it, and wrong values do not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import evaluation
from evaluation import open_study
from evaluation.evaluate.record import VERDICT_CODES
from evaluation.session.open import StudySession

SCHEMA = json.loads((Path(evaluation.__file__).parent / "evaluate" / "results.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

# Pages of the real study; of the synthetic one those whose results look different there.
PAGES: dict[str, tuple[str, Callable[[StudySession], Any]]] = {
    "agreement": ("upplands-vasby", lambda session: session.agreement("3")),
    "overview": ("upplands-vasby", lambda session: session.overview()),
    "trends": ("upplands-vasby", lambda session: session.trends()),
    "comparison": ("upplands-vasby", lambda session: session.comparison("all_offences_quarter", "3")),
    "quality": ("upplands-vasby", lambda session: session.quality()),
    "safety": ("upplands-vasby", lambda session: session.safety()),
    "agreement of a log": ("exempelkoping", lambda session: session.agreement("3")),
    "quality of a log": ("exempelkoping", lambda session: session.quality()),
    "safety with answers": ("exempelkoping", lambda session: session.safety()),
}


def with_few_draws(session: StudySession) -> StudySession:
    plan = session.study.plan.model_copy(update={"draws": 199})
    return replace(session, study=session.study.model_copy(update={"plan": plan}))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each page saves, each study opened once and with few draws: the form of the results is asked for here."""
    sessions = {study: with_few_draws(open_study(study)) for study in ("upplands-vasby", "exempelkoping")}
    saved = {}
    for name, (study, page) in PAGES.items():
        folder = tmp_path_factory.mktemp("run")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EVALUATION_RUN_DIR", str(folder))
            page(sessions[study]).save()
        saved[name] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return saved


def faults(record: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(record)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_satisfies_the_schema(results: dict[str, dict[str, Any]], page: str) -> None:
    assert faults(results[page]) == []


def test_the_schema_knows_the_verdicts_of_the_code() -> None:
    assert set(SCHEMA["$defs"]["verdict"]["enum"]) == set(VERDICT_CODES)


def test_every_definition_is_used() -> None:
    text = json.dumps(SCHEMA)
    assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text] == []


def test_survey_changes_are_met(results: dict[str, dict[str, Any]]) -> None:
    """Without a change in the data its definition would stand untested."""
    assert any("change" in outcome for outcome in results["safety with answers"]["survey"])


@pytest.mark.parametrize("page", ["agreement", "overview"])
def test_verdict_and_code_are_one(results: dict[str, dict[str, Any]], page: str) -> None:
    found = {(e["verdict"], e["verdict_code"]) for e in results[page]["evaluations"]}
    assert found <= set(VERDICT_CODES.items())
    assert len(found) > 1


@pytest.mark.parametrize("page", PAGES)
def test_rows_read_are_kept_or_set_aside(results: dict[str, dict[str, Any]], page: str) -> None:
    assert results[page]["inputs"]
    for file in results[page]["inputs"]:
        assert file["rows_read"] == file["rows_kept"] + sum(file["rows_set_aside"].values()), file["path"]


def test_series_of_one_result_have_one_length_and_rising_dates(results: dict[str, dict[str, Any]]) -> None:
    assert results["agreement of a log"]["evaluations"]
    for evaluated in results["agreement of a log"]["evaluations"]:
        series = evaluated["series"]
        assert len({len(values) for values in series.values()}) == 1
        assert all(earlier < later for earlier, later in pairwise(series["start"]))


def test_interval_and_p_of_every_design_agree(results: dict[str, dict[str, Any]]) -> None:
    """p < 1 − level exactly when the interval excludes no change; null limits are infinite."""
    checked = 0
    for evaluated in results["agreement of a log"]["evaluations"] + results["agreement"]["evaluations"]:
        for design in (design for against in evaluated["baselines"] for design in against["designs"]):
            if design["p"] is None:
                continue  # withheld: a hidden count would follow from it
            neutral = 1.0 if design["scale"] == "ratio" else 0.0
            low = float("-inf") if design["low"] is None else design["low"]
            high = float("inf") if design["high"] is None else design["high"]
            excluded = not low <= neutral <= high
            assert excluded == (design["p"] < 1 - design["level"] - 1e-12), (evaluated["indicator"], design["design"])
            checked += 1
    assert checked > 20


def spoilt(record: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copied = copy.deepcopy(record)
    change(copied)
    return copied


@pytest.mark.parametrize(
    ("page", "change"),
    [
        ("agreement", lambda r: r["evaluations"][0].update(verdict="no effect")),
        ("agreement", lambda r: r["evaluations"][0].pop("rule")),
        ("agreement", lambda r: r["evaluations"][0].update(note="seen by eye")),
        ("agreement", lambda r: r["evaluations"][0].update(evidence_grade=5)),
        ("agreement", lambda r: r["evaluations"][0].update(baselines=[])),
        ("agreement", lambda r: r.update(municipality=114)),
        ("agreement", lambda r: r.update(plan_hash="d728")),
        ("agreement", lambda r: r.update(trends=[])),
        ("agreement", lambda r: r.pop("missing")),
        ("agreement", lambda r: r.update(page="memo")),
        ("overview", lambda r: r.pop("survey")),
        ("quality", lambda r: r["inputs"][0].update(rows_read=-1)),
        ("trends", lambda r: r["trends"][0].update(estimable="yes")),
    ],
)
def test_the_schema_refuses_what_is_wrong(
    results: dict[str, dict[str, Any]], page: str, change: Callable[[dict[str, Any]], object]
) -> None:
    assert faults(spoilt(results[page], change)) != []
