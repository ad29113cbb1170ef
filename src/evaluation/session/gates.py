"""Gates of a finished run: no protected count can be computed from what is printed, and nobody is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.cleaning import find_in_html, find_personal_data
from evaluation.disclosure import Finding, HiddenCell, Limit, PublishedCell, audit, limit_of
from evaluation.runs.manifest import numbers_in
from evaluation.runs.project import Project, find_project
from evaluation.session.data import StudyData
from evaluation.session.prepare import prepare
from evaluation.session.printed import (
    PAGE,
    TABLES,
    PrintedTable,
    earlier_numbers,
    read_results,
    read_tables,
    read_texts,
)
from evaluation.session.printed_cells import (
    Guarded,
    cells_in_numbers,
    cells_in_table,
    cells_in_text,
    folded_names,
    names_any,
    places_by_indicator,
)
from evaluation.session.save import RESULTS
from evaluation.session.survey_gate import survey_findings
from evaluation.study import Study, load_study
from evaluation.wording import Wording, wording

NAMED = 3
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class GateFinding:
    """What a gate found: which gate, in words for the analyst, and whether it stops publication."""

    gate: str
    message: str
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Edition:
    """The numbers of one edition that is already out: their places by indicator."""

    where: str
    places: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that a run prints: places of its numbers by indicator, tables, texts that name a guarded series."""

    words: Wording
    places: Mapping[str, list[str]]
    tables: tuple[PrintedTable, ...]
    texts: tuple[tuple[str, str], ...]


def disclosure_gate(run_dir: Path) -> list[GateFinding]:
    """Attack a finished run with everything it prints and everything the study has published before.

    Reads results.json, the page with its alternative texts, the tables beside it, the notebook, the sealed history and
    the pages already published; knows the true counts from the prepared data. One finding per indicator that gives
    small counts away. What earlier editions alone give away is said but does not block: nothing can be done now. A
    series of which this run prints nothing is not looked up in earlier editions: the run adds nothing to them. Bases
    of survey groups are attacked beside it.
    """
    results, project = read_results(run_dir), find_project()
    study = load_study(project.studies / f"{results['study']}.toml")
    guarded = tuple(guarded_series(project, study))
    surveyed = [GateFinding("disclosure", why) for why in survey_findings(results, study.thresholds.survey_base)]
    if not guarded:
        return surveyed
    printed = _printed(run_dir, results, guarded)
    now = {one: cells for one in guarded if (cells := list(_published(one, printed)))}
    before = tuple(_editions_before(project, study.study.id)) if now else ()
    return surveyed + [
        finding
        for one, cells in now.items()
        for finding in _messages(one, _attacked(one, chain(cells, _published_before(one, before))))
    ]


def personal_data_gate(run_dir: Path) -> list[GateFinding]:
    """Look for identity, telephone and plate numbers, e-mail and street addresses in the page and its tables.

    The contact that the study gives for questions is no alarm.
    """
    study = load_study(find_project().studies / f"{read_results(run_dir)['study']}.toml")
    given = study.study.contact
    contacts = (given,) if isinstance(given, str) else tuple(given.values())
    allowed = " ".join(contacts).replace("<", " ").replace(">", " ").replace(",", " ").split()
    return [
        GateFinding(
            "personal data",
            f"{name} holds {len(kinds)} personal identifiers: {', '.join(sorted(set(kinds)))}; mask them in the source",
        )
        for name, kinds in _identifiers(run_dir, (*allowed, *contacts))
        if kinds
    ]


def guarded_series(project: Project, study: Study) -> Iterator[Guarded]:
    """Give each series that has counts too small to print, official figures left out."""
    data = StudyData(study, prepare(project, study))
    for indicator in study.indicators:
        if study.source(indicator.source).official:
            continue
        limit = limit_of(study.thresholds, sensitive=indicator.sensitive)
        series = data.series(indicator)
        small = limit.small(series.count)
        if series.scale == "count" and small.any():
            yield Guarded(study, indicator, series, small)


def _attacked(guarded: Guarded, published: Iterable[PublishedCell]) -> list[Finding]:
    limit = limit_of(guarded.study.thresholds, sensitive=guarded.indicator.sensitive)
    floors = {guarded.atom(at): limit.floor for at in range(guarded.series.n)}
    return audit(published, _targets(guarded, limit), floors)


def _targets(guarded: Guarded, limit: Limit) -> list[HiddenCell]:
    widths = limit.width(guarded.series.count)
    return [
        HiddenCell(frozenset([guarded.atom(int(at))]), float(widths[at]), str(guarded.series.start[at]))
        for at in np.flatnonzero(guarded.small)
    ]


def _published(guarded: Guarded, printed: Printed) -> Iterator[PublishedCell]:
    yield from cells_in_numbers(guarded, printed.places.get(guarded.indicator.id, ()), RESULTS)
    for table in printed.tables:
        yield from cells_in_table(guarded, table, printed.words)
    for where, text in printed.texts:
        yield from cells_in_text(guarded, text, where, printed.words)


def _published_before(guarded: Guarded, editions: Iterable[Edition]) -> Iterator[PublishedCell]:
    for edition in editions:
        places = edition.places.get(guarded.indicator.id, ())
        yield from cells_in_numbers(guarded, places, edition.where, earlier=True)


def _editions_before(project: Project, study: str) -> Iterator[Edition]:
    for where, numbers in earlier_numbers(project, study):
        yield Edition(where, places_by_indicator(numbers))


def _printed(run_dir: Path, results: dict[str, Any], guarded: Sequence[Guarded]) -> Printed:
    words = wording(results["language"])
    places = places_by_indicator(dict(numbers_in(results)))
    names = folded_names(guarded, words)
    texts = tuple((where, text) for where, text in read_texts(run_dir) if names_any(text, names))
    return Printed(words, places, tuple(read_tables(run_dir)), texts)


def _messages(guarded: Guarded, found: Iterable[Finding]) -> Iterator[GateFinding]:
    for new in (True, False):
        chosen = [finding for finding in found if finding.new is new]
        if chosen:
            yield GateFinding("disclosure", _sentence(guarded, chosen, new=new), new)


def _sentence(guarded: Guarded, found: list[Finding], *, new: bool) -> str:
    examples = "; ".join(f"{f.cell.name} must lie between {f.low:g} and {f.high:g}" for f in found[:NAMED])
    places = list(dict.fromkeys(place for finding in found for place in finding.where))
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    end = (
        "hide these points, and the totals from which they follow (evaluation.disclosure.protect_indicator)"
        if new
        else "earlier editions give this away already; nothing printed now adds to it"
    )
    return (
        f"{guarded.indicator.id}: {len(found)} counts too small to print can be computed ({examples}) from "
        f"{', '.join(places[:_SHOWN])}{more}: {end}"
    )


def _identifiers(run_dir: Path, allowed: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    page = run_dir / PAGE
    if page.is_file():
        yield PAGE, [hit.kind for hit in find_in_html(page.read_text(encoding="utf-8"), allowed)]
    for path in sorted(run_dir.glob(TABLES)):
        hits = find_personal_data(path.read_text(encoding="utf-8-sig"), allowed)
        yield f"tables/{path.name}", [hit.kind for hit in hits]
