"""A real scheduler and two worker processes on loopback; one is killed in mid-run: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from benchmarks.faults.house import SAVE, write_notebook
from evaluation.runs.project import Project
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


# In a process of its own: distributed leaves threads behind, and a process with threads is not forked.
DRIVER = """
import json, sys
from pathlib import Path

import psutil
from benchmarks.faults.house import TIGHT, WIRING, job
from distributed import Client
from evaluation.runs.batch import Settings, run_batch
from evaluation.runs.cluster import ClusterCrew
from evaluation.runs.project import Project

address_file, root, victim = sys.argv[1], Path(sys.argv[2]), psutil.Process(int(sys.argv[3]))
started, killed = root / "started", []
with Client(scheduler_file=address_file, set_as_default=False) as client:
    client.wait_for_workers(2, timeout=60)
    address = client.scheduler.address

def stop():
    lines = started.read_text().splitlines() if started.exists() else []
    if not killed and any(str(victim.pid) in line.split()[1:] for line in lines):  # in the middle of its first job
        victim.kill()
        killed.append(victim.pid)
        (root / "killed").touch()
    return False

project = Project(root)
jobs = [job(project, f"j{n}", "work.ipynb", parameters={"number": n}) for n in range(8)]
with ClusterCrew(address) as crew:
    results = run_batch(project, jobs, crew, Settings(limits=TIGHT, wiring=WIRING, workers=8), stop=stop)
print(json.dumps({"killed": killed, "states": [result.state.value for result in results]}))
"""


ALONE = """
import json, sys
from pathlib import Path

from benchmarks.faults.house import TIGHT, WIRING, job
from distributed import Client
from evaluation.runs.batch import Settings, run_batch
from evaluation.runs.cluster import ClusterCrew
from evaluation.runs.project import Project

project = Project(Path(sys.argv[2]))
with Client(scheduler_file=sys.argv[1], set_as_default=False) as client:
    address = client.scheduler.address
with ClusterCrew(address) as crew:
    settings = Settings(limits=TIGHT, wiring=WIRING, workers=2)
    results = run_batch(project, [job(project, name) for name in "abc"], crew, settings, stop=lambda: True)
print(json.dumps([result.state.value for result in results]))
"""


def drive(program: str, *arguments: str) -> object:
    """Run a program that steers the cluster, and return what its last line says."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ["PYTHONPATH"]])
    command, environment = [sys.executable, "-c", program, *arguments], {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_stop_ends_a_batch_that_no_worker_has_taken(cluster: Cluster, project: Project) -> None:
    assert drive(ALONE, str(cluster.address_file), str(project.root)) == ["interrupted"] * 3


def test_a_lost_worker_loses_and_doubles_nothing(cluster: Cluster, project: Project) -> None:
    workers = [cluster.worker(), cluster.worker()]
    started = project.root / "started"
    write_notebook(
        project.notebooks / "work.ipynb",
        "import os, psutil, threading\nfamily = ' '.join(str(process.pid) for process in psutil.Process().parents())",
        f"with open({str(started)!r}, 'a') as file: _ = file.write(f'{{number}} {{family}}\\n')",
        f"while not os.path.exists({str(project.root / 'killed')!r}): threading.Event().wait(0.02)",
        SAVE,
    )
    told = drive(DRIVER, str(cluster.address_file), str(project.root), str(workers[0].pid))
    assert told == {"killed": [workers[0].pid], "states": ["published"] * 8}
    begun = [line.split()[0] for line in started.read_text().splitlines()]
    assert len(begun) > len(set(begun)) == 8, "the lost job was begun again"
    for number in range(8):
        folder = project.published("s", f"j{number}")
        assert json.loads((folder / "results.json").read_text())["estimate"] == number * 2.5
        assert verify(project, folder).faults == ()
        assert len(list((project.history / "s" / f"j{number}").iterdir())) == 1, "published once"
