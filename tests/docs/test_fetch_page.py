"""The commands of docs/fetch.md are given in their order, to a server on this machine instead of the services."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from evaluation.cli import main
from evaluation.fetch import kolada, perform
from evaluation.fetch.services import EVENTS, KOLADA, SCB_2

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fetch.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.M | re.S) for line in block.splitlines()]


def rooms() -> tuple[ModuleType, ModuleType]:
    sys.path.insert(0, str(ROOT))
    return importlib.import_module("tests.fetch.public_services"), importlib.import_module("tests.fetch.desk")


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    services, desk = rooms()
    clock = desk.StoodClock()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("evaluation.fetch.clock.SystemClock", lambda: clock)
    monkeypatch.setattr(services, "PAGE_SIZE", 1000)
    with services.public_services() as server:
        yield server.address


def test_every_command_of_the_page_works(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "data" / "raw" / "upplands-vasby", tmp_path / "data" / "raw" / "upplands-vasby")
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("EVALUATION_ROOT", str(tmp_path))
    for command in COMMANDS:
        words = shlex.split(command)
        more = ["--base-url", address] if words[1] == "fetch" else []
        monkeypatch.setattr(sys, "argv", [*words, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        assert ended.value.code in (0, None), f"{command}: {shown.err}"
        if words[1:3] == ["fetch", "kolada"] and "--kpi" not in words:
            assert "37 indicators" in shown.out
        if words[1] == "fetch" and "--study" in words and "To use it" in shown.out:
            add_entries(tmp_path / "studies" / "upplands-vasby.toml", shown.out)
    assert {path.name for path in (tmp_path / "data" / "raw" / "upplands-vasby").glob("*.json")} >= {
        *re.findall(r"`((?:scb|kolada|polisen)[a-zA-Z0-9_]*\.json)`", PAGE)
    }


def add_entries(study: Path, shown: str) -> None:
    """Do what the page says: copy the proposed entries into the study file."""
    study.write_text(f"{study.read_text(encoding='utf-8')}\n{shown.partition('.toml:')[2]}", encoding="utf-8")


def test_the_page_names_every_exit_code_of_the_command() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, flags=re.M)}
    assert codes == {0, 11, 17, 18, perform.NO_ANSWER_COPY_STANDS, perform.NO_ANSWER_NO_COPY, perform.DRIFT}


def test_the_page_states_the_limits_of_the_services() -> None:
    for service in (SCB_2, KOLADA, EVENTS):
        limit = service.limits[-1]
        assert f"{limit.calls:,}".replace(",", " ") in PAGE
    assert f"{len(kolada.catalogue())} indicators" in PAGE
    assert (int(SCB_2.seconds_to_connect), int(SCB_2.seconds_to_read)) == (10, 60)
    assert "waits 10 seconds for a connection and 60 for an answer" in PAGE
