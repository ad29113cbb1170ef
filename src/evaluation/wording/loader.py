"""The words of one language: read by key with plain format fields, and never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Literal

from evaluation.errors import ParameterError
from evaluation.wording.formats import NumberStyle, as_date, digits_of_p, quarter_of, style_from, write_number

SMALLEST_P = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """All reader-facing words and formats of one language.

    Attributes
    ----------
    language
        ISO 639-1 code, goes into `lang` of every page.
    phrases
        Text by dotted key (`"verdict.clear_decrease"`), with fields such as `{area}` and nothing fancier.
    lists
        Lists of words by dotted key (month names).
    style
        How numbers are written.
    """

    language: str
    phrases: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    style: NumberStyle

    def say(self, key: str, **fields: str | int) -> str:
        """Fill the phrase under `key`; a missing key, a missing field or an unformatted number is an error."""
        phrase = self._phrase(key)
        refuse_raw_numbers(key, fields)
        missing = fields_of(phrase) - fields.keys()
        if missing:
            raise _refusal(
                key, f"no value for {sorted(missing)}", "every field of the phrase", "pass the missing fields"
            )
        return phrase.format(**fields)

    def has(self, key: str) -> bool:
        """Tell whether the language has a phrase under `key`."""
        return key in self.phrases

    def number(self, x: float, digits: int = 0, *, signed: bool = False) -> str:
        """Write a number: `1 404`, `−0,25`; NaN becomes the sign for missing."""
        return write_number(x, digits, self.style, signed=signed)

    def per_cent(self, x: float, digits: int = 0, *, signed: bool = True) -> str:
        """Write a percentage given in per cent: −9.2 becomes `−9,2 %` with a no-break space."""
        return self.say("format.per_cent", number=self.number(x, digits, signed=signed))

    def points(self, x: float, digits: int = 0, *, signed: bool = True) -> str:
        """Write a difference between shares in percentage points."""
        return self.say("format.points", number=self.number(x, digits, signed=signed))

    def interval(
        self, low: float, high: float, digits: int = 0, *, unit: str = "number", signed: bool | None = None
    ) -> str:
        """Write an interval with a word between the limits, so no dash meets a minus.

        `unit` is number, per_cent or points; limits of per cent and points carry their sign unless told otherwise.
        """
        shown = unit != "number" if signed is None else signed
        limits = (self.number(value, digits, signed=shown) for value in (low, high))
        text = self.say("format.interval", **dict(zip(("low", "high"), limits, strict=True)))
        return text if unit == "number" else self.say(f"format.{unit}", number=text)

    def p_value(self, p: float) -> str:
        """Write `p = 0,034` or `p < 0,001`."""
        if p < SMALLEST_P:
            return self.say("format.p_small", number=self.number(SMALLEST_P, 3))
        return self.say("format.p", number=self.number(p, digits_of_p(p)))

    def date(self, when: object, *, year: bool = True) -> str:
        """Write a day: `28 mars 2023`."""
        day = as_date(when)
        key = "format.date" if year else "format.date_without_year"
        return self.say(key, day=day.day, month=self.lists["format.months"][day.month - 1], year=day.year)

    def month(self, when: object, *, short: bool = False) -> str:
        """Write a month with its year: `mars 2023`."""
        day = as_date(when)
        names = self.lists["format.months_short" if short else "format.months"]
        return self.say("format.month", month=names[day.month - 1], year=day.year)

    def quarter(self, when: object, *, short: bool = False) -> str:
        """Write a quarter with its year: `kvartal 2 2020`."""
        day = as_date(when)
        return self.say("format.quarter_short" if short else "format.quarter", quarter=quarter_of(day), year=day.year)

    def point(self, when: object, grain: Literal["month", "quarter", "year"], *, short: bool = False) -> str:
        """Write a point of a series in the words of its grain."""
        if grain == "year":
            return str(as_date(when).year)
        return self.month(when, short=short) if grain == "month" else self.quarter(when, short=short)

    def period(self, start: object, end: object | None = None) -> str:
        """Write a period, both days inclusive; without an end it is open."""
        if end is None:
            return self.say("format.period_open", start=self.date(start))
        same_year = as_date(start).year == as_date(end).year
        return self.say("format.period", start=self.date(start, year=not same_year), end=self.date(end))

    def join(self, items: Sequence[str]) -> str:
        """Join words into a list: `a, b och c`."""
        if len(items) < 2:
            return "".join(items)
        return self.say("format.and", first=", ".join(items[:-1]), last=items[-1])

    def _phrase(self, key: str) -> str:
        if key not in self.phrases:
            raise _refusal(key, "no such phrase", f"a key of wording/{self.language}.toml", "add it to every language")
        return self.phrases[key]


@lru_cache(maxsize=8)
def wording(language: str) -> Wording:
    """Load the words of a language (`"sv"`, `"en"`).

    Raises
    ------
    ParameterError
        There is no file for the language, or a phrase in it has a field that is more than a plain name.
    """
    if language not in languages():
        raise ParameterError(
            "language",
            found=repr(language),
            expected=" or ".join(languages()),
            todo="choose one, or add wording/<language>.toml",
        )
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    entries = dict(_flatten(tomllib.loads(text)))
    phrases = {key: value for key, value in entries.items() if isinstance(value, str)}
    for phrase in phrases.values():
        fields_of(phrase)
    lists = {key: tuple(map(str, value)) for key, value in entries.items() if isinstance(value, list)}
    return Wording(language, MappingProxyType(phrases), MappingProxyType(lists), style_from(phrases))


def read_all() -> None:
    """Load every language, so that processes forked from this one inherit them."""
    for language in languages():
        wording(language)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Languages that have a file, in alphabetical order."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@lru_cache(maxsize=4096)
def fields_of(phrase: str) -> frozenset[str]:
    """Names of the fields of a phrase; anything but a plain `{name}` is refused."""
    parts = [part for part in Formatter().parse(phrase) if part[1] is not None]
    for _, name, spec, conversion in parts:
        if spec or conversion or not str(name).isidentifier():
            raise _refusal(
                phrase, f"the field {name!r}", "a plain field such as {area}", "format values before they are said"
            )
    return frozenset(str(name) for _, name, _, _ in parts)


def refuse_raw_numbers(key: str, fields: Mapping[str, object]) -> None:
    """Refuse values that would be printed in Python's way instead of the language's."""
    raw = {name: value for name, value in fields.items() if not isinstance(value, str | int) or isinstance(value, bool)}
    if raw:
        raise _refusal(
            key, f"raw values {raw}", "texts (or plain integers)", "write them with .number, .per_cent or .date first"
        )


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _refusal(key: str, found: str, expected: str, todo: str) -> ParameterError:
    return ParameterError(f"phrase {key!r}", found=found, expected=expected, todo=todo)
