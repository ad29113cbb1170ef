"""A job: one notebook with one set of parameters, and everything its report depends on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.errors import ParameterError

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")
NOTEBOOK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,78}\.ipynb")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook run that ends in one published report.

    Attributes
    ----------
    id
        Slug, unique in its study, and the folder name of the report.
    study
        Slug of the study, and the folder name above.
    notebook
        File name under notebooks/.
    parameters
        Injected parameters by name: text, numbers, booleans, null, or lists of these.
    inputs
        Files whose bytes the result depends on: raw files, provenance cards, the study file.
    depends_on
        Ids of jobs of the same study whose results this one reads.
    plan
        Hash of the analysis plan, empty when the study has none.
    """

    id: str
    study: str
    notebook: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    inputs: tuple[Path, ...] = ()
    depends_on: tuple[str, ...] = ()
    plan: str = ""

    def __post_init__(self) -> None:
        check_slug(self.id, "job id")
        check_slug(self.study, "study id")
        if not NOTEBOOK.fullmatch(self.notebook):
            raise ParameterError(
                f"notebook of job {self.id}",
                found=repr(self.notebook),
                expected="a file name of letters, digits, - and _ ending in .ipynb, lying in notebooks/",
                todo="name the notebook by its file name only",
            )

    @property
    def key(self) -> str:
        """Name of the job among all studies."""
        return f"{self.study}/{self.id}"


def check_slug(name: str, where: str) -> str:
    """Return `name` if it may become a folder name: lower-case letters, digits, `.`, `-`, `_`; no device name, no `..`.

    Raises
    ------
    ParameterError
        The name could leave the reports folder or is no file name on some system.
    """
    if not SLUG.fullmatch(name) or ".." in name or name.split(".")[0] in _DEVICES:
        raise ParameterError(
            where,
            found=repr(name),
            expected="1–80 of a–z, 0–9, '.', '-', '_', beginning and ending with a letter or digit",
            todo="choose a plain name, for instance 03-agreement-period-3",
        )
    return name


def in_order(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Sort jobs so that each stands after those it depends on, otherwise in the order given.

    Raises
    ------
    ParameterError
        Two jobs share an id, one depends on an unknown job, or they depend on each other in a circle.
    """
    given = list(jobs)
    by_key = {job.key: job for job in given}
    if len(by_key) < len(given):
        raise _wrong("two jobs with one id", sorted({job.key for job in given if given.count(job) > 1}))
    placed: dict[str, Job] = {}
    while len(placed) < len(given):
        ready = [job for job in given if job.key not in placed and all(key in placed for key in needs(job))]
        if not ready:
            stuck = [job.key for job in given if job.key not in placed]
            unknown = sorted({key for job in given for key in needs(job)} - set(by_key))
            raise _wrong(f"unknown jobs {unknown}" if unknown else "a circle of dependencies", stuck)
        placed |= {job.key: job for job in ready}
    return tuple(placed.values())


def needs(job: Job) -> tuple[str, ...]:
    """Keys of the jobs this one depends on."""
    return tuple(f"{job.study}/{other}" for other in job.depends_on)


def _wrong(found: str, jobs: list[str]) -> ParameterError:
    return ParameterError(
        f"jobs {', '.join(jobs) or '(see found)'}",
        found=found,
        expected="unique ids, and dependencies among jobs of the same study without circles",
        todo="correct the list of jobs",
    )
