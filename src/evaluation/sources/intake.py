"""The first step of the gate: the bytes of a file, what they really are, and what is refused at the door.

What a file is decides its content, never its name: a pickle named `.csv` and a workbook with macros named `.xlsx` are
refused alike. Nothing in this room executes, unpickles or follows a link.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

Form = Literal["text", "workbook", "gzip", "spss"]

MAX_BYTES = 512 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 200

REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file (OLE container)", "open it and save it as .xlsx or CSV"),
    (b"PK\x05\x06", "an empty zip archive", "ask the sender for the file again"),
    (b"%PDF", "a PDF document", "ask the sender for the table as .xlsx or CSV"),
    (b"PAR1", "a Parquet file", "give the raw file that it was made from"),
    (b"\x7fELF", "a program", "do not open it; ask the sender what it is"),
    (b"MZ", "a program", "do not open it; ask the sender what it is"),
    (b"\x89PNG", "a picture", "ask the sender for the table itself"),
    (b"\xff\xd8\xff", "a picture", "ask the sender for the table itself"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and give the file inside"),
    (b"Rar!", "a rar archive", "unpack it and give the file inside"),
)
PICKLE = re.compile(rb"\x80[\x02-\x05]|\(?c[\w.]+\n\w+\n|\((?:l|d)p0\n|\]q\x00|\}q\x00")
MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|script)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Intake:
    """The bytes of one file: `form` is found from the content."""

    file: str
    data: bytes
    sha256: str
    form: Form


def take_in(path: Path, *forms: Form) -> Intake:
    """Return the file's bytes if its content has one of the `forms` that the reader understands.

    Raises
    ------
    InputError
        If the file is not there, empty, too large, or something else than its reader expects.
    """
    _check_size(path)
    data = path.read_bytes()
    intake = Intake(path.name, data, hashlib.sha256(data).hexdigest(), form_of(path.name, data))
    if intake.form not in forms:
        raise InputError(
            f"file {path.name}",
            found=f"content of the form {intake.form!r}",
            expected=" or ".join(repr(form) for form in forms),
            todo="choose the reader that fits the file, or save the file in the expected form",
        )
    return intake


def _check_size(path: Path) -> None:
    size = path.stat().st_size if path.is_file() else -1
    if 0 < size <= MAX_BYTES:
        return
    found = {-1: "no such file", 0: "an empty file (0 bytes)"}.get(size, f"{size / 2**20:.0f} MB")
    raise InputError(
        f"file {path.name}",
        found=found,
        expected=f"a file with content, at most {MAX_BYTES // 2**20} MB",
        todo="check the file name, or ask the sender for the file again",
    )


def form_of(file: str, data: bytes) -> Form:
    """Return what the content is, or refuse it by name of what it is."""
    head = data[:512]
    if head.startswith(b"PK\x03\x04"):
        return "workbook"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"$FL2", b"$FL3")):
        return "spss"
    for magic, what, todo in REFUSED:
        if head.startswith(magic):
            raise _refused(file, what, todo)
    if PICKLE.match(head):
        raise _refused(file, "a Python pickle, which can run code when opened", "ask the sender for CSV or .xlsx")
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise _refused(file, "a web page or XML", "save the table as CSV or .xlsx; an error page may have been saved")
    return "text"


def _refused(file: str, what: str, todo: str) -> InputError:
    return InputError(
        f"file {file}", found=what, expected="a text table, a workbook (.xlsx), JSON or an SPSS file", todo=todo
    )


def unpack_gzip(intake: Intake) -> Intake:
    """Return the intake with its gzip layer taken off; the checksum stays that of the file on disk.

    Raises
    ------
    InputError
        If it is damaged, or unpacks to more than 200 MB or 200 times its size.
    """
    unpacker = zlib.decompressobj(wbits=31)
    limit = min(MAX_UNPACKED, max(MAX_RATIO * len(intake.data), 2**20))
    try:
        data = unpacker.decompress(intake.data, limit + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise _refused(intake.file, f"a damaged gzip file ({error})", "ask the sender for the file again") from error
    if len(data) > limit:
        raise _refused(intake.file, "a gzip file that unpacks beyond every measure", "do not open it; ask the sender")
    if not unpacker.eof:
        raise _refused(intake.file, "a gzip file that ends too early", "ask the sender for the file again")
    return Intake(intake.file, data, intake.sha256, form_of(intake.file, data) if data else "text")
