"""One run per study at a time; the lock of a dead run does not stand in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from evaluation.runs.locks import LockedError, birth_of, lock, read_holder

HOLD = """
import sys
from pathlib import Path
from evaluation.runs.locks import LockedError, lock
try:
    with lock(Path(sys.argv[1]), 60):
        print("held", flush=True)
        sys.stdin.readline()
except LockedError as error:
    print("locked", flush=True)
    sys.stdin.readline()
"""


def start(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_eight_starts_at_once_one_runs(tmp_path: Path) -> None:
    processes = [start(tmp_path / "s.lock") for _ in range(8)]
    said = sorted(process.stdout.readline().strip() for process in processes if process.stdout)
    for process in processes:
        process.communicate("\n")
    assert said == ["held"] + ["locked"] * 7


def test_the_lock_says_who_holds_it_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "s.lock"
    with lock(path, 60) as mine:
        assert mine.pid == os.getpid()
        assert read_holder(path) == mine
        with pytest.raises(LockedError, match=f"process {os.getpid()}"), lock(path, 60):
            pass
    assert read_holder(path) is None


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    process = start(tmp_path / "s.lock")
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    process.kill()
    process.wait()
    with lock(tmp_path / "s.lock", 60) as mine:
        assert mine.pid == os.getpid()


def write(path: Path, **holder: object) -> None:
    path.write_text(json.dumps(holder), encoding="utf-8")


def test_a_process_id_used_again_is_another_process(tmp_path: Path) -> None:
    import platform

    born = birth_of(os.getpid())
    assert born is not None
    write(tmp_path / "s.lock", pid=os.getpid(), born=born[:-1] + "x", host=platform.node(), until=9e18)
    with lock(tmp_path / "s.lock", 60) as mine:
        assert mine.born == born


def test_a_clock_that_is_set_kills_no_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux, psutil's start in seconds since 1970 moves with the clock: here by an hour while the lock is held."""
    process = start(tmp_path / "s.lock")
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    shown = psutil.Process.create_time
    if sys.platform == "linux":
        monkeypatch.setattr(psutil.Process, "create_time", lambda asked: shown(asked) + 3600)
    with pytest.raises(LockedError, match=f"process {process.pid}"), lock(tmp_path / "s.lock", 60):
        pass
    process.communicate("\n")


def test_another_machine_holds_its_lock_until_its_deadline(tmp_path: Path) -> None:
    path = tmp_path / "s.lock"
    write(path, pid=1, born="", host="elsewhere", until=time.time() + 60)
    with pytest.raises(LockedError, match="elsewhere"), lock(path, 60):
        pass
    write(path, pid=1, born="", host="elsewhere", until=time.time() - 1)
    with lock(path, 60):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\x00"])
def test_a_damaged_lock_is_no_lock(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.lock").write_text(text, encoding="utf-8")
    with lock(tmp_path / "s.lock", 60):
        pass
