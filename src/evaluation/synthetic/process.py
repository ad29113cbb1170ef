"""What was done under the agreements and what it cost: doses and sums drawn around planted ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evaluation.synthetic.layouts import Vocabulary
from evaluation.synthetic.municipal import Rows
from evaluation.synthetic.world import read_toml

FILE = "process.toml"
SPREAD = 0.03  # standard deviation of a sum around the planted one, as a share of it
ROUNDED = 1000
CURRENCY, PRICE_YEAR = "SEK", 2025


def measures(words: Vocabulary, seed: int) -> Rows:
    """Return the measures with days and dose, with a header; random numbers of its own, so that no other file moves."""
    header = ["id", "agreement", "priority_area", "name", "name_en", "planned_start", "planned_end", "start", "end"]
    header += ["status", "dose", "planned_dose", "unit", "unit_en", "counts_persons", "area", "source"]
    rows = [header]
    for number, entry in enumerate(read_toml(FILE)["measures"]):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(5, number)))
        days = [*entry["planned"], *(*entry.get("actual", []), "", "")[:2]]
        dose = "" if "share" not in entry else str(rng.binomial(entry["planned_dose"], entry["share"]))
        persons = "yes" if entry.get("persons") else "no"
        told = [entry.get("status", ""), dose, str(entry["planned_dose"]), *entry["unit"], persons, entry["area"]]
        rows.append([entry["id"], entry["agreement"], entry["priority_area"], *entry["name"], *days, *told, words.note])
    return rows


def costs(words: Vocabulary, seed: int) -> Rows:
    """Return the sums that the agreements cost, with a header."""
    header = ["agreement", "start", "end", "amount", "currency", "price_year", "includes", "includes_en", "source"]
    rows = [header]
    for number, entry in enumerate(read_toml(FILE)["costs"]):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(6, number)))
        amount = round(entry["amount"] * (1 + SPREAD * rng.standard_normal()) / ROUNDED) * ROUNDED
        money = [str(amount), CURRENCY, str(PRICE_YEAR)]
        rows.append([entry["agreement"], *entry["planned"], *money, *entry["includes"], words.note])
    return rows


def process_truth() -> dict[str, Any]:
    """Return planted shares, first days and sums as plain values, ready for JSON."""
    entries = read_toml(FILE)
    return {
        "share_carried_out": {entry["id"]: entry["share"] for entry in entries["measures"] if "share" in entry},
        "first_day": _first_days(entries),
        "costs": [{name: entry[name] for name in ("agreement", "amount")} for entry in entries["costs"]],
    }


def _first_days(entries: Mapping[str, Any]) -> dict[str, str]:
    """Return agreement/priority area → first day of the first measure begun."""
    days: dict[str, str] = {}
    for entry in entries["measures"]:
        key = f"{entry['agreement']}/{entry['priority_area']}"
        if entry.get("actual"):
            days[key] = min(days.get(key, entry["actual"][0]), entry["actual"][0])
    return dict(sorted(days.items()))
