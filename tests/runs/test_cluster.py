"""A real scheduler and two worker processes on loopback; one is killed in mid-run: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks.faults.house import SAVE, House, job, write_notebook
from evaluation.runs.cluster import ClusterCrew
from evaluation.runs.states import State
from evaluation.runs.verify import verify

QUIET = ["--no-dashboard", "--host", "127.0.0.1"]


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self.address_file = folder / "scheduler.json"
        self.start("scheduler", "--port", "0", "--scheduler-file", str(self.address_file), *QUIET)

    def start(self, kind: str, *arguments: str) -> psutil.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        log = self._stack.enter_context((self._folder / f"{kind}.log").open("ab"))
        process = psutil.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._stack.callback(self.end, process)
        return process

    def worker(self) -> psutil.Popen:
        options = ("--nthreads", "1", "--no-nanny", "--scheduler-file", str(self.address_file), *QUIET)
        return self.start("worker", *options, "--local-directory", str(self._folder))

    @staticmethod
    def end(process: psutil.Popen) -> None:
        if process.is_running():
            process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path, stubs: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(stack, tmp_path)


def test_a_lost_worker_loses_and_doubles_nothing(cluster: Cluster, house: House) -> None:
    from distributed import Client

    workers = [cluster.worker(), cluster.worker()]
    started = house.project.root / "started"
    write_notebook(
        house.project.notebooks / "work.ipynb",
        f"import os, pathlib, time\nwith open({str(started)!r}, 'a') as file: _ = file.write(f'{{number}}\\n')",
        "time.sleep(0.2)",
        SAVE,
    )
    with Client(scheduler_file=str(cluster.address_file), set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        address = client.scheduler.address
    jobs = [job(house.project, f"j{n}", "work.ipynb", parameters={"number": n}) for n in range(8)]
    victim, killed = workers[0], []

    def stop() -> bool:
        """Kill one worker once three notebooks have begun; never stop the batch."""
        if not killed and started.exists() and len(started.read_text().splitlines()) >= 3:
            victim.kill()
            killed.append(victim.pid)
        return False

    settings = replace(house.settings, workers=8)
    with ClusterCrew(address) as crew:
        results = replace(house, crew=crew, settings=settings).batch(jobs, stop=stop)
    assert killed
    assert [result.state for result in results] == [State.PUBLISHED] * 8
    begun = started.read_text().split()
    assert len(begun) > len(set(begun)) == 8, "the lost job was begun again"
    for number, result in enumerate(results):
        assert result.folder
        assert json.loads((result.folder / "results.json").read_text())["estimate"] == number * 2.5
        assert verify(house.project, result.folder).faults == ()
        assert len(list((house.project.history / "s" / f"j{number}").iterdir())) == 1, "published once"
