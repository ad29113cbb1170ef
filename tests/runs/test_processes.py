"""Processes end with all they started, and no signal goes to more than was meant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from evaluation.runs.processes import descendants, end_tree, strays_of, uses_more_than

# A child is ready when it says so itself: only then does it run its own program, in its own environment.
CHILD = "import sys; print('ready', flush=True); sys.stdin.read()"
TREE = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {CHILD!r}]); sys.stdin.read()"


def start(**options: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", TREE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )  # type: ignore[call-overload]
    assert process.stdout.readline() == "ready\n"
    return process  # type: ignore[no-any-return]


def test_a_tree_ends_whole() -> None:
    process = start(start_new_session=True)
    below = descendants(process.pid)
    assert [child.cmdline()[1:] for child in below] == [["-c", CHILD]]
    end_tree(process.pid)
    process.wait()
    _, alive = psutil.wait_procs(below, timeout=5)
    assert alive == []


@pytest.mark.parametrize("pid", [1, 0, -1, -os.getpid()], ids=["one", "zero", "minus_one", "own_group"])
def test_ids_that_mean_many_processes_are_refused(pid: int) -> None:
    with pytest.raises(ValueError, match="no process of ours"):
        end_tree(pid)


def test_strays_are_known_by_their_run_folder(tmp_path: Path) -> None:
    process = start(env={**os.environ, "EVALUATION_RUN_DIR": str(tmp_path / "s" / "run")})
    family = {process.pid, *(child.pid for child in descendants(process.pid))}
    try:
        assert set(strays_of(tmp_path / "s")) == family
        assert strays_of(tmp_path / "t") == []
    finally:
        for pid in family:
            psutil.Process(pid).kill()
        process.wait()


def test_memory_is_that_of_the_whole_tree() -> None:
    process = start()
    try:
        own = psutil.Process(process.pid).memory_info().rss
        assert uses_more_than(own // 4, process.pid)
        assert not uses_more_than(own * 10, process.pid)
    finally:
        for child in descendants(process.pid):
            child.kill()
        process.kill()
        process.wait()
    assert not uses_more_than(0, process.pid)
