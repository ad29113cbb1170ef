"""Faults around the notebook: files, the disk, locks, earlier runs, and whoever kills processes."""

from __future__ import annotations

import errno
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from benchmarks.faults.house import SAVE, House, job, write_notebook
from benchmarks.faults.scenario import IN, Results, fault
from evaluation.runs import locks, settle, task
from evaluation.runs.processes import descendants
from evaluation.runs.states import State


@fault(State.INPUT_ERROR)
def notebook_is_no_json(house: House) -> Results:
    """A notebook cut off while it was saved."""
    (house.project.notebooks / "fine.ipynb").write_text('{"cells": [', encoding="utf-8")
    return house.run()


@fault(State.INPUT_ERROR)
def notebook_missing(house: House) -> Results:
    """No notebook."""
    (house.project.notebooks / "fine.ipynb").unlink()
    return house.run()


@fault(State.INPUT_ERROR)
def input_missing(house: House) -> Results:
    """A raw file is gone."""
    (house.project.raw / "s" / "a.csv").unlink()
    return house.run()


@fault(State.INPUT_ERROR)
def dependency_fails(house: House) -> Results:
    """The job that this one builds on fails."""
    write_notebook(house.project.notebooks / "bad.ipynb", "1 / 0")
    first = job(house.project, "z", "bad.ipynb")
    results = house.batch([first, job(house.project, depends_on=("z",))])
    assert results[0].state is State.NOTEBOOK_ERROR
    return results[1:]


@fault(State.KERNEL_DIED)
def warm_parent_killed(house: House) -> Results:
    """The notebook kills the process that all jobs come from; the next run starts a new one."""
    pid = getattr(house.crew, "parent_pid", None)
    return house.run(IN, f"os.kill({pid}, 9); time.sleep(9)", SAVE)


@contextmanager
def failing(module: Any, name: str, code: int, after: int = 0) -> Iterator[None]:
    """Let a function of a module fail with an OSError after some calls."""
    real, calls = getattr(module, name), [0]

    def function(*arguments: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise OSError(code, os.strerror(code))
        return real(*arguments, **options)

    with mock.patch.object(module, name, function):
        yield


@fault(State.DISK_FULL)
def disk_full_at_start(house: House) -> Results:
    """Too little is free before anything starts."""
    return house.run(SAVE, "1", limits={"free_disk": 10**18})


@fault(State.DISK_FULL)
def disk_full_writing_the_task(house: House) -> Results:
    """No room for the first file of a run."""
    with failing(task, "write_file", errno.ENOSPC):
        return house.run(SAVE, "1")


@fault(State.DISK_FULL)
def disk_full_sealing(house: House) -> Results:
    """No room for the manifest."""
    with failing(settle, "write_file", errno.ENOSPC):
        return house.run(SAVE, "1")


@fault(State.DISK_FULL)
def disk_full_writing_history(house: House) -> Results:
    """No room for the manifest's copy in the history."""
    with failing(settle, "replace_file", errno.EDQUOT):
        return house.run(SAVE, "1")


@fault(State.DISK_FULL)
def disk_full_publishing(house: House) -> Results:
    """No room for the rename."""
    with failing(settle, "publish", errno.ENOSPC):
        return house.run(SAVE, "1")


@fault(State.LOCKED)
def locked_by_a_living_process(house: House) -> Results:
    """Another run of the study is under way."""
    with locks.lock(house.project.locks / "s.lock", 60):
        return house.run(SAVE, "1")


@fault(State.PUBLISHED)
def lock_of_a_dead_process(house: House) -> Results:
    """A run was killed and left its lock; nobody has to remove it."""
    house.project.locks.mkdir(exist_ok=True)
    holder = f'{{"pid": 1, "started": 1.0, "host": "{platform.node()}", "until": 9e18}}'
    (house.project.locks / "s.lock").write_text(holder, encoding="utf-8")
    return house.run(SAVE, "1")


@fault(State.PUBLISHED)
def lock_cut_off(house: House) -> Results:
    """A machine crashed while the lock was written."""
    house.project.locks.mkdir(exist_ok=True)
    (house.project.locks / "s.lock").write_text('{"pid": 1', encoding="utf-8")
    return house.run(SAVE, "1")


@fault(State.PUBLISHED)
def staging_of_a_dead_run(house: House) -> Results:
    """A killed run left half a report and a process."""
    left = house.project.staging / "s" / "a.20260101T000000Z-dead"
    (left / "run").mkdir(parents=True)
    (left / "run" / "report.html").write_text("<html>ha", encoding="utf-8")
    results = house.run(SAVE, "1")
    assert not left.exists()
    return results


@fault(State.PUBLISHED, breaks_page=True)
def report_renamed_aside(house: House) -> Results:
    """A run without folder exchange was killed between its two renames: recovery puts the report back first."""
    published = house.project.published("s", "a")
    aside = house.project.staging / "s" / "a.dead" / "run.replaced-by-a"
    aside.parent.mkdir(parents=True, exist_ok=True)
    published.rename(aside)
    return house.run(SAVE, "1")


@fault(State.PUBLISHED, breaks_page=True)
def published_page_damaged(house: House) -> Results:
    """Someone edited the published page: it does not match its seal and is made again."""
    (house.project.published("s", "a") / "report.html").write_text("<html>changed</html>", encoding="utf-8")
    return house.run()


@fault(State.PUBLISHED)
def manifest_damaged(house: House) -> Results:
    """Someone edited the manifest."""
    path = house.project.published("s", "a") / "run.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2.5", "9.5"), encoding="utf-8")
    return house.run()


@fault(State.INTERRUPTED)
def interrupted_while_running(house: House) -> Results:
    """Ctrl-C, or the machine shuts down, while a cell runs."""
    asked = iter(range(10**9))
    return house.run(IN, "subprocess.Popen(['sleep', '999']); time.sleep(999)", SAVE, stop=lambda: next(asked) > 3)


@fault(State.KERNEL_DIED)
def job_killed_from_outside(house: House) -> Results:
    """The out-of-memory killer takes the job."""
    killed: list[int] = []

    def stop() -> bool:
        """Kill the one process below the warm parent as soon as it is there; never stop the batch."""
        jobs = descendants(house.crew.parent_pid)[:1]  # type: ignore[attr-defined]
        if jobs and not killed:
            jobs[0].kill()
            killed.append(jobs[0].pid)
        return False

    results = house.run(IN, "time.sleep(9)", SAVE, stop=stop)
    assert killed
    return results


@fault(State.PUBLISHED)
def history_lost(house: House) -> Results:
    """The history folder was deleted: the run goes on, `verify` says that the chain is broken."""
    shutil.rmtree(house.project.history)
    return house.run(SAVE, "1")


@fault(State.PUBLISHED)
def hostile_names(house: House) -> Results:
    """Text that looks like code, paths and format strings is only text."""
    text = "åäö {study.__class__} ../../x\"; import os; os.system('touch x') # \\ \n \u2028"
    return house.run(SAVE, "1", given={"study": text})
