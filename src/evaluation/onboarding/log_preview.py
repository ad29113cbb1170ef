"""What a proposed column map looks like: as values for JSON, and as lines for people; personal data masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from evaluation.cleaning.personal_data import mask_text
from evaluation.onboarding.categories import CategoryProposal
from evaluation.onboarding.log_columns import LogColumns
from evaluation.sources.incident_schema import TEXT_FIELDS, TIME_FIELDS
from evaluation.sources.reading import Reading

SHOWN_ROWS = 3
MASK = "(text, not shown)"


def log_values(log: LogColumns, reading: Reading | None, categories: Sequence[CategoryProposal]) -> dict[str, Any]:
    """Return the proposal as JSON values.

    `columns`: field, header, certainty, why. `rows`: read, kept, set aside. `times`: how many times of occurrence are
    known, the first and the last day. `categories`: word, rows, kind. `first_rows`: masked, free text never shown.
    """
    certainty = {each.field: each for each in log.proposals}
    columns = [
        {"field": name, "header": header, "certainty": certainty[name].certainty, "why": certainty[name].why}
        for name, header in log.fields.items()
    ]
    shown: dict[str, Any] = {"columns": columns, "options": dict(log.options), "unused": list(log.unused)}
    shown |= {"warnings": list(log.warnings), "doubtful": list(log.doubtful)}
    if reading is None:
        return shown
    record, times = reading.record, reading.frame["occurred_from"].dropna()
    rows = {"read": record.rows_read, "kept": record.rows_kept, "set_aside": record.rows_read - record.rows_kept}
    days = {"first": str(times.min().date()), "last": str(times.max().date())} if len(times) else {}
    kinds = [{"word": each.spelling, "rows": each.rows, "kind": each.kind or None} for each in categories]
    shown |= {"rows": rows, "times": {"known": len(times), **days}, "categories": kinds}
    return shown | {"first_rows": _first_rows(log, reading.frame)}


def log_lines(shown: dict[str, Any]) -> str:
    """Return the proposal as lines."""
    width = max((len(column["field"]) for column in shown["columns"]), default=0)
    lines = ["columns"]
    lines += [
        f"  {c['field']:<{width}} = {_header(c['header'])}  ({c['certainty']}: {c['why']})" for c in shown["columns"]
    ]
    lines += [f"  not used: {', '.join(shown['unused'])}"] if shown["unused"] else []
    lines += [f"  {name}: {value}" for name, value in shown["options"].items()]
    lines += [f"warning: {warning}" for warning in shown["warnings"]]
    if "rows" in shown:
        rows, times = shown["rows"], shown["times"]
        lines += [f"rows: {rows['read']} read, {rows['kept']} kept, {rows['set_aside']} set aside"]
        lines += [f"times: {times['known']} known, {times.get('first', '-')} to {times.get('last', '-')}"]
        lines += ["categories"]
        lines += [
            f"  {c['word'] or '(empty)'}: {c['rows']} rows, {c['kind'] or 'no kind proposed'}"
            for c in shown["categories"]
        ]
        lines += ["first rows", *(f"  {' | '.join(map(str, row.values()))}" for row in shown["first_rows"])]
    return "\n".join(lines)


def _header(header: str | list[str]) -> str:
    return header if isinstance(header, str) else " + ".join(header)


def _first_rows(log: LogColumns, incidents: pd.DataFrame) -> list[dict[str, str]]:
    top = incidents.head(SHOWN_ROWS)
    texts = {name: mask_text(top[name]) for name in TEXT_FIELDS if name in log.fields and name != "free_text"}
    times = {name: top[f"{name}_text"] for name in TIME_FIELDS if name in log.fields}
    frame = pd.DataFrame({name: (times | texts)[name].astype("str") for name in log.fields if name in times | texts})
    if "free_text" in log.fields:
        frame = frame.assign(free_text=top["free_text"].map(lambda text: MASK if text else ""))
    return [{str(name): str(value) for name, value in row.items()} for row in frame.to_dict("records")]
