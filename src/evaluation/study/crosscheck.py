"""Contradictions between the parts of a study file: references, periods, baselines, languages, places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from evaluation.series import POINTS_PER_YEAR
from evaluation.study.model import Study
from evaluation.study.options import option_faults
from evaluation.study.problems import Problem

Raw = dict[str, Any]


COUNT_KINDS = {
    "tidy_counts",
    "incident_log",
    "bra_sol_databasfil",
    "bra_sol_textfil",
    "bra_yearly_municipalities",
    "kolada",
    "police_events",
}
PROCESS_KINDS = ("measures", "costs")
SURVEY_KINDS = {"survey_microdata", "survey_published_shares", "survey_published_changes"}
POPULATION_KINDS = {"mean_population", "scb_jsonstat", "scb_v1"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A typed study before it is trusted; `raw` is the file as read, so that ids of faulty entries still count."""

    study: Study
    raw: Raw
    file: str

    def problem(self, key: str, found: str, expected: str, todo: str) -> Problem:
        """Return a fault of this file."""
        return Problem(self.file, key, found, expected, todo)


Rule = Callable[[Draft], Iterator[Problem]]


def contradictions(study: Study, raw: Raw, file: str) -> tuple[Problem, ...]:
    """Return every contradiction in a typed study."""
    draft = Draft(study, raw, file)
    return tuple(problem for rule in RULES for problem in rule(draft))


def _ids(raw: Raw, table: str, key: str = "id") -> set[str]:
    return {str(entry.get(key)) for entry in raw.get(table, []) if isinstance(entry, dict)}


def _names(known: Iterable[str]) -> str:
    return "one of " + (", ".join(sorted(known)) or "(none defined)")


def _unique_ids(draft: Draft) -> Iterator[Problem]:
    keys = {"areas": "code", "fixed_baselines": "grain"}
    tables = (
        "priority_areas",
        "areas",
        "agreements",
        "fixed_baselines",
        "sources",
        "indicators",
        "survey_questions",
        "missing_indicators",
        "claims",
    )
    for table in tables:
        key = keys.get(table, "id")
        values = Counter(str(entry.get(key)) for entry in draft.raw.get(table, []) if isinstance(entry, dict))
        for value, times in values.items():
            if times > 1:
                yield draft.problem(f"{table}.{key}", f"{value!r} {times} times", "each once", "rename or remove one")


def _file_name(draft: Draft) -> Iterator[Problem]:
    if draft.study.id != draft.file.removesuffix(".toml"):
        yield draft.problem(
            "study.id", repr(draft.study.id), repr(draft.file.removesuffix(".toml")), "rename the file or the id"
        )


def _one_target(draft: Draft) -> Iterator[Problem]:
    targets = [area.code for area in draft.study.areas if area.role == "target"]
    if len(targets) != 1:
        todo = "give exactly one area the role target"
        yield draft.problem("areas.role", f"{len(targets)} targets {targets}", "one target area", todo)


def _area_reasons(draft: Draft) -> Iterator[Problem]:
    for area in draft.study.areas:
        if area.role not in ("target", "part") and area.reason is None:
            key = f"areas[{area.code}].reason"
            yield draft.problem(key, "nothing", f"why {area.name} is {area.role}", "state the reason in each language")


def _words_in_all_languages(draft: Draft) -> Iterator[Problem]:
    wanted = set(draft.study.study.languages)
    for key, words in _bilingual(draft.raw, ""):
        absent = sorted(wanted - set(words))
        if absent:
            yield draft.problem(key, f"text in {', '.join(sorted(words))}", f"also {', '.join(absent)}", "translate it")


def _bilingual(value: Any, key: str) -> Iterator[tuple[str, dict[str, str]]]:  # noqa: ANN401 - TOML as read
    if (
        isinstance(value, dict)
        and value
        and all(len(str(name)) == 2 and isinstance(text, str) for name, text in value.items())
    ):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != "options":
                yield from _bilingual(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value, start=1):
            yield from _bilingual(inner, f"{key}.{place}")


def _periods(draft: Draft) -> Iterator[Problem]:
    for agreement in draft.study.agreements:
        if agreement.end < agreement.start:
            key = f"agreements[{agreement.id}].end"
            yield draft.problem(key, str(agreement.end), f"a date from {agreement.start} on", "correct start or end")
    ordered = sorted(draft.study.agreements, key=lambda agreement: agreement.start)
    for first, second in pairwise(ordered):
        if second.start <= first.end:
            found = f"start {second.start} while agreement {first.id} ends {first.end}"
            key = f"agreements[{second.id}].start"
            yield draft.problem(key, found, "periods that do not overlap (both ends inclusive)", "correct the dates")


