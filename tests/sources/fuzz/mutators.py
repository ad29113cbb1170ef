"""What happens to tables on their way: each mutator spoils a document in one way that real files are spoiled in.

A mutator never makes another valid file with other values: where the truth changes with the file (a figure withdrawn),
it changes both.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections.abc import Callable

from tests.sources.fuzz.documents import REQUIRED, Document, Row

Mutator = Callable[[Document, random.Random], None]
MUTATORS: dict[str, Mutator] = {}
COUNTS = frozenset({"tidy_counts", "bra_sol_databasfil", "mean_population"})


def mutator(function: Mutator) -> Mutator:
    """Register a mutator under its name."""
    MUTATORS[function.__name__] = function
    return function


# encodings


def _encoding(name: str, encoding: str) -> None:
    def change(document: Document, random_: random.Random) -> None:
        document.encoding = encoding

    change.__name__ = name
    mutator(change)


for _name, _codec in (
    ("utf8_with_mark", "utf-8-sig"),
    ("windows_1252", "cp1252"),
    ("utf16_with_mark", "utf-16"),
    ("utf16_without_mark", "utf-16-le"),
    ("ms_dos", "cp850"),
    ("macintosh", "mac_roman"),
):
    _encoding(_name, _codec)


@mutator
def encoded_twice(document: Document, random_: random.Random) -> None:
    document.spoil_bytes.append(lambda data: data.decode("cp1252", errors="ignore").encode("utf-8"))


@mutator
def characters_lost(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: re.sub("[åäö]", "\ufffd", text, count=1))


# delimiters, line ends, quotes


@mutator
def other_delimiter(document: Document, random_: random.Random) -> None:
    document.delimiter = random_.choice(";,\t|")


@mutator
def sep_line(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: f"sep={document.delimiter}\r\n{text}")


@mutator
def other_line_ends(document: Document, random_: random.Random) -> None:
    document.newline = random_.choice(("\n", "\r", "\r\n"))


@mutator
def mixed_line_ends(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: text.replace("\r\n", "\n", max(1, text.count("\n") // 2)))


@mutator
def doubled_carriage_returns(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: text.replace("\r\n", "\r\r\n"))


@mutator
def no_last_line_end(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: text.rstrip("\r\n"))


@mutator
def lone_carriage_return(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: text + "\r")


@mutator
def everything_quoted(document: Document, random_: random.Random) -> None:
    document.quoting = csv.QUOTE_ALL


@mutator
def quote_opens_and_stays_open(document: Document, random_: random.Random) -> None:
    def spoil(text: str) -> str:
        places = [match.end() for match in re.finditer(re.escape(document.delimiter), text)]
        at = random_.choice(places or [0])
        return text[:at] + '"' + text[at:]

    document.spoil_text.append(spoil)


@mutator
def two_quotes_around_rows(document: Document, random_: random.Random) -> None:
    def spoil(text: str) -> str:
        lines = text.split("\n")
        if len(lines) < 5:
            return text
        first = random_.randrange(1, len(lines) - 3)
        lines[first] = lines[first].replace(document.delimiter, document.delimiter + '"', 1)
        lines[first + 1] = lines[first + 1].replace(document.delimiter, '"' + document.delimiter, 1)
        return "\n".join(lines)

    document.spoil_text.append(spoil)


@mutator
def unquoted_delimiter_in_a_name(document: Document, random_: random.Random) -> None:
    if not document.workbook and document.names:
        row = random_.choice(document.rows)
        at = random_.choice(document.names)
        mark = "\ue000"
        if len(row) > at:
            row[at] = f"{row[at]}{mark}x"
        sign = lambda: document.delimiter if document.quoting == csv.QUOTE_MINIMAL else None  # noqa: E731
        document.spoil_text.append(lambda text: text.replace(mark, sign()) if sign() else text.replace(f"{mark}x", ""))


@mutator
def trailing_delimiters(document: Document, random_: random.Random) -> None:
    for row in [document.header, *document.rows, *document.below]:
        row.append("")


@mutator
def trailing_delimiters_in_rows_only(document: Document, random_: random.Random) -> None:
    for row in document.rows:
        row.append("")


# rows


@mutator
def title_above(document: Document, random_: random.Random) -> None:
    document.above = [["Anmälda brott 2024"], []][: random_.randint(1, 2)] + document.above


@mutator
def blank_rows(document: Document, random_: random.Random) -> None:
    for _ in range(random_.randint(1, 3)):
        _insert(document, random_, [] if random_.random() < 0.5 else [""] * len(document.header))


@mutator
def footer(document: Document, random_: random.Random) -> None:
    words = ("Källa: Brå", "Uttaget 2026-01-02", "1) Preliminära uppgifter", "Källa: Brå; hämtad 2026-01-02, kl 10")
    document.below.append([random_.choice(words)])


@mutator
def header_repeated(document: Document, random_: random.Random) -> None:
    _insert(document, random_, list(document.header))


@mutator
def total_row(document: Document, random_: random.Random) -> None:
    row: list[object] = [""] * len(document.header)
    for at in document.numbers:
        row[at] = "99999"
    row[row.index("")] = random_.choice(("Totalt", "Summa", "Total"))
    document.below.insert(0, row)


@mutator
def row_twice(document: Document, random_: random.Random) -> None:
    at = random_.randrange(len(document.rows))
    row = document.rows[at]
    document.rows.insert(at, Row(row, None if document.kind in COUNTS else row.truth))


@mutator
def second_figure(document: Document, random_: random.Random) -> None:
    if document.kind in COUNTS:
        row = Row(random_.choice(_data_rows(document)))
        at = document.numbers[0]
        row[at] = str(int(re.sub("[^0-9]", "", str(row[at])) or 0) + 7)
        document.rows.append(row)
        document.must_not_be_read = True


@mutator
def last_row_cut(document: Document, random_: random.Random) -> None:
    share = random_.random()

    def spoil(text: str) -> str:
        start = text.rstrip("\r\n").rfind(document.newline[-1]) + 1
        places = [match.end() for match in re.finditer(re.escape(document.delimiter), text[start:])]
        return text[: start + places[int(share * len(places))]] if places else text

    if not document.below:
        document.spoil_text.append(spoil)


@mutator
def one_cell_too_many(document: Document, random_: random.Random) -> None:
    row = random_.choice(document.rows)
    row.insert(random_.randrange(1, len(row)) if len(row) > 1 else 0, "x")


@mutator
def one_cell_lost(document: Document, random_: random.Random) -> None:
    document.workbook = False  # there, the rest of the row moves up and no cell is missing
    document.spoil_text.append(lambda text: text)
    row = random_.choice(document.rows)
    if len(row) > 2:
        del row[random_.randrange(len(row) - 1)]


@mutator
def row_slipped_left(document: Document, random_: random.Random) -> None:
    row = random_.choice(document.rows)
    shift = random_.randint(2, 3)
    if len(row) == len(document.header) and any(row[shift:]):
        row[:] = row[shift:] + [""] * shift


def _insert(document: Document, random_: random.Random, row: list[object]) -> None:
    """Put a row that is no data row between the data rows; the truth has no entry for it."""
    document.rows.insert(random_.randint(1, len(document.rows)), Row(row))


def _data_rows(document: Document) -> list[Row]:
    width = len(document.header)
    whole = [
        row for row in document.rows if row.truth is not None and len(row) >= min(width, max(document.numbers) + 1)
    ]
    return whole or document.rows


# numbers


def _numbers(document: Document, random_: random.Random, change: Callable[[str], str], share: float = 1.0) -> None:
    for row in document.rows:
        for at in document.numbers:
            if len(row) > at and re.fullmatch(r"[0-9]+(\.[0-9])?", str(row[at])) and random_.random() < share:
                row[at] = change(str(row[at]))


def _grouped(text: str, sign: str) -> str:
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}".replace(",", sign) + point + rest


@mutator
def thousands_with_space(document: Document, random_: random.Random) -> None:
    sign = random_.choice(" \u00a0\u202f\u2009\u2007")
    _numbers(document, random_, lambda text: _grouped(text, sign))


@mutator
def thousands_with_dot(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: _grouped(text, ".").replace(".", ".", 1) if "." not in text else text)


@mutator
def thousands_with_comma(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: _grouped(text, ","))


@mutator
def decimal_comma(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: text.replace(".", ","))


@mutator
def decimal_comma_in_some(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: text.replace(".", ","), share=0.4)


@mutator
def counts_with_point_zero(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: text if "." in text else f"{text}.0")


@mutator
def footnote_marks(document: Document, random_: random.Random) -> None:
    mark = random_.choice(("¹", "²", "*", " ¹"))
    _numbers(document, random_, lambda text: text + mark, share=0.3)


@mutator
def footnote_glued_to_a_number(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: text + "1)", share=0.2)


@mutator
def words_in_a_number(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: f"ca {text}", share=0.2)


@mutator
def space_in_the_wrong_place(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: f"{text[:1]} {text[1:]}" if len(text) in {2, 3} else text, share=0.3)


@mutator
def exponents(document: Document, random_: random.Random) -> None:
    _numbers(document, random_, lambda text: f"{float(text):.1E}" if "." not in text else text, share=0.3)


@mutator
def other_digits(document: Document, random_: random.Random) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    _numbers(document, random_, lambda text: text.translate(wide), share=0.2)


@mutator
def figure_withdrawn(document: Document, random_: random.Random) -> None:
    if document.kind not in COUNTS:
        return
    row = random_.choice(_data_rows(document))
    column = document.numbers[0]
    if row.truth is not None and len(row) > column and re.fullmatch(r"[0-9]+", str(row[column])):
        row[column] = random_.choice(("..", ".", "-", "–", "", "XX", "U"))
        key, values = row.truth
        place = 0 if document.kind == "bra_sol_databasfil" else 1
        row.truth = (key, (*values[:place], None, *values[place + 1 :]))


# codes and names


@mutator
def leading_zeros_lost(document: Document, random_: random.Random) -> None:
    for row in document.rows:
        for at in document.codes:
            if len(row) > at:
                row[at] = str(row[at]).lstrip("0")


@mutator
def codes_as_excel_text(document: Document, random_: random.Random) -> None:
    form = random_.choice(("'{}", '="{}"'))
    for row in document.rows:
        for at in document.codes:
            if len(row) > at and str(row[at]).isdigit():
                row[at] = form.format(row[at])


@mutator
def decomposed_letters(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: unicodedata.normalize("NFD", text))


@mutator
def padded_cells(document: Document, random_: random.Random) -> None:
    space = random_.choice((" ", "  ", "\t", "\u00a0"))
    for row in document.rows:
        for at in (*document.names, *document.codes):
            if len(row) > at and row[at]:
                row[at] = f"{space}{row[at]}{space}"


@mutator
def hard_spaces_in_names(document: Document, random_: random.Random) -> None:
    for row in document.rows:
        for at in document.names:
            if len(row) > at:
                row[at] = str(row[at]).replace(" ", "\u00a0")


@mutator
def invisible_letters(document: Document, random_: random.Random) -> None:
    row = random_.choice(document.rows)
    for at in document.names:
        if len(row) > at and row[at]:
            row[at] = f"{row[at]}\u200b"


@mutator
def another_name_for_a_code(document: Document, random_: random.Random) -> None:
    rows = [row for row in document.rows if row.truth is not None and len(row) > 1]
    if document.codes and len(rows) > 1:
        row = random_.choice(rows)
        code = row.truth[0][0]
        same = [each for each in rows if each.truth[0][0] == code]
        row[document.names[0]] = "Felstad"
        document.must_not_be_read |= len(same) > 1
        row.truth = (row.truth[0], ("Felstad", *row.truth[1][1:]))


# headers


@mutator
def header_in_capitals(document: Document, random_: random.Random) -> None:
    document.header = [str(name).upper() for name in document.header]


@mutator
def header_padded(document: Document, random_: random.Random) -> None:
    document.header = [f" {name}\u00a0" for name in document.header]


@mutator
def header_with_footnotes(document: Document, random_: random.Random) -> None:
    at = random_.randrange(len(document.header))
    if document.header[at]:
        document.header[at] += random_.choice((" 1)", "¹", "*"))


@mutator
def header_over_two_rows(document: Document, random_: random.Random) -> None:
    document.two_row_header = True


@mutator
def header_missing(document: Document, random_: random.Random) -> None:
    document.spoil_text.append(lambda text: text.partition(document.newline)[2] if not document.above else text)


@mutator
def column_renamed(document: Document, random_: random.Random) -> None:
    places = [at for at, name in enumerate(document.header) if name in REQUIRED[document.kind]]
    if places:
        document.header[random_.choice(places)] = "Kolumn"
        document.must_not_be_read = True


@mutator
def column_named_twice(document: Document, random_: random.Random) -> None:
    places = [at for at, name in enumerate(document.header) if name in REQUIRED[document.kind]]
    if len(places) > 1:
        source, target = random_.sample(places, 2)
        document.header[target] = document.header[source]
        document.must_not_be_read = True


@mutator
def columns_in_another_order(document: Document, random_: random.Random) -> None:
    if any(len(row) != len(document.header) for row in document.rows):
        return
    order = random_.sample(range(len(document.header)), len(document.header))
    document.header = [document.header[at] for at in order]
    document.rows = [Row((row[at] for at in order), row.truth) for row in document.rows]
    for name in ("numbers", "names", "codes", "times"):
        setattr(document, name, tuple(order.index(at) for at in getattr(document, name)))


@mutator
def further_column(document: Document, random_: random.Random) -> None:
    document.header.insert(0, "Anteckning")
    for row in document.rows:
        row.insert(0, random_.choice(("", "kontrollerad", "?")) if row else "")
    for name in ("numbers", "names", "codes", "times"):
        setattr(document, name, tuple(at + 1 for at in getattr(document, name)))


# times


def _times(document: Document, change: Callable[[str], str]) -> None:
    for row in document.rows:
        for at in document.times:
            if len(row) > at and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", str(row[at])):
                row[at] = change(str(row[at]))


def _parts(text: str) -> tuple[str, str, str, str]:
    return text[:4], text[5:7], text[8:10], text[11:]


@mutator
def times_with_slashes(document: Document, random_: random.Random) -> None:
    form = random_.choice(("{d}/{m}/{y} {t}", "{m}/{d}/{y} {t}"))

    def change(text: str) -> str:
        year, month, day, clock = _parts(text)
        return form.format(y=year, m=month, d=day, t=clock)

    _times(document, change)


@mutator
def times_with_dots_or_words(document: Document, random_: random.Random) -> None:
    months = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")
    form = random_.choice(("{d}.{m}.{y} {t}", "{i} {w} {y} kl {t}", "{y}{m}{d} {t}", "{y}-{m}-{d}T{t}:00"))

    def change(text: str) -> str:
        year, month, day, clock = _parts(text)
        return form.format(y=year, m=month, d=day, i=int(day), t=clock, w=months[int(month) - 1])

    _times(document, change)


@mutator
def a_day_that_does_not_exist(document: Document, random_: random.Random) -> None:
    row = random_.choice(document.rows)
    for at in document.times:
        if len(row) > at:
            row[at] = "2024-02-31 10:00"


# workbooks


@mutator
def workbook(document: Document, random_: random.Random) -> None:
    if not document.spoil_text and not document.spoil_bytes:
        document.workbook = True


@mutator
def workbook_with_numbers(document: Document, random_: random.Random) -> None:
    if document.spoil_text or document.spoil_bytes:
        return
    document.workbook = True
    for row in document.rows:
        for at in document.numbers:
            if len(row) > at and re.fullmatch(r"[0-9]+(\.[0-9])?", str(row[at])):
                row[at] = float(str(row[at])) if "." in str(row[at]) else int(str(row[at]))


@mutator
def workbook_with_merged_title(document: Document, random_: random.Random) -> None:
    if not document.spoil_text and not document.spoil_bytes and not document.above:
        document.workbook = True
        document.above = [["Utdrag"]]
        document.merged.append("A1:D1")
