"""Cards of files that were just handed over: what can be known is written, the rest is a blank to fill in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from evaluation.onboarding.toml_text import toml

BLANK = "not stated yet"
"""Begins every text that only the municipality can write; `evaluation check` lists what still has it."""
BRA = {
    "publisher": "Brottsförebyggande rådet (Brå)",
    "row": "area × point × offence type",
    "unit": "reported offences",
    "licence": "Brå's statistics may be reused freely; cite the source",
    "citation": "Källa: Brå",
    "caveats": ["Offences are counted by place of crime and date of registration, not of the act."],
}
SCB = {
    "publisher": "Statistiska centralbyrån (SCB)",
    "row": "region × time",
    "unit": "inhabitants",
    "licence": "CC0",
    "citation": "Källa: SCB",
}
KNOWN: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("bra_sol_databasfil", "bra_sol_textfil", "bra_yearly_municipalities"), BRA),
    **dict.fromkeys(("scb_jsonstat", "scb_v1"), SCB),
    "kolada": {
        "publisher": "Rådet för främjande av kommunala analyser (Kolada)",
        "row": "indicator × municipality × year",
        "unit": "as the indicator says, mostly per 100 000 inhabitants",
        "licence": "free; cite the source",
        "citation": "Källa: Kolada",
    },
    "police_events": {
        "publisher": "Polismyndigheten",
        "row": "event",
        "unit": "published events, chosen by press officers; never a crime rate",
        "licence": "public information; cite the source",
        "citation": "Källa: Polismyndigheten",
    },
}
ROWS: Mapping[str, tuple[str, str]] = {
    "tidy_counts": ("area × point × offence type", "cases"),
    "mean_population": ("area × year", "inhabitants"),
    "incident_log": ("reported incident", "incidents"),
    "survey_microdata": ("respondent", "answers"),
    "codebook": ("question × wave × option", "codes"),
    "category_map": ("spelling of a category", "categories"),
}


def card_text(kind: str, file: str, content: bytes, today: date, **further: Any) -> str:  # noqa: ANN401 - card fields
    """Return the card of a file.

    Parameters
    ----------
    today
        The day on which the file was taken into the project: the only date that is known.
    further
        Fields that are known otherwise; they go before.
    """
    row, unit = ROWS.get(kind, ("row of the file", "as in the file"))
    fields = {
        "publisher": f"{BLANK}: who published or handed over the file",
        "title": f"{BLANK}: title of {file}",
        "row": row,
        "unit": unit,
        "published": f"{BLANK}: date of publication",
        "accessed": today,
        "licence": f"{BLANK}: may it be used, and how",
        "citation": "",
        **KNOWN.get(kind, {}),
        **further,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    ordered = {name: fields[name] for name in fields if name != "caveats"} | {"caveats": fields.get("caveats", [])}
    head = f"# Written by `evaluation`: replace what says `{BLANK}`. The file itself must not change.\n"
    return head + "".join(f"{name} = {toml(value)}\n" for name, value in ordered.items())
