"""Made-up people for free texts: identity numbers, telephone numbers and addresses that belong to nobody.

Identity numbers are well formed (right date, right check digit) but use the birth numbers 980-999, which Skatteverket
keeps for tests. Telephone numbers come from the series that PTS has set aside for books and films.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.synthetic.world import Floats

LUHN_WEIGHTS = np.array([2, 1, 2, 1, 2, 1, 2, 1, 2])
IDENTITY_FORMS = ("{c}{d}-{n}", "{d}-{n}", "{c}{d}{n}", "{d}{n}", "{d} {n}")
PHONE_FORMS = ("070-17406{:02d}", "070-174 06 {:02d}", "+46 70 174 06 {:02d}", "07017406{:02d}")


def check_digit(nine: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the Luhn check digit of rows of nine digits, shape (n, 9) → (n,)."""
    products = nine * LUHN_WEIGHTS
    return np.asarray((10 - (products // 10 + products % 10).sum(axis=1) % 10) % 10)


def identity_numbers(rng: np.random.Generator, n: int) -> list[str]:
    """Return n fictional identity numbers, one in ten a coordination number (day + 60), in several forms."""
    born = np.datetime64("1940-01-01") + rng.integers(0, 25_000, n)
    parts = [str(day).replace("-", "") for day in born]
    days = np.array([int(date[6:]) for date in parts]) + 60 * (rng.random(n) < 0.1)
    dates = [f"{date[2:6]}{day:02d}" for date, day in zip(parts, days, strict=True)]
    numbers = rng.integers(980, 1000, n)
    digits = np.array([[int(digit) for digit in f"{d}{b}"] for d, b in zip(dates, numbers, strict=True)])
    forms = rng.integers(0, len(IDENTITY_FORMS), n)
    rows = zip(forms, parts, dates, numbers, check_digit(digits), strict=True)
    return [IDENTITY_FORMS[form].format(c=full[:2], d=d, n=f"{b}{check}") for form, full, d, b, check in rows]


def phone_numbers(rng: np.random.Generator, n: int) -> list[str]:
    """Return n telephone numbers of the series 070-1740605 to 070-1740699."""
    forms, last = rng.integers(0, len(PHONE_FORMS), n), rng.integers(5, 100, n)
    return [PHONE_FORMS[form].format(number) for form, number in zip(forms, last, strict=True)]


def contact_lines(rng: np.random.Generator, names: Sequence[str], templates: Sequence[str], n: int) -> list[str]:
    """Return n sentences that name a made-up person with a number or an address."""
    chosen = zip(
        rng.integers(0, len(templates), n),
        rng.integers(0, len(names), n),
        phone_numbers(rng, n),
        identity_numbers(rng, n),
        strict=True,
    )
    return [
        templates[t].format(name=names[k], phone=phone, identity=identity, mail=_mail(names[k]))
        for t, k, phone, identity in chosen
    ]


def _mail(name: str) -> str:
    return name.lower().translate(str.maketrans("åäö ", "aao.")) + "@example.com"


def pick(rng: np.random.Generator, cumulative: Floats) -> NDArray[np.int64]:
    """Draw one column per row from cumulative probabilities, shape (n, k) → (n,)."""
    return np.asarray((rng.random((cumulative.shape[0], 1)) > cumulative).sum(axis=1))
