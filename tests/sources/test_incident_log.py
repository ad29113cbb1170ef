"""Incident logs: small files and streamed ones are the same, in any number of parts, over every clock change."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from evaluation.errors import InputError, ParameterError
from evaluation.sources import IncidentColumns
from evaluation.sources import incident_log as log
from evaluation.sources.incident_schema import INCIDENT_COLUMNS, TIME_FLAGS
from evaluation.sources.incident_stream import stream
from evaluation.sources.incident_times import regular_times

COLUMNS = IncidentColumns(
    {
        "event_id": "Id",
        "occurred_from": ("Datum", "Klockan"),
        "occurred_to": "Till",
        "category": "Kategori",
        "place": "Plats",
        "area": "Område",
        "reported_to_police": "Polis",
        "free_text": "Fritext",
    },
    values={"reported_to_police": {"Ja": "yes", "Nej": "no"}},
)
HEADER = "Id;Datum;Klockan;Till;Kategori;Plats;Område;Polis;Fritext"
TRICKY = f"""Utdrag 2024

{HEADER}
1;2024-01-02;07:30;2024-01-02 08:00;Skadegörelse;Torget 5;NA;Ja;"klotter; på
vägg"
2;2024-10-27;02:30;;Bråk;Torget;Smedby;Nej;5" rör
3;2024-10-27;;;Bråk;Torget;Smedby;Kanske;x

