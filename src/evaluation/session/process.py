"""Measures and costs of an opened study, typed and held against the study file as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.disclosure import limit_of
from evaluation.evaluate.costs import Cost, costs_from
from evaluation.evaluate.measures import Measure, measures_from
from evaluation.session.intake.process import as_of, contradictions
from evaluation.session.prepare import Prepared
from evaluation.sources.process_tables import TableFaultsError
from evaluation.study.model import Source, Study, Thresholds


@dataclass(frozen=True, slots=True)
class Process:
    """What was done under the agreements of a study, and what it cost.

    Attributes
    ----------
    measures
        Every measure; empty where the study has no table.
    as_of
        Day on which the table of measures was true, inclusive; none without a table.
    costs
        Every sum; empty where the study has no table.
    """

    measures: tuple[Measure, ...] = ()
    as_of: date | None = None
    costs: tuple[Cost, ...] = ()

    def of(self, agreement: str) -> tuple[Measure, ...]:
        """Return the measures of one agreement, in the order of the table."""
        return tuple(measure for measure in self.measures if measure.agreement == agreement)

    def costs_of(self, agreement: str) -> tuple[Cost, ...]:
        """Return the sums of one agreement, in the order of the table."""
        return tuple(cost for cost in self.costs if cost.agreement == agreement)


def process_of(study: Study, prepared: Prepared) -> Process:
    """Return measures and costs; the study may have neither table.

    Raises
    ------
    TableFaultsError
        The study file was changed since the tables were read, and contradicts them now: every contradiction.
    """
    sources = {source.kind: source for source in study.sources}
    measures, costs = sources.get("measures"), sources.get("costs")
    day = as_of(prepared.cards[measures.id]) if measures else None
    return Process(
        measures_from(_frame(measures, study, prepared), study, day) if measures and day else (),
        day,
        costs_from(_frame(costs, study, prepared), study) if costs else (),
    )


def hidden_dose(measure: Measure, thresholds: Thresholds) -> bool:
    """Tell whether a dose must not be shown: it counts people, and few.

    People in a measure are in contact with authorities because of it, so every such count is of a sensitive kind: the
    strict limit holds, and zeros are small (METHODS, section 7).
    """
    limit = limit_of(thresholds, sensitive=True)
    return measure.counts_persons == "yes" and limit.floor <= measure.dose < limit.smallest


def _frame(source: Source, study: Study, prepared: Prepared) -> pd.DataFrame:
    frame = prepared.frame(source.id)
    problems = contradictions(source.kind, frame, study, source.file, as_of(prepared.cards[source.id]))
    if problems:
        raise TableFaultsError(problems)
    return frame
