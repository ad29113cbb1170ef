"""The kernel inside the forked process: ipykernel's own shell, speaking through pipes instead of sockets.

The messages are those of an ordinary kernel because the same classes make them (IPythonKernel, ZMQInteractiveShell,
their display hook, publisher and comms); only `Session.send` and the two output streams are ours. What is not read: the
user's IPython profile (start-up files, configuration), so that a report does not depend on who made it.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import contextlib
import io
import json
import logging
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from traitlets.config import Config

INLINE = "module://matplotlib_inline.backend_inline"
PEAK = "peak_memory"
_FLUSH_AT = 16 * 1024
_Kernel = Any  # IPythonKernel, whose methods carry no types
_SETTINGS = Config({"HistoryManager": {"enabled": False}})


class PipeSession(Session):
    """A Jupyter session that writes each message as one JSON line to a pipe."""

    def send(
        self,
        stream: object,  # noqa: ARG002
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: object = None,  # noqa: ARG002
        buffers: list[bytes | memoryview[bytes]] | None = None,
        track: bool = False,  # noqa: ARG002
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Write a message; a process forked by the notebook itself writes nothing here."""
        if isinstance(msg_or_type, str):
            message = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        else:
            message = msg_or_type
        if os.getpid() == self.owner:
            attached = [base64.b64encode(bytes(part)).decode("ascii") for part in buffers or []]
            line = json.dumps({**message, "buffers": attached}, default=str, ensure_ascii=True) + "\n"
            with self.turn:
                write_all(self.pipe, line.encode("ascii"))
        return message

    def attach(self, pipe: int) -> None:
        """Write to this pipe from now on, in this process only."""
        self.pipe, self.owner, self.turn = pipe, os.getpid(), threading.RLock()


class CellStream(io.TextIOBase):
    """stdout or stderr of the cells: collected and sent as `stream` messages in the order ipykernel would."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, session: PipeSession, descriptor: int) -> None:
        self.name = name
        self._session = session
        self._descriptor = descriptor
        self._parts: list[str] = []
        self._size = 0
        self.parent: dict[str, Any] = {}

    def writable(self) -> bool:
        """Say that text can be written."""
        return True

    def fileno(self) -> int:
        """File descriptor for programs the notebook starts."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Collect text; send it when there is much."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._session.owner:
            return os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        with self._session.turn:
            self._parts.append(text)
            self._size += len(text)
        if self._size >= _FLUSH_AT:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was collected."""
        if os.getpid() != self._session.owner:
            return
        with self._session.turn:
            text, self._parts, self._size = "".join(self._parts), [], 0
        if text:
            self._session.send(None, "stream", {"name": self.name, "text": text}, parent=self.parent)


class ForkedKernel(IPythonKernel):
    """ipykernel's kernel; `figures_ready` says that the parent has prepared the figure backend before forking."""

    figures_ready = False


def write_all(pipe: int, data: bytes) -> None:
    """Write all bytes to a pipe."""
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def prepare() -> _Kernel:
    """Make the kernel and its shell; in a warm parent once, to be inherited by every fork."""
    if ForkedKernel.initialized():
        return ForkedKernel.instance()
    os.environ.setdefault("MPLBACKEND", INLINE)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # ipykernel loads a debugger that warns otherwise
    log = logging.getLogger("evaluation.kernel")
    return ForkedKernel.instance(session=PipeSession(key=b""), log=log, config=_SETTINGS)


def serve(requests: int, messages: int) -> None:
    """Run cells that arrive on the pipe `requests` until it closes; called in the forked process, which then ends."""
    atexit._clear()
    kernel = prepare()
    kernel.session.attach(messages)
    _renew(kernel)
    streams = tuple(CellStream(name, kernel.session, number) for number, name in ((1, "stdout"), (2, "stderr")))
    sys.stdout, sys.stderr = streams
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  stays open for the life of the process
    asyncio.run(_serve(kernel, requests, streams))
    atexit._run_exitfuncs()


async def _serve(kernel: _Kernel, requests: int, streams: tuple[CellStream, ...]) -> None:
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(requests, "rb", buffering=0)
    )
    while line := await reader.readline():
        await _execute(kernel, json.loads(line), streams)


async def _execute(kernel: _Kernel, request: dict[str, Any], streams: tuple[CellStream, ...]) -> None:
    for stream in streams:
        stream.parent = request
    kernel.set_parent([], request, channel="shell")
    kernel._publish_status("busy", "shell", request)
    _restart_peak()
    await kernel.execute_request(None, [], request)
    for stream in streams:
        stream.flush()
    kernel.session.send(None, PEAK, {"bytes": _peak()}, parent=request)
    kernel._publish_status("idle", "shell", request)


def _renew(kernel: _Kernel) -> None:
    """Make the inherited process as fresh as a new one: random numbers, import path, figure backend."""
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
    kernel._execute_sleep = 0
    sys.argv = ["evaluation"]
    _add_working_folder_to_path()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "pandas" in sys.modules:
        _print_frames_as_a_kernel_does()
    if "matplotlib" in sys.modules and not kernel.figures_ready:
        renew_figures()


def _add_working_folder_to_path() -> None:
    """Put the working folder before the installed packages, where ipykernel has it."""
    if "" not in sys.path:
        places = [
            number for number, path in enumerate(sys.path) if Path(path).name in {"site-packages", "dist-packages"}
        ]
        sys.path.insert(places[0] if places else len(sys.path), "")


def _print_frames_as_a_kernel_does() -> None:
    """Show 20 columns: pandas chooses by where it was imported, and in the warm parent that looked like a terminal."""
    pandas = sys.modules["pandas"]
    pandas.reset_option("display.")
    pandas.set_option("display.max_columns", 20)


def renew_figures() -> None:
    """Give figures ipykernel's backend and the style of a new process, whatever was set before."""
    matplotlib = sys.modules["matplotlib"]
    matplotlib.rcParams.update({name: value for name, value in matplotlib.rcParamsOrig.items() if name != "backend"})
    matplotlib.rcParams["backend"] = INLINE
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib_inline.backend_inline as inline

        sys.modules["matplotlib.pyplot"].switch_backend(INLINE)
        inline._enable_matplotlib_integration()  # type: ignore[no-untyped-call]


def _restart_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024
