"""10 000 spoiled files of five kinds: nothing comes out silently wrong, and nothing but a clear message stops a reader.

`python -m tests.sources.fuzz --files 20000` runs 40 000, and any other seeds with `--first`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.sources.fuzz.__main__ import damaged, judge_bytes, judge_damaged, judge_seed, make
from tests.sources.fuzz.documents import MAKERS, OPTIONS, Row, read
from tests.sources.fuzz.mutators import MUTATORS
from tests.sources.fuzz.verdict import judge
from tests.sources.test_json_sources import V1, cube, entry, event, page
from tests.sources.test_other_sources import TEXTFIL

PART = 500


def test_there_are_enough_mutators_and_each_is_used() -> None:
    used = Counter(name for seed in range(1000) for name in make(seed)[1])
    assert len(MUTATORS) >= 40
    assert set(used) == set(MUTATORS)
    assert {len(make(seed)[1]) for seed in range(100)} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("first", range(0, 5000, PART))
def test_no_spoiled_file_is_read_silently_wrong(first: int, tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(first, first + PART):
        verdict, names, kind, _ = judge_seed(seed, tmp_path)
        assert not verdict.wrong, f"seed {seed}, {kind}, {', '.join(names)}: {verdict.wrong}"
        outcomes[verdict.outcome] += 1
    assert outcomes["read"] > 0.3 * PART  # refusing everything would be easy


@pytest.mark.parametrize("first", range(0, 5000, PART))
def test_damaged_bytes_are_read_or_refused_with_a_clear_message(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + PART):
        assert judge_bytes(seed, tmp_path) == "", f"seed {seed}"


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_the_judge_sees_a_wrong_value(maker, tmp_path: Path) -> None:
    document = maker(random.Random(3))
    path = tmp_path / "file.csv"
    path.write_bytes(document.to_bytes())
    assert judge(document, path).outcome == "read"
    assert not judge(document, path).wrong
    key, values = document.rows[0].truth
    document.rows[0] = Row(document.rows[0], (key, ("something else", *values[1:])))
    assert "not true" in judge(document, path).wrong


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_unspoiled_files_are_read_in_full(maker, tmp_path: Path) -> None:
    for seed in range(50):
        document = maker(random.Random(seed))
        path = tmp_path / "file.csv"
        path.write_bytes(document.to_bytes())
        reading = read(document.kind, path)
        assert len(reading.frame) == reading.record.rows_kept == len(document.truth)
    assert document.kind in {*OPTIONS, "mean_population", "bra_sol_databasfil"}


SERVICES = {
    "kolada": page(entry(2023), entry(2024, gender="K", value=None, status="Missing")),
    "scb_jsonstat": cube(),
    "scb_v1": V1,
    "police_events": [event(), event(id=2, type="Brand")],
}


@pytest.mark.parametrize("kind", [*SERVICES, "bra_sol_textfil"])
def test_damaged_answers_of_services_and_cross_tables(kind: str, tmp_path: Path) -> None:
    whole = json.dumps(SERVICES[kind], ensure_ascii=False).encode() if kind in SERVICES else TEXTFIL.encode("latin-1")
    assert judge_damaged(kind, whole, tmp_path) == ""
    for seed in range(300):
        assert judge_damaged(kind, damaged(whole, random.Random(seed)), tmp_path) == "", f"seed {seed}"
