"""Writes docs/study-file.md from the typed study file; a test holds the two together.

`.venv/bin/python scripts/study_file_docs.py`
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from evaluation.study import model

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "study-file.md"

# What a type is called in the table; a name here stands for the constraint that model.py gives it.
NAMED = {
    model.Slug: "id",
    model.AreaCode: "area code",
    model.MunicipalityCode: "four digits as text",
    model.Words: "words",
    model.Text: "text or words",
}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}

# Meaning of keys that model.py gives no `description`, or that deserve a plainer one here.
MEANING = {
    "Identity.municipality": 'municipality code, `"0114"`',
    "Thresholds.minimum_points": "points needed on either side of the start for an estimate of effect",
    "Thresholds.minimum_cases_per_point": "cases per point, on average over the points used",
    "Thresholds.largest_detectable_change": "per cent; a design that cannot see a fall of this size gives no verdict",
    "Area.reason": "why it is in or out; required unless `target` or `part`",
    "Agreement.previous_baseline": "id of the agreement before it, or `fixed` for the first",
    "Indicator.areas": "kept with the study; the target is evaluated",
    "PriorityArea.aim": "what the agreements want here, one sentence",
    "Area.code": 'municipality code or a code of your own; text, `"0114"` keeps its zero',
    "Area.role": "part in the comparison, see below",
    "Area.population": "kept with the study; no rule reads it yet",
    "Area.lat": "point of the area on maps, WGS 84 degrees; without it a map takes the middle of the incidents",
    "Area.lon": "the same; a map uses the points where all its areas have one",
    "Agreement.signed": "day of signing, where known",
    "Agreement.start": "first day",
    "Agreement.end": "last day; may lie ahead: the report then says *interim*",
    "Agreement.start_assumed": "true where no document states the start; the report says so",
    "Agreement.end_assumed": "the same for the end",
    "Agreement.content": "what was agreed, one sentence",
    "Agreement.priority_areas": "ids of its priority areas",
    "FixedBaseline.grain": "each grain of data that an indicator uses needs one",
    "FixedBaseline.start": "first day",
    "FixedBaseline.end": "last day, before the first agreement",
    "Source.kind": "which reader reads it, see below",
    "Source.file": "name in `data/raw/<study>/`, without folder; its card lies beside it",
    "Source.options": "what the reader needs to know, see below",
    "Indicator.priority_area": "id",
    "Indicator.source": "id of the source with the counts",
    "Indicator.grain": "length of a point of time",
    "Indicator.role": (
        "*primary* decides and is adjusted by Holm; *exploratory* by Benjamini–Hochberg; *negative_control* "
        "is something that the agreement cannot affect"
    ),
    "Indicator.caveats": "what a reader must know, one sentence each",
    "SurveyQuestion.question": "the wording",
    "SurveyQuestion.survey": "id of the survey: its registered breaks apply",
    "SurveyQuestion.source": "id of the source with the answers or the published shares",
    "SurveyQuestion.priority_area": "id",
    "SurveyQuestion.counts": "what the share counts: direction is part of the question",
    "SurveyQuestion.wanted": "direction the agreement wants",
    "SurveyQuestion.caveats": "what a reader must know",
    "MissingIndicator.priority_area": "id",
    "MissingIndicator.needed": "which figures it would take, and from whom",
    "ContextEvent.date": "first day",
    "ContextEvent.end": "last day, where it has one",
    "ContextEvent.kind": "*shock* and *recording* are also left out in a check",
    "ContextEvent.effect": "*series_broken*: no estimate crosses it; *caution*: named; *none*: shown",
    "ContextEvent.text": "what happened, one sentence",
    "ContextEvent.source": "where it is stated",
    "ContextEvent.surveys": "ids of the surveys concerned (events of kind *survey*)",
    "Oddity.area": "code of the area",
    "Oddity.start": "first day",
    "Oddity.end": "last day",
    "Oddity.text": "what is odd, one sentence",
    "Claim.text": "the claim as it was made",
    "Claim.indicators": "ids of indicators, survey questions or missing indicators that can test it",
    "AnalysisPlan.primary_design": "design that decides",
    "AnalysisPlan.primary_baseline": "baseline that decides; the other is shown too",
    "AnalysisPlan.slope_change": "true: the trend may change at the start, and the effect is the mean over the period",
    "AnalysisPlan.seed": "seed of the bootstrap: same seed, same numbers",
    "AnalysisPlan.minimum_donors": "fewest comparison areas for a comparison design",
    "AnalysisPlan.holm_over": "outcomes that are adjusted together",
}
COMMON = {"id": "short name, used in other keys and in links", "name": "as readers see it"}

TABLES: tuple[tuple[str, type[BaseModel], bool], ...] = (
    ("study", model.Identity, False),
    ("thresholds", model.Thresholds, False),
    ("plan", model.AnalysisPlan, False),
    ("priority_areas", model.PriorityArea, True),
    ("areas", model.Area, True),
    ("agreements", model.Agreement, True),
    ("fixed_baselines", model.FixedBaseline, True),
    ("sources", model.Source, True),
    ("indicators", model.Indicator, True),
    ("survey_questions", model.SurveyQuestion, True),
    ("missing_indicators", model.MissingIndicator, True),
    ("context_events", model.ContextEvent, True),
    ("oddities", model.Oddity, True),
    ("claims", model.Claim, True),
)

HEAD = """\
# The study file: every key

