"""The faults: each breaks a run in its own way and says how the run must end (docs/run-states.md)."""

from __future__ import annotations

import errno
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.faults.house import SAVE, House, job, write_notebook
from evaluation.runs import locks, settle, task
from evaluation.runs.batch import JobResult
from evaluation.runs.processes import descendants
from evaluation.runs.states import State

Results = tuple[JobResult, ...]


@dataclass(frozen=True)
class Scenario:
    """A fault: its name, how it is injected, and the states the run may end in (PUBLISHED: it must be survived).

    `breaks_page` says that the fault itself damages the published page, so that a reader must see it damaged.
    """

    name: str
    act: Callable[[House], Results]
    expected: tuple[State, ...]
    breaks_page: bool = False


SCENARIOS: list[Scenario] = []


def fault(
    *expected: State, breaks_page: bool = False
) -> Callable[[Callable[[House], Results]], Callable[[House], Results]]:
    """Register a function as a scenario."""

    def register(act: Callable[[House], Results]) -> Callable[[House], Results]:
        SCENARIOS.append(Scenario(act.__name__, act, expected, breaks_page))
        return act

    return register


def notebook_fault(name: str, *cells: str, expected: State, **options: Any) -> None:
    """Register a scenario that is a notebook."""
    SCENARIOS.append(Scenario(name, lambda house: house.run(*cells, **options), (expected,)))


QUICK = {"cell_deadline": 0.5}
IN = "import os, sys, signal, time, subprocess, ctypes, threading, atexit, json, pathlib"

