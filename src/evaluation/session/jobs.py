"""The jobs of a study: one per notebook, agreement and language."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.runs.job import Job, Value
from evaluation.runs.project import Project
from evaluation.session.raw_files import raw_files
from evaluation.study import Study, load_study
from evaluation.study.plan import plan_hash, plan_path


def jobs_of(project: Project, study_id: str) -> tuple[Job, ...]:
    """Expand a study into its jobs; those of the main language first.

    Raises
    ------
    StudyFaultsError
        The study file has faults.
    """
    study = load_study(project.studies / f"{study_id}.toml")
    return tuple(job for language in study.study.languages for job in _jobs(project, study, language))


def job_id(study: Study, name: str, language: str) -> str:
    """Name a job: pages in the main language have plain names, others end in the language."""
    return name if language == study.study.languages[0] else f"{name}-{language}"


def place_pages(study: Study) -> dict[str, tuple[str, str]]:
    """Name the pages about target places: name of the job, to the ids of agreement and indicator."""
    return {
        f"places-{agreement.id}-{indicator}".replace("_", "-"): (agreement.id, indicator)
        for agreement in study.agreements
        for indicator in agreement.place_indicators
    }


def _jobs(project: Project, study: Study, language: str) -> Iterator[Job]:
    inputs = (project.studies / f"{study.id}.toml", *raw_files(project, study))
    registered = plan_path(inputs[0])
    inputs = (*inputs, registered) if registered.is_file() else inputs
    plan = plan_hash(study)
    for name, notebook, parameters in _pages(study):
        yield Job(
            id=job_id(study, name, language),
            study=study.id,
            notebook=notebook,
            parameters={"study": study.id, **parameters, "language": language},
            inputs=inputs,
            plan=plan,
        )


def _pages(study: Study) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """Name every page; what follows figures over time is left out where a study has a survey only."""
    yield "overview", "06_overview.ipynb", {}
    if study.indicators:
        for agreement in study.agreements:
            yield f"agreement-{agreement.id}", "03_agreement_period.ipynb", {"agreement": agreement.id}
        yield "trends", "02_trends.ipynb", {}
    yield "safety", "04_perceived_safety.ipynb", {}
    for agreement in study.agreements:
        yield from _comparison(study, agreement.id)
        for name, (key, indicator) in place_pages(study).items():
            if key == agreement.id:
                parameters: dict[str, Value] = {"indicator": indicator, "agreement": key, "pool": "main"}
                yield name, "05_comparison_areas.ipynb", parameters
    yield "quality", "01_data_quality.ipynb", {}


def _comparison(study: Study, agreement: str) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """Compare the first primary indicator, where the study has comparison areas."""
    primary = [indicator.id for indicator in study.indicators if indicator.role == "primary"]
    if primary and study.areas_with_role("comparison"):
        parameters: dict[str, Value] = {"indicator": primary[0], "agreement": agreement, "pool": "main"}
        yield f"comparison-{agreement}", "05_comparison_areas.ipynb", parameters
