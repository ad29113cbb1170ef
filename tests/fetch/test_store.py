"""Raw files as evidence: same bytes change nothing, other bytes keep the earlier version, hand-made changes stay."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from evaluation.errors import InputError
from evaluation.fetch import store
from evaluation.fetch.store import Provenance, card_text, keep, versions
from evaluation.runs.publish import replace_file
from evaluation.study.cards import Card, card_path, load_card, verify_checksum

DAY = dt.date(2026, 11, 22)
PROVENANCE = Provenance(
    publisher="SCB",
    title='Folkmängd "31 december"',
    row="municipality",
    unit="inhabitants",
    published=dt.date(2026, 6, 8),
    licence="CC0 1.0",
    citation="Källa: SCB",
    caveats=("Brus från 2025.",),
    url="https://example.org/data?a=1&b=å",
    command="evaluation fetch scb",
)


def test_a_first_answer_is_new_and_its_card_can_be_read(tmp_path: Path) -> None:
    kept = keep(tmp_path / "scb.json", b"{}", PROVENANCE, DAY)
    assert (kept.status, kept.earlier) == ("new", None)
    card = verify_checksum(tmp_path / "scb.json")
    assert card == kept.card
    assert (card.title, card.published, card.bytes) == ('Folkmängd "31 december"', dt.date(2026, 6, 8), 2)


def test_the_same_bytes_touch_neither_file_nor_card(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    keep(file, b"{}", PROVENANCE, DAY)
    before = (file.stat().st_mtime_ns, card_path(file).read_bytes())
    kept = keep(file, b"{}", PROVENANCE, DAY + dt.timedelta(days=30))
    assert kept.status == "unchanged"
    assert kept.card.accessed == DAY
    assert (file.stat().st_mtime_ns, card_path(file).read_bytes()) == before


def test_other_bytes_leave_the_earlier_version_beside_with_its_card(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    for day, body in enumerate((b"one", b"two", b"three")):
        keep(file, body, PROVENANCE, DAY + dt.timedelta(days=day))
    assert [path.name for path in versions(file)] == ["scb.2026-11-22.json", "scb.2026-11-23.json"]
    assert [path.read_bytes() for path in versions(file)] == [b"one", b"two"]
    assert [verify_checksum(path).accessed for path in versions(file)] == [DAY, DAY + dt.timedelta(days=1)]
    assert verify_checksum(file).accessed == DAY + dt.timedelta(days=2)


def test_two_changes_in_one_day_get_two_names(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    for body in (b"one", b"two", b"three"):
        keep(file, body, PROVENANCE, DAY)
    assert [path.name for path in versions(file)] == ["scb.2026-11-22.json", "scb.2026-11-22_2.json"]


def test_bytes_changed_by_hand_are_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    keep(file, b"one", PROVENANCE, DAY)
    file.write_bytes(b"mended by hand")
    with pytest.raises(InputError, match="changed since it was fetched"):
        keep(file, b"two", PROVENANCE, DAY)
    assert file.read_bytes() == b"mended by hand"


def test_a_file_without_card_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    file.write_bytes(b"mine")
    with pytest.raises(InputError, match="no provenance card"):
        keep(file, b"two", PROVENANCE, DAY)
    assert file.read_bytes() == b"mine"


@pytest.mark.parametrize("stop_at", [1, 2, 3, 4])
def test_a_stop_between_any_two_writes_loses_nothing_and_the_next_fetch_mends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """Four writes replace a file: card and bytes of the version set aside, then the new card and bytes."""
    file = tmp_path / "scb.json"
    keep(file, b"one", PROVENANCE, DAY)
    written: list[Path] = []

    def stopping(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) == stop_at:
            raise KeyboardInterrupt
        replace_file(path, data)

    monkeypatch.setattr(store, "replace_file", stopping)
    with pytest.raises(KeyboardInterrupt):
        keep(file, b"two", PROVENANCE, DAY)
    monkeypatch.undo()
    assert file.read_bytes() == b"one"
    assert keep(file, b"two", PROVENANCE, DAY).status == "changed"
    assert verify_checksum(file).sha256 == hashlib.sha256(b"two").hexdigest()
    assert [path.read_bytes() for path in versions(file)] == [b"one"]
    assert [load_card(path).sha256 for path in versions(file)] == [hashlib.sha256(b"one").hexdigest()]


def test_a_stop_before_the_bytes_of_a_first_answer_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    card_path(file).write_text("half", encoding="utf-8")
    assert keep(file, b"one", PROVENANCE, DAY).status == "new"
    assert verify_checksum(file).bytes == 3


def test_a_lost_card_of_the_same_bytes_is_written_again(tmp_path: Path) -> None:
    file = tmp_path / "scb.json"
    keep(file, b"one", PROVENANCE, DAY)
    card_path(file).unlink()
    assert keep(file, b"one", PROVENANCE, DAY).status == "unchanged"
    assert verify_checksum(file).accessed == DAY


def test_card_text_gives_back_the_card(tmp_path: Path) -> None:
    kept = keep(tmp_path / "scb.json", b"{}", PROVENANCE, DAY)
    text = card_text(kept.card)
    assert "synthetic" not in text
    assert "seed" not in text
    assert "published = 2026-06-08\n" in text
    assert isinstance(kept.card, Card)
