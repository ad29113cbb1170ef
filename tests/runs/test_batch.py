"""Batches: many jobs, one worst code, one line each; observers, log, notification, index."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.faults.house import SAVE, House, job, write_notebook
from evaluation.errors import ParameterError
from evaluation.runs import settle
from evaluation.runs.batch import JobResult, exit_code, run_batch
from evaluation.runs.interruption import interruptible
from evaluation.runs.log import Both, JsonLog
from evaluation.runs.notify import notify, summary
from evaluation.runs.progress import ProgressBars, summary_lines
from evaluation.runs.publish import publish
from evaluation.runs.recovery import recover
from evaluation.runs.states import EXIT_CODE, State, worst_code
from evaluation.runs.warm_crew import WarmCrew

DOCS = Path(__file__).parents[2] / "docs" / "run-states.md"


def result(state: State, key: str = "s/a", message: str = "") -> JobResult:
    return JobResult(key, state, message, 1.25, (), Path("kept"))


def test_every_state_has_its_own_code_and_only_two_are_0() -> None:
    assert set(EXIT_CODE) == set(State)
    assert [state for state in State if state.exit_code == 0] == [State.PUBLISHED, State.UNCHANGED]
    failing = [state.exit_code for state in State if not state.is_success]
    assert len(failing) == len(set(failing)) == 10
    assert not set(failing) & {1, 2, 126, 127, *range(128, 256)}, "codes of Python, the shell and signals"


def test_the_documented_table_is_the_real_one() -> None:
    rows = [line.split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    documented = {row[1].strip(" `"): int(row[2]) for row in rows if row[2].strip().isdigit()}
    assert documented == {state.value: code for state, code in EXIT_CODE.items()}


def test_the_worst_code_is_the_exit_code() -> None:
    assert worst_code([]) == 0
    assert worst_code([State.PUBLISHED, State.UNCHANGED]) == 0
    assert exit_code([result(State.PUBLISHED), result(State.KERNEL_DIED), result(State.GATE)]) == 15


def test_a_report_that_is_held_open_stays_and_the_other_jobs_run(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to move a folder in which Excel holds a file open; the staged run is then made again."""
    jobs = [job(house.project, "a"), job(house.project, "b")]
    assert [r.state for r in house.batch(jobs)] == [State.PUBLISHED] * 2
    before = (house.project.published("s", "a") / "run.json").read_bytes()
    write_notebook(house.project.notebooks / "fine.ipynb", "print('new')", SAVE)

    def refuse(finished: Path, published: Path) -> None:
        if published.name == "a":
            raise PermissionError(13, "The process cannot access the file", str(published))
        publish(finished, published)

    monkeypatch.setattr(settle, "publish", refuse)
    held, other = house.batch(jobs)
    assert (held.state, other.state) == (State.LOCKED, State.PUBLISHED)
    assert "Close the program" in held.message
    assert (house.project.published("s", "a") / "run.json").read_bytes() == before
    assert list(house.project.staging.rglob("run.json")) == []
    monkeypatch.undo()
    again, unchanged = house.batch(jobs)
    assert (again.state, unchanged.state) == (State.PUBLISHED, State.UNCHANGED)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_other_jobs_still_run(house: House, workers: int) -> None:
    write_notebook(house.project.notebooks / "bad.ipynb", "import os; os.kill(os.getpid(), 9)")
    house = replace(house, settings=replace(house.settings, workers=workers))
    jobs = [job(house.project, "a"), job(house.project, "b", "bad.ipynb"), job(house.project, "c")]
    results = house.batch(jobs)
    assert [r.key for r in results] == ["s/a", "s/b", "s/c"]
    assert [r.state for r in results] == [State.PUBLISHED, State.KERNEL_DIED, State.PUBLISHED]
    assert exit_code(results) == 15
    index = (house.project.reports / "index.html").read_text(encoding="utf-8")
    assert index == "<html>s/a s/c</html>"