Generated by `scripts/study_file_docs.py` from `src/evaluation/study/model.py`; do not edit by hand.

A study is one file, `studies/<id>.toml`. Adding an agreement, an indicator, a municipality or a survey wave is an edit
of this file (and its raw files), and nothing else. `evaluation check <id>` finds every fault at once, with the key,
what stands there and what to do.

* Dates are written without quotes, `2021-01-01`, and are **inclusive** at both ends.
* Codes are text: `"0114"`, never `114`.
* An *id* has small letters a–z, digits, `-` and `_`, and is unique in its table.
* *Words* hold one text per report language: `{ sv = "Skadegörelse", en = "Vandalism" }`. *Text or words*: one text
  where it reads the same in every language (an address, a name), otherwise words.
* A key with the default *required* must be there; an unknown key is a fault.
* `schema_version = 1` stands first, outside all tables.
"""

TAIL = """\
## Roles of areas

| role | meaning |
|---|---|
| `target` | the area with the agreements; exactly one |
| `comparison` | in the comparison pool |
| `neighbour` | effects may spill over: not in the main pool, back in the pool `with_neighbours` |
| `excluded` | left out, with its reason |
| `county` | a larger area, shown beside, never in the pool |
| `part` | a place inside the target |
| `displacement`, `control` | places next to and far from a target place, for the displacement design |

## Kinds of sources and their options

`[sources.options]` follows its source. *fields* maps our name of a column to the header in the file. Try a file with
`evaluation read FILE --as KIND` before it goes into a study. `evaluation check` refuses keys and words that no reader
knows: `date_order` is `dmy` or `mdy`, `decimal` is `.` or `,`, `system` is `wgs84`, `sweref99tm` or `sweref991800`
(with the box of the municipality in WGS 84 degrees), `status_words` lead to `final` or `preliminary`, `sex` to `man`
or `woman`.

