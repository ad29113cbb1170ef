"""Hostile files are refused at the door, in little time and memory; nothing exported starts a formula."""
# ruff: noqa: E501 - one case per line reads better than a short line

from __future__ import annotations

import csv
import gzip
import io
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from evaluation.errors import InputError
from evaluation.sources import reader_for, resolve_inside
from evaluation.sources.export import write_table_csv
from evaluation.sources.json_gate import read_document
from evaluation.sources.workbook_check import _check_extent
from tests.sources.fixtures import YEARLY, sheet

PLAIN = sheet(["kod", "namn", "år", "antal", "tal"], ["0114", "Väsby", 2023, 1, 2])


class Bomb:
    """Would run a command if anything unpickled it."""

    def __reduce__(self) -> tuple[object, ...]:
        return (open, ("/nonexistent/pickle-was-run", "w"))


def repacked(change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    """The plain workbook with some parts changed, removed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return repacked(lambda name, data: data.replace(old, new) if "worksheets" in name else data)


def added(name: str, data: bytes) -> bytes:
    return repacked(lambda _, old: old, {name: data})


def lying_sizes() -> bytes:
    """A bomb whose directory says that it is small."""
    data = bytearray(added("xl/media/a.xml", b"\0" * 300_000_000))
    size = (300_000_000).to_bytes(4, "little")
    return bytes(data.replace(size, (1000).to_bytes(4, "little")))


def encrypted() -> bytes:
    data = bytearray(PLAIN)
    start = data.rfind(b"PK\x01\x02")
    data[start + 8] |= 1
    return bytes(data)


LOLS = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
)
XXE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

REFUSED: dict[str, tuple[bytes, str]] = {
    "pickle named csv": (pickle.dumps({"kod": Bomb()}), "pickle"),
    "old pickle named csv": (b"cos\nsystem\n(S'true'\ntR.", "pickle"),
    "web page named csv": (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table>", "web page"),
    "xml spreadsheet": (b'<?xml version="1.0"?><Workbook/>', "XML"),
    "xml with entities": (b'\xef\xbb\xbf<?xml version="1.0"?>' + LOLS, "XML"),
    "old or encrypted office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "OLE"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "program": (b"\x7fELF" + bytes(60), "program"),
    "parquet": (b"PAR1" + bytes(60), "Parquet"),
    "empty file": (b"", "0 bytes"),
    "empty archive": (b"PK\x05\x06" + bytes(18), "empty zip"),
    "NUL bytes": (b"kod;namn\n\0\0\0;1\n", "control character"),
    "macros named xlsx": (added("xl/vbaProject.bin", b"x"), "macros"),
    "old macro sheets": (added("xl/macrosheets/sheet1.xml", b"<x/>"), "macros"),
    "macro type without macro part": (
        repacked(lambda name, data: data.replace(b"spreadsheetml.sheet.main", b"x.macroEnabled.main")
                 if "Content_Types" in name else data), "macros"),
    "embedded program": (added("xl/activeX/activeX1.bin", b"x"), "macros"),
    "entities in a sheet": (in_sheet(b"<worksheet", LOLS + b"]><worksheet"), "document type or entity"),
    "external entity in a sheet": (in_sheet(b"<worksheet", XXE + b"<worksheet"), "document type or entity"),
    "entities in another part": (
        repacked(lambda name, data: XXE + data if name.endswith("workbook.xml") else data), "document type"),
    "entities in utf-16": (
        added("xl/x.xml", '<!DOCTYPE a [<!ENTITY b "c">]>'.encode("utf-16")), "document type or entity"),
    "zip bomb": (added("xl/media/a.xml", b"\0" * 300_000_000), "unpack to"),
    "zip bomb of many parts": (
        repacked(lambda _, data: data, {f"xl/p{at}.xml": b" " * 30_000_000 for at in range(8)}), "unpack to"),
    "zip bomb with lying sizes": (lying_sizes(), "archive"),
    "archive of 3 000 parts": (repacked(lambda _, data: data, {f"p{at}": b"" for at in range(3000)}), "parts"),
    "cell far out": (in_sheet(b'r="E2"', b'r="XFD1048576"'), "far out"),
    "cell far out in other quotes": (in_sheet(b'r="E2"', b"r='XFD1048576'"), "far out"),
    "cell far out after a line break": (in_sheet(b' r="E2"', b'\nr="XFD1048576"'), "far out"),
    "archive that is no workbook": (repacked(lambda name, data: None if name == "xl/workbook.xml" else data), "no .xlsx"),
    "encrypted archive": (encrypted(), "encrypted"),
    "archive cut off": (PLAIN[: len(PLAIN) // 2], "damaged archive"),
    "gzip where a table belongs": (gzip.compress(b"kod;namn\n"), "'gzip'"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("file", ["fil.csv", "fil.xlsx"])
def test_hostile_file_is_refused_whatever_its_name(name: str, file: str, tmp_path: Path) -> None:
    data, what = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=file.replace(".", r"\.")) as caught:
            reader_for("tidy_counts")(path, columns=YEARLY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert what.casefold() in str(caught.value).casefold()
    assert peak < 100 * 2**20
    assert not Path("/nonexistent/pickle-was-run").exists()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (gzip.compress(b"[" + b" " * 300_000_000 + b"]", compresslevel=1, mtime=0), "beyond every measure"),
        (gzip.compress(b"[1, 2, 3]", mtime=0)[:-6], "ends too early"),
        (b"[" * 100_000, "no valid JSON"),
        (b'[{"id": 1, "id": 2}]', "twice in one object"),
        (b"[NaN]", "NaN"),
        (b"[1e400, Infinity]", "Infinity"),
        (b"[" + b"9" * 10_000 + b"]", "no valid JSON"),
        (b'["\xe5"]', "no valid JSON"),
        (b'[{"id": 1', "no valid JSON"),
    ],
    ids=range(9),
)
def test_hostile_json_is_refused(data: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "svar.json").write_bytes(data)
    with pytest.raises(InputError, match=what):
        read_document(tmp_path / "svar.json")


OUTSIDE = [
    "", " ", ".", "..", "../x", "a/../../x", "/etc/passwd", "//host/x", "~/x", "~root/x", "a/./../../x", "..\\x",
    "C:\\x", "C:/x", "file:///etc/passwd", "https://example.org/x", "a\0b", "a\nb", "a//b", "a/", "./a", "a|b", "a?b",
    "a*b", "<a>", 'a"b', "a/..", "....//....//x/../../../y", "\t../x", "link/x",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    root = tmp_path / "raw"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(InputError):
        resolve_inside(root, name)


@pytest.mark.parametrize("name", ["fil.csv", "år 2023/utdrag Åkerö.txt", "a..b", "..a", "a-b_c.json.gz"])
def test_plain_names_stay_inside(name: str, tmp_path: Path) -> None:
    assert resolve_inside(tmp_path, name) == tmp_path.resolve() / name


FORMULAS = [
    form.format(start=start)
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "\0=", "＝", "＋", "－", "＠")
    for form in ("{start}1+1", '{start}HYPERLINK("http://x","y")', " {start}cmd|' /C calc'!A0", "{start}SUM(A1)", '"{start}2')
]  # fmt: skip
STARTS = set("=+-@\t\r\n\0＝＋－＠")


def starts_formula(text: str) -> bool:
    return bool(text) and (text[0] in STARTS or (text.lstrip(" \"'")[:1] in STARTS and text[0] != "'"))


def exported() -> pd.DataFrame:
    numbers = [-1.5, 0.0, 12.0] * (len(FORMULAS) // 3)
    return pd.DataFrame({"=text": FORMULAS, "number": numbers, "whole": [-3] * len(FORMULAS)})


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_no_exported_csv_cell_starts_a_formula(delimiter: str, tmp_path: Path) -> None:
    write_table_csv(tmp_path / "ut.csv", exported(), delimiter=delimiter)
    with (tmp_path / "ut.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    assert len(FORMULAS) == 60
    assert not any(starts_formula(row[0]) for row in rows)
    assert [float(row[1]) for row in rows[1:]] == exported()["number"].tolist()
    assert {row[2] for row in rows[1:]} == {"-3"}


def test_export_writes_missing_values_and_dates_plainly(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "d": pd.to_datetime(["2024-01-02", None])})
    write_table_csv(tmp_path / "ut.csv", frame)
    assert (tmp_path / "ut.csv").read_text(encoding="utf-8") == '"a","d"\n1,"2024-01-02 00:00:00"\n"",""\n'


@pytest.mark.parametrize("far", ["XFD7", "B9999999", "ALL3"])
def test_a_cell_far_out_is_found_among_many_near_ones(far: str) -> None:
    """27 000 cells: near ones need no closer look (100 × 27 000 > 26 × 99 999); ALL is column 1 000, × 3 000 rows."""
    rows = "".join(f'<row r="{at}">' + f'<c r="A{at}"><v>1</v></c>' * 9 + "</row>" for at in range(1, 3001))
    _check_extent("sheet", rows.encode())
    with pytest.raises(InputError, match="far out"):
        _check_extent("sheet", f'{rows}<row><x:c r="{far}"/></row>'.encode())