# The notebook's process dies or leaves.
notebook_fault("kernel_kills_itself", IN, "os.kill(os.getpid(), 9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_terminated", IN, "os.kill(os.getpid(), 15); time.sleep(9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_leaves_with_0", IN, "os._exit(0)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_leaves_with_1", IN, "os._exit(1)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_aborts", IN, "os.abort()", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_segfaults", IN, "ctypes.string_at(0)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_dies_after_saving", IN, SAVE, "os.kill(os.getpid(), 9)", expected=State.KERNEL_DIED)
notebook_fault("job_process_killed", IN, "os.kill(os.getppid(), 9); time.sleep(9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_closes_its_pipes", "import os", "os.closerange(3, 512); 1", SAVE, expected=State.KERNEL_DIED)
notebook_fault(
    "writes_into_the_engines_pipe",
    IN,
    """
    for number in range(3, 64):
        try: os.write(number, b'{"no": "message"}' + bytes([10]))
        except OSError: pass
    """,
    SAVE,
    expected=State.KERNEL_DIED,
)
notebook_fault("closes_its_output", IN, "os.close(1); os.close(2); time.sleep(0.2)", SAVE, expected=State.PUBLISHED)
notebook_fault("exit_0", "import sys; sys.exit(0)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("exit_3", "import sys; sys.exit(3)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("exit_after_saving", SAVE, "raise SystemExit", "1", expected=State.NOTEBOOK_ERROR)

# The notebook fails, or only seems to succeed.
notebook_fault("error_in_the_middle", "1 / 0", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("error_after_saving", SAVE, "1 / 0", expected=State.NOTEBOOK_ERROR)
notebook_fault("syntax_error", "def", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("nothing_saved", "1 + 1", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_cut_off", SAVE, "(run_dir / 'results.json').write_text('{')", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_empty", SAVE, "(run_dir / 'results.json').write_text('')", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_removed", SAVE, "(run_dir / 'results.json').unlink()", expected=State.NOTEBOOK_ERROR)
notebook_fault("run_folder_removed", SAVE, "import shutil; shutil.rmtree(run_dir)", expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "staging_folder_removed", SAVE, "import shutil; shutil.rmtree(run_dir.parent)", expected=State.NOTEBOOK_ERROR
)
notebook_fault(
    "bad_input_found_by_the_library",
    "from evaluation.errors import InputError",
    "raise InputError('a.csv', found='text', expected='numbers', todo='mend it')",
    SAVE,
    expected=State.INPUT_ERROR,
)
notebook_fault(
    "gate_error_in_the_notebook",
    "from evaluation.errors import GateError",
    "raise GateError('table', found='2', expected='3', todo='protect it')",
    expected=State.GATE,
)

# It does not end.
notebook_fault("endless_loop", "while True: pass", SAVE, limits=QUICK, expected=State.CELL_DEADLINE)
notebook_fault("endless_sleep", "import time; time.sleep(999)", SAVE, limits=QUICK, expected=State.CELL_DEADLINE)
notebook_fault(
    "swallows_interrupts",
    """
    import time
    while True:
        try:
            time.sleep(999)
        except BaseException:
            pass
    """,
    SAVE,
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "ignores_every_signal",
    IN,
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM): signal.signal(number, signal.SIG_IGN)
    time.sleep(999)
    """,
    SAVE,
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "stops_itself", IN, "os.kill(os.getpid(), signal.SIGSTOP)", SAVE, limits=QUICK, expected=State.CELL_DEADLINE
)
notebook_fault(
    "many_slow_cells",
    *("import time; time.sleep(0.3)",) * 5,
    SAVE,
    limits={"cell_deadline": 20, "run_deadline": 0.7},
    expected=State.RUN_DEADLINE,
)
notebook_fault(
    "renderer_hangs",
    SAVE,
    limits={"run_deadline": 0.7},
    wiring={"render": "runs_stubs:hang"},
    expected=State.RUN_DEADLINE,
)
notebook_fault(
    "job_process_stopped",
    IN,
    "os.kill(os.getppid(), signal.SIGSTOP); time.sleep(999)",
    SAVE,
    limits={"run_deadline": 0.7},
    expected=State.RUN_DEADLINE,
)
notebook_fault("hangs_at_exit", IN, "_ = atexit.register(time.sleep, 999)", SAVE, expected=State.PUBLISHED)
notebook_fault(
    "thread_never_ends", IN, "threading.Thread(target=time.sleep, args=(999,)).start()", SAVE, expected=State.PUBLISHED
)

# It takes too much.
notebook_fault("prints_too_much", "print('x' * 3_000_000)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("prints_for_ever", "while True: print('x' * 1000)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("program_prints_for_ever", "import os; os.system('yes')", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "displays_too_much", *("display({'text/plain': 'x' * 900_000}, raw=True)",) * 3, SAVE, expected=State.NOTEBOOK_ERROR
)
notebook_fault(
    "takes_all_memory",
    "hoard = []\nwhile True: hoard.append(bytearray(b'x' * 40_000_000))",
    SAVE,
    limits={"memory": 450 * 1024 * 1024},
    expected=State.MEMORY_LIMIT,
)
notebook_fault("memory_error", "raise MemoryError", SAVE, expected=State.MEMORY_LIMIT)
notebook_fault("disk_full_in_notebook", "raise OSError(28, 'No space left on device')", SAVE, expected=State.DISK_FULL)

# It leaves processes behind.
notebook_fault("leaves_a_child", IN, "subprocess.Popen(['sleep', '999'])", "1 / 0", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "leaves_a_child_and_succeeds", IN, "_ = subprocess.Popen(['sleep', '999'])", SAVE, expected=State.PUBLISHED
)
notebook_fault(
    "leaves_a_daemon",
    IN,
    "_ = subprocess.Popen(['sh', '-c', 'setsid sleep 999 & setsid sh -c \"sleep 999\" &'])",
    "os.kill(os.getpid(), 9)",
    SAVE,
    expected=State.KERNEL_DIED,
)
notebook_fault(
    "leaves_many_forks",
    IN,
    "for _ in range(10):\n    if os.fork() == 0: os.setsid(); signal.pause()",
    "while True: pass",
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "children_ignore_signals",
    IN,
    "subprocess.Popen(['sh', '-c', \"trap '' TERM INT HUP; sleep 999; sleep 999\"])",
    "time.sleep(999)",
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)

# The notebook itself is not what it should be.
notebook_fault("no_parameters_cell", SAVE, parameters=None, expected=State.INPUT_ERROR)
notebook_fault("two_parameters_cells", "x = 1", SAVE, tags={0: ["parameters"]}, expected=State.INPUT_ERROR)
notebook_fault("hides_errors", "1 / 0", SAVE, tags={0: ["raises-exception"]}, expected=State.INPUT_ERROR)
notebook_fault("skips_cells", "1 / 0", SAVE, tags={0: ["skip-execution"]}, expected=State.INPUT_ERROR)
notebook_fault("code_in_parameters_cell", SAVE, parameters="import os\nstudy = 's'", expected=State.INPUT_ERROR)
notebook_fault("unknown_parameter", SAVE, given={"nummer": 3}, expected=State.INPUT_ERROR)
notebook_fault("mistyped_parameter", SAVE, given={"number": "0114x"}, expected=State.INPUT_ERROR)
notebook_fault("code_as_parameter_name", SAVE, given={"number = 1; import os #": 3}, expected=State.INPUT_ERROR)

# The report is refused or cannot be made.
notebook_fault("gate_refuses", SAVE, wiring={"gates": ("runs_stubs:refuse",)}, expected=State.GATE)
notebook_fault("gate_does_not_exist", SAVE, wiring={"gates": ("runs_stubs:no",)}, expected=State.INPUT_ERROR)
notebook_fault("renderer_breaks", SAVE, wiring={"render": "runs_stubs:break_down"}, expected=State.NOTEBOOK_ERROR)
notebook_fault("renderer_dies", SAVE, wiring={"render": "runs_stubs:die"}, expected=State.KERNEL_DIED)
notebook_fault("renderer_fills_disk", SAVE, wiring={"render": "runs_stubs:run_out_of_disk"}, expected=State.DISK_FULL)


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


def cleared(folder: Path) -> bool:
    """Whether no unfinished run is left."""
    return not folder.exists() or not any(path for study in folder.iterdir() for path in study.iterdir())
