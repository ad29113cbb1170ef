"""The committed study, its truth, and one study made afresh with the committed seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.synthetic import make_study

REPO = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def committed() -> Path:
    return REPO / "data" / "raw" / "exempelkoping"


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def remade(tmp_path_factory: pytest.TempPathFactory, truth: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("remade")
    command = f"evaluation synth --seed {truth['seed']} --rows {truth['true_events']}"
    return folder, make_study(folder, seed=truth["seed"], events=truth["true_events"], command=command)
