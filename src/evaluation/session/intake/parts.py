"""Sources that come in several files, and the reviewed tables beside them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evaluation.errors import InputError
from evaluation.sources import resolve_inside
from evaluation.study.model import Source, SourceKind, Study


def parts_of(source: Source, study: Study) -> tuple[Source, ...]:
    """Return the source and every other source that says it is part of it, in file order."""
    return tuple(other for other in study.sources if other.id == source.id or is_part_of(other) == source.id)


def is_part_of(source: Source) -> str | None:
    """Return the id of the source that this one is a part of, if any."""
    part_of = source.options.get("part_of")
    return str(part_of) if part_of else None


def reviewed_table(study: Study, raw: Path, kind: SourceKind) -> pd.DataFrame | None:
    """Return the study's reviewed table of a kind (category map, area bridge) as text, or nothing if it has none."""
    tables = reviewed_tables(study, raw, kind)
    return tables[0] if tables else None


def reviewed_tables(study: Study, raw: Path, kind: SourceKind) -> list[pd.DataFrame]:
    """Return every reviewed table of a kind as text, in file order."""
    return [text_table(resolve_inside(raw, source.file)) for source in study.sources if source.kind == kind]


def text_table(path: Path) -> pd.DataFrame:
    """Read a reviewed CSV file of ours: UTF-8, comma, every cell text and nothing missing.

    Raises
    ------
    InputError
        The file is not such a table.
    """
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig", index_col=False)
    except (UnicodeDecodeError, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        expected = "comma-separated UTF-8 with one header row"
        raise InputError(path.name, found=str(error), expected=expected, todo="save the table in that form") from error