def test_the_failed_notebook_is_kept_until_the_job_succeeds(house: House) -> None:
    (failed,) = house.run("print('so far')", "1 / 0", SAVE)
    kept = house.project.failed / "s" / "a"
    assert failed.folder == kept
    assert "so far" in (kept / "executed.ipynb").read_text(encoding="utf-8")
    manifest = json.loads((kept / "run.json").read_text(encoding="utf-8"))
    assert manifest["state"] == "error_in_notebook"
    assert "ZeroDivisionError" in manifest["message"]
    assert not house.project.published("s", "a").exists()
    house.mend()
    assert not kept.exists()


def test_jobs_of_a_locked_study_end_as_locked_and_others_run(house: House) -> None:
    from evaluation.runs.locks import lock

    with lock(house.project.locks / "s.lock", 60):
        results = house.batch([job(house.project), job(house.project, study="t")])
    assert [r.state for r in results] == [State.LOCKED, State.PUBLISHED]


def test_jobs_that_wait_are_interrupted_too(house: House) -> None:
    # Outlasts the interruption; the test itself waits for nothing and ends as soon as the child is stopped.
    write_notebook(house.project.notebooks / "slow.ipynb", "import threading; threading.Event().wait(99)")
    asked = iter(range(10**9))
    jobs = [job(house.project, name, "slow.ipynb") for name in ("a", "b", "c")]
    results = house.batch(jobs, stop=lambda: next(asked) > 2)
    assert [r.state for r in results] == [State.INTERRUPTED] * 3


class Ear:
    """Remembers what a batch told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def begun(self, decision: object) -> None:
        self.heard.append(("begun", decision.job.key))  # type: ignore[attr-defined]

    def waiting(self, running: object) -> None:
        pass

    def ended(self, result: JobResult) -> None:
        self.heard.append(("ended", f"{result.key} {result.state.value}"))

    def noted(self, text: str) -> None:
        self.heard.append(("noted", text.split(":")[0]))


def test_the_index_is_made_again_only_when_it_would_differ(published_house: House) -> None:
    house = published_house
    index, page = house.project.reports / "index.html", job(house.project)

    def made_again(now: datetime) -> bool:
        index.write_text("old", encoding="utf-8")
        run_batch(house.project, [page], house.crew, house.settings, now=lambda: now)
        return index.read_text(encoding="utf-8") != "old"

    today = datetime.now(UTC)
    assert not made_again(today)
    assert made_again(today + timedelta(days=1)), "a report may have become overdue"
    (house.project.raw / "s" / "a.csv").write_bytes(b"x")
    assert made_again(today), "a report changed"
    index.unlink()
    run_batch(house.project, [page], house.crew, house.settings)
    assert index.exists()


def test_the_deadline_covers_a_warm_parent_that_hangs_while_it_starts(house: House, stubs: Path) -> None:
    (stubs / "runs_hang.py").write_text("import signal\nsignal.pause()\n", encoding="utf-8")
    with WarmCrew(("runs_hang",)) as crew:
        (result,) = replace(house, crew=crew).run(SAVE, limits={"run_deadline": 0.5})
    assert result.state is State.RUN_DEADLINE


def test_observers_hear_everything_and_the_log_has_it_as_json(house: House, tmp_path: Path) -> None:
    ear = Ear()
    with JsonLog(tmp_path / "l" / "run.jsonl", now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) as log:
        run_batch(house.project, [job(house.project)], house.crew, house.settings, observer=Both(ear, log))
    assert ear.heard == [("begun", "s/a"), ("ended", "s/a published"), ("noted", "index")]
    lines = [json.loads(line) for line in (tmp_path / "l" / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["job started", "job ended", "note"]
    assert lines[0] == {
        "time": "2026-01-02T03:04:05.000+00:00",
        "event": "job started",
        "job": "s/a",
        "reasons": ["never published"],
    }
    assert (lines[1]["state"], lines[1]["exit_code"]) == ("published", 0)


def test_the_bar_is_drawn_on_a_terminal_only(house: House, tmp_path: Path) -> None:
    texts = []
    for terminal in (True, False):
        path = tmp_path / f"{terminal}.txt"
        with path.open("w", encoding="utf-8") as file:
            console = Console(file=file, force_terminal=terminal, width=80)
            with ProgressBars(1, console) as bars:
                settings = replace(house.settings, force=True)
                run_batch(house.project, [job(house.project)], house.crew, settings, observer=bars)
        texts.append(path.read_text(encoding="utf-8"))
    assert "s/a" in texts[0]
    assert "━" in texts[0]
    assert "━" not in texts[1]


def test_one_line_per_job_says_what_happened_and_where() -> None:
    good, bad = summary_lines([result(State.PUBLISHED), result(State.GATE, "s/b", "disclosure: 2")])
    assert good == "ok    published          s/a  1.2 s"
    assert bad == "FAIL  stopped_by_gate    s/b  1.2 s\n      disclosure: 2\n      kept in kept"


def test_the_command_gets_the_summary(tmp_path: Path) -> None:
    out = tmp_path / "å b.json"
    code = f"import sys, pathlib; pathlib.Path({str(out)!r}).write_text(sys.stdin.read()); sys.exit(3)"
    results = [result(State.PUBLISHED), result(State.GATE, "s/b", "två")]
    assert notify(shlex.join([sys.executable, "-c", code]), results) == 3
    assert json.loads(out.read_text(encoding="utf-8")) == summary(results)
    assert summary(results)["exit_code"] == 10
    assert summary(results)["failures"] == [{"job": "s/b", "state": "stopped_by_gate", "message": "två"}]


TELL = r"""
import shlex, sys
from evaluation.runs.batch import JobResult
from evaluation.runs.notify import notify
from evaluation.runs.states import State

