"""Small valid files with a known truth, kept apart as header, rows and outer form so that mutators can spoil each."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.sources import IncidentColumns, Reading, reader_for
from evaluation.sources.tidy_counts import TidyColumns

Entry = tuple[Hashable, tuple[object, ...]]


class Row(list):  # type: ignore[type-arg]
    """Cells of one row of the file, and what must come out of it: key and values, or None if it is no data row."""

    def __init__(self, cells: Iterable[object], truth: Entry | None = None) -> None:
        super().__init__(cells)
        self.truth = truth


@dataclass
class Document:
    """One file to be: what stands in it, how it is written, and what must come out."""

    kind: str
    header: list[str]
    rows: list[Row]
    numbers: tuple[int, ...] = ()
    """Columns with numbers."""
    names: tuple[int, ...] = ()
    """Columns with names."""
    codes: tuple[int, ...] = ()
    """Columns with codes."""
    times: tuple[int, ...] = ()
    above: list[list[object]] = field(default_factory=list)
    below: list[list[object]] = field(default_factory=list)
    delimiter: str = ";"
    encoding: str = "utf-8"
    newline: str = "\r\n"
    quoting: int = csv.QUOTE_MINIMAL
    workbook: bool = False
    merged: list[str] = field(default_factory=list)
    two_row_header: bool = False
    spoil_text: list[Callable[[str], str]] = field(default_factory=list)
    spoil_bytes: list[Callable[[bytes], bytes]] = field(default_factory=list)
    must_not_be_read: bool = False
    """The file contradicts itself: reading it in full would be a silent choice."""

    @property
    def truth(self) -> list[Entry]:
        """Key and values of each data row; None where a figure is not published."""
        return [row.truth for row in self.rows if row.truth is not None]

    def table(self) -> list[list[object]]:
        """Every row of the file from top to bottom."""
        header: list[list[object]] = [list(self.header)]
        if self.two_row_header:
            header = [["Uppgifter", *[""] * (len(self.header) - 1)], list(self.header)]
        return [*self.above, *header, *self.rows, *self.below]

    def to_bytes(self) -> bytes:
        """The file."""
        return self._workbook() if self.workbook else self._text()

    def _text(self) -> bytes:
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator=self.newline, quoting=self.quoting)
        writer.writerows(self.table())
        text = stream.getvalue()
        for spoil in self.spoil_text:
            text = spoil(text)
        try:
            data = text.encode(self.encoding)
        except UnicodeEncodeError:
            data = text.encode("utf-8")
        for change in self.spoil_bytes:
            data = change(data)
        return data

    def _workbook(self) -> bytes:
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        for row in self.table():
            sheet.append(row)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        for cells in self.merged:
            sheet.merge_cells(cells)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


AREAS = (
    ("0114", "Upplands Väsby"),
    ("0163", "Sollentuna"),
    ("0117", "Österåker"),
    ("0139", "Upplands-Bro"),
    ("0180", "NA"),
    ("0125", "Ekerö"),
)
PLACES = ("Väsby torg", "Smedby", "NA", "Åkerö", "Odenslunda", "Öster om bron")
CATEGORIES = ("Skadegörelse", "Bråk", "Otrygg plats", "Klotter")
TEXTS = ("fönster krossat", "bråk; sedan lugnt", 'skylten "Stopp" borta', "-", "5 ungdomar", "å ä ö")


def tidy(random_: random.Random) -> Document:
    """Tidy counts by quarter; rates with one decimal, some counts above 1 000, one not published."""
    rows: list[Row] = []
    for code, area in AREAS[: random_.randint(2, 6)]:
        for quarter in range(1, random_.randint(2, 4)):
            count = random_.choice((random_.randint(0, 999), random_.randint(1000, 12999)))
            rate = random_.randint(10, 99999) / 10
            status = random_.choice(("final", "preliminary"))
            entry = ((code, f"2024-{3 * quarter - 2:02d}"), (area, count, rate, status))
            rows.append(Row([code, area, "2024", str(quarter), "all_offences", str(count), f"{rate}", status], entry))
    header = ["area_code", "area", "year", "quarter", "offence_type", "count", "per_100k", "status"]
    return Document("tidy_counts", header, rows, numbers=(5, 6), names=(1,), codes=(0,))


def databasfil(random_: random.Random) -> Document:
    """A SOL Databasfil with its seventh field, parents echoed, and `..`."""
    rows: list[Row] = []
    months = ("Jan", "Feb", "Mar", "Apr", "Maj", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec")
    for area in ("Upplands Väsby kommun", "Österåker kommun", "Stadsdelsområde Järva (Sthlm)")[: random_.randint(1, 3)]:
        for label in ("3-7 kap. Brott mot person", "5 kap. Ärekränkningsbrott"):
            year = random_.choice(("2023", "2023 prel."))
            for month in random_.sample(range(12), random_.randint(1, 3)):
                count, rate = random_.randint(0, 1500), random_.randint(0, 300)
                status = "preliminary" if "prel" in year else "final"
                entry = ((area, label, f"2023-{month + 1:02d}"), (count, float(rate), status))
                rows.append(Row([area, label, year, months[month], str(count), str(rate), ""], entry))
    header = ["Region", "Brott", "År", "Period", "Antal", "/100 000 inv"]
    return Document("bra_sol_databasfil", header, rows, numbers=(4, 5), names=(0, 1), encoding="latin-1")


def incidents(random_: random.Random) -> Document:
    """An incident log with times, places called NA, and free text with delimiters and quotes."""
    rows: list[Row] = []
    for number in range(1, random_.randint(4, 14)):
        month, day = random_.randint(1, 12), random_.randint(1, 28)
        time = f"2024-{month:02d}-{day:02d} {random_.randint(3, 23):02d}:{random_.randint(0, 59):02d}"
        category, place, text = random_.choice(CATEGORIES), random_.choice(PLACES), random_.choice(TEXTS)
        entry = (f"H{number:04d}", (time, category, place, text))
        rows.append(Row([f"H{number:04d}", time, category, place, text], entry))
    header = ["Händelse-id", "Tidpunkt", "Kategori", "Område", "Fritext"]
    return Document("incident_log", header, rows, names=(2, 3), times=(1,))


def population(random_: random.Random) -> Document:
    """Mean population by area and year."""
    rows: list[Row] = []
    for code, area in AREAS[: random_.randint(2, 6)]:
        for year in range(2020, 2020 + random_.randint(1, 3)):
            people = random_.randint(5000, 120000)
            rows.append(Row([code, area, str(year), str(people)], ((code, year), (area, float(people)))))
    header = ["area_code", "area", "year", "mean_population"]
    return Document("mean_population", header, rows, numbers=(3,), names=(1,), codes=(0,))


def survey(random_: random.Random) -> Document:
    """One survey wave with weights, codes and a text field."""
    rows: list[Row] = []
    for number in range(1, random_.randint(4, 14)):
        weight = random_.randint(5, 60) / 10
        safe, victim = str(random_.choice((1, 2, 3, 4, 8, 9))), random_.choice(("Ja", "Nej", ""))
        place = random_.choice(PLACES[:2] + PLACES[3:])
        entry = (str(number), (weight, place, safe, victim))
        rows.append(Row([str(number), f"{weight}", place, safe, victim, "post"], entry))
    header = ["Löpnr", "Vikt", "Område", "q12 Trygghet", "q13 Utsatt", "Svarssätt"]
    return Document("survey_microdata", header, rows, numbers=(1,), names=(2,))


MAKERS = (tidy, databasfil, incidents, population, survey)

INCIDENT_COLUMNS = IncidentColumns(
    {
        "event_id": "Händelse-id",
        "occurred_from": "Tidpunkt",
        "category": "Kategori",
        "area": "Område",
        "free_text": "Fritext",
    },
    values={"category": {name: name for name in CATEGORIES}},
)
CODEBOOK = {
    "safe": {"": {"column": "q12 Trygghet", "options": ["1", "2", "3", "4", "8", "9"]}},
    "victim": {"": {"column": "q13 Utsatt", "options": ["Ja", "Nej"]}},
    "mode": {"": {"column": "Svarssätt", "options": ["post", "webb"]}},
}
TIDY = ("area_code", "area", "year", "quarter", "offence_type", "count", "status")
REQUIRED = {
    "tidy_counts": {*TIDY, "per_100k"},
    "bra_sol_databasfil": {"Region", "Brott", "År", "Period", "Antal"},
    "incident_log": {str(header) for header in INCIDENT_COLUMNS.fields.values()},
    "mean_population": {"area_code", "year", "mean_population"},
    "survey_microdata": {"Löpnr", "Vikt", "Område", "q12 Trygghet", "q13 Utsatt", "Svarssätt"},
}
"""Headers without which the reader must refuse the file."""
OPTIONS: dict[str, dict[str, object]] = {
    "incident_log": {"columns": INCIDENT_COLUMNS},
    "tidy_counts": {"columns": TidyColumns({name: name for name in TIDY} | {"rate": "per_100k"})},
    "survey_microdata": {
        "codebook": CODEBOOK,
        "wave": "2024",
        "fields": {"respondent": "Löpnr", "weight": "Vikt", "area": "Område"},
    },
}


def read(kind: str, path: Path) -> Reading:
    """Read a file as its kind, with the options that its owner would give."""
    return reader_for(kind)(path, **OPTIONS.get(kind, {}))


def found(kind: str, reading: Reading) -> list[tuple[Hashable, tuple[object, ...]]]:
    """Key and values of each row of the frame, in the shape of the truth."""
    frame = reading.frame.astype("object").where(reading.frame.notna(), None)
    return [SHAPES[kind](row) for row in frame.to_dict("records")]


def _month(row: dict[object, object]) -> str:
    return str(row["start"])[:7]


SHAPES: dict[str, Callable[[dict], tuple[Hashable, tuple[object, ...]]]] = {
    "tidy_counts": lambda row: (
        (row["area_code"], _month(row)),
        (row["area"], row["count"], row["rate"], row["status"]),
    ),
    "bra_sol_databasfil": lambda row: (
        (row["area"], row["offence_type"], _month(row)),
        (row["count"], row["rate"], row["status"]),
    ),
    "incident_log": lambda row: (
        row["event_id"],
        (
            None if row["occurred_from"] is None else str(row["occurred_from"])[:16],
            row["category"],
            row["area"],
            row["free_text"],
        ),
    ),
    "mean_population": lambda row: ((row["area_code"], row["year"]), (row["area"], row["mean_population"])),
    "survey_microdata": lambda row: (row["respondent"], (row["weight"], row["area"], row["safe"], row["victim"])),
}