4;2024-10-27;okänd;;Brå  k;Torget;Smedby;;x
5;2024-13-27;01:00;;Bråk;Torget;Smedby;;x
6;2024-03-31;230;;Bråk;Torget;Smedby;;x
;;;;;;;;
{HEADER}
7;2024-03-31;2:30;;Bråk;Torget
8;den 5 mars 2024;23.10;2024-03-06;Bråk;Torget;Smedby;Ja;x;y
9;5 mars 2024;23.10;2024-03-06;Bråk;Torget;Smedby;Ja;"a ""b"" c"
Bråk;Torget;Smedby;Ja;x;;;;
Summa;9;;;;;;;
Källa: EMBRACE
"""


@pytest.fixture
def tricky(tmp_path: Path) -> Path:
    path = tmp_path / "logg.csv"
    path.write_bytes(TRICKY.encode("cp1252"))
    return path


def test_every_row_of_a_tricky_log_by_hand(tricky: Path) -> None:
    reading = log.read(tricky, columns=COLUMNS)
    frame = reading.frame
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == dict(INCIDENT_COLUMNS)
    assert frame["row_number"].tolist() == [4, 5, 6, 8, 9, 10, 15]
    assert frame["occurred_from_time"].tolist() == [
        "known", "ambiguous_hour", "no_time_of_day", "no_time_of_day", "unreadable", "nonexistent_hour", "known",
    ]  # fmt: skip
    assert frame["occurred_from"].iloc[-1] == pd.Timestamp("2024-03-05 23:10")
    assert frame["occurred_from_text"].iloc[4] == "2024-13-27 01:00"
    assert frame["occurred_to_time"].tolist() == ["known", *["missing"] * 5, "no_time_of_day"]
    assert frame["free_text"].tolist()[:2] == ["klotter; på\nvägg", '5" rör']
    assert frame["category"].iloc[3] == "Brå k"
    assert frame["area"].iloc[0] == "NA"
    assert frame["reported_to_police"].tolist() == ["yes", "no", "Kanske", "", "", "", "yes"]
    assert reading.record.unknown_codes == {"reported_to_police": {"Kanske": 1}}
    aside = reading.record.set_aside
    assert dict(zip(aside["row_number"], aside["rule"], strict=True)) == {
        7: "blank_row",
        11: "blank_row",
        12: "repeated_header",
        13: "too_few_fields",
        14: "too_many_fields",
        16: "slipped_row",
        17: "total_row",
        18: "footer",
    }
    assert (frame[["x", "y", "reporter", "subcategory"]] == "").all(axis=None)


@pytest.mark.parametrize("rows", [None, 1, 2, 3, 5, 100])
def test_streamed_parts_equal_the_whole(tricky: Path, rows: int | None) -> None:
    whole = log.read(tricky, columns=COLUMNS)
    parts = list(stream(tricky, COLUMNS, rows))
    joined = pd.concat([part.frame for part in parts], ignore_index=True)
    aside = pd.concat([part.record.set_aside for part in parts]).sort_values("row_number", ignore_index=True)
    pd.testing.assert_frame_equal(joined, whole.frame)
    assert aside[["row_number", "rule"]].equals(whole.record.set_aside[["row_number", "rule"]])
    assert all(part.record.origin.sha256 == whole.record.origin.sha256 for part in parts)
    assert sum(part.record.rows_read for part in parts) == whole.record.rows_read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_large_log_is_streamed_and_equals_the_small_way(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "STREAMED_FROM", 2**20)
    path = tmp_path / "stor.csv"
    path.write_bytes(large_log(25_000).encode(encoding))
    assert path.stat().st_size > log.STREAMED_FROM
    streamed = log.read(path, columns=COLUMNS)
    small = log._read_small(path, COLUMNS)
    pd.testing.assert_frame_equal(streamed.frame, small.frame)
    pd.testing.assert_frame_equal(
        streamed.record.set_aside[["row_number", "rule"]], small.record.set_aside[["row_number", "rule"]]
    )
    assert streamed.record.origin.sha256 == small.record.origin.sha256
    assert streamed.record.unknown_codes == small.record.unknown_codes
    assert sum(len(part.frame) for part in log.batches(path, COLUMNS, rows=7_000)) == len(small.frame)


def large_log(rows: int) -> str:
    random_ = random.Random(1)
    lines = [HEADER]
    for number in range(rows):
        day = dt.date(2020, 1, 1) + dt.timedelta(days=random_.randrange(1500))
        clock = random_.choice(("07:30", "23:59:59", "730", "", "okänd", "2:15", "02:30"))
        written = (
            random_.choice((day.isoformat(), f"{day.day}.{day.month}.{day.year}", "igår")) if number % 9 == 0 else day
        )
        text = random_.choice(('"rop; ""hej"""', '"två\nrader"', "klotter – på vägg…" * 6, "å ä ö é" * 6, "Sa\u0308b"))
        text = text if "\u0308" not in text else "Säb"
        cells = [f"H{number}", str(written), clock, "", "Bråk", "Torget 5", "NA", random_.choice(("Ja", "?")), text]
        lines.append(";".join(cells if number % 500 else cells[: number % 7]))
    return "\n".join([*lines, "Källa: EMBRACE"]) + "\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x81", "byte 0x81"),
        (b"\x00", "control character"),
        ("Ã¤".encode("cp1252"), "encoded twice"),
        (b'"rop" hej', "quote in the middle"),
        (b'x\n1;2024-01-01;;;a;"b\n2;2024-01-01;;;a;b;c;Ja;y\n3;2024-01-01;;;a";b;c;Ja;y', "opens too early"),
    ],
)
def test_what_the_gate_refuses_the_stream_refuses(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "stor.csv"
    path.write_bytes(f"{HEADER}\n1;2024-01-01;;;Bråk;b;Åby;Ja;".encode("cp1252") + data + b"\n")
    for reading in (lambda: log.read(path, columns=COLUMNS), lambda: list(stream(path, COLUMNS, None))):
        with pytest.raises(InputError):
            reading()
    with pytest.raises(InputError, match=what):
        list(stream(path, COLUMNS, None))


@pytest.mark.parametrize("end", ["", "\r"])
@pytest.mark.parametrize("rows", [None, 1, 2, 3])
def test_a_large_log_that_is_cut_off_or_has_a_lone_quote(tmp_path: Path, end: str, rows: int | None) -> None:
    path = tmp_path / "stor.csv"
    lines = ["1;2024-01-01;;;Bråk;b;Åby;Ja;y", '2";2024-01-01;;;Bråk;b;Åby;Ja;y', "3;2024-01-01;;;Bråk;b;Åby;Ja;"]
    lines[0] = lines[0].replace("Åby", '"Å""by"')  # written as it should be, so it belongs to the name
    path.write_bytes("\n".join([HEADER, *lines]).encode() + end.encode())
    parts = list(stream(path, COLUMNS, rows))
    aside = pd.concat([part.record.set_aside for part in parts])
    small = log._read_small(path, COLUMNS)
    assert [name for part in parts for name in part.frame["event_id"]] == ["1"] == small.frame["event_id"].tolist()
    for found in (aside, small.record.set_aside):
        assert dict(zip(found["row_number"], found["rule"], strict=True)) == {3: "stray_quote", 4: "too_few_fields"}
    for reading in (*parts, small):
        assert "last_line" in [guess.what for guess in reading.record.guesses]


def test_a_later_part_may_not_contradict_the_order_of_day_and_month(tmp_path: Path) -> None:
    path = tmp_path / "stor.csv"
    rows = [f"{at};25/04/2024;;;a;b;c;Ja;y" for at in range(3)] + ["3;04/25/2024;;;a;b;c;Ja;y"]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="two different orders"):
        list(stream(path, COLUMNS, None))
    parts = list(stream(path, COLUMNS, 3))
    assert parts[0].frame["occurred_from"].iloc[0] == pd.Timestamp("2024-04-25")
    assert parts[1].frame["occurred_from_time"].tolist() == ["unreadable"]


