"""The entries that a study file needs before it reads what was fetched."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.fetch.asking import Order
from evaluation.study.model import SourceKind, Study

NAMES: dict[SourceKind, str] = {
    "scb_jsonstat": "population_scb",
    "scb_v1": "population_scb_v1",
    "kolada": "kolada",
    "police_events": "events",
}


def entries_for(orders: Sequence[Order], study: Study) -> tuple[str, ...]:
    """Return one `[[sources]]` entry (TOML) for each file that the study does not name, under ids that are free.

    Files of one question in several tables are one source: the first leads, the others are parts of it.
    """
    known = {source.file: source.id for source in study.sources}
    taken = {source.id for source in study.sources}
    entries, lead = [], ""
    for order in orders:
        if order.file not in known:
            name = _free(NAMES[order.question.kind], taken)
            taken = taken | {name}
            entries.append(_entry(name, order, lead))
        lead = lead or known.get(order.file) or name
    return tuple(entries)


def _free(name: str, taken: set[str]) -> str:
    return next(free for free in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if free not in taken)


def _entry(name: str, order: Order, lead: str) -> str:
    lines = ["", "[[sources]]", f'id = "{name}"', f'kind = "{order.question.kind}"', f'file = "{order.file}"']
    part = ["[sources.options]", f'part_of = "{lead}"'] if lead else []
    return "\n".join([*lines, "official = true", *part])
