"""Looking through a large file once, and handing it on as UTF-8: checksum, encoding, control characters, quotes."""

from __future__ import annotations

import codecs
import hashlib
import io
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.errors import InputError
from evaluation.sources.decoding import FOREIGN, SWEDISH, decode
from evaluation.sources.intake import Intake, form_of

CHUNK = 2**20
HEAD = 2**18
END = 16
MARK = b"\xef\xbb\xbf"
CONTROL = bytes(code for code in (*range(9), 11, 12, *range(14, 32), 127))
TWICE = {
    "utf-8": re.compile(rb"\xc3[\x82\x83]\xc2[\x80-\xbf]|\xc3\x8c\xcb\x86|\xef\xbf\xbd|\xc3\xa2\xe2\x82\xac"),
    "cp1252": re.compile(rb"[\xc2\xc3\xcc][\x80-\xbf]|\xe2\x80|\xef\xbb\xbf"),
}
BEGINNINGS = {
    "utf-8": (b"\xc3\x82", b"\xc3\x83", b"\xc3\x8c", b"\xc3\xa2", b"\xef"),
    "cp1252": (b"\xc2", b"\xc3", b"\xcc", b"\xe2", b"\xef"),
}
"""What text encoded twice looks like in bytes, and the beginnings without which it cannot occur."""
COMBINING = (b"\xcc\x88", b"\xcc\x8a", b"\xcc\x81")
ORDINARY = bytes(code for code in range(128) if code not in CONTROL)
"""Signs that are beyond doubt in any encoding: all but a few per cent of a file."""
SUSPECT = bytes(code for code in range(0x80, 0x100) if FOREIGN.match(bytes([code]).decode("cp1252", errors="replace")))
LETTERS = b"".join(letter.encode("cp1252") for letter in SWEDISH)
BOUNDS = np.zeros(256, dtype=bool)
BOUNDS[list(b'";\t,|\r\n')] = True


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look through the whole file has shown; `has_c1`: bytes in which Windows-1252 differs from Latin-1.

    `decomposed`: letters written as a base and a combining mark (UTF-8 only). `has_quotes`: any double quote; without
    one no cell holds a line break. `end`: the last signs of the file.
    """

    bytes: int
    sha256: str
    encoding: str
    how: str
    has_c1: bool = False
    decomposed: bool = False
    has_quotes: bool = True
    end: str = ""


def look_through(path: Path) -> Looked:
    """Return size, checksum and encoding of a large text file.

    Raises
    ------
    InputError
        For control characters, text encoded twice, a code page other than Windows-1252, or a quote inside a quoted
        cell, with the line.
    """
    digest = hashlib.sha256()
    encoding = _encoding(path)
    high = letters = size = 0
    has_c1 = decomposed = has_quotes = False
    end = b""
    for chunk in _chunks(path):
        digest.update(chunk)
        rare = chunk.translate(None, ORDINARY)
        _check(path.name, chunk, rare, encoding, size)
        if encoding == "cp1252":
            strange = _number(rare, SUSPECT)
            high += strange
            letters += _number(rare, LETTERS) if strange else 0
            has_c1 = _decoded_c1(path.name, chunk, rare, size) or has_c1
        else:
            decomposed = decomposed or any(mark in chunk for mark in COMBINING)
        has_quotes = has_quotes or b'"' in chunk
        size += len(chunk)
        end = (end + chunk[-END:])[-END:]
    if high and high >= letters:
        raise _refused(path.name, 0, "more signs of other code pages than å, ä and ö", "save the file as CSV UTF-8")
    how = {"utf-8": "valid UTF-8", "utf-8-sig": "byte order mark"}.get(encoding)
    how = how or "not valid UTF-8; å, ä and ö are plausible"
    return Looked(size, digest.hexdigest(), encoding, how, has_c1, decomposed, has_quotes, end.decode("latin-1"))


def head_of(path: Path, looked: Looked) -> Intake:
    """Return the first rows of the file as an intake of their own, cut at a line end."""
    with path.open("rb") as file:
        data = file.read(HEAD)
    form_of(path.name, data)
    head = data[: data.rfind(b"\n") + 1]
    decode(Intake(path.name, head, looked.sha256, "text"))
    return Intake(path.name, head, looked.sha256, "text")


def stands_in(path: Path, looked: Looked, written: str) -> bool:
    """Whether something stands in the file exactly as it is written here."""
    encoding = "utf-8" if looked.encoding == "utf-8-sig" else looked.encoding
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(written.encode(encoding)) >= 0


class Transcoded(io.RawIOBase):
    """The file's bytes as UTF-8, without byte order mark."""

    def __init__(self, path: Path, looked: Looked) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._encoding = ("cp1252" if looked.has_c1 else "latin-1") if looked.encoding == "cp1252" else None
        if looked.encoding == "utf-8-sig":
            self._file.seek(len(MARK))

    def readable(self) -> bool:
        """Whether the stream can be read: always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; a Windows-1252 file may give more of them than were asked for."""
        data: bytes = self._file.read(size) or b""
        return data.decode(self._encoding).encode() if self._encoding else data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