def test_no_minute_of_ten_clock_changes_is_lost_or_doubled(tmp_path: Path) -> None:
    """Every minute of both days, 2020-2024: known unless it is in the hour that is repeated or skipped."""
    days = [dt.date(2020, 3, 29), dt.date(2020, 10, 25), dt.date(2021, 3, 28), dt.date(2021, 10, 31),
            dt.date(2022, 3, 27), dt.date(2022, 10, 30), dt.date(2023, 3, 26), dt.date(2023, 10, 29),
            dt.date(2024, 3, 31), dt.date(2024, 10, 27)]  # fmt: skip
    minutes = [dt.datetime.combine(day, dt.time(at // 60, at % 60)) for day in days for at in range(1440)]
    lines = [f"{at};{time:%Y-%m-%d};{time:%H:%M};;Bråk;b;c;Ja;y" for at, time in enumerate(minutes)]
    path = tmp_path / "logg.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    frame = log.read(path, columns=COLUMNS).frame
    assert frame["occurred_from"].dt.to_pydatetime().tolist() == minutes
    flags = frame["occurred_from_time"].value_counts()
    assert flags[["ambiguous_hour", "nonexistent_hour", "known"]].tolist() == [300, 300, 10 * 1380]
    assert (frame.loc[frame["occurred_from_time"] == "ambiguous_hour", "occurred_from"].dt.hour == 2).all()


def test_the_flags_agree_with_the_time_zone_database() -> None:
    """A local time is ambiguous when its two folds differ and both come back; nonexistent when neither does."""
    from zoneinfo import ZoneInfo

    from evaluation.sources.dates import flagged

    zone = ZoneInfo("Europe/Stockholm")
    start = dt.datetime(1996, 1, 1, 0, 30)
    for hours in range(0, 24 * 366 * 12, 1):
        time = start + dt.timedelta(hours=hours)
        if time.hour > 3:
            continue
        folds = [time.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        differ = folds[0].utcoffset() != folds[1].utcoffset()
        back = folds[0].astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) == time
        expected = "known" if not differ else "ambiguous_hour" if back else "nonexistent_hour"
        assert flagged(time).flag == expected


def test_every_day_from_1900_to_2100_is_read_and_no_other() -> None:
    """The standard library's calendar against texts of every year, month 0-13 and day 0-32."""
    texts = [f"{y:04}-{m:02}-{d:02} 23:59" for y in range(1899, 2103) for m in range(14) for d in range(33)]
    days = [dt.date(1900, 1, 1) + dt.timedelta(days=at) for at in range(73_414)]
    assert days[-1] == dt.date(2100, 12, 31)
    micros, flags = regular_times(pa.array(texts))
    read = flags == TIME_FLAGS.index("known")
    assert micros[read].view("datetime64[us]").tolist() == [dt.datetime.combine(day, dt.time(23, 59)) for day in days]
    assert (flags[~read] == TIME_FLAGS.index("unreadable")).all()


def test_space_around_cells_goes_in_a_log_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "logg.csv"
    rows = ["1;2024-01-02;07:30; 2024-01-02 08:00;Bråk ; Torget  5;Åby;Ja;ett  ord\t", "2;2024-01-03;;;Bråk;;Åby;Nej;"]
    path.write_text("\n".join([HEADER, *rows, "3 ;2024-01-04;07:30;;Bråk;b;Åby;Ja;y;y"]) + "\n", encoding="cp1252")
    (streamed,), small = stream(path, COLUMNS, None), log._read_small(path, COLUMNS)
    pd.testing.assert_frame_equal(streamed.frame, small.frame)
    columns = ["event_id", "occurred_to_text", "category", "place", "free_text"]
    assert streamed.frame[columns].values.tolist() == [
        ["1", "2024-01-02 08:00", "Bråk", "Torget  5", "ett  ord"],
        ["2", "", "Bråk", "", ""],
    ]
    assert streamed.record.set_aside["rule"].tolist() == small.record.set_aside["rule"].tolist() == ["too_many_fields"]


def test_a_map_with_an_unknown_or_missing_field_is_refused(tricky: Path) -> None:
    with pytest.raises(ParameterError, match="unknown fields"):
        log.read(tricky, columns=IncidentColumns({"category": "Kategori", "occurred_from": "Datum", "kind": "x"}))
    with pytest.raises(ParameterError, match="missing fields"):
        log.read(tricky, columns=IncidentColumns({"category": "Kategori"}))


def test_a_header_alone_is_a_log_without_incidents(tmp_path: Path) -> None:
    path = tmp_path / "tom.csv"
    path.write_text(HEADER + "\n", encoding="utf-8")
    for reading in (log.read(path, columns=COLUMNS), *stream(path, COLUMNS, None)):
        assert reading.frame.empty
        assert reading.record.rows_read == 0
        assert reading.frame["occurred_from_time"].cat.categories.tolist() == list(TIME_FLAGS)
        assert reading.frame["row_number"].dtype == np.int64
