"""Tables of measures and costs: read as offices write them, and every cell that cannot be read said at once."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from evaluation.errors import InputError
from evaluation.sources import reader_for
from evaluation.sources.process_tables import TableFaultsError, examine

HEAD = "id,agreement,priority_area,name,start,end,status,dose,planned_dose,unit,counts_persons,source\n"
GOOD = "a,1,public_places,Patruller,2021-01-15,2021-12-31,,40,50,pass,nej,rapport\n"


def written(folder: Path, text: str, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(kind: str, path: Path) -> list[str]:
    with pytest.raises(TableFaultsError) as refused:
        reader_for(kind)(path)
    return [str(problem) for problem in refused.value.problems]


def test_measures_as_an_office_writes_them(tmp_path: Path) -> None:
    """Semicolons, decimal comma, dates day first, words in Swedish, headers of their own."""
    text = (
        "Nr;Avtal;Område;Åtgärd;Start;Slut;Läge;Utfört;Enhet;Personer;Källa\n"
        "1;3;public_places;Kameror;01.05.2021;31.12.2021;Genomförd;12,5;timmar;Nej;rapport\n"
        "2;3;recruitment;Stödsamtal;;;Planerad;;;;rapport\n"
    )
    fields = {"id": "Nr", "agreement": "Avtal", "priority_area": "Område", "name": "Åtgärd", "start": "Start"}
    fields |= {"end": "Slut", "status": "Läge", "dose": "Utfört", "unit": "Enhet", "counts_persons": "Personer"}
    frame = reader_for("measures")(written(tmp_path, text), fields={**fields, "source": "Källa"}).frame
    assert frame["start"].iloc[0] == pd.Timestamp(2021, 5, 1)
    assert frame["start"].isna().tolist() == [False, True]
    assert frame["status"].tolist() == ["done", "planned"]
    assert frame["dose"].tolist() == [12.5, pd.NA]
    assert frame["counts_persons"].tolist() == ["no", ""]
    assert frame["planned_dose"].isna().all()  # a column that the file does not have
    assert frame["row_number"].tolist() == [2, 3]


def test_a_workbook_reads_as_the_text_does(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD + GOOD).splitlines():
        sheet.append(line.split(","))
    book.save(tmp_path / "m.xlsx")
    text = reader_for("measures")(written(tmp_path, HEAD + GOOD)).frame
    pd.testing.assert_frame_equal(reader_for("measures")(tmp_path / "m.xlsx").frame, text)


def test_a_table_with_a_header_and_no_row_is_empty(tmp_path: Path) -> None:
    reading = reader_for("measures")(written(tmp_path, HEAD))
    assert (len(reading.frame), reading.record.rows_read) == (0, 0)


def test_a_repeated_row_is_set_aside_and_the_row_numbers_stay(tmp_path: Path) -> None:
    reading = reader_for("measures")(written(tmp_path, HEAD + GOOD + GOOD + GOOD.replace("a,", "b,", 1)))
    assert reading.frame["row_number"].tolist() == [2, 4]
    assert reading.record.set_aside["row_number"].tolist() == [3]


def test_every_cell_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    text = (
        HEAD
        + ",1,public_places,Patruller,2021-02-30,,maybe,many,50,pass,perhaps,rapport\n"
        + GOOD
        + "c,1,public_places,,in May,,,-3,50,pass,no,\n"
    )
    said = faults("measures", written(tmp_path, text))
    places = {line.split(": ")[1] for line in said}
    assert places == {
        *("row 2, column 'id'", "row 2, column 'start'", "row 2, column 'status'", "row 2, column 'dose'"),
        *("row 2, column 'counts_persons'", "row 4, column 'name'", "row 4, column 'start'", "row 4, column 'dose'"),
        "row 4, column 'source'",
    }
    assert all("What to do:" in line for line in said)


def test_a_cell_of_a_workbook_is_named_as_one_of_a_text(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD + GOOD.replace("40", "forty")).splitlines():
        sheet.append(line.split(","))
    book.save(tmp_path / "m.xlsx")
    (said,) = faults("measures", tmp_path / "m.xlsx")
    assert said.startswith("m.xlsx: row 2, column 'dose': found 'forty'")


def test_a_contradiction_of_the_whole_file_is_a_fault_too(tmp_path: Path) -> None:
    text = HEAD.replace(",", ";") + 'a;1;p;N;;;;"1,5";"2.5";pass;no;r\n'
    said = faults("measures", written(tmp_path, text))
    assert len(said) == 1
    assert "decimal" in said[0]


@pytest.mark.parametrize("name", ["Patrull\u202egnp.exe", "dold\u200etext", "x" * 301], ids=["turned", "mark", "long"])
def test_hostile_names_are_refused(tmp_path: Path, name: str) -> None:
    (said,) = faults("measures", written(tmp_path, HEAD + GOOD.replace("Patruller", name)))
    assert "row 2, column 'name'" in said


def test_a_control_character_is_refused_at_the_gate(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="control character"):
        reader_for("measures")(written(tmp_path, HEAD + GOOD.replace("Patruller", "klar\x07")))


@pytest.mark.parametrize("name", ["=CMD()", "<b>x</b>", "$\\frac{$", "Åäö & ”citat”", "NA"])
def test_odd_names_are_kept_as_they_are(tmp_path: Path, name: str) -> None:
    frame = reader_for("measures")(written(tmp_path, HEAD + GOOD.replace("Patruller", name))).frame
    assert frame["name"].tolist() == [name]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="source"):
        reader_for("measures")(written(tmp_path, HEAD.replace(",source", "") + "a,1,p,N,,,,,,,\n"))


def test_costs(tmp_path: Path) -> None:
    text = "agreement;amount;currency;price_year;includes;source\n1;1 250 000;SEK;2024;Vakter;bokslut\n"
    frame = reader_for("costs")(written(tmp_path, text)).frame
    assert frame["amount"].tolist() == [1_250_000.0]
    assert frame["start"].isna().all()
    bad = text + "1;;SEK;1889;;bokslut\n"
    assert {line.split(": ")[1] for line in faults("costs", written(tmp_path, bad))} == {
        "row 3, column 'amount'",
        "row 3, column 'price_year'",
        "row 3, column 'includes'",
    }


def test_what_can_be_read_is_there_beside_the_faults(tmp_path: Path) -> None:
    examined = examine("measures", written(tmp_path, HEAD + GOOD.replace("40", "forty")))
    assert len(examined.problems) == 1
    assert examined.frame["planned_dose"].tolist() == [50.0]
    assert examined.frame["dose"].isna().all()


def test_the_faults_cross_process_borders(tmp_path: Path) -> None:
    examined = examine("measures", written(tmp_path, HEAD + GOOD.replace("40", "forty")))
    error = TableFaultsError(examined.problems)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error).startswith("1 fault in m.csv\n  - m.csv: row 2, column 'dose': found 'forty'")
