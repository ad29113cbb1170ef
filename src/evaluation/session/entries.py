"""The cells of a study's index, from the overview's results.json and its run record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.evaluate.record import VERDICT_CODES
from evaluation.evaluate.sentences import seen_sentence
from evaluation.report import IndexEntry
from evaluation.report.blocks import Mood
from evaluation.results import Verdict
from evaluation.runs.manifest import item_names
from evaluation.session.jobs import job_id
from evaluation.session.pages.words import in_language
from evaluation.study import Agreement, Study
from evaluation.wording import Wording

Record = Mapping[str, Any]
_BY_CODE: dict[int, Verdict] = {code: verdict for verdict, code in VERDICT_CODES.items()}


def index_entries(
    study: Study, results: Mapping[str, Any], record: Mapping[str, Any], stale: str, words: Wording
) -> list[IndexEntry]:
    """Return one entry per aim × indicator × agreement, aims in the order of the study file."""
    before = {change["name"]: change["before"] for change in record.get("changes", {}).get("numbers", [])}
    entries = [
        *_evaluated(study, results, before, stale, words),
        *_asked(study, results, before, stale, words),
        *_missing(study, results, words),
    ]
    order = [in_language(area.name, words) for area in study.priority_areas]
    return sorted(entries, key=lambda entry: order.index(entry.priority_area))


def _evaluated(
    study: Study, results: Mapping[str, Any], before: Mapping[str, Any], stale: str, words: Wording
) -> Iterator[IndexEntry]:
    for name, found in _named(results["evaluations"]):
        agreement, indicator = study.agreement(found["agreement"]), study.indicator(found["indicator"])
        yield IndexEntry(
            agreement=in_language(agreement.name, words),
            priority_area=_aim(study, indicator.priority_area, words),
            indicator=in_language(indicator.name, words),
            verdict=found["verdict"],
            headline=_headline(found, words),
            mood=_mood(found),
            href=f"{job_id(study, f'agreement-{agreement.id}', words.language)}/report.html",
            previous=_previous(f"/evaluations/{name}", before),
            grade=_grade(found, words),
            interim=found["interim"],
            stale=stale,
        )


def _asked(
    study: Study, results: Mapping[str, Any], before: Mapping[str, Any], stale: str, words: Wording
) -> Iterator[IndexEntry]:
    questions = {question.id: question for question in study.survey_questions}
    for name, found in _named(results.get("survey", [])):
        agreement, question = study.agreement(found["agreement"]), questions[found["question"]]
        yield IndexEntry(
            agreement=in_language(agreement.name, words),
            priority_area=_aim(study, question.priority_area, words),
            indicator=in_language(question.name, words),
            verdict=found["verdict"],
            headline=_survey_headline(found, words),
            mood=_mood(found),
            href=f"{job_id(study, 'safety', words.language)}/report.html",
            previous=_previous(f"/survey/{name}", before),
            grade=words.say("site.grade", grade=found["evidence_grade"]),
            stale=stale,
        )


def _grade(found: Mapping[str, Any], words: Wording) -> str:
    """Say how strong the evidence is, and that the number beside it is approximate, where one is shown."""
    grade = words.say("site.grade", grade=found["evidence_grade"])
    is_exact = found.get("hidden_counts", "none") == "none" or not _headline(found, words)
    return grade if is_exact else f"{grade}. {words.say('limits.approximate.short')}"


def _survey_headline(found: Mapping[str, Any], words: Wording) -> str:
    if "change" not in found:
        return ""
    change = found["change"]
    limits = words.interval(change["low"], change["high"], 1, signed=True)
    return words.say("page.points_change", change=words.number(change["estimate"], 1, signed=True), interval=limits)


def _missing(study: Study, results: Mapping[str, Any], words: Wording) -> Iterator[IndexEntry]:
    needed = {missing.id: missing.needed for missing in study.missing_indicators}
    for found in results["missing"]:
        agreement = study.agreement(found["agreement"])
        yield IndexEntry(
            agreement=in_language(agreement.name, words),
            priority_area=_aim(study, found["priority_area"], words),
            indicator=found["name"][words.language],
            verdict="cannot_be_assessed",
            headline=words.say("page.no_figures"),
            href=f"{_page_of(study, agreement, words)}/report.html",
            needed=in_language(needed[found["id"]], words),
        )


def _page_of(study: Study, agreement: Agreement, words: Wording) -> str:
    """Name the agreement's page; a study with survey questions only has none, and its overview says what is missing."""
    return job_id(study, f"agreement-{agreement.id}" if study.indicators else "overview", words.language)


def _aim(study: Study, key: str, words: Wording) -> str:
    return in_language(next(area.name for area in study.priority_areas if area.id == key), words)


def _headline(found: Mapping[str, Any], words: Wording) -> str:
    """Quote the change that the verdict rests on, or what could have been seen; nothing where it cannot be assessed."""
    if found["verdict"] == "cannot_be_assessed":
        return ""
    design = found["baselines"][0]["designs"][0]
    if found["verdict"] == "no_clear_change":
        seen = (found["detectable_per_cent"], found["wanted"], design["scale"])
        return seen_sentence("page.would_have_been_seen", *seen, words)
    change, low, high = (100 * (design[name] - 1) for name in ("estimate", "low", "high"))
    interval = words.interval(low, high, unit="per_cent")
    return words.say("page.change", change=words.per_cent(change), interval=interval)


def _mood(found: Mapping[str, Any]) -> Mood:
    if found["wanted"] == "open" or found["verdict"] not in ("clear_decrease", "clear_increase"):
        return "neutral"
    return "wanted" if found["direction"] == found["wanted"] else "unwanted"


def _named(records: list[Record]) -> Iterator[tuple[str, Record]]:
    return zip(item_names(records), records, strict=True)


def _previous(place: str, before: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict of the run before if it was another, from the run record's list of changed numbers."""
    code = before.get(f"{place}/verdict_code")
    return None if code is None else _BY_CODE[int(code)]
