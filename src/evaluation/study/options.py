"""Options of sources, typed: which keys each kind of source knows, and which words a key takes.

Readers would find such a mistake only when their file is read, or never: a key that nobody asks for says nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluation.study.model import RawFileName, Slug, Source, SourceKind
from evaluation.study.problems import Problem, problem_of

Headers = dict[str, str]
BOX = ("south", "north", "west", "east")
DateOrder = Literal["dmy", "mdy"]
DecimalSign = Literal[".", ","]
CoordinateSystem = Literal["wgs84", "sweref99tm", "sweref991800"]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Parts(_Options):
    part_of: Slug | None = None


class _Table(_Options):
    fields: Headers = {}
    sheet: str | None = None


class _Counts(_Parts, _Table):
    status_words: dict[str, Literal["final", "preliminary"]] = {}
    constant_offence_type: str | None = None
    decimal: DecimalSign | None = None


class _Population(_Parts, _Table):
    pass


class _Log(_Parts):
    fields: dict[str, str | list[str]]
    reported_to_police: Headers = {}
    date_order: DateOrder | None = None
    sheet: str | None = None
    system: CoordinateSystem | None = None
    south: float | None = Field(None, ge=-90, le=90)
    north: float | None = Field(None, ge=-90, le=90)
    west: float | None = Field(None, ge=-180, le=180)
    east: float | None = Field(None, ge=-180, le=180)
    constant_reporters: list[str] = []
    revises: Slug | None = None


class _Survey(_Parts):
    wave: str | int
    fields: Headers
    codebook: RawFileName | None = None
    sex: dict[str, Literal["man", "woman"]] = {}
    asked: int | None = Field(None, gt=0)


class _SurveyTable(_Table):
    decimal: DecimalSign | None = None


class _Process(_Table):
    date_order: DateOrder | None = None


class _Export(_Parts):
    area_codes: Headers = {}
    offence_types: Headers = {}


class _Yearly(_Parts):
    year: int | None = None
    offence_type: str | None = None
    area_codes: Headers = {}


KINDS: Mapping[SourceKind, type[_Options]] = {
    "tidy_counts": _Counts,
    "mean_population": _Population,
    "incident_log": _Log,
    "survey_microdata": _Survey,
    "survey_published_shares": _SurveyTable,
    "survey_published_changes": _SurveyTable,
    "agreement_register": _Table,
    "context_events": _Table,
    "measures": _Process,
    "costs": _Process,
    "bra_sol_databasfil": _Export,
    "bra_sol_textfil": _Export,
    "bra_yearly_municipalities": _Yearly,
    "kolada": _Parts,
    "scb_jsonstat": _Parts,
    "scb_v1": _Parts,
    "police_events": _Parts,
    "category_map": _Options,
    "area_bridge": _Options,
}
"""Kind of source → the options that its reader takes."""


def option_faults(source: Source, known: set[str], file: str) -> Iterator[Problem]:
    """Return what is wrong in the options of a source: unknown keys, words that a key does not take, dead references.

    Parameters
    ----------
    known
        Ids of the sources of the study.
    file
        Name of the study file, for messages.
    """
    key, kind = f"sources[{source.id}].options", KINDS[source.kind]
    try:
        kind.model_validate(source.options)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield _named(problem_of(detail, file, within=key), kind, str(detail["loc"][-1]) if detail["loc"] else "")
    lacking = [side for side in BOX if "system" in source.options and side not in source.options]
    if lacking and kind is _Log:
        expected = f"with `system` also {', '.join(lacking)}: the box of the municipality, WGS 84 degrees"
        yield Problem(file, f"{key}.system", "coordinates without their box", expected, "add the keys")
    yield from _dead_references(source, known, file)


def _dead_references(source: Source, known: set[str], file: str) -> Iterator[Problem]:
    for name in ("part_of", "revises"):
        other = source.options.get(name)
        if other is not None and (other not in known or other == source.id):
            expected = f"the id of another source: {', '.join(sorted(known - {source.id}))}"
            yield Problem(
                file, f"sources[{source.id}].options.{name}", repr(other), expected, "name an existing source"
            )


def _named(problem: Problem, kind: type[_Options], name: str) -> Problem:
    """Say which options there are, where the key is none of them."""
    if problem.found != "an unknown key":
        return problem
    names = sorted(kind.model_fields)
    near = difflib.get_close_matches(name, names, n=1)
    todo = f"did you mean {near[0]!r}?" if near else "remove or correct the key"
    return Problem(problem.file, problem.key, problem.found, f"one of {', '.join(names) or '(no options)'}", todo)
