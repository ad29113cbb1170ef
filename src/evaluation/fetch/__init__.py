"""Fetching from public services: SCB, Kolada and the police, into raw files with cards."""

from evaluation.fetch.asking import SERVICES, Order, Wishes, orders_for, orders_of_study, refuse_unheeded
from evaluation.fetch.perform import Fetched, Outcome, attempt, fetch

__all__ = [
    "SERVICES",
    "Fetched",
    "Order",
    "Outcome",
    "Wishes",
    "attempt",
    "fetch",
    "orders_for",
    "orders_of_study",
    "refuse_unheeded",
]