keep = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
results = [JobResult("s/b", State.GATE, "\u2265 5", 1.0, (), None)]
sys.exit(notify(shlex.join([sys.executable, "-c", keep, sys.argv[1]]), results))
"""


def test_the_summary_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    """A timer may run with a locale that knows ASCII only, and a message may hold any sign."""
    out = tmp_path / "told.json"
    poor = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([sys.executable, "-c", TELL, str(out)], env=poor, check=True)
    assert json.loads(out.read_text(encoding="utf-8"))["failures"][0]["message"] == "\u2265 5"


def test_a_command_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    no_program = tmp_path / "tell"
    no_program.write_text("no first line that names an interpreter\n", encoding="utf-8")
    no_program.chmod(0o755)
    for command in ("/no/such", str(no_program), "tell 'the office"):
        with pytest.raises(ParameterError, match=f"--notify {command}"):
            notify(command, [])


def test_stop_signals_become_a_flag() -> None:
    with interruptible() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGTERM)
        assert stopped()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_recovery_says_what_it_did(house: House) -> None:
    (house.project.staging / "s" / "a.x" / "run").mkdir(parents=True)
    assert recover(house.project, "s") == ("removed unfinished run a.x",)
    assert recover(house.project, "s") == ()
    assert recover(house.project, "never") == ()


def test_facts_for_the_report_hold_no_clock_and_are_the_same_twice(house: House) -> None:
    from evaluation.runs.fingerprint import facts_of, fingerprint, surroundings

    around = surroundings(house.project)
    facts = [facts_of(j, fingerprint(house.project, j, around, {})) for j in (job(house.project), job(house.project))]
    assert facts[0] == facts[1]
    assert facts[0]["fingerprint"] != facts_of(
        job(house.project), fingerprint(house.project, replace(job(house.project), plan="x"), around, {})
    )["fingerprint"]  # fmt: skip


def test_the_renderer_can_read_the_facts(house: House, stubs: Path) -> None:
    (stubs / "runs_facts.py").write_text(
        "import json\nfrom evaluation.runs.task import run_facts\n"
        "def render(notebook, run_dir):\n"
        "    (run_dir / 'report.html').write_text(json.dumps(run_facts(run_dir)))\n",
        encoding="utf-8",
    )
    (published,) = house.run(wiring={"render": "runs_facts:render"})
    assert published.folder
    facts = json.loads((published.folder / "report.html").read_text(encoding="utf-8"))
    assert facts["job"] == "a"
    assert len(facts["fingerprint"]) == 64


def test_gates_that_only_remark_are_written_down(house: House) -> None:
    (published,) = house.run(wiring={"gates": ("runs_stubs:remark",)})
    assert published.folder
    manifest = json.loads((published.folder / "run.json").read_text(encoding="utf-8"))
    assert manifest["gates"] == [{"gate": "quality", "message": "old data", "blocking": False}]