def _agreement_references(draft: Draft) -> Iterator[Problem]:
    agreements, priority_areas = _ids(draft.raw, "agreements"), _ids(draft.raw, "priority_areas")
    starts = {agreement.id: agreement.start for agreement in draft.study.agreements}
    for agreement in draft.study.agreements:
        key = f"agreements[{agreement.id}]"
        previous = agreement.previous_baseline
        if previous != "fixed" and previous not in agreements:
            yield draft.problem(
                f"{key}.previous_baseline", repr(previous), _names({*agreements, "fixed"}), "correct it"
            )
        elif previous in starts and starts[previous] >= agreement.start:
            expected = f"an agreement that starts before {agreement.start}"
            yield draft.problem(f"{key}.previous_baseline", repr(previous), expected, "name an earlier agreement")
        for area in agreement.priority_areas:
            if area not in priority_areas:
                yield draft.problem(f"{key}.priority_areas", repr(area), _names(priority_areas), "correct the id")


def _fixed_baselines(draft: Draft) -> Iterator[Problem]:
    first = min(agreement.start for agreement in draft.study.agreements)
    for baseline in draft.study.fixed_baselines:
        key = f"fixed_baselines[{baseline.grain}]"
        if baseline.end < baseline.start:
            yield draft.problem(
                f"{key}.end", str(baseline.end), f"a date from {baseline.start} on", "correct the dates"
            )
        if baseline.end >= first:
            expected = f"a date before the first agreement, {first}"
            yield draft.problem(f"{key}.end", str(baseline.end), expected, "end the baseline before the agreements")
        yield from _broken_baseline(draft, key, baseline.grain, baseline.start, baseline.end)
    for grain in sorted(
        {indicator.grain for indicator in draft.study.indicators} - {b.grain for b in draft.study.fixed_baselines}
    ):
        found = f"no baseline for grain {grain}, which indicators use"
        yield draft.problem(
            "fixed_baselines", found, "one per grain in use", f"add [[fixed_baselines]] grain={grain!r}"
        )


def _broken_baseline(draft: Draft, key: str, grain: str, start: date, end: date) -> Iterator[Problem]:
    types = {indicator.offence_type for indicator in draft.study.indicators if indicator.grain == grain}
    for event in draft.study.context_events:
        concerns = not event.surveys and (not event.offence_types or types & set(event.offence_types))
        if event.effect == "series_broken" and concerns and start < event.date <= end:
            found = f"{start} to {end} across the break of {event.date}"
            yield draft.problem(key, found, "a baseline on one side of every registered break", "shorten the baseline")


def _source_references(draft: Draft) -> Iterator[Problem]:
    kinds = {source.id: source.kind for source in draft.study.sources}
    known = _ids(draft.raw, "sources")
    wanted = [(f"indicators[{i.id}].source", i.source, COUNT_KINDS) for i in draft.study.indicators]
    wanted += [
        (f"indicators[{i.id}].exposure", i.exposure, POPULATION_KINDS) for i in draft.study.indicators if i.exposure
    ]
    wanted += [(f"survey_questions[{q.id}].source", q.source, SURVEY_KINDS) for q in draft.study.survey_questions]
    for key, source, allowed in wanted:
        if source not in known:
            yield draft.problem(key, repr(source), _names(known), "name an existing source")
        elif source in kinds and kinds[source] not in allowed:
            yield draft.problem(
                key, f"{source!r} of kind {kinds[source]}", _names(allowed), "name a source of that kind"
            )


def _source_options(draft: Draft) -> Iterator[Problem]:
    known = _ids(draft.raw, "sources")
    for source in draft.study.sources:
        yield from option_faults(source, known, draft.file)


def _outcome_references(draft: Draft) -> Iterator[Problem]:
    priority_areas, areas = _ids(draft.raw, "priority_areas"), _ids(draft.raw, "areas", "code")
    agreements = _ids(draft.raw, "agreements")
    outcomes = (
        _ids(draft.raw, "indicators") | _ids(draft.raw, "survey_questions") | _ids(draft.raw, "missing_indicators")
    )
    rows: list[tuple[str, str, set[str]]] = []
    rows += [(f"indicators[{i.id}].priority_area", i.priority_area, priority_areas) for i in draft.study.indicators]
    named = [(agreement.id, key) for agreement in draft.study.agreements for key in agreement.place_indicators]
    rows += [(f"agreements[{key}].place_indicators", name, _ids(draft.raw, "indicators")) for key, name in named]
    rows += [
        (f"survey_questions[{q.id}].priority_area", q.priority_area, priority_areas)
        for q in draft.study.survey_questions
    ]
    rows += [
        (f"survey_questions[{q.id}].recorded_series", series, _ids(draft.raw, "indicators"))
        for q in draft.study.survey_questions
        for series in q.recorded_series
    ]
    rows += [
        (f"missing_indicators[{m.id}].priority_area", m.priority_area, priority_areas)
        for m in draft.study.missing_indicators
    ]
    rows += [
        (f"missing_indicators[{m.id}].agreements", a, agreements)
        for m in draft.study.missing_indicators
        for a in m.agreements
    ]
    rows += [(f"claims[{claim.id}].indicators", i, outcomes) for claim in draft.study.claims for i in claim.indicators]
    rows += [("oddities.area", oddity.area, areas) for oddity in draft.study.oddities]
    for key, value, known in rows:
        if value not in known:
            yield draft.problem(key, repr(value), _names(known), "correct the id or add the entry")


