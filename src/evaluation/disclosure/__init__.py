"""Protection of small counts: what is hidden, what is hidden with it, and the attack that proves it."""

from evaluation.disclosure.cell_table import CellTable, Dimension, merged
from evaluation.disclosure.evaluations import protect_evaluation, protect_record, without_sums
from evaluation.disclosure.ledger import Atom, Finding, HiddenCell, PublishedCell, audit
from evaluation.disclosure.limits import Limit, limit_of
from evaluation.disclosure.merging import MergedTable, Step, merged_until_safe, safe_step
from evaluation.disclosure.series_protection import (
    Protected,
    Total,
    coarse_protection,
    coarse_totals,
    every_total,
    members_of,
    printed_totals,
    protect_indicator,
    protect_series,
    total_name,
)
from evaluation.disclosure.stand_ins import with_stand_ins
from evaluation.disclosure.suppression import ProtectedTable, suppress
from evaluation.disclosure.survey_groups import protect_groups
from evaluation.disclosure.table_audit import CellRanges, cell_ranges, needed_widths, too_narrow

__all__ = [
    "Atom",
    "CellRanges",
    "CellTable",
    "Dimension",
    "Finding",
    "HiddenCell",
    "Limit",
    "MergedTable",
    "Protected",
    "ProtectedTable",
    "PublishedCell",
    "Step",
    "Total",
    "audit",
    "cell_ranges",
    "coarse_protection",
    "coarse_totals",
    "every_total",
    "limit_of",
    "members_of",
    "merged",
    "merged_until_safe",
    "needed_widths",
    "printed_totals",
    "protect_evaluation",
    "protect_groups",
    "protect_indicator",
    "protect_record",
    "protect_series",
    "safe_step",
    "suppress",
    "too_narrow",
    "total_name",
    "with_stand_ins",
    "without_sums",
]
