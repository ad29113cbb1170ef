"""Cleaning a million incident rows to Parquet with a ledger: this suite, idiomatic pandas, duckdb, and the bare stages.

`python benchmarks/clean_incidents.py [--rows 1000000] [--peers PYTHON]` prints the table; `run()` returns its rows.
Each contender is a process of its own and pays for its imports; what counts is CPU seconds (user + system) of the whole
process. Before anything is timed the results are compared: the same rows kept, the same values, and the same number of
ledger rows by rule. PYTHON is an interpreter that has duckdb (it is no dependency of the suite).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import incident_rows as made

NAMES = ["event_id", "occurred_from_text", "occurred_to_text", "reported_text", "category", "subcategory", "place"]
NAMES += ["area", "x", "y", "reporter", "reported_to_police", "free_text"]
COMPARED = ["row_number", "event_id", "occurred_from", "occurred_to", "offence_type", "place", "northing", "easting"]
COMPARED += ["free_text"]
STAMP = "%Y-%m-%d %H:%M"


# --- this suite


def suite(log: Path, out: Path) -> None:
    """Read with Arrow, clean with `clean_incidents`, write frame and ledger."""
    from evaluation.cleaning import clean_incidents, write_cleaned

    cleaned = clean_incidents(canonical(_read(log), 2), rules())
    with (out / "frame.parquet").open("wb") as frame, (out / "ledger.parquet").open("wb") as ledger:
        write_cleaned([cleaned], frame, ledger)


def batches(log: Path, out: Path) -> None:
    """The same as a stream of batches, for logs of any size."""
    from evaluation.cleaning import clean_incident_batches, write_cleaned

    with (out / "frame.parquet").open("wb") as frame, (out / "ledger.parquet").open("wb") as ledger:
        write_cleaned(clean_incident_batches(_stream(log), rules()), frame, ledger)


def gate(log: Path, out: Path) -> None:
    """The same with the suite's own reading gate in front: every cell looked at, nothing guessed."""
    from evaluation.cleaning import clean_incidents, write_cleaned
    from evaluation.sources import incident_log
    from evaluation.sources.incident_schema import IncidentColumns

    headers = made.HEADER.strip().split(";")
    fields = dict(
        zip(
            ["free_text" if name == "free_text" else name.removesuffix("_text") for name in NAMES], headers, strict=True
        )
    )
    reading = incident_log.read(log, columns=IncidentColumns(fields=fields))
    with (out / "frame.parquet").open("wb") as frame, (out / "ledger.parquet").open("wb") as ledger:
        write_cleaned([clean_incidents(reading.frame, rules())], frame, ledger)


def rules():
    """Return the rules of the made-up log."""
    import pandas as pd

    from evaluation.cleaning import CoordinateRule, IncidentRules, read_category_map

    table = pd.DataFrame({"spelling": made.SPELLINGS, "category": made.TYPES, "valid_from": "", "valid_to": ""})
    table.loc[table["spelling"] == "Ordning", "valid_to"] = made.CODE_CHANGE
    later = pd.DataFrame([{"spelling": "Ordning", "category": "insecure_place", "valid_from": "2022-01-01"}])
    categories = read_category_map(pd.concat([table, later]).fillna("").astype("str"))
    return IncidentRules(categories, coordinates=CoordinateRule("sweref99tm", **made.BOX), keep_free_text=True)


def _csv_options():
    import pyarrow as pa
    from pyarrow import csv

    return {
        "read_options": csv.ReadOptions(encoding="cp1252", block_size=1 << 22, column_names=NAMES, skip_rows=1),
        "parse_options": csv.ParseOptions(delimiter=";", quote_char=False),
        "convert_options": csv.ConvertOptions(
            column_types=dict.fromkeys(NAMES, pa.large_string()), strings_can_be_null=False
        ),
    }


def _read(log: Path):
    from pyarrow import csv

    return csv.read_csv(log, **_csv_options())


def _stream(log: Path):
    import pyarrow as pa
    from pyarrow import csv

    row = 2
    for batch in csv.open_csv(log, **_csv_options()):
        yield canonical(pa.Table.from_batches([batch]), row)
        row += batch.num_rows


