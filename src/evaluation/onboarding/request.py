"""What is asked of a new study, checked: municipality, agreements, files, comparison."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import get_args

from evaluation.errors import InputError, ParameterError
from evaluation.onboarding.catalogue import catalogue
from evaluation.onboarding.names import raw_file_name, study_name
from evaluation.sources.municipalities import municipality_codes, municipality_name, municipality_names
from evaluation.study.model import Language

LANGUAGES: tuple[str, ...] = get_args(Language)
PERIOD = re.compile(r"(?P<start>[0-9-]{4,10})\.\.(?P<end>[0-9-]{4,10})(?:=(?P<areas>[a-z_,]+))?")


@dataclass(frozen=True, slots=True)
class Period:
    """One agreement: first and last day (inclusive), ids of its priority areas (none: all of the catalogue)."""

    start: date
    end: date
    priority_areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A new study as asked for; one that could not be written is refused here, before any file is read.

    Attributes
    ----------
    code, name
        Four digits, and the name that readers see.
    study
        Name of study file and folders.
    periods
        In order of time, without overlap.
    contact
        Address, or nothing for the catalogue's words.
    published
        Names of files whose figures are already published, beside those that only officials write.
    compare
        Codes to compare with; None: by the rules of `pool`; (): with none.
    """

    code: str
    name: str
    study: str
    periods: tuple[Period, ...]
    files: tuple[Path, ...]
    languages: tuple[str, ...] = ("sv", "en")
    contact: str = ""
    published: frozenset[str] = frozenset()
    compare: tuple[str, ...] | None = None
    neighbours: tuple[str, ...] = field(default=())
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        study_name(self.study)
        _refuse_languages(self.languages)
        _refuse_twice([raw_file_name(path) for path in self.files])


def municipality_of(text: str) -> tuple[str, str]:
    """Return code and official name of a municipality given by either.

    Raises
    ------
    ParameterError
        If there is no such municipality; with the nearest names.
    """
    names = municipality_names()
    if text in names:
        return text, names[text]
    name = municipality_name(text)
    if name is None:
        import difflib

        near = difflib.get_close_matches(text.title(), list(municipality_codes()), n=3)
        raise ParameterError(
            f"municipality {text!r}",
            found="no municipality with this code or name",
            expected="four digits as text, such as 0163, or the name",
            todo=f"did you mean {' or '.join(near)}?" if near else "look the code up at scb.se",
        )
    return municipality_codes()[name], name


def slug_of(name: str) -> str:
    """Return a name as it may stand in file names: `Upplands Väsby` becomes `upplands-vasby`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def period_of(text: str) -> Period:
    """Return the agreement that `2021-01-01..2022-12-31` or `2021..2022=public_places,overall` stands for.

    Raises
    ------
    ParameterError
        If it is no pair of dates, ends before it starts, or names an unknown priority area.
    """
    match = PERIOD.fullmatch(text.strip())
    start, end = (_day(match["start"], "-01-01"), _day(match["end"], "-12-31")) if match else (None, None)
    areas = tuple((match["areas"] or "").split(",")) if match and match["areas"] else ()
    if start is None or end is None:
        raise _no_period(text, "no two dates")
    if end < start:
        raise _no_period(text, f"a last day, {end}, before the first, {start}")
    strange = sorted(set(areas) - set(_known_areas()))
    if strange:
        raise _no_period(text, f"no priority area {', '.join(map(repr, strange))}")
    return Period(start, end, areas)


def in_order(periods: Sequence[Period]) -> tuple[Period, ...]:
    """Return agreements in order of time.

    Raises
    ------
    ParameterError
        If there is none, or two overlap.
    """
    ordered = tuple(sorted(periods, key=lambda period: period.start))
    if not ordered:
        raise ParameterError(
            "agreements", found="none", expected="at least one", todo="give --agreement 2021-01-01..2022-12-31"
        )
    for first, second in pairwise(ordered):
        if second.start <= first.end:
            raise ParameterError(
                f"agreement {second.start}..{second.end}",
                found=f"a start before the agreement {first.start}..{first.end} has ended",
                expected="agreements that do not overlap (both ends inclusive)",
                todo="correct the dates",
            )
    return ordered


def _no_period(text: str, found: str) -> ParameterError:
    return ParameterError(
        f"agreement {text!r}",
        found=found,
        expected=f"START..END, both days inclusive, perhaps =AREA,AREA out of {', '.join(_known_areas())}",
        todo="write for instance 2021-01-01..2022-12-31, or 2021..2022 for whole years",
    )


def _known_areas() -> list[str]:
    return [area["id"] for area in catalogue().priority_areas]


def _refuse_languages(languages: Sequence[str]) -> None:
    if not languages or set(languages) - set(LANGUAGES) or len(set(languages)) < len(languages):
        raise ParameterError(
            "--language",
            found=" ".join(languages) or "none",
            expected=f"{' and '.join(LANGUAGES)}, each at most once, the main one first",
            todo="write for instance --language sv --language en",
        )


def _refuse_twice(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            twice[0],
            found="two files of this name",
            expected="each once: files lie side by side in one folder",
            todo="give a file only once; of two files that are not the same, rename one",
        )


def _day(text: str, year_only: str) -> date | None:
    try:
        return date.fromisoformat(text + year_only if len(text) == 4 else text)
    except ValueError:
        return None
