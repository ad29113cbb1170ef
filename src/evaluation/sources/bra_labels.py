"""Labels of Brå's exports: regions and offences by name, with codes where the label or the caller gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evaluation.sources.labels import Texts
from evaluation.sources.municipalities import municipality_codes, municipality_name
from evaluation.sources.reading import Guess

CODED = re.compile(r"([0-9]{4}) - .+")


def area_codes_of(areas: Sequence[str], codes: Mapping[str, str] | None) -> Texts:
    """Return the code of each region label: from the caller's list, else of the municipality; empty if neither."""
    found = {area: (codes or {}).get(area) or _municipality(area) for area in set(areas)}
    unknown = sorted(area for area, code in found.items() if not code)
    guess = Guess("areas_without_code", ", ".join(unknown[:10]), f"{len(unknown)} labels are no municipality")
    return Texts([found[area] for area in areas], (guess,) if unknown else ())


def _municipality(area: str) -> str:
    name = municipality_name(area)
    return municipality_codes()[name] if name else ""


def offence_types_of(offences: Sequence[str], types: Mapping[str, str] | None) -> Texts:
    """Return the offence type of each label: from the caller's list, else the crime code in it, else the label."""
    values = [(types or {}).get(label) or _code(label) for label in offences]
    coded = sum(bool(CODED.fullmatch(label)) for label in set(offences))
    guess = Guess("crime_codes", f"{coded} labels", "four digits and a dash before the label: the code is the type")
    return Texts(values, (guess,) if coded else ())


def _code(label: str) -> str:
    match = CODED.fullmatch(label)
    return match[1] if match else label
