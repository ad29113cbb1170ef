"""The cleaning of an incident log from end to end, whole or in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from evaluation.cleaning.areas import AreaBridge, bridge_areas
from evaluation.cleaning.categories import CategoryMap, map_categories
from evaluation.cleaning.coordinates import CoordinateRule, locate
from evaluation.cleaning.duplicates import SameEventRule, exact_duplicates, link_same_events
from evaluation.cleaning.ledger import Cleaned, Step, join_issues, pipe, set_aside_each, withhold_columns
from evaluation.cleaning.personal_data import drop_street_numbers, mask_personal_data, mask_text
from evaluation.cleaning.seen_rows import SeenRows
from evaluation.cleaning.times import TimeLimits, flag_doubtful_times, order_intervals, unplaced

RAW_TIME_TEXTS = ("occurred_from_text", "occurred_to_text", "reported_text")


@dataclass(frozen=True, slots=True)
class IncidentRules:
    """What the study says about the cleaning of its incident log; a rule left out is not applied.

    Attributes
    ----------
    categories
        Reviewed map from reporters' words to offence types.
    areas
        Bridge from old to new areas.
    coordinates
        One rule for all files, or a rule by file name; files without a rule keep their places unknown.
    same_event
        When two reporters' reports are one event.
    times
        Limits beyond which a time is doubtful.
    keep_free_text
        Free text is carried on, masked, only if the study says so.
    """

    categories: CategoryMap | None = None
    areas: AreaBridge | None = None
    coordinates: CoordinateRule | Mapping[str, CoordinateRule] | None = None
    same_event: SameEventRule | None = None
    times: TimeLimits = field(default_factory=TimeLimits)
    keep_free_text: bool = False


def clean_incidents(incidents: pd.DataFrame, rules: IncidentRules) -> Cleaned:
    """Clean an incident log (canonical incidents, `sources.incident_schema`) by the rules of the study.

    Order: intervals; coordinates; incidents that nobody can place in time and exact duplicates; offence types; areas;
    the same event from two reporters; columns that are not carried on; personal data. The frame gains offence_type,
    area_code, northing and easting where there is a rule for them.

    Raises
    ------
    InputError
        When rows in are not rows kept + rows set aside.
    """
    return _with_masked_ledger(pipe(incidents, *_steps(rules, set_aside_useless)))


def clean_incident_batches(batches: Iterable[pd.DataFrame], rules: IncidentRules) -> Iterator[Cleaned]:
    """Clean a log that does not fit into memory, batch by batch, in the order in which the batches come.

    The same steps as `clean_incidents`. Exact duplicates are found across batches as well, from a fingerprint of each
    row. Reports of one event and split areas are handled inside each batch: sort the batches by time of occurrence
    where a rule asks for them.
    """
    earlier = SeenRows()
    for batch in batches:
        yield _with_masked_ledger(pipe(batch, *_steps(rules, partial(set_aside_useless, earlier=earlier))))


def set_aside_useless(frame: pd.DataFrame, earlier: SeenRows | None = None) -> Cleaned:
    """Set aside, in one go, incidents nobody can place in time and exact duplicates, also of earlier batches."""
    double = exact_duplicates(frame)
    if earlier is not None:
        double |= earlier.seen(frame)
    return set_aside_each(
        frame,
        [
            ("no_time_of_occurrence", "occurred_from_text", unplaced(frame)),
            ("exact_duplicate", "", double),
        ],
    )


def _steps(rules: IncidentRules, set_aside_useless: Step) -> Iterator[Step]:
    """Yield the steps in order: time, place, useless rows, kind, area, one event once, nothing that tells a person."""
    yield order_intervals
    yield partial(flag_doubtful_times, limits=rules.times)
    if rules.coordinates is not None:
        yield partial(_locate_by_file, rules=rules.coordinates)
    yield set_aside_useless
    if rules.categories is not None:
        yield partial(map_categories, category_map=rules.categories)
    if rules.areas is not None:
        yield partial(bridge_areas, bridge=rules.areas)
    if rules.same_event is not None:
        yield partial(link_same_events, rule=rules.same_event)
    withheld = RAW_TIME_TEXTS if rules.keep_free_text else ("free_text", *RAW_TIME_TEXTS)
    yield partial(withhold_columns, columns=withheld)
    yield drop_street_numbers
    yield mask_personal_data


def _with_masked_ledger(cleaned: Cleaned) -> Cleaned:
    """Mask identifiers in the ledger as well: a value that was set aside or flagged may hold one."""
    issues = cleaned.issues
    return Cleaned(cleaned.frame, issues.assign(before=mask_text(issues["before"]), after=mask_text(issues["after"])))


def _locate_by_file(frame: pd.DataFrame, rules: CoordinateRule | Mapping[str, CoordinateRule]) -> Cleaned:
    if isinstance(rules, CoordinateRule):
        return locate(frame, rules)
    northing, easting = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    issues = []
    files = frame["source_file"].astype("str")
    for name, rule in rules.items():
        rows = np.flatnonzero(files == name)
        located = locate(frame.take(rows), rule)
        northing[rows], easting[rows] = located.frame["northing"], located.frame["easting"]
        issues.append(located.issues)
    return Cleaned(frame.assign(northing=northing, easting=easting), join_issues(*issues))
