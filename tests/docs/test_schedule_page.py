"""The examples of docs/schedule.md do what the page says: they are run, with stand-ins for Airflow and the cluster."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Self

import pytest

from evaluation.cli.run import GATES, INDEX, RENDER
from evaluation.runs import EXIT_CODE, State, Wiring, batch, cluster
from evaluation.runs.schedule import Schedule, Unattended, cron_lines

ROOT = Path(__file__).parents[2]
AIRFLOW, DASK = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/schedule.md").read_text("utf-8"), re.M | re.S)


class Dag:
    """Stands in for `airflow.sdk.DAG`: remembers what it was made with."""

    made: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def __init__(self, name: str, **options: Any) -> None:
        self.made.append((name, options))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the block."""


def test_airflow_runs_each_study_at_the_time_that_the_command_would_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks: list[dict[str, Any]] = []
    stand_ins = {
        "airflow.sdk": {"DAG": Dag},
        "airflow.providers.standard.operators.bash": {"BashOperator": lambda **options: tasks.append(options)},
    }
    for name, content in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    exec(compile(AIRFLOW, "docs/schedule.md", "exec"), {})
    _, options = Dag.made.pop()
    cron = cron_lines(Schedule(), Unattended(Path("evaluation"), (), ROOT, ROOT / "log"))
    assert options["schedule"].split() == cron.splitlines()[-1].split()[:5]
    assert options["max_active_runs"] == 1
    assert {task["task_id"].replace("_", "-") for task in tasks} == {p.stem for p in (ROOT / "studies").glob("*.toml")}
    for task in tasks:
        assert task["skip_on_exit_code"] == EXIT_CODE[State.LOCKED]
        program, name, study, *_ = shlex.split(task["bash_command"].split("&&")[1])
        assert (Path(program).name, name, study) == ("evaluation", "run", task["task_id"].replace("_", "-"))


def test_dask_from_python_runs_every_job_of_every_study_through_the_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    class Crew(Dag):
        """Stands in for a cluster; tests/runs/test_cluster.py has a real one."""

    monkeypatch.setattr(cluster, "ClusterCrew", Crew)
    monkeypatch.setattr(batch, "run_batch", lambda *arguments: asked.append(arguments))
    monkeypatch.chdir(ROOT)
    exec(compile(DASK, "docs/schedule.md", "exec"), {})
    assert Crew.made.pop() == ("tcp://10.0.0.1:8786", {})
    ((project, jobs, crew, settings),) = asked
    assert project.root == ROOT
    assert {job.study for job in jobs} == {path.stem for path in (ROOT / "studies").glob("*.toml")}
    assert isinstance(crew, Crew)
    assert settings.wiring == Wiring(RENDER, GATES, INDEX)
    assert settings.workers == 200