| kind | what it reads | options |
|---|---|---|
| `tidy_counts` | one row per area × point × type | `fields`, `status_words`, `constant_offence_type`, \
`decimal`, `sheet`, `part_of` |
| `mean_population` | one row per area × year | `fields`, `sheet`, `part_of` |
| `incident_log` | one row per incident (CSV, XLSX) | `fields`, `reported_to_police`, `date_order`, `sheet`, `system`, \
`south`, `north`, `west`, `east`, `constant_reporters`, `part_of`, `revises` |
| `category_map` | spelling → offence type, with dates | |
| `area_bridge` | old area → new area, with dates | |
| `survey_microdata` | one row per answer (CSV, XLSX, SPSS) | `wave`, `fields`, `codebook`, `sex`, `part_of`, `asked` |
| `survey_published_shares`, `survey_published_changes` | published survey results | `fields`, `sheet`, `decimal` |
| `agreement_register`, `context_events` | registers | `fields`, `sheet` |
| `measures` | what was done under the agreements, one row per measure ([measures.md](measures.md)) | `fields`, \
`sheet`, `date_order` |
| `costs` | what the agreements cost, one row per sum ([measures.md](measures.md)) | `fields`, `sheet`, `date_order` |
| `bra_sol_databasfil`, `bra_sol_textfil` | exports from Brå | `area_codes`, `offence_types`, `part_of` |
| `bra_yearly_municipalities` | Brå's yearly table of all municipalities | `year`, `offence_type`, `area_codes`, \
`part_of` |
| `kolada`, `scb_jsonstat`, `scb_v1`, `police_events` | answers of public services (JSON), by `evaluation fetch` \
or saved by hand | `part_of` |

A log or a survey in several files is one source with the first file, and further sources with `part_of` = its id, each
with its own column map. Indicators name the first. The two studies that ship with the project show the tables in use.
"""


def type_words(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    """Say a type as a reader of TOML would."""
    for named, words in NAMED.items():
        if annotation == named:
            return words
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_words(inner[0])
    if origin is Literal:
        return " \\| ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(type_words(part) for part in inner if part is not types.NoneType)
    if origin is tuple:
        return f"list of {type_words(inner[0])}"
    if origin is dict:
        return "table"
    if annotation in PLAIN:
        return PLAIN[annotation]
    return "date"


def limits(field: FieldInfo) -> str:
    """Say the bounds of a number."""
    signs = {annotated_types.Ge: "≥", annotated_types.Gt: ">", annotated_types.Le: "≤", annotated_types.Lt: "<"}
    found = []
    for kind, sign in signs.items():
        bound = next((item for item in field.metadata if isinstance(item, kind)), None)
        if bound is not None:
            found.append(f"{sign} {getattr(bound, kind.__name__.lower())}")
    return ", ".join(found)


def default_words(field: FieldInfo) -> str:
    """Say what holds when the key is absent."""
    if field.is_required():
        return "required"
    if field.default_factory is not None or field.default in ((), None, PydanticUndefined):
        return "none"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def whole_annotation(entry: type[BaseModel], name: str) -> Any:  # noqa: ANN401 - any annotation
    """Return the annotation as written, before pydantic takes constraints out of it."""
    return typing.get_type_hints(entry, include_extras=True)[name]


def meaning(entry: type[BaseModel], name: str, field: FieldInfo) -> str:
    """Return what a key means."""
    return MEANING.get(f"{entry.__name__}.{name}") or field.description or COMMON.get(name, "")


def rows(entry: type[BaseModel]) -> Iterator[str]:
    """Give one table row per key."""
    for name, field in entry.model_fields.items():
        kind = type_words(whole_annotation(entry, name))
        bounds = limits(field)
        kind = f"{kind}, {bounds}" if bounds else kind
        yield f"| `{name}` | {kind} | {default_words(field)} | {meaning(entry, name, field)} |"


def section(table: str, entry: type[BaseModel], *, repeated: bool) -> str:
    """Return the section of one table."""
    heading = f"## `[[{table}]]`" if repeated else f"## `[{table}]`"
    summary = (entry.__doc__ or "").strip().splitlines()[0]
    return "\n".join(
        [heading, "", summary, "", "| key | type | default | meaning |", "|---|---|---|---|", *rows(entry)]
    )


def text() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(name, entry, repeated=more) + "\n" for name, entry, more in TABLES), TAIL])


def main() -> None:
    """Write the page."""
    TARGET.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
