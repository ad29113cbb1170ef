"""What `pandas.read_csv` makes of these files without being told: an error, or wrong values without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

MARK = "_syntetiska_exempeldata.csv"


@pytest.fixture
def police(committed: Path) -> pd.DataFrame:
    return pd.read_csv(committed / f"handelser_polis{MARK}", sep=";", encoding="cp1252")


@pytest.mark.parametrize("name", ["handelser_polis", "handelser_kommun_2015-2019", "trygghetsmatning_2016"])
def test_the_default_encoding_stops(committed: Path, name: str) -> None:
    with pytest.raises(UnicodeDecodeError):
        pd.read_csv(committed / f"{name}{MARK}", sep=";")


def test_the_default_delimiter_misreads(committed: Path) -> None:
    with pytest.raises(pd.errors.ParserError):
        pd.read_csv(committed / f"handelser_bostadsbolag{MARK}")


def test_latin1_loses_the_dash_silently(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_polis{MARK}", sep=";", encoding="latin-1")
    texts = frame["Fritext (syntetiska exempeldata)"].dropna()
    assert texts.str.contains("\x96").any()
    assert not texts.str.contains("–").any()


def test_an_area_called_na_is_lost(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_kommun_2020-2026{MARK}", sep=";")
    text = pd.read_csv(committed / f"handelser_kommun_2020-2026{MARK}", sep=";", dtype=str, keep_default_na=False)
    assert text["Områdeskod"].eq("NA").sum() > 100
    assert frame["Områdeskod"].eq("NA").sum() == 0


def test_area_codes_become_decimal_numbers(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_bostadsbolag{MARK}", sep=";")
    assert frame["Område"].dtype == "float64"
    assert (frame["Område"] == 100.0).any()  # 0100


def test_codes_lose_their_zeros(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_polis{MARK}", sep=";", encoding="cp1252", skipfooter=2, engine="python")
    written = frame["Kod"].astype(str)
    assert not written.str.startswith("0").all()
    survey = pd.read_csv(committed / f"trygghetsmatning_2018{MARK}", sep=";")
    assert (survey["Område"] == 100.0).any()


def test_totals_and_sources_become_reports(police: pd.DataFrame, truth: dict[str, Any]) -> None:
    true = truth["log"]["rows_by_file"][f"handelser_polis{MARK}"]
    assert len(police) == true + 2
    assert next(iter(police["ID"].tail(2))) == "Summa"


def test_a_pasted_header_becomes_a_report_and_coordinates_text(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_kommun_2015-2019{MARK}", sep=";", encoding="cp1252", low_memory=False)
    assert frame["Kategori"].eq("Kategori").sum() == 1
    assert not pd.api.types.is_numeric_dtype(frame["N"])


def test_decimal_commas_stay_text(committed: Path) -> None:
    frame = pd.read_csv(committed / f"handelser_bostadsbolag{MARK}", sep=";")
    assert not pd.api.types.is_numeric_dtype(frame["Latitud"])
    with pytest.raises(ValueError, match="could not convert"):
        frame["Latitud"].dropna().astype(float)


def test_spaces_between_thousands_stay_text(police: pd.DataFrame) -> None:
    north = police["N-koordinat"].dropna().astype(str)
    assert north.str.contains("\u00a0").mean() == pytest.approx(0.03, abs=0.01)
    assert pd.to_numeric(north, errors="coerce").isna().sum() > 100  # dropped in silence by a careless reader


def test_counting_rows_counts_reports_twice(committed: Path, truth: dict[str, Any]) -> None:
    names = ("kommun_2015-2019", "kommun_2020-2026")
    frames = [
        pd.read_csv(committed / f"handelser_{name}{MARK}", sep=";", encoding=encoding, dtype=str, usecols=[0])
        for name, encoding in zip(names, ("cp1252", "utf-8-sig"), strict=True)
    ]
    numbers = pd.concat([frame.iloc[:, 0] for frame in frames])
    numbers = numbers[numbers.str.match(r"[KS]\d\d-\d+$")]
    twice = truth["log"]["rows_in_two_files"]
    assert numbers.duplicated().sum() > twice > 20


def test_merged_headers_become_unnamed_columns(committed: Path) -> None:
    frame = pd.read_excel(committed / "handelser_vaktare_syntetiska_exempeldata.xlsx", engine="openpyxl")
    assert sum(str(name).startswith("Unnamed") for name in frame.columns) == 12
    assert "Kategori" not in frame.columns


def test_signs_of_missing_counts_make_the_column_text(committed: Path) -> None:
    frame = pd.read_csv(committed / f"manadstal_kommunen{MARK}")
    assert not pd.api.types.is_numeric_dtype(frame["count"])
    assert {"..", "."} <= set(frame["count"])


def test_answers_slip_to_the_left(committed: Path, truth: dict[str, Any]) -> None:
    frame = pd.read_csv(committed / f"trygghetsmatning_2016{MARK}", sep=";", encoding="cp1252", dtype=str)
    shifted = frame["metod"].isna() & frame["omrade"].notna()
    assert shifted.sum() == truth["survey"][f"trygghetsmatning_2016{MARK}"]["shifted_rows"] == 2
