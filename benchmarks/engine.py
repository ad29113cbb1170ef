"""The warm engine beside stock papermill: the same notebook, unchanged, and an empty one.

`python benchmarks/engine.py` prints the table; `run()` returns its rows. CPU seconds (user + system) of whole
processes: stock papermill is a process per notebook, as a timer or a shell loop starts it, with its kernel; also shown
is stock papermill called again and again in one process that has imported it. The engine forks from a process that has
the libraries imported; that process is paid once per batch, and its own time is a row. Before times, outputs are
compared.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

REPEATS = 5
WARM_REPEATS = 20
IMPORTS = ("numpy", "pandas", "matplotlib.pyplot", "statsmodels.api")
START = "seed: int = 1  # of the simulated counts\n"
MODELS = """
counts = rng.poisson(20, (10, 120))
design = sm.add_constant(np.column_stack([np.arange(120) / 12, np.arange(120) >= 96]))
robust = {"cov_type": "HAC", "cov_kwds": {"maxlags": 3}}
fits = [sm.GLM(row, design, family=sm.families.Poisson()).fit(**robust) for row in counts]
pd.DataFrame({"estimate": [fit.params[2] for fit in fits], "se": [fit.bse[2] for fit in fits]}).round(6)
"""
FIGURE = """
fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(counts[{0}], label="observed"); ax.plot(fits[{0}].fittedvalues, label="expected"); ax.legend(); plt.show()
"""
EVALUATION = (
    "import numpy as np, pandas as pd, matplotlib.pyplot as plt, statsmodels.api as sm",
    "rng = np.random.default_rng(seed)",
    MODELS,
    *(FIGURE.format(number) for number in range(5)),
    "pd.DataFrame(counts).describe().round(3)",
    "print('done')",
)


def run() -> list[dict[str, object]]:
    """Measure and return one row per comparison."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        full, empty = _notebook(root / "full.ipynb", EVALUATION), _notebook(root / "empty.ipynb", ("pass",))
        _check_equal(full, root)
        start = _warm(empty, 1)[0]
        rows = []
        for name, path, goal in (("12 cells, 5 figures, 10 models", full, 2.5), ("empty notebook", empty, 20.0)):
            ours = _warm(path, WARM_REPEATS)[1]
            process, loop = _process(path, root), _loop(path, root)
            rows.append(_row(name, "stock papermill, a process each", process, ours, goal))
            rows.append(_row(name, "stock papermill, in one process", loop, ours, None))
        rows.append({"work": "warm parent, once per batch", "peer": "", "peer_s": None, "ours_s": round(start, 3)})
        return rows


def _row(work: str, peer: str, theirs: float, ours: float, goal: float | None) -> dict[str, object]:
    ratio = theirs / ours
    row: dict[str, object] = {"work": work, "peer": peer, "peer_s": round(theirs, 3), "ours_s": round(ours, 4)}
    return row | {"ratio": round(ratio, 1), "goal": goal, "met": goal is None or ratio >= goal}


def _notebook(path: Path, cells: tuple[str, ...]) -> Path:
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    first = nbformat.v4.new_code_cell(START, id="start", metadata={"tags": ["parameters"]})
    others = [nbformat.v4.new_code_cell(cell.strip(), id=f"cell{number}") for number, cell in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=[first, *others]), path)
    return path


def _check_equal(path: Path, root: Path) -> None:
    """Both give the same notebook, times aside, or there are no times."""
    import nbformat

    from evaluation.runs.notebook import publishable

    made = []
    for engine in ("nbclient", "evaluation"):
        _papermill(path, root / f"{engine}.ipynb", "--engine", engine)
        made.append(publishable(nbformat.read(root / f"{engine}.ipynb", as_version=4)).cells)
    if made[0] != made[1]:
        raise RuntimeError("the two engines give different notebooks")


def _papermill(path: Path, out: Path, *options: str) -> None:
    command = [sys.executable, "-m", "papermill", str(path), str(out), "--no-progress-bar", *options]
    subprocess.run(command, check=True, capture_output=True)


def _process(path: Path, root: Path) -> float:
    before = _cpu()
    for _ in range(REPEATS):
        _papermill(path, root / "o.ipynb", "--engine", "nbclient")
    return (_cpu() - before) / REPEATS


def _loop(path: Path, root: Path) -> float:
    code = (
        "import sys, papermill; sys.path.insert(0, sys.argv[4]); from engine import _cpu\n"
        "go = lambda: papermill.execute_notebook(sys.argv[1], sys.argv[2], progress_bar=False)\n"
        "go(); before = _cpu(); [go() for _ in range(int(sys.argv[3]))]; print(_cpu() - before)"
    )
    return _printed(code, path, root, REPEATS)[0] / REPEATS


def _warm(path: Path, repeats: int) -> tuple[float, float]:
    """CPU seconds of the warm parent's start, and of one notebook."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[4]); from engine import _cpu, IMPORTS\n"
        "from evaluation.runs.warm import warm_up; import papermill\n"
        "warm_up(('papermill', 'evaluation.runs.warm_client', *IMPORTS)); start = _cpu()\n"
        "options = dict(engine_name='evaluation', progress_bar=False, request_save_on_cell_execute=False)\n"
        "go = lambda: papermill.execute_notebook(sys.argv[1], sys.argv[2], **options)\n"
        "go(); before = _cpu(); [go() for _ in range(int(sys.argv[3]))]; print(start, _cpu() - before)"
    )
    with tempfile.TemporaryDirectory() as folder:
        start, total = _printed(code, path, Path(folder), repeats)
    return start, total / repeats


def _printed(code: str, path: Path, root: Path, repeats: int) -> list[float]:
    arguments = [str(path), str(root / "o.ipynb"), str(repeats), str(Path(__file__).parent)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
    return [float(number) for number in done.stdout.split()]


def _cpu() -> float:
    """CPU seconds of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the table."""
    for row in run():
        print("  ".join(f"{key}={value}" for key, value in row.items()))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
