"""Options of sources that were typed by hand: every key and every word is checked when the study file is loaded."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from evaluation.cleaning.coordinates import System
from evaluation.sources import reader_for
from evaluation.sources.dates import DateOrder
from evaluation.sources.incident_schema import IncidentColumns
from evaluation.sources.numbers import DecimalSign
from evaluation.sources.registry import KINDS as READERS
from evaluation.sources.tidy_counts import TidyColumns
from evaluation.study import examine_study, options
from evaluation.study.model import Source, SourceKind

ROOT = Path(__file__).parents[2]
INVENTED = (ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8")
FIRST_LOG = 'constant_reporters = ["Trygghetsenheten"'

# (what is replaced, by what, words that the message must hold)
MISTAKES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "order of dates": (
        FIRST_LOG,
        f'date_order = "ymd"\n{FIRST_LOG}',
        ("sources[incidents].options.date_order", "found 'ymd'; expected 'dmy' or 'mdy'"),
    ),
    "system of coordinates": (
        'system = "sweref99tm"',
        'system = "rt90"',
        ("sources[incidents].options.system", "found 'rt90'", "'wgs84', 'sweref99tm' or 'sweref991800'"),
    ),
    "box without a side": (
        "south = 61.44\n",
        "",
        ("sources[incidents].options.system", "also south", "WGS 84"),
    ),
    "side that is no latitude": ("north = 61.55", "north = 6822000", ("options.north", "found 6822000", "90")),
    "key spelled otherwise": (
        FIRST_LOG,
        f'dateorder = "dmy"\n{FIRST_LOG}',
        ("sources[incidents].options.dateorder", "an unknown key", "did you mean 'date_order'?"),
    ),
    "key of another kind": ('wave = "2025"', 'wave = "2025"\nsystem = "wgs84"', ("options.system", "an unknown key")),
    "columns left out": (
        'fields = { respondent = "lopnr"',
        'headers = { respondent = "lopnr"',
        ("sources[safety_survey_2016].options.fields", "found nothing"),
    ),
    "word for a sex": ('Kvinna = "woman"', 'Kvinna = "female"', ("options.sex.Kvinna", "'female'", "'man' or 'woman'")),
    "asked as text": ("asked = 2420", 'asked = "many"', ("options.asked", "found 'many'")),
    "part of nothing": (
        'part_of = "safety_survey"\nwave = "2022"',
        'part_of = "survey"\nwave = "2022"',
        ("sources[safety_survey_2022].options.part_of", "found 'survey'", "safety_survey", "name an existing source"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named_with_what_was_found_and_expected(mistake: str, tmp_path: Path) -> None:
    before, after, words = MISTAKES[mistake]
    path = tmp_path / "exempelkoping.toml"
    path.write_text(INVENTED.replace(before, after, 1), encoding="utf-8")
    study, problems = examine_study(path)
    message = "\n".join(str(problem) for problem in problems)
    assert study is None
    assert message.startswith("exempelkoping.toml: sources[")
    assert [word for word in words if word not in message] == [], message
    assert "What to do:" in message


def test_every_kind_of_source_has_its_options() -> None:
    assert set(options.KINDS) == set(get_args(SourceKind))


@pytest.mark.parametrize(
    ("ours", "of_reader"),
    [(options.DateOrder, DateOrder), (options.DecimalSign, DecimalSign), (options.CoordinateSystem, System)],
)
def test_words_are_those_of_the_rooms_that_use_them(ours: object, of_reader: object) -> None:
    """The study lies below the readers and cannot ask them."""
    assert get_args(ours) == get_args(of_reader)


def taken(kind: str) -> set[str]:
    """Return the names that the reader of a kind takes, those of a column map in its place."""
    if kind in ("tidy_counts", "incident_log"):
        return set({"tidy_counts": TidyColumns, "incident_log": IncidentColumns}[kind].__dataclass_fields__)
    if kind in ("measures", "costs"):
        return {"fields", "sheet", "date_order"}
    return set(inspect.signature(reader_for(kind)).parameters) - {"path"}


@pytest.mark.parametrize("kind", sorted(set(READERS) - {"incident_log", "survey_microdata"}))
def test_a_published_source_may_be_told_what_its_reader_takes(kind: str) -> None:
    """Options go to the reader as they are; `part_of` stays with the study."""
    assert set(options.KINDS[kind].model_fields) - {"part_of"} == taken(kind)


def test_what_a_hand_may_write_is_taken(tmp_path: Path) -> None:
    given: Mapping[str, object] = {"fields": {"category": "Typ"}, "date_order": "mdy", "part_of": "other"}
    source = Source(id="log", kind="incident_log", file="log.csv", options=given)  # type: ignore[arg-type]
    assert list(options.option_faults(source, {"log", "other"}, "study.toml")) == []


def test_the_page_of_the_study_file_names_every_option() -> None:
    page = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8").partition("## Kinds of sources")[2]
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    named = {kind: set(re.findall(r"`(\w+)`", row[3])) for row in rows for kind in re.findall(r"`(\w+)`", row[1])}
    assert named == {kind: set(model.model_fields) for kind, model in options.KINDS.items()}
