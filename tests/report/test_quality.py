"""The quality declaration: Statistics Sweden's headings, every field filled, and a gap stops the page."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from evaluation.errors import GateError
from evaluation.report import Facts, Heading, quality_declaration
from evaluation.report.quality import REQUIRED, SOURCE_FIELDS
from evaluation.wording import wording

SV = wording("sv")


def test_headings_are_those_of_official_statistics_in_their_order(samples: ModuleType) -> None:
    blocks = quality_declaration(samples.MANIFEST, SV)
    assert [block.text for block in blocks if isinstance(block, Heading)] == [
        "Kvalitetsdeklaration",
        "Relevans",
        "Tillförlitlighet",
        "Aktualitet och punktlighet",
        "Tillgänglighet och tydlighet",
        "Jämförbarhet och samanvändbarhet",
    ]


def facts(samples: ModuleType, **changes: object) -> dict[str, str | tuple[str, ...]]:
    blocks = quality_declaration({**samples.MANIFEST, **changes}, SV)
    return {term: text for block in blocks if isinstance(block, Facts) for term, text in block.rows}


def test_facts_are_written_from_the_manifest(samples: ModuleType) -> None:
    said = facts(samples)
    assert said["Uppgifterna gäller"] == "1\u00a0januari 2015–30\u00a0juni 2026"
    assert said["Lästa och använda rader"] == ("Händelselogg: 1\u00a0248 lästa, 1\u00a0201 använda",)
    assert said["Preliminära bland de nyaste uppgifterna"] == "Från och med 1\u00a0januari 2026; kan ändras."
    assert said["Avbrott i tidsserien"] == ("Inga kända.",)


def test_several_files_of_one_title_are_one_line_with_their_rows_together(samples: ModuleType) -> None:
    first = samples.MANIFEST["sources"][0]
    files = [first | {"rows_read": 9, "rows_kept": 9}, first | {"rows_read": 2, "rows_kept": 1}]
    said = facts(samples, sources=files)
    assert said["Lästa och använda rader"] == ("Händelselogg: 11 lästa, 10 använda",)
    assert len(said["Källor"]) == 1
    later = facts(samples, sources=[first, first | {"published": "2027-01-01"}])
    assert len(later["Källor"]) == 2  # another edition is another source


def test_nothing_preliminary_is_said(samples: ModuleType) -> None:
    assert facts(samples, preliminary_from="")["Preliminära bland de nyaste uppgifterna"] == "Inga."


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_field_stops_publishing_and_is_named(samples: ModuleType, tmp_path: Path, key: str) -> None:
    manifest = {name: value for name, value in samples.MANIFEST.items() if name != key}
    with pytest.raises(GateError, match=key):
        samples.write_run(tmp_path, samples.plain_notebook(SV, []), manifest=manifest)
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("key", SOURCE_FIELDS)
def test_a_source_with_a_gap_is_named(samples: ModuleType, key: str) -> None:
    source = {name: value for name, value in samples.MANIFEST["sources"][0].items() if name != key}
    with pytest.raises(GateError, match=rf"sources\[0\]\.{key}"):
        quality_declaration({**samples.MANIFEST, "sources": [source]}, SV)


def test_all_gaps_are_named_at_once() -> None:
    with pytest.raises(GateError) as caught:
        quality_declaration({}, SV)
    assert all(key in str(caught.value) for key in REQUIRED)