def canonical(table, first_row: int):
    """Return the canonical incident frame of the raw text table."""
    import numpy as np
    import pandas as pd
    import pyarrow.compute as pc

    from evaluation.sources.incident_schema import TIME_FLAGS

    frame = table.to_pandas()
    n = len(frame)
    added: dict[str, object] = {}
    for name in ("occurred_from", "occurred_to", "reported"):
        text = table[f"{name}_text"]
        moment = pc.strptime(text, STAMP, "us", error_is_null=True)
        flag = np.zeros(n, dtype=np.int8)
        unknown = moment.is_null().to_numpy()
        flag[unknown] = np.where(pc.equal(text, "").to_numpy()[unknown], 4, 5)
        added[name] = moment.to_numpy()
        added[f"{name}_time"] = pd.Categorical.from_codes(flag, TIME_FLAGS)
    added["source_file"] = pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), ["log.csv"])
    added["row_number"] = np.arange(first_row, first_row + n)
    return frame.assign(**added)


# --- idiomatic pandas


def pandas_way(log: Path, out: Path) -> None:
    """What an experienced pandas user writes: vectorised columns, `str` methods, a ledger by concat."""
    import numpy as np
    import pandas as pd

    from evaluation.cleaning.patterns import PATTERNS, STREET_NUMBER

    ledger = []

    def note(rows: pd.DataFrame, rule: str, column: str, action: str) -> None:
        ledger.append(
            pd.DataFrame(
                {
                    "row_number": rows["row_number"],
                    "rule": rule,
                    "column": column,
                    "before": rows[column],
                    "action": action,
                }
            )
        )

    frame = pd.read_csv(log, sep=";", encoding="cp1252", dtype=str, keep_default_na=False, names=NAMES, skiprows=1)
    frame["row_number"] = np.arange(2, len(frame) + 2)
    frame["source_file"] = "log.csv"
    for name in ("occurred_from", "occurred_to", "reported"):
        frame[name] = pd.to_datetime(frame[f"{name}_text"], format=STAMP, errors="coerce")
    backwards = frame["occurred_to"] < frame["occurred_from"]
    for column in ("occurred_from", "occurred_to"):
        note(frame[backwards], "interval_reversed", column, "changed")
    swap = frame.loc[backwards, ["occurred_to", "occurred_from"]].to_numpy()
    frame.loc[backwards, ["occurred_from", "occurred_to"]] = swap
    comma = frame["x"].str.contains(",") | frame["y"].str.contains(",")
    note(frame[comma], "comma_decimal", "x", "flagged")
    x = pd.to_numeric(frame["x"].str.replace(",", "."), errors="coerce")
    y = pd.to_numeric(frame["y"].str.replace(",", "."), errors="coerce")
    south, north, west, east = made.PLANE_BOX
    inside = x.between(west, east) & y.between(south, north)
    swapped = ~inside & y.between(west, east) & x.between(south, north)
    note(frame[swapped], "swapped_axes", "x", "flagged")
    note(frame[~inside & ~swapped], "outside_box", "x", "flagged")
    frame["easting"] = x.where(inside, y.where(swapped))
    frame["northing"] = y.where(inside, x.where(swapped))
    unplaced = frame["occurred_from"].isna() & frame["occurred_to"].isna()
    note(frame[unplaced], "no_time_of_occurrence", "occurred_from_text", "set_aside")
    frame = frame[~unplaced].copy()
    content = [name for name in frame.columns if name not in ("row_number", "source_file")]
    double = frame.duplicated(subset=content)
    note(frame[double], "exact_duplicate", "event_id", "set_aside")
    frame = frame[~double].copy()
    frame["offence_type"] = frame["category"].map(dict(zip(made.SPELLINGS, made.TYPES, strict=True)))
    changed = frame["category"].eq("Ordning") & (frame["occurred_from"] >= "2022-01-01")
    frame.loc[changed, "offence_type"] = "insecure_place"
    unknown = frame["offence_type"].isna()
    note(frame[unknown], "category_not_in_map", "category", "flagged")
    frame["offence_type"] = frame["offence_type"].fillna("")
    place = frame["place"].str.replace(STREET_NUMBER, r"\1", regex=True)
    note(frame[place != frame["place"]], "street_number_dropped", "row_number", "changed")
    frame["place"] = place
    text = frame["free_text"]
    for kind, pattern in PATTERNS:
        text = text.str.replace(pattern, rf"\1[{kind}]", regex=True)
    note(frame[text != frame["free_text"]], "personal_data_masked", "row_number", "changed")
    frame["free_text"] = text
    frame = frame.drop(columns=["occurred_from_text", "occurred_to_text", "reported_text"])
    frame.to_parquet(out / "frame.parquet", compression="zstd", index=False)
    entries = pd.concat([rows.astype({"before": str}) for rows in ledger], ignore_index=True)
    entries.assign(source_file="log.csv").to_parquet(out / "ledger.parquet", compression="zstd", index=False)


