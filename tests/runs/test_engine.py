"""The warm engine gives what an ordinary kernel gives, and tells the truth when a notebook does not end well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from benchmarks.faults.house import SAVE, House, write_notebook
from evaluation.runs.engine import WarmEngine
from evaluation.runs.honest_client import Budget, NotebookStopError, bytes_of
from evaluation.runs.notebook import publishable
from evaluation.runs.states import State
from evaluation.runs.warm_client import WarmClient, can_fork

EVERYTHING = (
    'import sys\nprint("a"); print("b", file=sys.stderr); print("c", end="")\n1 + number',
    'import pandas as pd\npd.DataFrame({"område": ["Centrum", "Öster"], "n": [1, 2]})',
    'pd.DataFrame([range(30)]), pd.get_option("display.max_columns")',
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 3, 2])\nplt.show()",
    "fig, ax = plt.subplots(figsize=(2, 1)); ax.bar([1, 2], [3, 4]);",
    'from IPython.display import HTML, Markdown, SVG, clear_output, display, update_display\n'
    'handle = display(HTML("<b>x</b>"), display_id="one")\nhandle.update(HTML("<b>y</b>"))\n'
    'display(Markdown("**hej**"), metadata={"k": 1})',
    'update_display(HTML("<i>late</i>"), display_id="one")\nprint("gone"); clear_output(); print("stays")',
    'print("w"); clear_output(wait=True); print("z")',
    'display(SVG("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"), {"application/json": {"a": [1]}}, raw=False)',
    'import asyncio\nawait asyncio.sleep(0)\n"awaited"',
    '%%capture captured\nprint("captured")',
    "captured.stdout, In[2][:5], _3, __name__, get_ipython().__class__.__name__, sys.stdin.read()",
    'import subprocess\nsubprocess.run(["echo", "sub"], capture_output=True, text=True).stdout',
    "!echo shell",
    "import numpy as np\nnp.set_printoptions(precision=2)\nnp.arange(3) / 7",
    "class Both:\n    def _repr_html_(self): return '<p>å</p>'\n    def __repr__(self): return 'both'\nBoth()",
 "try: input('x')\nexcept Exception as error: print(type(error).__name__, error)",
    "[][1]",
    '"never"',
)  # fmt: skip


def execute(path: Path, out: Path, engine: str | None, **options: Any) -> Any:
    return papermill.execute_notebook(
        str(path), str(out), {"number": 4}, engine_name=engine, progress_bar=False, **options
    )


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """One notebook with everything, executed by papermill's own engine and by ours."""
    folder = tmp_path_factory.mktemp("both")
    path = write_notebook(folder / "all.ipynb", *EVERYTHING)
    executed = []
    for engine in ("nbclient", "evaluation"):
        with pytest.raises(PapermillExecutionError, match="IndexError"):
            execute(path, folder / f"{engine}.ipynb", engine)
        executed.append(read(folder / f"{engine}.ipynb"))
    return executed[0], executed[1]


def test_outputs_counts_and_errors_are_those_of_an_ordinary_kernel(both: tuple[Any, Any]) -> None:
    ordinary, warm = (publishable(notebook) for notebook in both)
    assert [cell.source for cell in warm.cells] == [cell.source for cell in ordinary.cells]
    for theirs, ours in zip(ordinary.cells, warm.cells, strict=True):
        if ours.cell_type == "code":
            assert ours.execution_count == theirs.execution_count, ours.source
            assert ours.outputs == theirs.outputs, ours.source


def test_streams_are_those_of_an_ordinary_kernel(both: tuple[Any, Any]) -> None:
    """Before stderr is set aside: text per stream is the same (where a kernel cuts a stream depends on its clock)."""
    texts = []
    for notebook in both:
        outputs = [out for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "stream"]
        texts.append({name: "".join(out.text for out in outputs if out.name == name) for name in ("stdout", "stderr")})
    assert texts[0] == texts[1]
    assert texts[1]["stderr"] == "b\n"


def test_metadata_is_what_papermill_users_expect(both: tuple[Any, Any]) -> None:
    ordinary, warm = both
    assert warm.metadata.language_info == ordinary.metadata.language_info
    assert warm.metadata.papermill.keys() == ordinary.metadata.papermill.keys()
    assert warm.metadata.papermill.parameters == {"number": 4}
    for theirs, ours in zip(ordinary.cells, warm.cells, strict=True):
        assert ours.metadata.tags == theirs.metadata.tags
        if "papermill" in theirs.metadata:
            assert ours.metadata.papermill.keys() == theirs.metadata.papermill.keys()
            assert ours.metadata.papermill.status == theirs.metadata.papermill.status
            assert ours.metadata.papermill.exception == theirs.metadata.papermill.exception


def test_the_engine_was_warm_and_not_the_ordinary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    real = WarmClient.execute
    monkeypatch.setattr(WarmClient, "execute", lambda self, **kw: (used.append(1), real(self, **kw))[1])
    path = write_notebook(tmp_path / "a.ipynb", "import os\nos.getppid()")
    execute(path, tmp_path / "o.ipynb", "evaluation")
    assert used == [1]
    assert read(tmp_path / "o.ipynb").cells[3].outputs[0].data["text/plain"] == str(os.getpid())


def test_the_engine_is_registered_for_plain_papermill() -> None:
    assert papermill_engines.get_engine("evaluation") is WarmEngine
    code = "import papermill.engines as e; print(e.papermill_engines.get_engine('evaluation').__module__)"
    first = "import evaluation.runs.engine\n"
    for program in (code, first + code):  # whichever is imported first
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout == "evaluation.runs.engine\n"


