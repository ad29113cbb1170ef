"""The generated exports, a project folder, and the files of a municipality that has only Brå, Kolada and SCB."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from evaluation.runs.project import Project

HERE = Path(__file__).parent
NEIGHBOURS = ("0114", "0115", "0117", "0120", "0123", "0126", "0127", "0136", "0138", "0160")


@pytest.fixture(scope="session")
def exports() -> ModuleType:
    """Writers of exports in the layouts of offices."""
    spec = importlib.util.spec_from_file_location("exports", HERE / "exports.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["exports"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    root = tmp_path / "project"
    for folder in ("notebooks", "studies", "reports"):
        (root / folder).mkdir(parents=True)
    return Project(root)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Quarterly offences of eleven municipalities in one table, Kolada's indicators, SCB's population, all of 0163."""
    folder = tmp_path / "files"
    folder.mkdir()
    written = {"brott.csv": quarters(), "kolada.json": kolada(), "folkmangd.json": population()}
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in written}


def quarters() -> str:
    """48 quarters: 1000 a quarter elsewhere; 1000 in Sollentuna too, 700 from 2021 on."""
    draws = np.random.default_rng(20260702)
    lines = ["Kommunkod;Kvartal;Brottstyp;Antal;Per 100 000;Preliminär"]
    for code in ("0163", *NEIGHBOURS):
        for at in range(48):
            year, quarter = 2014 + at // 4, 1 + at % 4
            count = draws.poisson(700 if code == "0163" and year >= 2021 else 1000)
            flag = "ja" if year == 2025 else "nej"
            lines.append(f"{code};{year}K{quarter};Totalt antal brott;{count};{count * 2};{flag}")
    return "\n".join(lines) + "\n"


def kolada() -> str:
    """Vandalism of 2005 to 2024 per 100 000, and a share that is no rate of offences."""
    entries: list[dict[str, Any]] = []
    for year in range(2005, 2025):
        for kpi, value in (("U07452", 1500.0 + 10 * (year % 3)), ("N00610", 71.0)):
            figure = {"gender": "T", "value": value, "status": "", "count": 1}
            entries.append({"kpi": kpi, "municipality": "0163", "period": year, "values": [figure]})
    return json.dumps({"values": entries, "count": len(entries), "next_url": None})


def population() -> str:
    """People in Sollentuna on 31 December of 2004 to 2024, 60 000 and 1 000 more each year; no other municipality."""
    columns = [{"code": "Region", "text": "region", "type": "d"}, {"code": "Tid", "text": "år", "type": "t"}]
    columns.append({"code": "BE0101N1", "text": "Folkmängd", "type": "c"})
    data = [{"key": ["0163", str(year)], "values": [str(60_000 + 1000 * (year - 2004))]} for year in range(2004, 2025)]
    return json.dumps({"columns": columns, "comments": [], "data": data})
