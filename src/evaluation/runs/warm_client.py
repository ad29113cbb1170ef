"""The other end of the forked kernel: fork it, send it cells, file what it answers, notice at once when it is gone."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import select
import signal
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError

from evaluation.runs.honest_client import HonestClient
from evaluation.runs.processes import die_with_parent, end_tree
from evaluation.runs.warm_kernel import PEAK

if TYPE_CHECKING:
    from nbformat import NotebookNode

_READ = 1 << 20
_LOOK = 0.2
_PATIENCE = 2.0
_DISPLAYS = {"display_data", "update_display_data", "execute_result", "error", "clear_output"}


def can_fork() -> bool:
    """Whether this process may be forked: Linux, no other Python threads, and not itself a Jupyter kernel.

    tqdm's monitor, which papermill's progress bar starts, is let pass: it sleeps, and its lock is held while forking.
    """
    if sys.platform != "linux":
        return False
    threads = [thread for thread in threading.enumerate() if type(thread).__name__ != "TMonitor"]
    return len(threads) == 1 and not _is_jupyter()


def _is_jupyter() -> bool:
    from ipykernel.kernelapp import IPKernelApp

    return bool(IPKernelApp.initialized())


class WarmClient(HonestClient):
    """Executes the notebook in a process forked from this one; files messages with nbclient's own code."""

    def execute(self, **kwargs: object) -> NotebookNode:  # noqa: ARG002  papermill's signature
        """Execute all cells in a new process, which is gone afterwards with everything it started."""
        self.reset_execution_trackers()
        with self._forked():
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = _language_info()
        self.set_widgets_metadata()
        executed: NotebookNode = self.nb
        return executed

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: object) -> NotebookNode:  # noqa: ARG002
        """Execute one cell and file its outputs."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        cell["metadata"]["execution"] = {}
        cell["outputs"] = []
        self.clear_before_next_output = False
        request = _request(cell)
        self._send(request, cell)
        reply = self._file_answers(request, cell, cell_index)
        self.code_cells_executed += 1
        if reply["status"] == "error":
            from nbclient.exceptions import CellExecutionError

            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    @contextlib.contextmanager
    def _forked(self) -> Iterator[None]:
        requests, messages = os.pipe(), os.pipe()
        out, err = os.pipe(), os.pipe()
        self._pid = _fork(requests, messages, out, err)
        for descriptor in (requests[0], messages[1], out[1], err[1]):
            os.close(descriptor)
        self._requests: int | None = requests[1]
        self._messages = messages[0]
        self._raw = {out[0]: "stdout", err[0]: "stderr"}
        self._raw_text = {"stdout": b"", "stderr": b""}
        self._heard = {messages[0], *self._raw}
        for descriptor in (*self._raw, self._messages):
            os.set_blocking(descriptor, False)
        self._buffer = b""
        self._end: os.waitid_result | None = None
        try:
            yield
            self._await_end(_PATIENCE)
        finally:
            self._close()

    def _close(self) -> None:
        if self._requests is not None:
            os.close(self._requests)
        end_tree(self._pid)
        os.waitpid(self._pid, 0)  # only now, so that its id could not become another's before
        for descriptor in (self._messages, *self._raw):
            os.close(descriptor)

    def _await_end(self, seconds: float) -> None:
        """Close the pipe, so that the process ends of itself, and give it time to do so."""
        if self._requests is not None:
            os.close(self._requests)
            self._requests = None
        descriptor = os.pidfd_open(self._pid)
        try:
            select.select([descriptor], [], [], seconds)
        finally:
            os.close(descriptor)

    def _send(self, request: dict[str, Any], cell: NotebookNode) -> None:
        data = (json.dumps(request) + "\n").encode("ascii")
        try:
            while data and self._requests is not None:
                data = data[os.write(self._requests, data) :]
        except BrokenPipeError as error:
            raise self._dead(cell) from error

    def _file_answers(self, request: dict[str, Any], cell: NotebookNode, index: int) -> dict[str, Any]:
        try:
            return self._reply(request, cell, index)
        except DeadKernelError:
            self._read_raw(request, cell, index)
            self._file_raw(request, cell, index)  # its last words
            raise

    def _reply(self, request: dict[str, Any], cell: NotebookNode, index: int) -> dict[str, Any]:
        deadline = time.monotonic() + self.deadline if self.deadline else None
        reply: dict[str, Any] = {}
        while True:
            self._wait(deadline, cell)
            self._read_raw(request, cell, index)
            for message in self._arrived(cell):
                if message["msg_type"] == "execute_reply":
                    reply = message["content"]
                elif message["msg_type"] == PEAK:
                    cell["metadata"]["peak_memory"] = message["content"]["bytes"]
                elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    cell["metadata"]["execution"]["iopub.status.idle"] = message["header"]["date"].isoformat()
                    self._read_raw(request, cell, index)
                    self._file_raw(request, cell, index)
                    return reply
                else:
                    if message["msg_type"] in _DISPLAYS:
                        self._file_raw(request, cell, index)
                    self.process_message(message, cell, index)

    def _wait(self, deadline: float | None, cell: NotebookNode) -> None:
        while True:
            left = _LOOK if deadline is None else min(_LOOK, deadline - time.monotonic())
            if left <= 0:
                end_tree(self._pid)
                seconds = math.ceil(self.deadline or 0)
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", seconds, cell)
            if select.select(list(self._heard), [], [], left)[0]:
                return
            if self._is_gone():
                raise self._dead(cell)

    def _arrived(self, cell: NotebookNode) -> Iterator[dict[str, Any]]:
        try:
            data = os.read(self._messages, _READ)
        except BlockingIOError:
            return
        if not data:
            raise self._dead(cell)
        *lines, self._buffer = (self._buffer + data).split(b"\n") if b"\n" in data else [self._buffer + data]
        for line in lines:
            try:
                yield _parsed(line)
            except (ValueError, KeyError) as error:  # a cell wrote into our pipe
                end_tree(self._pid)
                raise self._dead(cell) from error

    def _read_raw(self, request: dict[str, Any], cell: NotebookNode, index: int) -> None:
        """Collect what programs started by the cell wrote to the process's own stdout and stderr."""
        for descriptor, name in self._raw.items():
            with contextlib.suppress(BlockingIOError):
                while data := os.read(descriptor, _READ):
                    self._raw_text[name] += data
                    if len(self._raw_text[name]) > _READ:
                        self._file_raw(request, cell, index)
                self._heard.discard(descriptor)  # closed at the other end: nothing more to wait for

    def _file_raw(self, request: dict[str, Any], cell: NotebookNode, index: int) -> None:
        """File it: after what the cell printed itself, before what it displays next."""
        texts, self._raw_text = self._raw_text, dict.fromkeys(self._raw_text, b"")
        for name, data in texts.items():
            if data:
                header = {"msg_type": "stream", "date": datetime.now(UTC)}
                message = {"msg_type": "stream", "header": header, "parent_header": request["header"], "metadata": {}}
                content = {"name": name, "text": data.decode("utf-8", "replace")}
                self.process_message({**message, "content": content}, cell, index)

    def _is_gone(self) -> bool:
        if self._end is None:
            self._end = os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return self._end is not None

    def _dead(self, cell: NotebookNode) -> DeadKernelError:
        if not self._is_gone():
            self._await_end(_PATIENCE)
        how = _how(self._end) if self._is_gone() and self._end else "its pipe closed"
        return DeadKernelError(f"the notebook's process ended ({how}) in the cell: {cell.source.strip()[:80]}")


