"""How each file was read, in words: every guess of its reading record, rows set aside, the ledger by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.session.pages.words import in_language
from evaluation.session.prepare import Prepared
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

HOW = {
    "byte order mark": "mark",
    "plain ASCII": "ascii",
    "valid UTF-8": "utf8",
    "not valid UTF-8; å, ä and ö are plausible": "windows",
    "workbook": "workbook",
    "named in the file": "named",
}
"""What the gate says about an encoding (`sources.decoding`), and its key among the words."""
SHOWN_ELSEWHERE = frozenset({"delimiter"})


def reading_sentences(record: Mapping[str, Any], words: Wording) -> tuple[str, ...]:
    """Say how one file was read: its form, each guess, signs for no figure, rows set aside; a paragraph each."""
    parts = (_form(record, words), _guesses(record, words), _codes(record, words), _aside(record, words))
    return tuple(text for text in map(" ".join, parts) if text)


def readings(session: OpenedStudy) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Say how the files were read; files that were read alike share what is said."""
    words = session.words
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, record in session.prepared.records.items():
        said = reading_sentences(published_record(name, session), words)
        alike.setdefault(said, []).append(str(record["file"]))
    return tuple((words.join(files), said) for said, files in alike.items())


def published_record(name: str, session: OpenedStudy) -> dict[str, Any]:
    """Return a reading record as it may be shown: cells of people's answers counted under the limit become null."""
    record = dict(session.prepared.records[name])
    if session.study.source(name).kind != "survey_microdata":
        return record
    limit = session.study.thresholds.small_count
    for kind in ("missing_codes", "unknown_codes"):
        record[kind] = {
            column: {code: cells if cells >= limit else None for code, cells in codes.items()}
            for column, codes in record[kind].items()
        }
    return record


def _form(record: Mapping[str, Any], words: Wording) -> Iterator[str]:
    how = HOW.get(str(record["encoding_how"]))
    if how:
        encoding = _word("page.quality.sign", str(record["encoding"]), words)
        yield words.say(f"page.quality.encoding.{how}", encoding=encoding, sheet=str(record["sheet"]))
    if record["delimiter"]:
        yield words.say("page.quality.delimiter", name=_word("page.quality.sign", str(record["delimiter"]), words))
    rows = [words.number(number) for number in record["header_rows"]]
    if rows:
        yield words.say("page.quality.header", rows=words.join(rows))


def _guesses(record: Mapping[str, Any], words: Wording) -> Iterator[str]:
    for guess in record["guesses"]:
        if guess["what"] not in SHOWN_ELSEWHERE:
            value = _word("page.quality.sign", str(guess["value"]), words)
            yield words.say(f"page.quality.guess.{guess['what']}", value=value)


def _codes(record: Mapping[str, Any], words: Wording) -> Iterator[str]:
    for kind in ("missing_codes", "unknown_codes"):
        for column, codes in record[kind].items():
            empty = words.say("page.quality.empty_cell")
            few = words.say("page.quality.few")
            counted = [
                f"{code or empty} ({few if cells is None else words.number(cells)})" for code, cells in codes.items()
            ]
            yield words.say(f"page.quality.{kind}", column=column, codes=words.join(counted))


def _aside(record: Mapping[str, Any], words: Wording) -> Iterator[str]:
    counted = [
        words.say("page.quality.rows_by_rule", rows=words.number(found["rows"]), rule=rule_word(rule, words))
        for rule, found in record["set_aside"].items()
    ]
    if counted:
        yield words.say("page.quality.aside", rows=words.join(counted))


def rule_word(rule: str, words: Wording) -> str:
    """Say a rule of reading or cleaning in words."""
    return words.say(f"page.quality.rule.{rule}")


def file_row(name: str, prepared: Prepared, words: Wording) -> dict[str, object]:
    """Return one file of the table of sources: publisher, publication, rows read, used and set aside, encoding."""
    record, card = prepared.records[name], prepared.cards[name]
    dated = isinstance(card.published, date)
    return {
        "file": record["file"],
        "publisher": in_language(card.publisher, words),
        "published": words.date(card.published) if dated else words.say("page.quality.undated"),
        "read": int(record["rows_read"]),
        "kept": int(record["rows_kept"]),
        "aside": int(record["rows_read"]) - int(record["rows_kept"]),
    }


def ledger_rows(ledger: pd.DataFrame, words: Wording) -> list[dict[str, object]]:
    """Count the ledger by rule and action: rule in words, what was done, files concerned, rows; most rows first."""
    counted = ledger.groupby(["action", "rule"], observed=True).agg(
        files=("source_file", "nunique"), rows=("source_file", "size")
    )
    ordered = counted.reset_index().sort_values(["action", "rows"], ascending=[False, False])
    return [
        {
            "rule": rule_word(str(row["rule"]), words),
            "action": words.say(f"action.{row['action']}"),
            "files": int(row["files"]),
            "rows": int(row["rows"]),
        }
        for row in ordered.to_dict("records")
    ]


def _word(prefix: str, value: str, words: Wording) -> str:
    """Say a value that has a word (`semicolon`), and leave any other as it stands."""
    key = f"{prefix}.{value.replace(' ', '_')}"
    return words.say(key) if words.has(key) else value
