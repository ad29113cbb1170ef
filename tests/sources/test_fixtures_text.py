"""Encodings, delimiters, line ends, quotes, headers and footers: 45 files written by hand."""
# ruff: noqa: E501 - one case per line reads better than a short line

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.fixtures import HEADER, LOG, Case, check, log, yearly

VASBY = ("0114", "Upplands Väsby", 6646, 13376.0)
EKERO = ("0125", "Ekerö", 1200, None)
LINE, OTHER = "0114;Upplands Väsby;2023;6646;13376", "0125;Ekerö;2023;1200;"
BOTH = [VASBY, EKERO]
LOG_COLUMNS = ("event_id", "area", "free_text")
LOG_1, LOG_ROW_1 = "1;2024-01-02;Bråk;Smedby;a", ("1", "Smedby", "a")
LOG_2, LOG_ROW_2 = "2;2024-01-03;Klotter;Runby;b", ("2", "Runby", "b")


def on_log(name: str, data: bytes, rows: list[tuple[object, ...]] | None, *says: str) -> Case:
    return Case(name, data, rows, says, "incident_log", {"columns": LOG}, LOG_COLUMNS)


CASES = [
    # encodings
    Case("utf-8", yearly(LINE, OTHER), BOTH, ('"encoding": "utf-8"', "valid UTF-8")),
    Case("utf-8 with mark", yearly(LINE, OTHER, encoding="utf-8-sig"), BOTH, ("utf-8-sig", "byte order mark")),
    Case("windows-1252", yearly(LINE, OTHER, encoding="cp1252"), BOTH, ("cp1252", "å, ä and ö are plausible")),
    Case("latin-1", yearly(LINE, OTHER, encoding="latin-1"), BOTH, ("cp1252",)),
    Case("utf-16 little endian", b"\xff\xfe" + yearly(LINE, OTHER, encoding="utf-16-le"), BOTH, ("utf-16",)),
    Case("utf-16 big endian", b"\xfe\xff" + yearly(LINE, OTHER, encoding="utf-16-be"), BOTH, ("utf-16",)),
    Case("utf-16 without mark", yearly(LINE, encoding="utf-16-le"), None, ("control character", "line 1")),
    Case("ms-dos", yearly(LINE, OTHER, encoding="cp850"), None, ("signs inside words", "†r", "line 1")),
    Case("macintosh", yearly(LINE, OTHER, encoding="mac_roman"), None, ("signs inside words", "line 1")),
    Case("encoded twice", yearly(LINE).decode("cp1252").encode("utf-8"), None, ("encoded twice", "Ã")),
    Case("utf-8 rows pasted into windows-1252",
         yearly(LINE, encoding="cp1252") + OTHER.encode("utf-8"), None, ("encoded twice", "line 3")),
    Case("characters lost", yearly("0114;Upplands V\ufffdsby;2023;1;2"), None, ("characters that are lost", "line 2")),
    Case("undefined byte", yearly(OTHER, encoding="cp1252") + b"0114;V\x81sby;2023;1;2\n", None, ("byte 0x81", "line 3")),
    Case("decomposed letters", yearly("0114;Upplands Va\u0308sby;2023;6646;13376"), [VASBY]),
    # delimiters and line ends
    Case("comma", yearly(LINE.replace(";", ","), header=HEADER.replace(";", ",")), [VASBY], ('"delimiter": "comma"',)),
    Case("tab", yearly(LINE.replace(";", "\t"), header=HEADER.replace(";", "\t")), [VASBY], ('"delimiter": "tab"',)),
    Case("sep line", b"sep=;\r\n" + yearly(LINE, newline="\r\n"), [VASBY], ("named in the first line",)),
    Case("delimiter trails in every row", yearly(f"{LINE};", OTHER + ";"), BOTH),
    Case("carriage returns only", yearly(LINE, OTHER, newline="\r"), BOTH),
    Case("lone carriage return last", yearly(LINE) + b"\r", [VASBY], ("blank_row",)),
    Case("no last line end", yearly(LINE, OTHER)[:-1] + b"7", [VASBY, ("0125", "Ekerö", 1200, 7.0)], ("last_line",)),
    Case("cut off behind a delimiter", yearly(OTHER, LINE)[:-6], None, ("row 3", "4 cells", "5 cells")),
    Case("cut off before a lone carriage return", yearly(OTHER, LINE)[:-6] + b"\r", None, ("row 3", "4 cells", "5 cells")),
    on_log("log cut off before a lone carriage return", log(LOG_1, "", LOG_2)[:-2] + b"\r", [LOG_ROW_1],
           "blank_row", '"too_few_fields": {"rows": 1, "first_row_numbers": [4]}', "last_line"),
    on_log("log cut off behind a delimiter", log(LOG_1, LOG_2)[:-2], [LOG_ROW_1], "too_few_fields", "last_line"),
    on_log("log whole before a lone carriage return", log(LOG_1, LOG_2)[:-1] + b"\r", [LOG_ROW_1, LOG_ROW_2], "last_line"),
    on_log("log with mostly empty last cells", log(LOG_1[:-1], LOG_1[:-1], LOG_2[:-1])[:-1] + b"\r",
           [("1", "Smedby", ""), ("1", "Smedby", ""), ("2", "Runby", "")], "last_line"),
    on_log("two lone carriage returns last", log(LOG_1)[:-1] + b"\r\r", [LOG_ROW_1], "blank_row", "last_line"),
    # quotes
    Case("delimiter inside quotes", yearly('0114;"Upplands; Väsby";2023;1;2'), [("0114", "Upplands; Väsby", 1, 2.0)]),
    Case("quote never closed", yearly('0114;"Upplands Väsby;2023;1;2', OTHER), None, ("quotes in pairs", "row 2")),
    Case("delimiter not quoted", yearly("0114;Upplands; Väsby;2023;1;2", OTHER), None, ("row 2", "6 cells")),
    on_log("quote swallows rows", log('1;2024-01-02;Bråk;"Smedby;a', '2;2024-01-03;Bråk;Runby";b'), None,
           "quote that opens too early", "row 2"),
    on_log("quote closes what never opened", log(LOG_1, '3";2024-01-04;Klotter;Smedby;c', LOG_2), [LOG_ROW_1, LOG_ROW_2],
           '"stray_quote": {"rows": 1, "first_row_numbers": [3]}'),
    on_log("lone quote in an area", log(LOG_1, '3;2024-01-04;Klotter;Sm"edby;c'), [LOG_ROW_1], "stray_quote"),
    on_log("inches in free text", log('1;2024-01-02;Stöld;Smedby;cykel 28"'), [("1", "Smedby", 'cykel 28"')]),
    on_log("quotes in pairs in an area", log('1;2024-01-02;Stöld;kv "Åkern";c'), [("1", 'kv "Åkern"', "c")]),
    on_log("lone quote written as it should be", log('3";2024-01-04;Klotter;Smedby;c', '"4""";2024-01-05;Klotter;Runby;d'),
           [('4"', "Runby", "d")], "stray_quote"),
    Case("lone quote in official counts", yearly('0114;Upplands Väsby";2023;1;2', OTHER), None,
         ("row 2", "without its partner")),
    on_log("line break and quote in text", log('1;2024-01-02;Bråk;NA;"rop; ""hej""\nsedan lugnt"'),
           [("1", "NA", 'rop; "hej"\nsedan lugnt')]),
    # headers and footers
    Case("titles above, footer below",
         "Anmälda brott\n\n".encode() + yearly(LINE, "", "Källa: Brå", "1) Preliminära uppgifter"),
         [VASBY], ('"header_rows": [3]', '"footer_rows": [6, 7]', "rows_above_header")),
    Case("header repeated, total among rows", yearly(LINE, HEADER, "Totalt;;;7846;", OTHER), BOTH,
         ("repeated_header", "total_row")),
    Case("footnotes and capitals in the header", yearly(LINE, header="KOD; Namn ;År¹;Antal 1);Tal*"), [VASBY]),
    Case("no header", yearly(LINE, header=OTHER), None, ("no row with the needed column names", "kod", "antal")),
    Case("column twice", yearly(LINE, header="kod;namn;år;antal;antal"), None, ("needed column names", "tal")),
    Case("needed column twice", yearly(f"{LINE};1", header=f"{HEADER};antal"), None, ("'antal' 2 times", "[4, 6]")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_text_file(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
