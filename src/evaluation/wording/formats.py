"""Numbers, dates and intervals as one language writes them; every setting comes from the language file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.errors import ParameterError

NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one language writes numbers: `[format]` of its file.

    Attributes
    ----------
    decimal, thousands, minus, plus
        Signs; the minus of text is U+2212, never the hyphen.
    missing, infinite
        What stands for a figure that does not exist (NaN) and for a limit without end.
    """

    decimal: str
    thousands: str
    minus: str
    plus: str
    missing: str
    infinite: str


def style_from(phrases: Mapping[str, str]) -> NumberStyle:
    """Take the number style out of a language's phrases."""
    return NumberStyle(**{name: phrases[f"format.{name}"] for name in NumberStyle.__slots__})


def write_number(x: float, digits: int, style: NumberStyle, *, signed: bool = False) -> str:
    """Write a number with a fixed count of decimals; rounding to zero loses the sign."""
    if math.isnan(x):
        return style.missing
    plain = style.infinite if math.isinf(x) else f"{abs(x):,.{digits}f}"
    nothing = not math.isinf(x) and float(plain.replace(",", "")) == 0.0
    sign = "" if nothing else style.minus if x < 0 else style.plus if signed else ""
    return sign + plain.translate({ord(","): style.thousands, ord("."): style.decimal})


def digits_of_p(p: float) -> int:
    """Decimals with which a p-value is printed: three under 0.1, two above."""
    return 3 if p < 0.0995 else 2


def as_date(value: object) -> date:
    """Read a date, a datetime, a numpy or pandas time or an ISO text as a plain date (missing parts are the first).

    Raises
    ------
    ParameterError
        The value is none of these.
    """
    if type(value) is date:
        return value
    text = str(value)[:10]
    try:
        return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    except ValueError:
        raise ParameterError(
            "date for a text",
            found=repr(value),
            expected="a date, a numpy or pandas time, or ISO text such as 2023-03-28",
            todo="pass the date itself, not a formatted text",
        ) from None


def quarter_of(day: date) -> int:
    """Quarter of the year, 1–4."""
    return (day.month - 1) // 3 + 1
