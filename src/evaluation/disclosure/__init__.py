"""Protection of small counts: what is hidden, what is hidden with it, and the attack that proves it."""

from evaluation.disclosure.ledger import Atom, Finding, HiddenCell, PublishedCell, audit
from evaluation.disclosure.limits import Limit, limit_of
from evaluation.disclosure.series_protection import (
    Protected,
    Total,
    printed_totals,
    protect_indicator,
    protect_series,
    total_name,
)

__all__ = [
    "Atom",
    "Finding",
    "HiddenCell",
    "Limit",
    "Protected",
    "PublishedCell",
    "Total",
    "audit",
    "limit_of",
    "printed_totals",
    "protect_indicator",
    "protect_series",
    "total_name",
]
