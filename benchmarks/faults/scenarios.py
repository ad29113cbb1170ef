"""All faults, in the order in which they are injected."""

from __future__ import annotations

from benchmarks.faults import notebooks, surroundings
from benchmarks.faults.scenario import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario", "notebooks", "surroundings"]