def _fork(requests: tuple[int, int], messages: tuple[int, int], out: tuple[int, int], err: tuple[int, int]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with _tqdm_lock():
        pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        die_with_parent()
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.dup2(out[1], 1)
        os.dup2(err[1], 2)
        for descriptor in (requests[1], messages[0], *out, *err):
            os.close(descriptor)
        from evaluation.runs.warm_kernel import serve

        serve(requests[0], messages[1])
        code = 0
    finally:
        if code:
            os.write(2, traceback.format_exc().encode())
        os._exit(code)


def _tqdm_lock() -> contextlib.AbstractContextManager[object]:
    if "tqdm" not in sys.modules:
        return contextlib.nullcontext()
    lock: contextlib.AbstractContextManager[object] = sys.modules["tqdm"].tqdm.get_lock()
    return lock


def _request(cell: NotebookNode) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "evaluation", "username": ""}
    content = {
        "code": cell.source,
        "silent": False,
        "store_history": True,
        "allow_stdin": False,
        "stop_on_error": False,
    }
    return {"header": header, "parent_header": {}, "metadata": {"cellId": cell.get("id")}, "content": content}


def _parsed(line: bytes) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(line)
    date = message["header"].get("date")
    message["header"]["date"] = datetime.fromisoformat(date) if date else datetime.now(UTC)
    message["buffers"] = [base64.b64decode(part) for part in message.get("buffers", [])]
    return message


def _language_info() -> dict[str, Any]:
    from ipykernel.ipkernel import IPythonKernel

    return dict(IPythonKernel.language_info)


def _how(end: os.waitid_result) -> str:
    return f"exit code {end.si_status}" if end.si_code == os.CLD_EXITED else f"signal {end.si_status}"
