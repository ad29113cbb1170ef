"""Contradictions between a table of measures or costs and its study: every one of them, with row and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from evaluation.evaluate.costs import Cost
from evaluation.evaluate.measures import Measure
from evaluation.study.model import Agreement, Study
from evaluation.study.problems import Problem

EARLIEST = timedelta(days=366)  # how long before its agreement a measure may begin and still be called its measure
# Units that say "people": a dose in one of them counts persons, whatever the table states.
PERSON_UNITS = frozenset(
    {
        *("person", "personer", "people", "persons", "deltagare", "participant", "participants", "individ"),
        *("individer", "elev", "elever", "pupil", "pupils", "ungdom", "ungdomar", "unga", "barn", "child"),
        *("children", "klient", "klienter", "avhoppare", "defectors"),
    }
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a table is held against: its study, its file name, and the day on which it was true."""

    study: Study
    file: str
    as_of: date
    agreements: dict[str, Agreement] = field(default_factory=dict)

    def problem(self, row: int, column: str, found: str, expected: str, todo: str) -> Problem:
        """Return a fault of one cell."""
        return Problem(self.file, f"row {row}, column {column!r}", found, expected, todo)


Rule = Callable[[Measure, Context], Iterator[Problem]]


def measure_faults(measures: Sequence[Measure], study: Study, file: str, as_of: date) -> tuple[Problem, ...]:
    """Return every contradiction of a table of measures with its study and with itself.

    Parameters
    ----------
    as_of
        Day on which the table was true, inclusive: nothing that was done lies after it.
    """
    context = Context(study, file, as_of, {agreement.id: agreement for agreement in study.agreements})
    own = (problem for measure in measures for rule in RULES for problem in rule(measure, context))
    return (*_repeated_ids(measures, context), *own)


def cost_faults(costs: Sequence[Cost], study: Study, file: str, as_of: date) -> tuple[Problem, ...]:
    """Return every contradiction of a table of costs with its study and with itself."""
    context = Context(study, file, as_of, {agreement.id: agreement for agreement in study.agreements})
    own = (problem for cost in costs for rule in (_money, _days_of_cost) for problem in rule(cost, context))
    return (*own, *_one_currency(costs, context))


def _repeated_ids(measures: Sequence[Measure], context: Context) -> Iterator[Problem]:
    times = Counter(measure.id for measure in measures if measure.id)
    for measure in measures:
        if times[measure.id] > 1:
            found = f"{measure.id!r} {times[measure.id]} times"
            yield context.problem(measure.row_number, "id", found, "each id once", "rename or merge the rows")


def _references(measure: Measure, context: Context) -> Iterator[Problem]:
    agreement = context.agreements.get(measure.agreement)
    aims = [area.id for area in context.study.priority_areas]
    codes = [area.code for area in context.study.areas]
    rows = [("agreement", measure.agreement, list(context.agreements)), ("priority_area", measure.priority_area, aims)]
    rows += [("area", measure.area, codes)] if measure.area else []
    for column, value, known in rows:
        if value and value not in known:
            todo = "correct the id, or add it to the study file"
            yield context.problem(measure.row_number, column, repr(value), _one_of(known), todo)
    if agreement and measure.priority_area in set(aims) - set(agreement.priority_areas):
        expected = f"a priority area of agreement {agreement.id}: {', '.join(agreement.priority_areas)}"
        todo = "correct the priority area, or add it to the agreement in the study file"
        yield context.problem(measure.row_number, "priority_area", repr(measure.priority_area), expected, todo)


def _order(measure: Measure, context: Context) -> Iterator[Problem]:
    pairs = (("planned_end", measure.planned_start, measure.planned_end), ("end", measure.start, measure.end))
    for column, first, last in pairs:
        if first and last and last < first:
            todo = "correct one of the two days"
            yield context.problem(measure.row_number, column, str(last), f"a day from {first} on", todo)
    if measure.end and not measure.start:
        todo = "give the first day too, or remove the last"
        yield context.problem(measure.row_number, "start", "nothing", f"a day up to {measure.end}", todo)


def _within(measure: Measure, context: Context) -> Iterator[Problem]:
    """Days belong to the agreement: a year of run-up is allowed, and a measure may outlast its agreement."""
    agreement = context.agreements.get(measure.agreement)
    if agreement is None:
        return
    expected = f"a day from {agreement.start - EARLIEST} to {agreement.end} (agreement {agreement.id})"
    todo = "correct the day, or the agreement that the measure belongs to"
    for column, day in (("planned_start", measure.planned_start), ("start", measure.start)):
        if day and not agreement.start - EARLIEST <= day <= agreement.end:
            yield context.problem(measure.row_number, column, str(day), expected, todo)
    for column, day in (("planned_end", measure.planned_end), ("end", measure.end)):
        if day and day < agreement.start:
            outside = f"a day from {agreement.start} on: the measure ended before agreement {agreement.id}"
            yield context.problem(measure.row_number, column, str(day), outside, todo)


