"""Textfil, yearly municipality tables, surveys, registers, the registry and the record: small files by hand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from evaluation.errors import InputError, ParameterError
from evaluation.sources import KINDS, reader_for
from evaluation.sources.bra_labels import area_codes_of
from evaluation.sources.codebook import variables_of
from evaluation.sources.municipalities import municipality_codes, municipality_name
from evaluation.sources.preview import look_at
from evaluation.sources.reading import Origin, ReadingRecord, SetAside, set_aside_frame

TEXTFIL = """Anmälda brott, antal och per 100 000 inv
;2025;2025;2025;2025;2026 prel.;2026 prel.
;Kvartal 1;;Kvartal 2;;Kvartal 1;
;Antal;/100&nbsp;000&nbsp;inv;Antal;/100&nbsp;000&nbsp;inv;Antal;/100&nbsp;000&nbsp;inv;
Upplands Väsby kommun;;;;;;
Totalt antal brott;1&nbsp;416;2 800;1 300;2 600;1 471;2 900;
3-7 kap. Brott mot person;..;..;..;..;12;24
Heby kommun (Uppsala län from 2007);;;;;;
Totalt antal brott;10;20;13;26;14;29;

Källa: Brå
"""


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_textfil_by_hand(tmp_path: Path) -> None:
    reading = reader_for("bra_sol_textfil")(write(tmp_path, "Textfil.txt", TEXTFIL, "latin-1"))
    frame = reading.frame
    assert frame["count"].tolist() == [1416, 1300, 1471, pd.NA, pd.NA, 12, 10, 13, 14]
    assert frame["rate"].tolist()[:3] == [2800.0, 2600.0, 2900.0]
    assert frame["area_code"].tolist() == ["0114"] * 6 + ["0331"] * 3
    assert frame["start"].dt.strftime("%Y-%m").tolist()[:3] == ["2025-01", "2025-04", "2026-01"]
    assert set(frame["grain"]) == {"quarter"}
    assert frame["status"].tolist() == ["final", "final", "preliminary"] * 3
    assert reading.record.rows_read == 9 + 4  # nine pairs of cells; two regions, a blank, a footer
    assert reading.record.origin.header_rows == (1, 2, 3, 4)
    assert reading.record.missing_codes == {"count": {"..": 2}, "rate": {"..": 2}}


def test_textfil_of_years_has_the_word_year_above(tmp_path: Path) -> None:
    text = "Titel\n;År;;År;\n;2024;;2025;\n;Antal;/100 000 inv;Antal;/100 000 inv;\nAle kommun;;;;\nBrott;1;2;3;4;\n"
    frame = reader_for("bra_sol_textfil")(write(tmp_path, "t.txt", text)).frame
    assert frame[["grain", "count"]].to_numpy().tolist() == [["year", 1], ["year", 3]]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Kvartal 2", "Kvartal 5", "heading"),
        (";Antal;", ";Mängd;", "Antal"),
        ("1&nbsp;416;", "", "row 6"),
        ("Upplands Väsby kommun;;;;;;\n", "", "before any region"),
        ("Heby kommun (Uppsala län from 2007)", "Upplands Väsby kommun", "a second figure"),
        ("1&nbsp;416", "1&nbsp;41", "a number"),
    ],
)
def test_textfil_refuses(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        reader_for("bra_sol_textfil")(write(tmp_path, "t.txt", TEXTFIL.replace(old, new, 1)))


def test_yearly_table_with_header(tmp_path: Path) -> None:
    text = "Kommun;Antal;Per 100 000 inv.\r\nAle;2537;7810\r\nUpplands Väsby;6 646;13 376\r\n"
    reading = reader_for("bra_yearly_municipalities")(write(tmp_path, "kommuner 2023.csv", text, "utf-8-sig"))
    assert reading.frame[["area_code", "count", "rate"]].to_numpy().tolist() == [
        ["1440", 2537, 7810.0],
        ["0114", 6646, 13376.0],
    ]
    assert "year" in [guess.what for guess in reading.record.guesses]


def test_yearly_table_of_2021_without_header(tmp_path: Path) -> None:
    text = "Arjeplogs kommun;300;10 000\nMalung–Sälens kommun;1 200;11 111\nBorås kommun;5;6\nStadsdelsområde X;1;2\n"
    path = write(tmp_path, "k.csv", text)
    frame = reader_for("bra_yearly_municipalities")(path, year=2021).frame
    assert frame["area"].tolist() == ["Arjeplog", "Malung-Sälen", "Borås", "Stadsdelsområde X"]
    assert frame["area_code"].tolist() == ["2506", "2023", "1490", ""]
    assert frame["start"].eq(pd.Timestamp("2021-01-01")).all()
    with pytest.raises(InputError, match="the year of the figures"):
        reader_for("bra_yearly_municipalities")(path)
    with pytest.raises(InputError, match="row 2, column 'Antal'"):
        reader_for("bra_yearly_municipalities")(write(tmp_path, "l.csv", text.replace("1 200", "ca 1 200")), year=2021)


def test_the_register_of_municipalities() -> None:
    assert len(municipality_codes()) == 290
    assert len(set(municipality_codes().values())) == 290
    labels = ("Upplands väsby", "Ale kommun", "Höganäs kommun", "Väsby", "Ales")
    assert [municipality_name(label) for label in labels] == ["Upplands Väsby", "Ale", "Höganäs", None, None]
    assert area_codes_of(["Hela landet", "Ale kommun"], {"Hela landet": "00"}).values == ["00", "1440"]


BOOK = {
    "safe": {
        "2021": {"column": "q12", "options": {"1": "very", "2": "fairly", "9": "refused"}},
        "2023": {"column": "q14", "options": ["Trygg", "Otrygg"]},
    },
    "age": {"": {"column": "ålder", "low": 16, "high": 84}},
}
SURVEY = "id;vikt;q12;ålder\n1;1,5;1;44\n2;0,75;7;17\n3;2;;30\n9;44;;\n;;1;\n"


def test_survey_by_codebook_and_wave(tmp_path: Path) -> None:
    path = write(tmp_path, "våg.csv", SURVEY)
    fields = {"respondent": "id", "weight": "vikt"}
    reading = reader_for("survey_microdata")(path, codebook=BOOK, wave="2021", fields=fields)
    assert reading.frame.drop(columns="row_number").to_numpy().tolist() == [
        ["2021", "1", 1.5, "1", "44"],
        ["2021", "2", 0.75, "7", "17"],
        ["2021", "3", 2.0, "", "30"],
        ["2021", "9", 44.0, "", ""],
        ["2021", "", pd.NA, "1", ""],
    ]
    assert reading.record.unknown_codes == {"safe": {"7": 1}}
    assert reading.record.decimal_sign == ","
    with pytest.raises(InputError, match="q14"):
        reader_for("survey_microdata")(path, codebook=BOOK, wave="2023")


def test_an_area_called_na_is_an_area_where_the_study_has_it(tmp_path: Path) -> None:
    path = write(tmp_path, "våg.csv", "id;vikt;q12;område;ålder\n1;1,5;1;NA;44\n2;1,5;NA;0100;17\n3;1,5;2;;30\n")
    read, arguments = reader_for("survey_microdata"), {"codebook": BOOK, "wave": "2021", "fields": {"area": "område"}}
    known = read(path, **arguments, areas=["NA", "0100"]).frame
    assert known[["area", "safe"]].to_numpy().tolist() == [["NA", "1"], ["0100", ""], ["", "2"]]
    assert read(path, **arguments).frame["area"].tolist() == ["", "0100", ""]


def test_survey_sets_slipped_records_aside_before_it_reads_weights(tmp_path: Path) -> None:
    path = write(tmp_path, "våg.csv", SURVEY + "Trygg;Man;;\n4;1,0;1;20\n")
    reading = reader_for("survey_microdata")(path, codebook=BOOK, wave="2021", fields={"weight": "vikt"})
    assert reading.record.set_aside[["row_number", "rule"]].to_numpy().tolist() == [[7, "left_shifted"]]
    broken = write(tmp_path, "b.csv", SURVEY + "4;tung;1;20\n")
    with pytest.raises(InputError, match="'tung'"):
        reader_for("survey_microdata")(broken, codebook=BOOK, wave="2021", fields={"weight": "vikt"})


def test_survey_from_spss_keeps_codes_and_user_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0], "q12": [1.0, 9.0], "ålder": [44.0, None]})
    pyreadstat.write_sav(frame, str(tmp_path / "v.sav"), missing_ranges={"q12": [9]})
    reading = reader_for("survey_microdata")(
        tmp_path / "v.sav", codebook=BOOK, wave="2021", fields={"respondent": "id"}
    )
    assert reading.frame[["respondent", "safe", "age"]].to_numpy().tolist() == [["1", "1", "44"], ["2", "9", ""]]
    (tmp_path / "d.sav").write_bytes((tmp_path / "v.sav").read_bytes()[:300])
    with pytest.raises(InputError, match="cannot be read"):
        reader_for("survey_microdata")(tmp_path / "d.sav", codebook=BOOK, wave="2021")


def test_a_crash_of_the_spss_library_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = subprocess.CompletedProcess([], returncode=-11, stdout=b"")
    monkeypatch.setattr("evaluation.sources.spss.subprocess.run", lambda *_, **__: crashed)
    (tmp_path / "v.sav").write_bytes(b"$FL2" + bytes(200))
    with pytest.raises(InputError, match="stopped with code -11"):
        reader_for("survey_microdata")(tmp_path / "v.sav", codebook=BOOK, wave="2021")


def test_codebook_errors() -> None:
    with pytest.raises(ParameterError, match="no variable in this wave"):
        variables_of({"safe": BOOK["safe"]}, "1999")
    with pytest.raises(ParameterError, match="column"):
        variables_of({"safe": {"": {"options": []}}}, "1999")
    age = variables_of(BOOK, "2021")[1]
    assert [age.knows(text) for text in ("16", "84", "15", "85", "x", "", "NA")] == [True, True, False, False, False, True, True]  # fmt: skip  # noqa: E501


def test_shares_given_as_fractions_are_refused(tmp_path: Path) -> None:
    text = "area,survey,year,indicator,share_percent,answers\nA,s,2021,i,0.26,10\nA,s,2022,i,0.24,10\n"
    with pytest.raises(InputError, match="26 for 26 %"):
        reader_for("survey_published_shares")(write(tmp_path, "s.csv", text))


def test_every_kind_has_a_reader_and_a_wrong_one_is_named() -> None:
    assert len(KINDS) == 17
    assert all(callable(reader_for(kind)) for kind in KINDS)
    with pytest.raises(ParameterError, match="did you mean 'kolada'"):
        reader_for("koladda")


def test_a_record_that_does_not_add_up_cannot_be_made() -> None:
    aside = set_aside_frame([SetAside(2, "footer", "", "Källa")])
    origin = Origin("f.csv", 1, "x")
    assert json.dumps(ReadingRecord("kolada", origin, 3, 2, aside).to_dict())
    with pytest.raises(InputError, match="3 rows read, but 3 kept and 1 set aside"):
        ReadingRecord("kolada", origin, 3, 3, aside)


def test_the_record_for_the_manifest_holds_no_text_of_a_row(tmp_path: Path) -> None:
    text = "area_code,area,year,mean_population\n0114,Väsby,2020,5\nKälla: Karin 19900101-1234\n"
    record = reader_for("mean_population")(write(tmp_path, "p.csv", text)).record
    assert "Karin" in record.set_aside["text"].iloc[0]
    assert "Karin" not in json.dumps(record.to_dict(), ensure_ascii=False)


def test_a_first_look_names_the_readers_that_understand(tmp_path: Path) -> None:
    look = look_at(write(tmp_path, "Textfil.txt", TEXTFIL, "latin-1"))
    assert look.understood == ("bra_sol_textfil",)
    assert look.origin.encoding == "cp1252"
    population = look_at(write(tmp_path, "p.csv", "area_code;area;year;mean_population\n0114;V;2020;5\n"))
    assert population.understood == ("mean_population",)
    assert population.rows[1] == ("0114", "V", "2020", "5")
    assert look_at(write(tmp_path, "u.csv", "a;b\n1;2\n")).understood == ()
