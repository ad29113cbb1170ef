"""Recompute a published report's seals without network and without running anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.runs.canonical import sha256_of_file
from evaluation.runs.fingerprint import MISSING
from evaluation.runs.manifest import MANIFEST, outputs_in, read_manifest, read_manifest_file, seal
from evaluation.runs.project import Project

_SCHEMA = Path(__file__).with_name("manifest.schema.json")
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: `faults` break trust in the report; `notes` say what has changed around it since it was made."""

    folder: Path
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    chain: int

    @property
    def is_sound(self) -> bool:
        """No fault."""
        return not self.faults


def verify(project: Project, folder: Path) -> Verification:
    """Check one run folder: schema, seal, every output's bytes, the chain of runs before; note inputs changed since."""
    manifest = read_manifest(folder)
    if manifest is None:
        return Verification(folder, (f"no readable {MANIFEST}",), (), 0)
    if departures := shape_faults(manifest):
        return Verification(folder, (*departures, *_seal_faults(manifest)), (), 0)
    faults = [*_seal_faults(manifest), *_output_faults(folder, manifest)]
    chain, broken = _chain(project, manifest)
    return Verification(folder, (*faults, *broken), tuple(changed_inputs(project, manifest)), chain)


def run_folders(project: Project) -> tuple[Path, ...]:
    """All published run folders."""
    return tuple(sorted(path.parent for path in project.reports.glob(f"[!.]*/*/{MANIFEST}")))


def shape_faults(manifest: Mapping[str, Any]) -> list[str]:
    """Say where the manifest departs from its JSON schema (types, required and additional members)."""
    return list(_departures(manifest, manifest_schema(), "run.json"))


@cache
def manifest_schema() -> dict[str, Any]:
    """Read the JSON schema of manifests."""
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def _departures(value: object, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    allowed = schema.get("type", [])
    names = [allowed] if isinstance(allowed, str) else allowed
    if names and not any(_is(value, name) for name in names):
        yield f"{place}: {type(value).__name__}, not {' or '.join(names)}"
    elif isinstance(value, dict):
        yield from _member_departures(value, schema, place)
    elif isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _departures(item, schema["items"], f"{place}[{number}]")


def _member_departures(value: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> Iterator[str]:
    members = schema.get("properties", {})
    yield from (f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        described = members.get(name, schema.get("additionalProperties", {}))
        if described is False:
            yield f"{place}: {name} is not in the schema"
        elif isinstance(described, dict):
            yield from _departures(item, described, f"{place}.{name}")


def _is(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _seal_faults(manifest: Mapping[str, Any]) -> list[str]:
    return [] if seal(manifest) == manifest["seal"] else ["the manifest does not match its seal"]


def _output_faults(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    there, said = outputs_in(folder), manifest.get("outputs", {})
    return [
        f"{name}: {'missing' if name not in there else 'not in the manifest' if name not in said else 'changed'}"
        for name in sorted({*there, *said})
        if there.get(name) != said.get(name)
    ]


def _chain(project: Project, manifest: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Walk from run to run before: number of sound ones, and the first fault."""
    history = project.history / str(manifest.get("study")) / str(manifest.get("job"))
    length, wanted = 0, manifest.get("previous")
    while wanted is not None:
        before = read_manifest_file(history / f"{wanted}.json")
        if before is None:
            return length, [f"the run before with seal {str(wanted)[:12]} is missing from the history"]
        if seal(before) != wanted:
            return length, [f"the run before with seal {str(wanted)[:12]} does not match its seal"]
        length, wanted = length + 1, before.get("previous")
    return length, []


def changed_inputs(project: Project, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Say which inputs of a report are gone or different now."""
    for item in manifest.get("inputs", ()):
        path = project.root / item["path"]
        now = sha256_of_file(path) if path.is_file() else MISSING
        if now != item["sha256"]:
            yield f"{item['path']} {'is missing' if now == MISSING else 'has changed'} since this report was made"