def test_plain_papermill_runs_it_from_the_command_line(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "print(study, number)")
    command = [sys.executable, "-m", "papermill", str(path), str(tmp_path / "o.ipynb"), "--engine", "evaluation"]
    subprocess.run([*command, "-r", "study", "0114"], capture_output=True, check=True)
    assert read(tmp_path / "o.ipynb").cells[3].outputs[0].text == "0114 1\n"


def statuses(path: Path) -> list[tuple[str, Any]]:
    return [
        (cell.metadata.papermill.status, cell.metadata.papermill.exception)
        for cell in read(path).cells
        if cell.cell_type == "code"
    ]


DONE, FAILED, PENDING = ("completed", False), ("failed", True), ("pending", None)


@pytest.mark.parametrize("kernel", ["warm", "ordinary"])
@pytest.mark.parametrize(
    ("cell", "error", "options"),
    [
        ("import os; os.kill(os.getpid(), 9)", DeadKernelError, {}),
        ("while True: pass", CellTimeoutError, {"execution_timeout": 1}),
        ("import sys; sys.exit(0)", NotebookStopError, {}),
        ("print('x' * 10**6)", NotebookStopError, {"cell_output": 10**5}),
    ],
    ids=["death", "deadline", "exit 0", "output"],
)
def test_the_status_is_honest(
    tmp_path: Path, cell: str, error: type[Exception], options: dict[str, int], kernel: str
) -> None:
    """papermill alone marks all of these completed."""
    path = write_notebook(tmp_path / "a.ipynb", "1", cell, "2")
    with pytest.raises(error):
        execute(path, tmp_path / "o.ipynb", "evaluation", kernel=kernel, **options)
    assert statuses(tmp_path / "o.ipynb") == [DONE, DONE, DONE, FAILED, PENDING]
    assert read(tmp_path / "o.ipynb").metadata.papermill.exception is True


def test_papermill_alone_is_not_honest(tmp_path: Path) -> None:
    """Why the engine exists; when this fails, papermill has been mended."""
    path = write_notebook(tmp_path / "a.ipynb", "1", "import os; os.kill(os.getpid(), 9)", "2")
    with pytest.raises(DeadKernelError):
        execute(path, tmp_path / "o.ipynb", "nbclient")
    assert statuses(tmp_path / "o.ipynb") == [DONE, DONE, DONE, DONE, ("completed", None)]


def test_the_time_and_memory_of_cells_are_measured(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = bytearray(b'x' * 60_000_000)", "del x", "1")
    execute(path, tmp_path / "o.ipynb", "evaluation")
    cells = read(tmp_path / "o.ipynb").cells
    assert cells[3].metadata.peak_memory > 60_000_000 + cells[5].metadata.peak_memory - 20_000_000
    assert 0 < cells[3].metadata.papermill.duration < 30


def test_notebooks_do_not_see_each_other_or_their_parent(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb",
        "import numpy as np, random, os\nrandom.random(), np.random.rand(), os.environ.get('LEFT')",
        "os.environ['LEFT'] = 'x'; import pandas; pandas.LEFT = 1; os.chdir('/')",
        "'left' in globals()",
    )
    drawn = []
    for number in range(2):
        execute(path, tmp_path / f"{number}.ipynb", "evaluation")
        drawn.append(read(tmp_path / f"{number}.ipynb").cells[3].outputs[0].data["text/plain"])
    assert drawn[0] != drawn[1], "every process has random numbers of its own"
    assert all(text.endswith("None)") for text in drawn)
    assert Path.cwd() != Path("/")


def test_a_process_with_threads_is_not_forked() -> None:
    assert can_fork()
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        release.set()
        thread.join()


def test_the_fallback_gives_the_same_report(house: House, ordinary: House, tmp_path: Path) -> None:
    """Where processes cannot be forked: a fresh interpreter and an ordinary kernel, byte for byte the same."""
    cells = ("print('hej'); 1 + number", "import matplotlib.pyplot as plt; plt.plot([1, 2]);", SAVE)
    (warm,) = house.run(*cells)
    assert warm.folder
    files = {path.name: path.read_bytes() for path in warm.folder.iterdir() if path.name != "run.json"}
    import shutil

    shutil.rmtree(warm.folder)
    (cold,) = ordinary.run(*cells)
    assert cold.state is State.PUBLISHED
    assert cold.folder
    assert {path.name: path.read_bytes() for path in cold.folder.iterdir() if path.name != "run.json"} == files
    assert json.loads((cold.folder / "run.json").read_text())["engine"] == "ordinary"


def test_what_counts_is_bytes_of_text_and_of_every_form_of_a_display() -> None:
    assert bytes_of({"name": "stdout", "text": "åäö\n"}) == 2 * 3 + 1
    assert bytes_of({"data": {"text/plain": "x", "text/html": "<p>å</p>"}}) == 1 + 3 + 2 + 4
    assert bytes_of({"execution_state": "idle"}) == 0


def test_budget_counts_per_cell_and_per_run() -> None:
    budget = Budget(cell_limit=10, run_limit=15)
    budget.spend(10)
    budget.new_cell()
    budget.spend(5)
    with pytest.raises(NotebookStopError, match="output of the notebook"):
        budget.spend(1)
    with pytest.raises(NotebookStopError, match="output of the cell"):
        Budget(cell_limit=1).spend(2)
    Budget().spend(10**12)
