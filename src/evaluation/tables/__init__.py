"""Tables as readers and spreadsheets get them."""

from evaluation.tables.cells import Cell, Column, Kind
from evaluation.tables.export import tables_csv, tables_xlsx
from evaluation.tables.notebook import in_notebook
from evaluation.tables.table import BLOCK_MIME, Table, table, table_from_block

__all__ = [
    "BLOCK_MIME",
    "Cell",
    "Column",
    "Kind",
    "Table",
    "in_notebook",
    "table",
    "table_from_block",
    "tables_csv",
    "tables_xlsx",
]
