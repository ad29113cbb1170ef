"""What a workbook may be before it is opened: no bomb, no entity, no macro, no cell that has lost its value."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.intake import MAX_RATIO, MAX_UNPACKED

if TYPE_CHECKING:
    from evaluation.sources.intake import Intake

MAX_PARTS = 2000
MAX_CELLS = 50_000_000
SPARSE = 1_000_000
CHUNK = 2**20
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises for archives with damaged tables, sizes or names."""
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00[DE]\x00|\x00<\x00!\x00[DE]")
DECLARATION = (b"<!", b"<\x00!\x00", b"\x00<\x00!")
MACRO_PART = re.compile(r"vbaproject|macrosheets/|activex/|\.bin$", re.IGNORECASE)
HARMLESS_BIN = re.compile(r"printersettings", re.IGNORECASE)
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
ERROR_CELL = re.compile(
    rb"""<c [^>]*?r=["']([A-Z]+[0-9]+)["'][^>]*?t=["']e["'][^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)"""
)
NO_VALUE = re.compile(
    rb"""<c [^>]*?r=["']([A-Z]+[0-9]+)["'][^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)(?:<v\s*/>|<v></v>)?</c>"""
)
CELL = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
ROW = re.compile(rb"""\sr=["']([0-9]+)["']""")
"""Of any element, because a prefix of the namespace may stand before its name."""
NEAR = 26 * 99_999
"""Cells of columns A to Z and rows of at most five digits."""
FAR = re.compile(rb"""r=["'](?:[A-Z]{2}|[A-Z]?[0-9]{6})""")


def check_workbook(intake: Intake) -> None:
    """Refuse an archive that is no plain workbook, without unpacking more than 200 MB.

    Checked by content, not by name: declared and real sizes, number of parts, XML entities and document types, macros,
    encryption, cells with an error or a formula that was never calculated, and cells so far out that the sheet cannot
    be held in memory.

    Raises
    ------
    InputError
        With what was found.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(intake.data)) as archive:
            _check_parts(intake.file, archive.infolist(), len(intake.data))
            left = MAX_UNPACKED
            for part in archive.infolist():
                left -= _check_part(intake.file, archive, part, left)
    except DAMAGED as error:
        raise _refused(intake.file, f"a damaged archive ({error})", "ask the sender for the file again") from error


def _check_parts(file: str, parts: list[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED, max(MAX_RATIO * size, CHUNK)):
        what = f"{len(parts)} parts that unpack to {unpacked / 2**20:.0f} MB from {size / 2**20:.1f} MB"
        raise _refused(file, what, "do not open it; ask the sender what it is")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(file, "an encrypted archive", "save it without a password")
    macro = [name for name in names if MACRO_PART.search(name) and not HARMLESS_BIN.search(name)]
    if macro:
        raise _refused(file, f"a workbook with macros or embedded programs ({macro[0]})", "save it as .xlsx without")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise _refused(file, "an archive that is no .xlsx workbook", "save the table as .xlsx or CSV")
    if len(set(names)) < len(names):
        raise _refused(file, "an archive with two parts of one name", "ask the sender for the file again")


def _check_part(file: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Return the real size of one part after looking through it."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > left:
                raise _refused(file, f"a part that unpacks beyond every measure ({part.filename})", "do not open it")
            pieces.append(piece)
    if part.filename.endswith((".xml", ".rels", ".vml")):
        _check_xml(file, part.filename, b"".join(pieces))
    return size


def _check_xml(file: str, name: str, xml: bytes) -> None:
    if any(start in xml for start in DECLARATION) and ENTITY.search(xml):
        raise _refused(file, f"a document type or entity in {name}", "ask the sender for a plain workbook")
    if name == "[Content_Types].xml":
        _check_content_types(file, xml)
    if SHEET_PART.fullmatch(name):
        _check_cells(file, name, xml)


def _check_content_types(file: str, xml: bytes) -> None:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        types = [element.get("ContentType", "") for element in fromstring(xml, forbid_dtd=True)]
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise _refused(file, f"a list of parts that cannot be read ({error})", "ask for the file again") from error
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        raise _refused(file, "a workbook with macros", "save it as .xlsx without macros")


def _check_cells(file: str, name: str, xml: bytes) -> None:
    place = f"{file}, {name}"
    error = ERROR_CELL.search(xml) if b't="e"' in xml or b"t='e'" in xml else None
    if error:
        what = f"the error {error[2].decode(errors='replace')} in cell {error[1].decode()}"
        raise _refused(place, what, "correct the formula, or write the value")
    formula = NO_VALUE.search(xml) if b"<f" in xml else None
    if formula:
        what = f"a formula without a stored value in cell {formula[1].decode()}"
        raise _refused(place, what, "open it in the spreadsheet program, let it calculate, and save it")
    _check_extent(place, xml)


def _check_extent(place: str, xml: bytes) -> None:
    """Refuse single cells far out: the reader holds the whole rectangle up to the last row and column."""
    if 100 * xml.count(b"<c ") >= NEAR and not FAR.search(xml):
        return  # as full as it must be, whatever its last row and column
    cells = CELL.findall(xml)
    letters = max({letters for letters, _ in cells}, key=lambda name: (len(name), name), default=b"A")
    rows = max(map(int, {number for _, number in cells} | set(ROW.findall(xml))), default=0)
    dense = rows * sum((letter - 64) * 26**at for at, letter in enumerate(reversed(letters)))
    if dense > MAX_CELLS or (dense > SPARSE and dense > 100 * len(cells)):
        what = f"{len(cells)} cells in a sheet that reaches to column {letters.decode()}, row {rows}"
        raise _refused(
            place, f"cells so far out that the sheet is mostly empty ({what})", "delete what lies far outside"
        )


def _refused(file: str, what: str, todo: str) -> InputError:
    return InputError(f"file {file}", found=what, expected="a plain workbook (.xlsx) with one table", todo=todo)
