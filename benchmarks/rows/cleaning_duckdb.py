"""Cleaning incident rows in SQL: duckdb with one thread (more threads cost more CPU seconds)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rows import incident_rows as made
from benchmarks.rows.incident_rows import NAMES, PATTERNS, STAMP, STREET_NUMBER


def clean(log: Path, out: Path) -> None:
    """The same in SQL, one thread (more threads cost more CPU seconds)."""
    import duckdb

    masked = "free_text"
    for kind, pattern in PATTERNS:
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
               regexp_replace(place, {_quoted(STREET_NUMBER)}, '\\1', 'g') AS place,
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