# --- duckdb


def duckdb_way(log: Path, out: Path) -> None:
    """The same in SQL, one thread (more threads cost more CPU seconds)."""
    import duckdb

    patterns = _patterns()
    masked = "free_text"
    for kind, pattern in patterns["kinds"]:
        masked = f"regexp_replace({masked}, {_quoted(pattern)}, {_quoted(chr(92) + '1[' + kind + ']')}, 'g')"
    south, north, west, east = made.PLANE_BOX
    mapping = " ".join(f"WHEN '{word}' THEN '{kind}'" for word, kind in zip(made.SPELLINGS, made.TYPES, strict=True))
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES) + "}"
    times = ", ".join(
        f"try_strptime({name}_text, '{STAMP}') AS {name}" for name in ("occurred_from", "occurred_to", "reported")
    )
    content = [name for name in NAMES if not name.endswith("_text")] + [
        "free_text",
        "occurred_from",
        "occurred_to",
        "reported",
    ]
    same = ", ".join(dict.fromkeys(content))
    db = duckdb.connect()
    db.execute("SET threads = 1; SET preserve_insertion_order = true")
    db.execute(f"""
        CREATE TABLE raw AS SELECT *, row_number() OVER () + 1 AS row_number, {times}
        FROM read_csv('{log}', delim=';', header=false, skip=1, quote='', encoding='latin-1', columns={columns},
                      force_not_null={NAMES});
        CREATE TABLE placed AS
        SELECT * REPLACE (CASE WHEN backwards THEN occurred_to ELSE occurred_from END AS occurred_from,
                          CASE WHEN backwards THEN occurred_from ELSE occurred_to END AS occurred_to)
        FROM (SELECT *, coalesce(occurred_to < occurred_from, false) AS backwards,
                     try_cast(replace(x, ',', '.') AS DOUBLE) AS xv, try_cast(replace(y, ',', '.') AS DOUBLE) AS yv
              FROM raw);
        CREATE TABLE judged AS
        SELECT *, coalesce(xv BETWEEN {west} AND {east} AND yv BETWEEN {south} AND {north}, false) AS inside,
               coalesce(yv BETWEEN {west} AND {east} AND xv BETWEEN {south} AND {north}, false) AS swapped,
               contains(x, ',') OR contains(y, ',') AS comma,
               occurred_from IS NOT NULL OR occurred_to IS NOT NULL AS placed,
               row_number() OVER (PARTITION BY {same} ORDER BY row_number) > 1 AS double
        FROM placed;
        CREATE TABLE cleaned AS
        SELECT row_number, event_id, occurred_from, occurred_to, reported, category, subcategory, area, x, y, reporter,
               reported_to_police, place AS old_place, free_text AS old_text, inside, swapped,
               'log.csv' AS source_file,
               CASE WHEN inside THEN xv WHEN swapped THEN yv END AS easting,
               CASE WHEN inside THEN yv WHEN swapped THEN xv END AS northing,
               CASE WHEN category = 'Ordning' AND occurred_from >= '2022-01-01' THEN 'insecure_place'
                    ELSE coalesce(CASE category {mapping} END, '') END AS offence_type,
               regexp_replace(place, {_quoted(patterns["street"])}, '\\1', 'g') AS place,
               {masked} AS free_text
        FROM judged WHERE NOT double AND placed;
        CREATE TABLE ledger AS
        SELECT 'log.csv' AS source_file, * FROM (
            SELECT row_number, 'no_time_of_occurrence' AS rule, 'occurred_from_text' AS "column",
                   occurred_from_text AS before, 'set_aside' AS action
            FROM raw WHERE occurred_from IS NULL AND occurred_to IS NULL
            UNION ALL SELECT row_number, 'interval_reversed', 'occurred_from', occurred_to::VARCHAR, 'changed'
            FROM placed WHERE backwards
            UNION ALL SELECT row_number, 'interval_reversed', 'occurred_to', occurred_from::VARCHAR, 'changed'
            FROM placed WHERE backwards
            UNION ALL SELECT row_number, 'comma_decimal', 'x', x, 'flagged' FROM judged WHERE comma
            UNION ALL SELECT row_number, 'swapped_axes', 'x', x, 'flagged' FROM judged WHERE swapped
            UNION ALL SELECT row_number, 'outside_box', 'x', x, 'flagged' FROM judged WHERE NOT inside AND NOT swapped
            UNION ALL SELECT row_number, 'exact_duplicate', 'event_id', event_id, 'set_aside'
            FROM judged WHERE double AND placed
            UNION ALL SELECT row_number, 'category_not_in_map', 'category', category, 'flagged'
            FROM cleaned WHERE offence_type = ''
            UNION ALL SELECT row_number, 'street_number_dropped', 'place', '', 'changed'
            FROM cleaned WHERE place <> old_place
            UNION ALL SELECT row_number, 'personal_data_masked', 'free_text', '', 'changed'
            FROM cleaned WHERE free_text <> old_text);
        COPY (SELECT * EXCLUDE (old_place, old_text, inside, swapped) FROM cleaned ORDER BY row_number)
        TO '{out / "frame.parquet"}' (FORMAT parquet, COMPRESSION zstd);
        COPY ledger TO '{out / "ledger.parquet"}' (FORMAT parquet, COMPRESSION zstd);
    """)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _patterns() -> dict[str, object]:
    """The suite's patterns, loaded by file so that the peer's interpreter needs nothing of the suite."""
    import importlib.util

    path = Path(__file__).parents[1] / "src" / "evaluation" / "cleaning" / "patterns.py"
    spec = importlib.util.spec_from_file_location("patterns", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"kinds": module.PATTERNS, "street": module.STREET_NUMBER}


