"""Decide which jobs have to run: those whose published report was made from something else than what lies here now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.runs.fingerprint import MISSING, Surroundings, differences, fingerprint
from evaluation.runs.job import Job
from evaluation.runs.manifest import outputs_in, read_manifest, trusted_manifest
from evaluation.runs.project import Project

RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a job.

    Attributes
    ----------
    parts
        Fingerprint of what lies here now.
    reasons
        Why the job has to run: differing parts, or what is wrong with the published report; empty for an unchanged one.
    missing
        Inputs or results that do not exist; the job cannot run.
    """

    job: Job
    parts: Mapping[str, str]
    reasons: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """Nothing to do."""
        return not self.reasons and not self.missing


def decide(project: Project, job: Job, around: Surroundings, *, force: bool = False) -> Decision:
    """Compare the job's fingerprint now with the one sealed in its published report."""
    results_of = {other: results_hash(project.published(job.study, other)) for other in job.depends_on}
    parts = fingerprint(project, job, around, results_of)
    missing = tuple(part for part, digest in parts.items() if digest == MISSING and part != "packages")
    return Decision(job, parts, _reasons(project.published(job.study, job.id), parts, force=force), missing)


def explain(
    project: Project, jobs: Iterable[Job], around: Surroundings, *, force: bool = False
) -> tuple[Decision, ...]:
    """Decide for jobs in order without running: a job also runs when one it depends on will."""
    will_run: set[str] = set()
    decisions: list[Decision] = []
    for job in jobs:
        decision = decide(project, job, around, force=force)
        after = tuple(
            f"result {other} will be made again" for other in job.depends_on if f"{job.study}/{other}" in will_run
        )
        if after:
            missing = tuple(part for part in decision.missing if not part.startswith("result "))
            decision = Decision(job, decision.parts, tuple(dict.fromkeys((*decision.reasons, *after))), missing)
        will_run |= set() if decision.is_unchanged else {job.key}
        decisions.append(decision)
    return tuple(decisions)


def results_hash(folder: Path) -> str:
    """SHA-256 of the published results by their sealed manifest; "missing" when there is none."""
    manifest = trusted_manifest(folder)
    return str(manifest["outputs"].get(RESULTS, {}).get("sha256", MISSING)) if manifest else MISSING


def _reasons(published: Path, parts: Mapping[str, str], *, force: bool) -> tuple[str, ...]:
    manifest = trusted_manifest(published)
    if manifest is None:
        return ("never published" if read_manifest(published) is None else "the published manifest cannot be trusted",)
    if outputs_in(published) != manifest["outputs"]:
        return ("the published files do not match their seal",)
    return differences(manifest["fingerprint"], parts) or (("asked for",) if force else ())
