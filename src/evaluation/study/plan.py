"""The analysis plan: the part of a study that decides the answer, its hash, and how a later study deviates from it.

Pre-specification after the idea of registered reports: outcomes, baselines, model, direction, thresholds, comparison
pool and exclusions are fixed before results are read; a change is allowed, but it is shown. Words and contact do not
belong to the plan: they cannot change a number or a verdict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import StudyError
from evaluation.study.model import Study

Flat = dict[str, str]

_FIELDS: dict[str, tuple[str, ...]] = {
    "areas": ("role",),
    "agreements": ("start", "end", "priority_areas", "previous_baseline", "place_indicators"),
    "fixed_baselines": ("start", "end"),
    "indicators": (
        "priority_area",
        "source",
        "offence_type",
        "grain",
        "wanted",
        "role",
        "sensitive",
        "exposure",
    ),
    "survey_questions": ("priority_area", "survey", "source", "counts", "wanted", "item"),
    "sources": ("kind", "file", "official", "options"),
    "context_events": ("end", "effect", "offence_types", "surveys"),
    "oddities": ("end",),
}
# What was done and what it cost is described beside the results and decides none of them: such a table may come later.
_DESCRIBES = ("measures", "costs")
_KEYS = {"areas": "code", "fixed_baselines": "grain"}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference between the registered plan and the plan of this run; `None` where one of them lacks the key."""

    key: str
    registered: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class RegisteredPlan:
    """A plan as it was registered: its hash, the UTC day of registration, the plan itself as flat key → text."""

    sha256: str
    registered: str
    plan: Mapping[str, str]


def plan_of(study: Study) -> Flat:
    """Return the part of a study that decides numbers and verdicts, flat: dotted key → canonical text, sorted."""
    data: dict[str, Any] = study.model_dump(mode="json")
    flat: Flat = {f"plan.{key}": _text(value) for key, value in data["plan"].items()}
    flat |= {f"thresholds.{key}": _text(value) for key, value in data["thresholds"].items()}
    for table, fields in _FIELDS.items():
        for entry in data[table]:
            if table == "sources" and entry["kind"] in _DESCRIBES:
                continue
            name = _entry_name(table, entry)
            flat |= {f"{table}.{name}.{field}": _text(entry[field]) for field in fields}
    return dict(sorted(flat.items()))


def plan_hash(study: Study) -> str:
    """Return the SHA-256 of the plan, in hexadecimal: equal plans, equal hash, whatever the order in the file."""
    return hashlib.sha256(json.dumps(plan_of(study), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def deviations(registered: RegisteredPlan, study: Study) -> tuple[Deviation, ...]:
    """Return every way in which a study now differs from its registered plan, in key order."""
    now = plan_of(study)
    keys = sorted({*registered.plan, *now})
    pairs = ((key, registered.plan.get(key), now.get(key)) for key in keys)
    return tuple(Deviation(key, before, after) for key, before, after in pairs if before != after)


def registered_text(study: Study, day: str) -> str:
    """Return the text of the plan file: to be written beside the study file and kept under version control."""
    content = {"study": study.id, "registered": day, "sha256": plan_hash(study), "plan": plan_of(study)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def load_registered(path: Path) -> RegisteredPlan | None:
    """Read a registered plan, or nothing if none was registered.

    Raises
    ------
    StudyError
        When the file is damaged or was changed by hand: its plan no longer has the hash it states.
    """
    if not path.is_file():
        return None
    todo = "restore the file from version control; plans are registered with `evaluation plan register`"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        plan = RegisteredPlan(content["sha256"], content["registered"], content["plan"])
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(path.name, found=f"no plan: {error!r}", expected="a plan in JSON", todo=todo) from error
    found = hashlib.sha256(json.dumps(plan.plan, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    if found != plan.sha256:
        raise StudyError(path.name, found=f"a plan with hash {found}", expected=plan.sha256, todo=todo)
    return plan


def plan_path(study_file: Path) -> Path:
    """Return where the registered plan of a study file lies."""
    return study_file.with_suffix(".plan.json")


def _entry_name(table: str, entry: Mapping[str, Any]) -> str:
    if table == "context_events":
        return f"{entry['date']}-{entry['kind']}"
    if table == "oddities":
        return f"{entry['area']}-{entry['start']}"
    return str(entry[_KEYS.get(table, "id")])


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(str(item) for item in value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


__all__ = [
    "Deviation",
    "RegisteredPlan",
    "deviations",
    "load_registered",
    "plan_hash",
    "plan_of",
    "plan_path",
    "registered_text",
]