# --- the stages


def stages(log: Path, out: Path) -> None:
    """Only what nobody can do without, each as one Arrow or numpy call: imports, decode and parse, times, numbers,
    distinct ids, coded categories, one look for personal data, write. No ledger, no frame, no proof."""
    import numpy as np
    import pandas as pd  # noqa: F401 (its import is part of the process)
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from evaluation.cleaning.patterns import ANY_IDENTIFIER

    table = _read(log).combine_chunks()
    times = {
        name: pc.strptime(table[f"{name}_text"], STAMP, "us", error_is_null=True)
        for name in ("occurred_from", "occurred_to", "reported")
    }
    numbers = {}
    for name in ("x", "y"):
        pointed = pc.replace_substring(table[name], ",", ".")
        usable = pc.match_substring_regex(pointed, r"^-?[0-9]+(?:\.[0-9]+)?$")
        numbers[name] = pc.cast(pc.if_else(usable, pointed, None), pa.float64())
    np.asarray(table["event_id"].unique())
    kinds = table["category"].combine_chunks().dictionary_encode()
    places = table["place"].combine_chunks().dictionary_encode()
    pc.match_substring_regex(table["free_text"], ANY_IDENTIFIER)
    kept = table.drop_columns(["occurred_from_text", "occurred_to_text", "reported_text", "category", "place"])
    for name, column in {
        **times,
        "northing": numbers["y"],
        "easting": numbers["x"],
        "category": kinds,
        "place": places,
    }.items():
        kept = kept.append_column(name, column)
    pq.write_table(kept, out / "frame.parquet", compression="zstd")


