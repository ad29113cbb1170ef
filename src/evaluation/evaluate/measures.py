"""Measures of the agreements: what was planned and done, how much, and when an effect could begin at the earliest.

A measure explains nothing by itself: what is said here describes the agreement's work, and no estimate reads it
(METHODS, "Measures, earliest effect and cost").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from evaluation.study.model import Agreement, Study

Status = Literal["planned", "ongoing", "done", "not_done", "not_reported"]
STATUSES: tuple[Status, ...] = ("done", "ongoing", "planned", "not_done", "not_reported")
DAYS_PER_QUARTER = 365.25 / 4


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure or activity of one agreement. Every day is inclusive.

    Attributes
    ----------
    row_number
        Row of the table, as a spreadsheet program shows it.
    id, agreement, priority_area, area
        Ids of the study file; `area` may be empty.
    name, unit
        Language → text; language "" is that of the table, used where the page's language has none.
    planned_start, planned_end, start, end
        What was planned, and what became of it; none where not recorded.
    status
        As stated in the table, or derived (`status_of`); `stated` says which.
    dose, planned_dose
        How much was done and how much was meant, in `unit`; NaN where not recorded.
    counts_persons
        "yes": the dose counts people, so it is protected as a small count; "no"; "" where not stated.
    source
        Where it is stated.
    """

    row_number: int
    id: str
    agreement: str
    priority_area: str
    name: Mapping[str, str]
    planned_start: date | None
    planned_end: date | None
    start: date | None
    end: date | None
    status: Status
    stated: str
    dose: float
    planned_dose: float
    unit: Mapping[str, str]
    counts_persons: str
    area: str
    source: str

    @property
    def begun(self) -> bool:
        """Whether a first day of the measure itself is recorded."""
        return self.start is not None

    @property
    def share_carried_out(self) -> float:
        """Dose done in per cent of the dose planned; NaN where either is not recorded or none was planned."""
        return 100 * self.dose / self.planned_dose if self.planned_dose > 0 else float("nan")

    def in_language(self, text: Mapping[str, str], language: str) -> str:
        """Return name or unit in a language, or as it stands in the table."""
        return text.get(language) or text.get("", "")


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """How many measures there are by status, and the share carried out.

    Attributes
    ----------
    counts
        Status → measures, every status named.
    due
        Measures that should be finished: done, not done or not reported.
    share_carried_out
        Per cent of those that are known to be done; NaN where none is due.
    share_at_most
        The same if every measure that is not reported was done: the truth lies between the two.
    """

    counts: Mapping[Status, int]

    @property
    def total(self) -> int:
        """All measures."""
        return sum(self.counts.values())

    @property
    def due(self) -> int:
        """Measures that should be finished by now."""
        return self.counts["done"] + self.counts["not_done"] + self.counts["not_reported"]

    @property
    def share_carried_out(self) -> float:
        """Per cent of the measures due that are done."""
        return 100 * self.counts["done"] / self.due if self.due else float("nan")

    @property
    def share_at_most(self) -> float:
        """Per cent of the measures due, had all that are not reported been done."""
        return 100 * (self.due - self.counts["not_done"]) / self.due if self.due else float("nan")


def measures_from(frame: pd.DataFrame, study: Study, as_of: date) -> tuple[Measure, ...]:
    """Type the rows of a table of measures (`schemas.MEASURES`) and derive each status that is not stated.

    Parameters
    ----------
    as_of
        Day on which the table was true, inclusive: what lies after it is still to come.
    """
    ends = {agreement.id: agreement.end for agreement in study.agreements}
    return tuple(_measure(row, ends, as_of) for row in frame.to_dict("records"))


def status_of(stated: str, start: date | None, end: date | None, last_planned: date | None, as_of: date) -> Status:
    """Return the status as stated, or what the days say: nobody has said "not done", so it is never derived.

    With first and last day: done. With a first day only: ongoing. Without either: planned while the last planned day
    lies ahead of `as_of` or is unknown, else not reported.
    """
    known: dict[str, Status] = {status: status for status in STATUSES}
    if stated in known:
        return known[stated]
    if start is not None:
        return "done" if end is not None else "ongoing"
    return "not_reported" if last_planned is not None and last_planned < as_of else "planned"


def summary_of(measures: Sequence[Measure]) -> MeasureSummary:
    """Count measures by status."""
    return MeasureSummary({status: sum(measure.status == status for measure in measures) for status in STATUSES})


def dose_per_quarter(measure: Measure, as_of: date) -> float:
    """Return the dose per quarter of a year on average, from the first day to the last (or `as_of`), both inclusive.

    dose / (days / 91.3125). NaN where dose or first day is not recorded, and for less than a quarter: one campaign of
    a week is not thirteen campaigns a quarter.
    """
    if measure.start is None:
        return float("nan")
    quarters = ((measure.end or as_of) - measure.start).days + 1
    return measure.dose / (quarters / DAYS_PER_QUARTER) if quarters >= DAYS_PER_QUARTER else float("nan")


@dataclass(frozen=True, slots=True)
class EarliestEffect:
    """When an effect of an agreement on one priority area could begin at the earliest.

    Attributes
    ----------
    day
        First day of the first measure begun for that priority area, but not before the agreement's own first day.
    measure
        That measure; none where no measure with a first day is recorded: the agreement's start stands in.
    """

    day: date
    measure: Measure | None


def earliest_effect(agreement: Agreement, priority_area: str, measures: Sequence[Measure]) -> EarliestEffect:
    """Name the day from which an effect is possible: a cause comes before its effect (METHODS).

    It is stated beside the result. It never moves the registered window of the analysis.
    """
    begun = [(m.start, m) for m in measures if m.start and m.agreement == agreement.id]
    aimed = [(start, measure) for start, measure in begun if measure.priority_area == priority_area]
    if not aimed:
        return EarliestEffect(agreement.start, None)
    start, first = min(aimed, key=lambda pair: (pair[0], pair[1].id))
    return EarliestEffect(max(start, agreement.start), first)


def _measure(row: Mapping[Any, Any], ends: Mapping[str, date], as_of: date) -> Measure:
    planned_start, planned_end, start, end = (
        _day(row[name]) for name in ("planned_start", "planned_end", "start", "end")
    )
    last_planned = planned_end or ends.get(row["agreement"])
    return Measure(
        row_number=int(row["row_number"]),
        id=row["id"],
        agreement=row["agreement"],
        priority_area=row["priority_area"],
        name=_texts(row, "name"),
        planned_start=planned_start,
        planned_end=planned_end,
        start=start,
        end=end,
        status=status_of(row["status"], start, end, last_planned, as_of),
        stated=row["status"],
        dose=_number(row["dose"]),
        planned_dose=_number(row["planned_dose"]),
        unit=_texts(row, "unit"),
        counts_persons=row["counts_persons"],
        area=row["area"],
        source=row["source"],
    )


def _texts(row: Mapping[Any, Any], name: str) -> dict[str, str]:
    return {"": row[name], "sv": row[f"{name}_sv"], "en": row[f"{name}_en"]}


def _day(value: Any) -> date | None:  # noqa: ANN401 - a cell of a frame
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _number(value: Any) -> float:  # noqa: ANN401 - a cell of a frame
    return float("nan") if pd.isna(value) else float(np.float64(value))