def _in_the_past(measure: Measure, context: Context) -> Iterator[Problem]:
    for column, day in (("start", measure.start), ("end", measure.end)):
        if day and day > context.as_of:
            expected = f"a day up to {context.as_of}, when the table was published according to its card"
            todo = "write days to come under planned_start and planned_end, or correct the day or the card"
            yield context.problem(measure.row_number, column, str(day), expected, todo)


def _status(measure: Measure, context: Context) -> Iterator[Problem]:
    begun, stated = measure.start is not None, measure.stated
    contradictions = {
        "planned": (begun, "no first day yet, or another status"),
        "not_done": (begun, "no first day, or another status"),
        "ongoing": (measure.end is not None, "no last day, or status done"),
        "done": (begun and measure.end is None, "a last day, or status ongoing"),
    }
    wrong, expected = contradictions.get(stated, (False, ""))
    if wrong:
        found = f"{stated!r} with start {measure.start or 'empty'} and end {measure.end or 'empty'}"
        todo = "correct status or days; an empty status is derived from the days"
        yield context.problem(measure.row_number, "status", found, expected, todo)


def _doses(measure: Measure) -> dict[str, float]:
    doses = {"dose": measure.dose, "planned_dose": measure.planned_dose}
    return {column: dose for column, dose in doses.items() if not np.isnan(dose)}


def _dose_of_nothing(measure: Measure, context: Context) -> Iterator[Problem]:
    if measure.dose > 0 and measure.status in ("planned", "not_done", "not_reported"):
        found, todo = f"{measure.dose:g} with status {measure.status}", "correct dose, status or days"
        yield context.problem(measure.row_number, "dose", found, "no dose for what was not begun", todo)


def _unit(measure: Measure, context: Context) -> Iterator[Problem]:
    if not _doses(measure):
        return
    if not measure.unit.get(""):
        expected = "the unit of the dose: patrols, hours, inspections"
        yield context.problem(measure.row_number, "unit", "nothing", expected, "name what is counted")
    if not measure.counts_persons:
        todo = "write yes where the dose counts people (it is then protected as a small count), else no"
        yield context.problem(measure.row_number, "counts_persons", "nothing", "yes or no", todo)


def _persons(measure: Measure, context: Context) -> Iterator[Problem]:
    doses = _doses(measure)
    if doses and measure.counts_persons == "no" and _says_people(measure):
        expected = "yes: the unit counts people"
        yield context.problem(measure.row_number, "counts_persons", "'no'", expected, "write yes, or correct the unit")
    for column, dose in doses.items():
        if measure.counts_persons == "yes" and dose != round(dose):
            todo = "correct the number, or counts_persons"
            yield context.problem(measure.row_number, column, f"{dose:g}", "a whole number of people", todo)


def _says_people(measure: Measure) -> bool:
    words = re.findall(r"\w+", " ".join(measure.unit.values()).casefold())
    return not PERSON_UNITS.isdisjoint(words)


def _money(cost: Cost, context: Context) -> Iterator[Problem]:
    if cost.agreement and cost.agreement not in context.agreements:
        todo = "correct the id, or add it to the study file"
        yield context.problem(cost.row_number, "agreement", repr(cost.agreement), _one_of(context.agreements), todo)
    if cost.currency and not re.fullmatch(r"[A-Z]{3}", cost.currency):
        todo = "write the three letters of ISO 4217"
        yield context.problem(cost.row_number, "currency", repr(cost.currency), "three letters: SEK", todo)
    if cost.amount == 0:
        todo = "remove the row where nothing is known: no row says that no cost is recorded"
        yield context.problem(cost.row_number, "amount", "0", "a sum above zero", todo)


def _days_of_cost(cost: Cost, context: Context) -> Iterator[Problem]:
    agreement = context.agreements.get(cost.agreement)
    if cost.end < cost.start:
        todo = "correct one of the two days"
        yield context.problem(cost.row_number, "end", str(cost.end), f"a day from {cost.start} on", todo)
    if agreement is None:
        return
    for column, day in (("start", cost.start), ("end", cost.end)):
        if not agreement.start <= day <= agreement.end:
            expected = f"a day from {agreement.start} to {agreement.end} (agreement {agreement.id})"
            yield context.problem(cost.row_number, column, str(day), expected, "correct the day or the agreement")


def _one_currency(costs: Sequence[Cost], context: Context) -> Iterator[Problem]:
    """Hold the sums of one agreement to the same money: they are added together."""
    first: dict[str, Cost] = {}
    for cost in costs:
        other = first.setdefault(cost.agreement, cost)
        for column in ("currency", "price_year"):
            found, expected = getattr(cost, column), getattr(other, column)
            if found and expected and found != expected:
                said = f"{expected!r} as in row {other.row_number}"
                todo = "convert all sums of an agreement to one currency and one price year"
                yield context.problem(cost.row_number, column, repr(found), said, todo)


def _one_of(known: Iterable[str]) -> str:
    return "one of " + ", ".join(sorted(known))


RULES: tuple[Rule, ...] = (_references, _order, _within, _in_the_past, _status, _dose_of_nothing, _unit, _persons)