CONTENDERS = {
    "suite": suite,
    "gate": gate,
    "batches": batches,
    "pandas": pandas_way,
    "duckdb": duckdb_way,
    "stages": stages,
}


# --- measuring


def run(rows: int = 1_000_000, peers: str | None = None, repeats: int = 3) -> list[dict[str, object]]:
    """Return one row per contender: contender, rows, cpu_seconds (least of the repeats), peak_mb, ratio to suite."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        made.write_log(log, rows)
        names = ["suite", "gate", "batches", "pandas", "stages"] + (["duckdb"] if peers else [])
        for name in names:
            (Path(folder) / name).mkdir()
        _compare(Path(folder), log, [name for name in names if name != "stages"], peers)
        measured = {name: (float("inf"), 0.0) for name in names}
        for _ in range(repeats):  # taken in turns, so that a busy machine is busy for all
            for name in names:
                cpu, peak = _process(name, log, Path(folder) / name, peers)
                measured[name] = (min(measured[name][0], cpu), max(measured[name][1], peak))
    own = measured["suite"][0]
    return [
        {
            "contender": name,
            "rows": rows,
            "cpu_seconds": round(cpu, 2),
            "peak_mb": round(peak),
            "ratio": round(cpu / own, 2),
        }
        for name, (cpu, peak) in measured.items()
    ]


def run_large(rows: int = 10_000_000, names: tuple[str, ...] = ("batches",)) -> list[dict[str, object]]:
    """Return CPU seconds and peak memory of contenders on a log that is large for one machine."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        made.write_log(log, rows)
        return [
            {"contender": name, "rows": rows, "cpu_seconds": round(cpu, 1), "peak_mb": round(peak)}
            for name in names
            for cpu, peak in [_process(name, log, Path(folder), None)]
        ]


def _process(name: str, log: Path, out: Path, peers: str | None) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of one contender in a process of its own."""
    python = peers if name == "duckdb" and peers else sys.executable
    command = [python, __file__, "--contender", name, "--log", str(log), "--out", str(out)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, float(process.stdout.split()[-1]) / 1024


def _peak_memory() -> int:
    """Peak resident memory of this process in kB (Linux: of this program only; elsewhere as getrusage says)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def _compare(folder: Path, log: Path, names: list[str], peers: str | None) -> None:
    """Stop unless all contenders keep the same rows with the same values and note the same faults."""
    import pandas as pd

    results = {}
    for name in names:
        _process(name, log, folder / name, peers)
        frame = pd.read_parquet(folder / name / "frame.parquet", columns=COMPARED).sort_values(
            "row_number", ignore_index=True
        )
        for column in ("occurred_from", "occurred_to"):
            frame[column] = frame[column].astype("datetime64[us]")
        ledger = pd.read_parquet(folder / name / "ledger.parquet", columns=["rule", "row_number", "column"])
        ledger = ledger[
            ~ledger["rule"].isin(
                ["column_withheld", "flag_moved_with_time", "reported_before_event", "hour_of_clock_change"]
            )
        ]
        results[name] = frame.astype({"row_number": "int64"}), ledger.groupby("rule").size()
    first_frame, first_ledger = results[names[0]]
    for name in names[1:]:
        pd.testing.assert_frame_equal(first_frame, results[name][0], check_dtype=False, check_exact=False, rtol=1e-12)
        pd.testing.assert_series_equal(first_ledger, results[name][1])


def main() -> None:
    """Print the table, or be one contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--peers", help="Python interpreter with duckdb")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="only batches and peak memory; 10 000 000 rows by default")
    parser.add_argument("--contender", choices=list(CONTENDERS))
    parser.add_argument("--log", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.contender:
        CONTENDERS[given.contender](given.log, given.out)
        print(_peak_memory())
        return
    rows = (
        run_large(given.rows or 10_000_000) if given.large else run(given.rows or 1_000_000, given.peers, given.repeats)
    )
    for line in _lines(rows):
        print(line)


def _lines(rows: list[dict[str, object]]) -> Iterator[str]:
    for row in rows:
        yield "  ".join(f"{name} {value}" for name, value in row.items())


if __name__ == "__main__":
    main()
