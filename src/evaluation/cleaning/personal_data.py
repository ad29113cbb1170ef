"""Personal identifiers in text: masked before anything is written, and looked for in whatever is published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.cleaning.arrow_text import as_arrow, as_series, decode, encode
from evaluation.cleaning.ledger import WITHHELD_COLUMNS, Cleaned, Mask, issues_at, join_issues
from evaluation.cleaning.patterns import ANY_IDENTIFIER, PATTERNS, STREET_NUMBER

MASKED_COLUMNS = ("category", "subcategory", "place", "area", "reporter", "reported_to_police", "free_text")


@dataclass(frozen=True, slots=True)
class Hit:
    """One personal identifier in a text; the identifier itself is not copied.

    Attributes
    ----------
    kind
        email, identity_number, phone, registration_plate or street_address.
    start, end
        Position in the text, 0-based, end exclusive.
    """

    kind: str
    start: int
    end: int


def find_personal_data(text: str, allowed: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Find identity, phone and plate numbers, e-mail and street addresses in a text, in order of place.

    An identity number without a sign must have a real date and the right check digit, so that ordinary long figures
    raise no alarm; with a sign the date is enough, since a mistyped number still points at somebody.

    Parameters
    ----------
    allowed
        Texts that are no alarm, for example the publisher's own e-mail address and telephone.
    """
    permitted = set(allowed)
    hits = [
        Hit(kind, match.end(1), match.end())
        for kind, pattern in _compiled()
        for match in pattern.finditer(text)
        if text[match.end(1) : match.end()] not in permitted and _credible(kind, text[match.end(1) : match.end()])
    ]
    return tuple(sorted(_without_nested(hits), key=lambda hit: hit.start))


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern, re.MULTILINE)) for kind, pattern in PATTERNS)


def _without_nested(hits: list[Hit]) -> list[Hit]:
    """Keep the first kind where kinds overlap (an identity number also reads as a telephone number)."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return kept


def _credible(kind: str, text: str) -> bool:
    if kind != "identity_number":
        return True
    digits = re.sub(r"[^0-9A-Z]", "", text)
    body, last_four = digits[-10:-4], digits[-4:]
    signed = not text[-5:-4].isdigit() and not text[-5:-4].isspace()
    return _is_date(digits[:-4], body) and (signed or not last_four.isdigit() or _luhn(body + last_four))


def _is_date(full: str, body: str) -> bool:
    """Say whether the digits are a date, day + 60 for coordination numbers, in any century if none is given."""
    month, day = int(body[2:4]), int(body[4:6]) % 60 or 60
    years = [int(full[:4])] if len(full) == 8 else [1900 + int(body[:2]), 2000 + int(body[:2])]
    for year in years:
        try:
            date(year, month, day)
        except ValueError:
            continue
        return True
    return False


def _luhn(ten_digits: str) -> bool:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(ten_digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def find_in_html(html: str, allowed: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Find personal data in what a reader of a page sees or hears: text, title and alternative texts.

    Positions refer to the visible text as `visible_text` gives it.
    """
    return find_personal_data(visible_text(html), allowed)


@lru_cache(maxsize=2)  # two gates read the same page, one after the other
def visible_text(html: str) -> str:
    """Return the text of a page with alternative texts and titles, without scripts, styles and attributes."""
    reader = _VisibleText()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.pieces)


class _VisibleText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.pieces += [value for name, value in attrs if value and name in {"alt", "title", "aria-label", "content"}]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.pieces.append(data)


def holds_personal_data(values: pd.Series, allowed: Iterable[str] = ()) -> Mask:
    """Say for every text of a column whether the detector alarms, shape (n,).

    Arrow looks through all of them in one pass; only the few suspects are read closely.
    """
    alarm = np.array(_suspects(as_arrow(values)).to_numpy(zero_copy_only=False), dtype=bool)
    rows = np.flatnonzero(alarm)
    texts = values.take(rows).astype("str")
    alarm[rows] = [bool(find_personal_data(text, allowed)) for text in texts]
    return alarm


def mask_text(values: pd.Series) -> pd.Series:
    """Replace every identifier by its kind in square brackets; missing stays missing.

    Stricter than the detector: what looks like an identity number is masked whatever its check digit.
    """
    texts = as_arrow(values)
    suspect = _suspects(texts)
    if not pc.any(suspect).as_py():
        return values
    masked = pc.replace_with_mask(texts, suspect, _replace_all(texts.filter(suspect)))
    return as_series(masked, values.index)


def _suspects(texts: pa.LargeStringArray) -> pa.BooleanArray:
    return pc.fill_null(pc.match_substring_regex(texts, ANY_IDENTIFIER), False)


def _replace_all(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    for kind, pattern in PATTERNS:
        texts = pc.replace_substring_regex(texts, f"(?m){pattern}", rf"\1[{kind}]")
    return texts


def mask_personal_data(frame: pd.DataFrame, columns: Iterable[str] = MASKED_COLUMNS) -> Cleaned:
    """Mask identifiers in the text columns; the ledger says where, never what stood there."""
    masked = {column: _masked(frame[column]) for column in columns if column in frame.columns}
    issues = [
        issues_at(
            frame,
            _differs(frame[column], texts),
            rule="personal_data_masked",
            action="changed",
            column=column,
            before="(personal data)",
            after=texts,
        )
        for column, texts in masked.items()
        if texts is not frame[column]
    ]
    return Cleaned(frame.assign(**masked), join_issues(*issues))


def _masked(values: pd.Series) -> pd.Series:
    """Mask a column; of words that come again and again each is looked at once."""
    if values.name in WITHHELD_COLUMNS:
        return mask_text(values)
    coded = encode(values)
    words = pd.Series(coded.values, dtype="str")
    masked = mask_text(words)
    return values if masked is words else decode(coded.codes, masked.tolist(), values.index)


def drop_street_numbers(frame: pd.DataFrame) -> Cleaned:
    """Keep the street and drop the house number in `place`: an incident is counted by area, never by door."""
    coded = encode(frame["place"])
    names = pa.array(coded.values, type=pa.large_string())
    streets = pc.replace_substring_regex(names, STREET_NUMBER, r"\1")
    if streets.equals(names):
        return Cleaned(frame, join_issues())
    after = decode(coded.codes, streets.to_pylist(), frame.index)
    issues = issues_at(
        frame,
        _differs(frame["place"], after),
        rule="street_number_dropped",
        action="changed",
        column="place",
        before="(street and number)",
        after=after,
    )
    return Cleaned(frame.assign(place=after), issues)


def _differs(before: pd.Series, after: pd.Series) -> Mask:
    return ~(before.eq(after).to_numpy(dtype=bool) | (before.isna() & after.isna()).to_numpy())
