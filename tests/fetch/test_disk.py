"""Faults of this machine's own disk and files: said in the project's words, and the copy stands."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from evaluation.fetch import perform
from evaluation.study.cards import card_path
from tests.fetch.desk import Desk

EVENTS_PATH = "/api/events"


def test_a_damaged_store_of_half_done_answers_is_named(desk: Desk) -> None:
    store = desk.project.processed / perform.CACHE / "answers-police_events.sqlite"
    store.parent.mkdir(parents=True)
    store.write_bytes(b"no database at all" * 400)
    outcome = desk.fetch("events")
    assert "file is not a database" in str(outcome.error)
    assert "remove that folder" in str(outcome.error)


def test_a_damaged_list_of_calls_is_named(desk: Desk) -> None:
    calls = desk.project.processed / perform.CACHE / "calls-police_events.txt"
    calls.parent.mkdir(parents=True)
    calls.write_text("1795338000.0\nabc\n", encoding="ascii")
    outcome = desk.fetch("events")
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "calls-police_events.txt: found could not convert string to float: 'abc'" in str(outcome.error)


@pytest.mark.parametrize(("code", "found"), [(errno.ENOSPC, "a full disk"), (errno.EACCES, "no permission")])
def test_a_disk_that_is_full_or_refuses_leaves_the_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, code: int, found: str
) -> None:
    assert desk.fetch("events").code == 0
    before = (desk.raw / "polisen_events.json").read_bytes()

    def fails(path: Path, data: bytes) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr("evaluation.runs.publish.write_file", fails)
    desk.server.change[EVENTS_PATH] = lambda events: events[:1]
    outcome = desk.fetch("events")
    assert outcome.code == 17
    assert f"found {found} ({os.strerror(code)})" in str(outcome.error)
    assert outcome.copy is not None
    assert (desk.raw / "polisen_events.json").read_bytes() == before


def test_a_full_disk_is_not_taken_for_a_damaged_store(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite reports a full disk in its own way (13, SQLITE_FULL): a database of one page that may not grow."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 1")
    monkeypatch.setattr(perform, "_asked", lambda *_: connection.execute("CREATE TABLE answers (body)"))
    outcome = desk.fetch("events")
    assert outcome.code == 17
    assert "found a full disk (database or disk is full)" in str(outcome.error)


def test_a_card_that_cannot_be_read_is_said_and_stops_no_other_order(desk: Desk) -> None:
    assert desk.fetch("events").code == 0
    card_path(desk.raw / "polisen_events.json").write_text("publisher = \n", encoding="utf-8")
    desk.server.change[EVENTS_PATH] = lambda events: events[:1]
    outcome = desk.fetch("events")
    assert outcome.code == 11
    assert "mend the card" in str(outcome.error)
