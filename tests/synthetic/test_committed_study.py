"""The committed raw files: small, labelled, on their cards, and the same when made again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from evaluation.study import load_study
from evaluation.study.cards import load_card, verify_checksum
from evaluation.synthetic import make_study

LARGEST = 3_000_000


def raw_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".card.toml"))


def test_the_committed_copy_is_small(committed: Path) -> None:
    assert sum(path.stat().st_size for path in committed.iterdir()) < LARGEST


def test_every_file_says_that_it_is_synthetic(committed: Path) -> None:
    for path in raw_files(committed):
        assert "syntetiska_exempeldata" in path.name
        card = load_card(path)
        assert card.synthetic
        said = {"sv": "syntetiska exempeldata", "en": "synthetic example data"}
        assert isinstance(card.title, dict)
        assert all(words in card.title[language] for language, words in said.items())
        if path.suffix == ".csv":
            assert "yntetiska exempeldata" in path.read_bytes().decode("cp1252", errors="replace")
        else:
            with zipfile.ZipFile(path) as book:
                assert any("yntetiska exempeldata" in book.read(name).decode("utf-8") for name in book.namelist())


def test_every_card_holds_its_checksum(committed: Path, truth: dict[str, Any]) -> None:
    files = raw_files(committed)
    assert len(files) == 16
    for path in files:
        card = verify_checksum(path)
        assert card.bytes == path.stat().st_size
        assert card.seed == truth["seed"]
        assert card.command == f"evaluation synth --seed {truth['seed']} --rows {truth['true_events']}"


def test_the_same_seed_makes_the_committed_bytes(committed: Path, remade: tuple[Path, dict[str, Any]]) -> None:
    """Workbooks are compared part by part: the packing may differ between versions of zlib."""
    folder, _ = remade
    assert [path.name for path in sorted(folder.iterdir())] == [path.name for path in sorted(committed.iterdir())]
    for path in raw_files(committed):
        if path.suffix == ".xlsx":
            assert parts(path) == parts(folder / path.name)
        else:
            assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def test_the_truth_file_is_that_of_the_committed_seed(
    truth: dict[str, Any], remade: tuple[Path, dict[str, Any]]
) -> None:
    import json

    assert json.loads(json.dumps(remade[1])) == truth


def test_the_truth_is_not_among_the_raw_files(committed: Path) -> None:
    assert not [path for path in committed.rglob("*") if "truth" in path.name]


def test_two_runs_are_equal_to_the_byte_and_another_seed_is_not(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        make_study(tmp_path / name, seed=seed, events=2000)
    names = [path.name for path in sorted((tmp_path / "a").iterdir())]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    logs = [name for name in names if name.startswith("handelser") and name.endswith((".csv", ".xlsx"))]
    assert not [name for name in logs if (tmp_path / "a" / name).read_bytes() == (tmp_path / "c" / name).read_bytes()]


def test_the_study_file_is_sound_and_names_every_raw_file(committed: Path) -> None:
    study = load_study(committed.parents[2] / "studies" / "exempelkoping.toml")
    named = {source.file for source in study.sources} | {
        str(source.options["codebook"]) for source in study.sources if "codebook" in source.options
    }
    assert named == {path.name for path in raw_files(committed)}
    assert study.study.synthetic


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_the_logs_come_in_several_encodings(committed: Path, encoding: str) -> None:
    found = set()
    for path in committed.glob("handelser_*.csv"):
        content = path.read_bytes()
        if content.startswith(b"\xef\xbb\xbf"):
            found.add("utf-8-sig")
        else:
            found.add("cp1252" if b"\xe5" in content else "utf-8")
    assert encoding in found
