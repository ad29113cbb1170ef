"""The rows of the table, one module for each kind of work; which module holds a row stands here."""

from __future__ import annotations

from importlib import import_module

from benchmarks.row import Row

MODULES = {
    "command": ("command-start",),
    "spreadsheet": ("spreadsheet",),
    "counts": ("count-models",),
    "bootstrap": ("bootstrap",),
    "synthetic_control": ("synthetic-control",),
    "survey": ("survey-overall", "survey-by-area"),
    "page": ("report-size",),
    "interactive": ("open-study", "one-indicator"),
    "notebook": ("notebook-report", "notebook-engine", "notebook-empty"),
    "cleaning": ("clean-incidents", "clean-incidents-large"),
    "report": ("make-report", "rerun-unchanged", "make-report-all"),
    "nation": ("national",),
}
NAMES = tuple(name for names in MODULES.values() for name in names)


def row_named(name: str) -> Row:
    """Return a row by its name; only its own module is imported."""
    module = next(module for module, names in MODULES.items() if name in names)
    rows: tuple[Row, ...] = import_module(f"benchmarks.rows.{module}").ROWS
    return next(row for row in rows if row.name == name)
