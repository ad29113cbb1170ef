"""The study file as text: every table of a draft with a short explanation of its keys, for people to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.onboarding.catalogue import catalogue, in_languages
from evaluation.onboarding.draft import Draft, Entry, update_days
from evaluation.onboarding.toml_text import entry_lines, toml

RULE = 120
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "priority_areas": (
        "What the agreements aim at",
        "id: short name used below. name: as readers see it. aim: what the agreements want here, one sentence.",
        "Remove an area that no agreement has, together with what names it.",
    ),
    "agreements": (
        "Agreements",
        "start and end: first and last day, both inclusive; an end ahead makes the report interim.",
        "start_assumed/end_assumed = true where no document states the day. content: what was agreed, one sentence.",
        "priority_areas: ids from above. source: the document. previous_baseline: the agreement before, or fixed.",
        "Write content and source where it says: not stated yet. Take out the priority areas that are not in it.",
    ),
    "fixed_baselines": (
        "The time before the first agreement",
        "One for each grain of data; the first agreement is held against it. Shorten it where something else began.",
    ),
    "sources": (
        "Raw files",
        "file: name in data/raw/<study>/, with its card beside it. kind: which reader reads it (docs/study-file.md).",
        "official = true only for figures that are already published: they are exempt from disclosure control.",
        "A source with part_of is read together with the source it names. fields: our column = header in the file.",
    ),
    "indicators": (
        "Indicators",
        "source and offence_type: which figures. grain: month, quarter or year. wanted: decrease, increase, or open",
        "where more reports may be the goal. role: primary decides; exploratory is shown. exposure: population for",
        "rates. Decide on roles before you look at results, then register the plan.",
    ),
    "survey_questions": (
        "Survey questions",
        "counts: what the share counts (insecure, secure, victims). item: the question in the codebook. Write name and",
        "question as readers should see them, in each language.",
    ),
    "missing_indicators": (
        "What has no figures",
        "The row stays in the report as: cannot be assessed. needed: which figures it would take, and from whom.",
    ),
    "context_events": (
        "What else happened",
        "Shown in every figure. effect: none, caution, or series_broken (then no estimate crosses it). These hold for",
        "the whole country; add what happened in the municipality.",
    ),
    "areas": (
        "Areas",
        "role: target, comparison, neighbour (effects may spill over), excluded, county, part. reason: why.",
        "Check the comparison: a municipality with an agreement of its own at the same time is no clean comparison.",
    ),
}


def study_text(draft: Draft, names: Mapping[str, str]) -> str:
    """Return the text of the study file.

    Parameters
    ----------
    names
        The municipality's name in each language.
    """
    parts = [_head(draft, names), *(_table(name, draft.tables.get(name, ())) for name in HEADINGS)]
    notes = [f"# * {note}" for note in draft.notes]
    left = ["\n# In the files, but not used", "#", *notes] if notes else []
    return "\n".join([part for part in parts if part] + left) + "\n"


def _head(draft: Draft, names: Mapping[str, str]) -> str:
    request = draft.request
    deciding = [entry["grain"] for entry in draft.tables["indicators"] if entry["role"] == "primary"]
    grains = deciding or [entry["grain"] for entry in draft.tables["fixed_baselines"]]
    contact = request.contact or in_languages(catalogue().words["contact"], request.languages)
    identity = {
        "id": (request.study, "name of this file, of the folders and pages"),
        "municipality": (request.code, "four digits as text"),
        "name": (dict(names), "as readers see it"),
        "languages": (list(request.languages), "report languages, the first is the main one"),
        "synthetic": (False, "true: every page says that the data are synthetic"),
        "contact": (contact, "who answers questions about the report"),
        "update_interval_days": (update_days(grains), "days between expected new figures"),
    }
    lines = [
        f"# Study file: {request.name} ({request.code}) and its cooperation agreements with the police.",
        "# Written by `evaluation new-study`; it is yours to edit. Every date is inclusive. Codes are text.",
        f"# What each key means: docs/study-file.md. After each change: evaluation check {request.study}",
        "schema_version = 1",
        "",
        "[study]",
        *(f"{key} = {toml(value)}  # {comment}" for key, (value, comment) in identity.items()),
        "",
        "# [plan] and [thresholds] have good defaults; docs/study-file.md lists them.",
    ]
    return "\n".join(lines)


def _table(name: str, entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    title, *explanation = HEADINGS[name]
    head = f"# --- {title} "
    lines = ["", head + "-" * (RULE - len(head)), *(f"# {line}" for line in explanation)]
    return "\n".join([*lines, *(line for entry in entries for line in entry_lines(name, entry))])
