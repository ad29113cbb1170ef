"""From a finished run to its page: the facts of the run and the study, handed to the report."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import evaluation.report.run_page as run_page
from evaluation.report.blocks import Heading
from evaluation.runs.project import Project, find_project
from evaluation.runs.task import run_facts
from evaluation.session.pages.words import in_language
from evaluation.session.prepare import Prepared, prepare
from evaluation.session.save import RESULTS
from evaluation.study import Study, load_study
from evaluation.tables import BLOCK_MIME
from evaluation.wording import Wording, wording

_SHORT = 12


def render_run(notebook: Path, run_dir: Path) -> list[Path]:
    """Write the page of one executed notebook; everything it needs stands in results.json and the study.

    Raises
    ------
    GateError
        An output is foreign, a fact is missing, or the page breaks a rule of accessibility.
    """
    results = json.loads((run_dir / RESULTS).read_text(encoding="utf-8"))
    project = find_project()
    study = load_study(project.studies / f"{results['study']}.toml")
    words = wording(results["language"])
    return run_page.render_run(
        notebook,
        run_dir,
        results["language"],
        title=f"{title_of(notebook)} – {site_name(words)}",
        site=site_name(words),
        manifest=page_facts(project, study, results, run_facts(run_dir), words),
        home=f"../{index_name(results['language'])}",
        statement=f"../../{statement_name(results['language'])}",
    )


def page_facts(
    project: Project, study: Study, results: dict[str, Any], facts: dict[str, Any], words: Wording
) -> dict[str, Any]:
    """Collect what the quality declaration of a page must say."""
    prepared = prepare(project, study)
    return {
        "question": words.say("page.overview.question"),
        "population": in_language(study.study.name, words),
        "indicators": [
            *(in_language(indicator.name, words) for indicator in study.indicators),
            *(in_language(question.name, words) for question in study.survey_questions),
        ],
        "sources": [_source(prepared, source.id, words) for source in study.sources if source.id in prepared.records],
        "preliminary_from": results["preliminary_from"],
        "suppressed_cells": results.get("suppressed_cells", 0),
        "caveats": _caveats(study, words),
        "data_from": results["data_from"],
        "data_through": results["data_to"],
        "next_expected": results["next_expected"],
        "contact": in_language(study.study.contact, words),
        "plan_hash": results["plan_hash"][:_SHORT],
        "code_version": str(facts.get("code", ""))[:_SHORT],
        "run_id": str(facts.get("fingerprint", ""))[:_SHORT],
        "breaks": _breaks(study, words),
        "synthetic": study.study.synthetic,
    }


def title_of(notebook: Path) -> str:
    """Return the first heading that the notebook shows: the page's title."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    outputs = (output for cell in content["cells"] for output in cell.get("outputs", ()))
    blocks = (output.get("data", {}).get(BLOCK_MIME) for output in outputs)
    return next(str(block["text"]) for block in blocks if block and block["kind"] == Heading.kind)


def site_name(words: Wording) -> str:
    """Name the evaluation as a whole."""
    return words.say("site.name")


def index_name(language: str) -> str:
    """Name the index page of a language: index.html is Swedish, which is where links from outside point."""
    return "index.html" if language == "sv" else f"index-{language}.html"


def claims_name(language: str) -> str:
    """Name the claims page of a language."""
    return "claims.html" if language == "sv" else f"claims-{language}.html"


def summary_name(language: str) -> str:
    """Name the one-page summary of a language."""
    return "summary.html" if language == "sv" else f"summary-{language}.html"


def statement_name(language: str) -> str:
    """Name the accessibility statement of a language."""
    return "accessibility.html" if language == "sv" else f"accessibility-{language}.html"


def _source(prepared: Prepared, key: str, words: Wording) -> dict[str, Any]:
    card, record = prepared.cards[key], prepared.records[key]
    published = card.published
    return {
        "title": in_language(card.title, words),
        "publisher": in_language(card.publisher, words),
        "published": words.date(published) if isinstance(published, date) else in_language(published, words),
        "rows_read": int(record["rows_read"]),
        "rows_kept": int(record["rows_kept"]),
    }


def _caveats(study: Study, words: Wording) -> list[str]:
    caveats = (in_language(caveat, words) for indicator in study.indicators for caveat in indicator.caveats)
    return list(dict.fromkeys(caveats))


def _breaks(study: Study, words: Wording) -> list[str]:
    events = (event for event in study.context_events if event.effect != "none")
    return [f"{words.date(event.date)}: {in_language(event.text, words)}" for event in events]
