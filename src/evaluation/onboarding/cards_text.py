"""Cards of files that were just handed over: what can be known is written, the rest is a blank to fill in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from evaluation.onboarding.catalogue import catalogue
from evaluation.onboarding.toml_text import toml

BLANKS = ("not stated yet", "ej angivet än")
"""Begin every text that only the municipality can write; `evaluation check` lists what still has one."""
KNOWN: Mapping[str, str] = {
    **dict.fromkeys(("bra_sol_databasfil", "bra_sol_textfil", "bra_yearly_municipalities"), "bra"),
    **dict.fromkeys(("scb_jsonstat", "scb_v1"), "scb"),
    "kolada": "kolada",
    "police_events": "police",
    "mean_population_derived": "derived",
    "category_map": "categories",
}
"""Kind of source → its part of the catalogue's cards."""
ROWS: Mapping[str, tuple[str, str]] = {
    "tidy_counts": ("area × point × offence type", "cases"),
    "mean_population": ("area × year", "inhabitants"),
    "incident_log": ("reported incident", "incidents"),
    "survey_microdata": ("respondent", "answers"),
    "codebook": ("question × wave × option", "codes"),
}


def card_text(kind: str, content: bytes, today: date, command: str = "") -> str:
    """Return the card of a file.

    Parameters
    ----------
    kind
        Kind of source, or `mean_population_derived`.
    today
        The day on which the file was taken into the project: the only date that is known.
    command
        What made the file, where a command did.
    """
    cards = catalogue().cards
    fields = {**cards["blank"], **_row(kind), **(cards[KNOWN[kind]] if kind in KNOWN else {}), "accessed": today}
    fields |= {"command": command} if command else {}
    fields |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    head = f"# Written by `evaluation`: replace what says `{BLANKS[0]}`. The file itself must not change.\n"
    return head + "".join(f"{name} = {toml(value)}\n" for name, value in fields.items())


def _row(kind: str) -> dict[str, str]:
    return dict(zip(("row", "unit"), ROWS[kind], strict=True)) if kind in ROWS else {}