C1 = bytes(range(0x80, 0xA0))


def _decoded_c1(file: str, chunk: bytes, rare: bytes, start: int) -> bool:
    """Return whether the chunk has bytes in which Windows-1252 differs from Latin-1, all of which it must know."""
    if not _number(rare, C1):
        return False
    try:
        chunk.decode("cp1252")
    except UnicodeDecodeError as error:
        what = f"byte 0x{chunk[error.start]:02x} that neither UTF-8 nor Windows-1252 has"
        raise _refused(file, start + error.start, what, "save the file as CSV UTF-8") from error
    return True


def _number(data: bytes, codes: bytes) -> int:
    return len(data) - len(data.translate(None, codes))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _encoding(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        marked = False
        for at, chunk in enumerate(_chunks(path)):
            marked = marked or (at == 0 and chunk.startswith(MARK))
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig" if marked else "utf-8"


def _check(file: str, chunk: bytes, rare: bytes, encoding: str, start: int) -> None:
    """Refuse control characters, text encoded twice and loose quotes; `rare`: the chunk without what is `ORDINARY`."""
    if _number(rare, CONTROL):
        at = next(place for place, code in enumerate(chunk) if code in CONTROL)
        raise _refused(file, start + at, "a control character", "save the table again as CSV UTF-8")
    kind = "cp1252" if encoding == "cp1252" else "utf-8"
    twice = TWICE[kind].search(chunk) if any(beginning in rare for beginning in BEGINNINGS[kind]) else None
    if twice:
        what = f"text that was encoded twice, near {chunk[max(twice.start() - 12, 0) : twice.end() + 12]!r}"
        raise _refused(file, start + twice.start(), what, "export the table again")
    _check_quotes(file, chunk, start)


def _check_quotes(file: str, chunk: bytes, start: int) -> None:
    """Refuse a quote that closes a cell in its middle: between two letters, after an odd number in its line."""
    if b'"' not in chunk:
        return
    data = np.frombuffer(chunk, dtype=np.uint8)
    quotes = np.flatnonzero(data == 34)
    inner = quotes[(quotes > 0) & (quotes < len(data) - 1)]
    loose = inner[~BOUNDS[data[inner - 1]] & ~BOUNDS[data[inner + 1]]]
    for at in loose:
        line = chunk[chunk.rfind(b"\n", 0, at) + 1 : at]
        if line.count(b'"') % 2:
            what = f"a quote in the middle of a quoted cell, near {chunk[at - 12 : at + 12]!r}"
            raise _refused(file, start + int(at), what, 'write a quote inside a quoted cell twice ("")')


def _refused(file: str, at: int, what: str, todo: str) -> InputError:
    return InputError(f"file {file}, byte {at + 1}", found=what, expected="one readable text table", todo=todo)
