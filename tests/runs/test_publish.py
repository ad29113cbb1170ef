"""Readers see the whole old report or the whole new one, whatever fails in between."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from evaluation.runs import publish as publishing
from evaluation.runs.publish import exchange, publish, replace_file, write_file


def body(version: int) -> bytes:
    text = f"{version}:".encode() + bytes([65 + version % 26]) * 131_000
    return text + hashlib.sha256(text).digest()


def is_whole(data: bytes) -> bool:
    return len(data) > 32 and hashlib.sha256(data[:-32]).digest() == data[-32:]


def run_folder(root: Path, version: int) -> Path:
    folder = root / "staging" / f"v{version}" / "run"
    folder.mkdir(parents=True)
    for name in ("report.html", "run.json"):
        (folder / name).write_bytes(body(version))
    return folder


def test_twenty_thousand_reads_see_no_half_report(tmp_path: Path) -> None:
    """A reader polls while 200 versions are published; both files of one open folder are of one version."""
    published = tmp_path / "reports" / "s" / "a"
    publish(run_folder(tmp_path, 0), published)
    torn, reads, done = [], 0, threading.Event()

    def versions() -> None:
        for version in range(1, 201):
            publish(run_folder(tmp_path, version), published)
        done.set()

    thread = threading.Thread(target=versions)
    thread.start()
    while reads < 20_000 or not done.is_set():
        reads += 1
        data = (published / "report.html").read_bytes()
        if not is_whole(data):
            torn.append(data[:10])
    thread.join()
    assert torn == []
    assert (published / "report.html").read_bytes() == body(200)


def test_a_reader_that_opened_the_folder_sees_one_version(tmp_path: Path) -> None:
    published = tmp_path / "a"
    publish(run_folder(tmp_path, 1), published)
    folder = os.open(published, os.O_RDONLY)
    report = os.open("report.html", os.O_RDONLY, dir_fd=folder)
    publish(run_folder(tmp_path, 2), published)
    assert os.read(report, 10**6) == body(1)
    os.close(report)
    os.close(folder)
    assert (published / "report.html").read_bytes() == (published / "run.json").read_bytes() == body(2)


@pytest.mark.parametrize("room", range(0, 131_072 + 8192, 4096))
@pytest.mark.parametrize("exists", [True, False])
def test_a_write_that_fails_at_any_4_kb_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, exists: bool
) -> None:
    """A disk with `room` bytes left: the write stops part-way, as the system does it."""
    path = tmp_path / "index.html"
    if exists:
        path.write_bytes(b"old")
    left = [room]
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(descriptor, bytes(data[: min(len(data), left[0], 4096)]))
        left[0] -= written
        return written

    monkeypatch.setattr(publishing.os, "write", write)
    if room >= len(body(1)):
        replace_file(path, body(1))
    else:
        with pytest.raises(OSError, match="No space"):
            replace_file(path, body(1))
    monkeypatch.undo()
    expected = body(1) if room >= len(body(1)) else b"old" if exists else None
    assert (path.read_bytes() if path.exists() else None) == expected
    assert [other.name for other in tmp_path.iterdir() if other != path] == []


def test_a_limit_set_by_the_system_leaves_the_old_file(tmp_path: Path) -> None:
    """The same with the system's own refusal (RLIMIT_FSIZE), in a process of its own."""
    import subprocess
    import sys

    path = tmp_path / "index.html"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from evaluation.runs.publish import replace_file\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "replace_file(Path(sys.argv[1]), b'x' * 20000)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert path.read_bytes() == b"old"


def test_exchange_swaps_and_says_when_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    (one / "x").touch()
    assert exchange(one, other)
    assert (other / "x").exists()
    monkeypatch.setattr(publishing.sys, "platform", "plan9")
    assert not exchange(one, other)


def test_without_exchange_two_renames_do_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "exchange", lambda one, other: False)
    published = tmp_path / "a"
    publish(run_folder(tmp_path, 1), published)
    publish(run_folder(tmp_path, 2), published)
    assert (published / "report.html").read_bytes() == body(2)
    assert not any((tmp_path / "staging" / "v2").iterdir())


def test_without_exchange_a_failing_rename_puts_the_old_report_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "exchange", lambda one, other: False)
    published, finished = tmp_path / "a", run_folder(tmp_path, 2)
    publish(run_folder(tmp_path, 1), published)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self == finished:
            raise OSError(errno.EIO, "I/O error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="I/O"):
        publish(finished, published)
    assert (published / "report.html").read_bytes() == body(1)


def test_a_file_system_error_is_not_taken_for_no_exchange(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=os.strerror(errno.ENOENT)):
        exchange(tmp_path / "nothing", tmp_path / "neither")


def test_written_bytes_are_the_file(tmp_path: Path) -> None:
    write_file(tmp_path / "x", body(3))
    write_file(tmp_path / "x", b"short")
    assert (tmp_path / "x").read_bytes() == b"short"
