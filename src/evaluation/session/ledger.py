"""The ledger of a study as an analyst meets it: by rule at a glance, row by row on request."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Everything that was changed, flagged or set aside between the raw files and the figures.

    Attributes
    ----------
    frame
        One row per row, rule and column: source, source_file, row_number, rule, column, before, after, action
        ("changed", "flagged", "set_aside").
    """

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)
