"""The 290 municipalities by name: official codes as Statistics Sweden publishes them (CC0), beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

SUFFIX = " kommun"


@cache
def municipality_codes() -> Mapping[str, str]:
    """Return name → four-digit code, in today's division (since 2003)."""
    text = files("evaluation.sources").joinpath("municipalities.csv").read_text(encoding="utf-8")
    pairs = (line.split(",") for line in text.splitlines()[1:])
    return MappingProxyType({name: code for code, name in pairs})


@cache
def municipality_names() -> Mapping[str, str]:
    """Return four-digit code → official name."""
    return MappingProxyType({code: name for name, code in municipality_codes().items()})


@cache
def _by_folded_name() -> Mapping[str, str]:
    return {_folded(name): name for name in municipality_codes()}


def municipality_name(label: str) -> str | None:
    """Return the official name behind a label, or None if it is no municipality.

    Knows `Ale kommun`, the genitive (`Arjeplogs kommun`), small letters (`Upplands väsby`), dashes of any kind
    (`Malung–Sälen`) and a remark in brackets (`Heby kommun (Uppsala län from 2007)`).
    """
    known = _by_folded_name()
    bare = label.split(" (")[0].removesuffix(SUFFIX)
    folded = _folded(bare)
    if folded in known:
        return known[folded]
    return known.get(folded.removesuffix("s")) if label != bare else None


def _folded(name: str) -> str:
    return name.replace("–", "-").replace("‑", "-").casefold().strip()
