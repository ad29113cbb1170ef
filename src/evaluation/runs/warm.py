"""The warm parent: a process with the libraries imported and its heap frozen, from which every job is forked.

It is started fresh (never forked from a process with threads), speaks JSON lines over one socket with the runner, and
makes itself the parent of all orphans, so whatever a job starts can be found. When the runner is gone, by SIGKILL
too, the socket closes; the warm parent then ends every job and itself.

Each job is a process of its own session, forked from here, that runs papermill; the notebook's own process is forked
from that one.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path

import psutil

from evaluation.runs.perform import perform, progress_writer
from evaluation.runs.processes import adopt_orphans, die_with_parent, end, end_tree
from evaluation.runs.task import LOG_FILE, read_task, write_outcome

PRELOAD = (
    "papermill",
    "nbconvert",
    "ipykernel.ipkernel",
    "evaluation.runs.warm_client",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy.stats",
    "scipy.optimize",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "pandera.pandas",
    "pandera.backends.pandas.container",  # these two, and hypothesis where it is, come with the first schema
    "pandera.backends.pandas.builtin_checks",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "matplotlib.style.core",
    "pandas.core.arrays.arrow.extension_types",
    "PIL.Image:preinit",
    "openpyxl",
    "jinja2.ext",
    "ipykernel.kernelapp",
    "evaluation.*",
    "evaluation.runs.notebook:use_once",
    "evaluation.report.exporter:exporter",
    "evaluation.report.page:shell",
    "evaluation.report.page:css",
    "evaluation.wording.loader:read_all",
)
_NOT_FOR_NOTEBOOKS = ("evaluation.cli", "evaluation.synthetic", "evaluation.runs")


def main(arguments: list[str]) -> None:
    """Serve on the socket with this file descriptor, after importing the comma-separated modules."""
    control = socket.socket(fileno=int(arguments[0]))
    adopt_orphans()
    warm_up(arguments[1].split(",") if arguments[1] else ())
    _send(control, {"ready": os.getpid()})
    _Parent(control).serve()


def warm_up(modules: tuple[str, ...] | list[str]) -> None:
    """Import what notebooks use (what is not installed is left out), make the kernel, freeze the heap."""
    from evaluation.runs.warm_kernel import prepare, renew_figures

    kernel = prepare()
    for name in modules:
        _import(name)
    if "matplotlib.pyplot" in sys.modules:
        renew_figures()
        kernel.figures_ready = True
    gc.collect()
    gc.freeze()


class _Parent:
    """Forks jobs on request, reports their ends, and leaves no process behind."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.jobs: dict[int, str] = {}
        self.buffer = b""

    def serve(self) -> None:
        """Work until the runner closes the socket."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the runner decides
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            try:
                while self._turn({key.fileobj for key, _ in selector.select()}, wake):
                    pass
            except ConnectionError:  # the runner died while it was told something
                pass
            finally:
                self._end_everything()

    def _turn(self, ready: set[object], wake: socket.socket) -> bool:
        if wake in ready:
            wake.recv(4096)
        if self.control in ready and not self._obey():
            return False
        self._reap()
        return True

    def _obey(self) -> bool:
        data = self.control.recv(65536)
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if "start" in request:
                self._start(request["key"], Path(request["start"]))
            elif request["kill"] in self.jobs:  # else it ended meanwhile, and its id may be another's
                end_tree(request["kill"])
        return bool(data)

    def _start(self, key: str, task_file: Path) -> None:
        pid = os.fork()
        if pid == 0:
            self.control.close()
            _perform_and_leave(task_file)
        self.jobs[pid] = key
        _send(self.control, {"started": key, "pid": pid})

    def _reap(self) -> None:
        ended: list[tuple[int, int]] = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in self.jobs:
                ended.append((pid, os.waitstatus_to_exitcode(status)))
        for pid, code in ended:
            key = self.jobs.pop(pid)
            self._end_orphans()
            _send(self.control, {"ended": key, "code": code})

    def _end_orphans(self) -> None:
        """Whatever is a child here without being a job was left by a job that ended."""
        while orphans := [child for child in psutil.Process().children() if child.pid not in self.jobs]:
            for orphan in orphans:
                end_tree(orphan.pid)
                _wait_for(orphan.pid)

    def _end_everything(self) -> None:
        for pid in tuple(self.jobs):
            end_tree(pid)
            _wait_for(pid)
            del self.jobs[pid]
        self._end_orphans()


def _wait_for(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        end(pid)


def _perform_and_leave(task_file: Path) -> None:
    code = 1
    try:
        die_with_parent()
        os.setsid()
        adopt_orphans()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        task = read_task(task_file)
        log = os.open(task.folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        write_outcome(task.folder, perform(task, progress_writer(task)))
        code = 0
    finally:
        if code:
            os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _send(control: socket.socket, message: dict[str, object]) -> None:
    control.sendall((json.dumps(message) + "\n").encode("utf-8"))


def _import(name: str) -> None:
    """Import a module if it is there; `package.*` imports it with everything in it that notebooks use.

    `module:function` also calls the function, which makes and keeps what each job would have to make anew.
    """
    package, _, function = name.removesuffix(".*").partition(":")
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError:
        return  # what a notebook misses, it says itself
    if function:
        getattr(module, function)()
        return
    if name != package:
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            if not found.name.startswith(_NOT_FOR_NOTEBOOKS):
                _import(found.name)


if __name__ == "__main__":
    main(sys.argv[1:])