def _recorded_series(draft: Draft) -> Iterator[Problem]:
    """Hold reports against victims only, and never by a ratio that prints what a sensitive series may not."""
    sensitive = {indicator.id for indicator in draft.study.indicators if indicator.sensitive}
    for question in draft.study.survey_questions:
        key = f"survey_questions[{question.id}].recorded_series"
        if question.recorded_series and question.counts != "victims":
            found = f"{', '.join(question.recorded_series)} beside a question that counts {question.counts}"
            yield draft.problem(key, found, "series only where counts = 'victims'", "remove the key, or correct counts")
        for series, times in Counter(question.recorded_series).items():
            if times > 1:
                yield draft.problem(key, f"{series!r} {times} times", "each once", "remove the others")
            if series in sensitive:
                found = f"{series!r}, whose counts are protected"
                yield draft.problem(key, found, "series that are not sensitive", "remove it")


def _priority_areas_answered(draft: Draft) -> Iterator[Problem]:
    tables = ("indicators", "survey_questions", "missing_indicators")
    answered = set().union(*(_ids(draft.raw, table, "priority_area") for table in tables))
    for area in draft.study.priority_areas:
        if area.id not in answered:
            expected = "an indicator, a survey question or a missing_indicators entry that says what would be needed"
            yield draft.problem(f"priority_areas[{area.id}]", "nothing that measures it", expected, "add one")


def _negative_controls(draft: Draft) -> Iterator[Problem]:
    for indicator in draft.study.indicators:
        if indicator.role == "negative_control" and indicator.wanted != "open":
            key = f"indicators[{indicator.id}].wanted"
            todo = 'a negative control should not move: write wanted = "open"'
            yield draft.problem(key, repr(indicator.wanted), "'open' for a negative control", todo)


def _claims_answerable(draft: Draft) -> Iterator[Problem]:
    for claim in draft.study.claims:
        if not claim.indicators and claim.fact is None:
            expected = "indicators to hold it against, or the documented fact"
            yield draft.problem(f"claims[{claim.id}]", "neither indicators nor fact", expected, "add one of them")


def _process_tables(draft: Draft) -> Iterator[Problem]:
    """One table of measures and one of costs at most: ids and sums are held against each other within a table."""
    for kind in PROCESS_KINDS:
        sources = [source.id for source in draft.study.sources if source.kind == kind]
        if len(sources) > 1:
            todo = "put all rows in one table"
            yield draft.problem("sources.kind", f"{kind} in {', '.join(sources)}", f"one source of kind {kind}", todo)


def _comparison_pool(draft: Draft) -> Iterator[Problem]:
    pool = draft.study.areas_with_role("comparison")
    if pool and len(pool) < draft.study.plan.minimum_donors:
        expected = f"at least plan.minimum_donors = {draft.study.plan.minimum_donors}, or none"
        yield draft.problem("areas.role", f"{len(pool)} comparison areas", expected, "add areas or lower the minimum")


def _transition_leaves_points(draft: Draft) -> Iterator[Problem]:
    for grain in sorted({indicator.grain for indicator in draft.study.indicators}):
        shortest = min((agreement.end - agreement.start).days for agreement in draft.study.agreements)
        points = shortest * POINTS_PER_YEAR[grain] / 365.25
        if draft.study.plan.transition_points >= points:
            found = f"{draft.study.plan.transition_points} points for grain {grain}"
            todo = "shorten the transition window"
            yield draft.problem("plan.transition_points", found, f"fewer than {points:.0f} (shortest agreement)", todo)


def _files_once(draft: Draft) -> Iterator[Problem]:
    uses = Counter((source.file, source.kind) for source in draft.study.sources)
    for (name, kind), times in uses.items():
        if times > 1:
            found = f"{name!r} as {kind} {times} times"
            yield draft.problem("sources.file", found, "each file once per kind", "merge the sources")


RULES: tuple[Rule, ...] = (
    _file_name,
    _unique_ids,
    _one_target,
    _area_reasons,
    _words_in_all_languages,
    _periods,
    _agreement_references,
    _fixed_baselines,
    _source_references,
    _source_options,
    _outcome_references,
    _recorded_series,
    _priority_areas_answered,
    _negative_controls,
    _claims_answerable,
    _process_tables,
    _comparison_pool,
    _transition_leaves_points,
    _files_once,
)
