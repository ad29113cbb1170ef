"""One thread per process and none left behind, what several rooms share, and which browser checks were not run."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # tests run side by side, each on small matrices

settings.register_profile("untimed", deadline=None)  # a test says what is right, never how fast the machine is
settings.load_profile("untimed")


@pytest.fixture(scope="module", autouse=True)
def no_thread_left() -> Iterator[None]:
    """A file of tests ends its threads: an engine forks only where no other runs, and later files hold engines.

    tqdm's monitor may stay, as engines let it pass.
    """
    before = set(threading.enumerate())
    yield
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        if type(thread).__name__ != "TMonitor":
            thread.join(timeout=10)
            assert not thread.is_alive(), f"{thread.name} still runs: the tests that started it must end it"


@pytest.fixture(scope="session")
def load() -> Callable[[Path], ModuleType]:
    """Import a file that lies in no package: a script, a benchmark, or samples that several rooms share."""
    return load_file


@pytest.fixture(scope="session")
def gallery() -> ModuleType:
    """Every kind of figure, drawn from made-up series."""
    return load_file(TESTS / "figures" / "gallery.py")


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Cells, pages and manifests as runs make them."""
    return load_file(TESTS / "report" / "samples.py")


def load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if skipped:
        terminalreporter.write_sep("=", f"{len(skipped)} browser checks were NOT run", yellow=True)
        for reason in sorted({str(report.longrepr[2]) for report in skipped}):
            terminalreporter.write_line(reason)
