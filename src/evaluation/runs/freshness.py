"""Whether a report is out of date: newer figures should be there, or an input changed after the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evaluation.runs.project import Project
from evaluation.runs.verify import changed_inputs

GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Freshness:
    """What index and report say about time.

    Attributes
    ----------
    data_to
        Last day the figures cover, None when the run did not say.
    run
        Day (UTC) of the run.
    next_expected
        Day newer figures are promised for, None when the run did not say.
    overdue_from
        First day on which the report counts as out of date if nothing new has come: 8 days after `next_expected`. A
        page without scripts can print this day, and so stays true when it is saved.
    is_overdue
        `overdue_from` has come.
    changed_inputs
        Inputs that are no longer what the report was made from.
    """

    data_to: date | None
    run: date
    next_expected: date | None
    overdue_from: date | None
    is_overdue: bool
    changed_inputs: tuple[str, ...]

    @property
    def is_stale(self) -> bool:
        """Overdue, or made from other inputs than lie here now."""
        return self.is_overdue or bool(self.changed_inputs)


def freshness(project: Project, manifest: Mapping[str, Any], today: date) -> Freshness:
    """Judge a published report by its manifest, on the day `today` (UTC)."""
    expected = _day(manifest.get("next_expected"))
    overdue_from = expected + GRACE + timedelta(days=1) if expected else None
    return Freshness(
        _day(manifest.get("data_to")),
        date.fromisoformat(str(manifest["ended"])[:10]),
        expected,
        overdue_from,
        overdue_from is not None and today >= overdue_from,
        tuple(changed_inputs(project, manifest)),
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(text[:10]) if isinstance(text, str) and text else None
