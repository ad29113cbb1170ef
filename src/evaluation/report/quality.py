"""The quality declaration under Statistics Sweden's headings, generated from the run's manifest; a gap stops it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.errors import GateError
from evaluation.report.blocks import Block, Facts, Heading
from evaluation.wording import Wording

# Kvalitetsbegrepp of official statistics, 3 a § lagen (2001:99), grouped as Statistics Sweden publishes them.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "relevance": ("question", "population", "indicators"),
    "accuracy": ("rows", "preliminary", "suppressed", "caveats"),
    "timeliness": ("data_period", "run_date", "next_expected"),
    "accessibility": ("formats", "contact", "plan_hash"),
    "comparability": ("sources", "breaks"),
}
REQUIRED: Mapping[str, type | tuple[type, ...]] = {
    "question": str,
    "population": str,
    "indicators": list,
    "sources": list,
    "preliminary_from": str,
    "suppressed_cells": int,
    "caveats": list,
    "data_from": str,
    "data_through": str,
    "next_expected": str,
    "contact": str,
    "plan_hash": str,
    "code_version": str,
    "run_id": str,
    "breaks": list,
    "synthetic": bool,
}
SOURCE_FIELDS = ("title", "publisher", "published", "rows_read", "rows_kept")


def quality_declaration(manifest: Mapping[str, Any], wording: Wording) -> tuple[Block, ...]:
    """Write the declaration: one heading per quality component, one fact per field.

    Parameters
    ----------
    manifest
        Must hold every key of `REQUIRED` (dates as ISO text; `preliminary_from` may be empty: nothing is), with
        `sources` a list of mappings with the keys of `SOURCE_FIELDS`. Lists may be empty, which is then said.

    Raises
    ------
    GateError
        Fields are missing or of another type; all of them are named.
    """
    refuse_gaps(manifest)
    values = _values(manifest, wording)
    blocks: list[Block] = [Heading(wording.say("quality.title"))]
    for heading, fields in HEADINGS.items():
        rows = tuple((wording.say(f"quality.{field}"), values[field]) for field in fields)
        blocks += [Heading(wording.say(f"quality.heading.{heading}"), 3), Facts(rows)]
    return tuple(blocks)


def refuse_gaps(manifest: Mapping[str, Any]) -> None:
    """Stop where a field of the declaration is missing or of another type."""
    gaps = [key for key, kind in REQUIRED.items() if not isinstance(manifest.get(key), kind)]
    sources = manifest.get("sources", ()) if "sources" not in gaps else ()
    gaps += [f"sources[{n}].{key}" for n, source in enumerate(sources) for key in SOURCE_FIELDS if key not in source]
    if gaps:
        raise GateError(
            "quality declaration",
            found=f"no value, or one of another type, for {', '.join(gaps)}",
            expected="every field of the declaration in the manifest",
            todo="let the run write the fields; a report without its declaration is not published",
        )


def _values(manifest: Mapping[str, Any], wording: Wording) -> dict[str, str | tuple[str, ...]]:
    preliminary = manifest["preliminary_from"]
    return {
        "question": manifest["question"],
        "population": manifest["population"],
        "indicators": _listed(manifest["indicators"], wording),
        "rows": _listed(_rows(manifest["sources"], wording), wording),
        "preliminary": wording.say("quality.preliminary_from", date=wording.date(preliminary))
        if preliminary
        else wording.say("quality.nothing_preliminary"),
        "suppressed": wording.say("quality.suppressed_cells", number=wording.number(manifest["suppressed_cells"]))
        if manifest["suppressed_cells"]
        else wording.say("quality.nothing_suppressed"),
        "caveats": _listed(manifest["caveats"], wording),
        "data_period": wording.period(manifest["data_from"], manifest["data_through"]),
        "run_date": wording.say("quality.run_date_value"),  # no clock in a page: equal inputs, equal bytes
        "next_expected": wording.date(manifest["next_expected"]),
        "formats": wording.say("quality.formats_value"),
        "contact": manifest["contact"],
        "plan_hash": manifest["plan_hash"],
        "sources": _listed(_sources(manifest["sources"], wording), wording),
        "breaks": _listed(manifest["breaks"], wording),
    }


def _rows(sources: Sequence[Mapping[str, Any]], wording: Wording) -> list[str]:
    """Name each title once, with the rows of all its files."""
    sums: dict[str, tuple[int, int]] = {}
    for source in sources:
        read, kept = sums.get(source["title"], (0, 0))
        sums[source["title"]] = (read + source["rows_read"], kept + source["rows_kept"])
    return [
        wording.say("quality.rows_value", title=title, read=wording.number(read), kept=wording.number(kept))
        for title, (read, kept) in sums.items()
    ]


def _sources(sources: Sequence[Mapping[str, Any]], wording: Wording) -> list[str]:
    fields = ({name: str(source[name]) for name in ("title", "publisher", "published")} for source in sources)
    return list(dict.fromkeys(wording.say("quality.source_value", **given) for given in fields))


def _listed(items: Sequence[str], wording: Wording) -> tuple[str, ...]:
    return tuple(map(str, items)) or (wording.say("quality.none"),)
