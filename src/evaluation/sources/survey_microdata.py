"""Survey microdata: one row per respondent, from CSV, workbook or SPSS, with the codebook of the wave.

Answers stay the codes that the file has, as text; `cleaning` gives them their meaning. A record in which values have
slipped to the left cannot be trusted in any column: it is set aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.sources.codebook import MISSING_ANSWERS, Variable, variables_of
from evaluation.sources.counts import real_array
from evaluation.sources.gate import grid_of, table_of
from evaluation.sources.header import Wanted
from evaluation.sources.intake import take_in
from evaluation.sources.labels import clean_text
from evaluation.sources.numbers import DecimalSign, Signs, decide_signs, is_missing, parse_numbers, try_number
from evaluation.sources.reading import Reading, check_dtypes, missing_by_column
from evaluation.sources.record import record_of
from evaluation.sources.table import Cells, RawTable, is_empty

DESIGN_FIELDS = ("respondent", "weight", "stratum", "cluster", "area", "sex", "age", "mode")
LEAST_EMPTY = 2
"""Empty cells at the end of a record that make a foreign value before them a slip and not an odd answer."""


def read(
    path: Path,
    *,
    codebook: Mapping[str, Mapping[str, Any]],
    wave: str,
    fields: Mapping[str, str] | None = None,
    decimal: DecimalSign | None = None,
    sheet: str | None = None,
    areas: Collection[str] = (),
) -> Reading:
    """Return one wave of a survey; one row is one respondent.

    Columns: row_number, wave, the `fields` that are given (weight as Float64, the others as text), and each variable of
    the codebook as text, "" where nothing was answered. Codes outside the codebook stay and are counted.

    Parameters
    ----------
    codebook
        See `codebook.variables_of`.
    wave
        Key of the wave in the codebook.
    fields
        Our design field (`DESIGN_FIELDS`) → header in the file.
    areas
        Area codes that exist: one that looks like a sign for missing ("NA") is an area all the same.

    Raises
    ------
    InputError
        If a column of the codebook is missing, or a weight is no number.
    """
    variables = variables_of(codebook, wave)
    fields = _known_fields(fields or {})
    table = _table(path, _wanted(variables, fields), sheet)
    table, signs = _without_shifted(table, variables, decimal)
    weights = parse_numbers(table.column("weight"), signs) if "weight" in fields else None
    data: dict[str, Any] = {"row_number": np.array(table.numbers, dtype=np.int64)}
    data["wave"] = pd.array([wave] * len(table.rows), dtype="str")
    for name in fields:
        spared = areas if name == "area" else ()
        data[name] = real_array(weights.values) if weights and name == "weight" else _texts(table, name, spared)
    answers = {variable.name: _texts(table, variable.name) for variable in variables}
    unknown = {variable.name: _unknown(variable, answers[variable.name]) for variable in variables}
    record = record_of(
        "survey_microdata",
        table,
        signs,
        *(weights.guesses if weights else ()),
        unknown={name: codes for name, codes in unknown.items() if codes},
        missing=missing_by_column(**{name: Counter(_missing(table, name)) for name in answers}),
    )
    dtypes = {name: {"row_number": "int64", "weight": "Float64"}.get(name, "str") for name in (*data, *answers)}
    return Reading(check_dtypes(pd.DataFrame(data | answers), dtypes, table.origin.file), record)


def _known_fields(fields: Mapping[str, str]) -> dict[str, str]:
    unknown = set(fields) - set(DESIGN_FIELDS)
    if unknown:
        raise ParameterError(
            f"fields of the survey, {sorted(unknown)}",
            found="fields that a survey does not have",
            expected=f"some of {list(DESIGN_FIELDS)}",
            todo="put questions into the codebook, and only the design into the fields",
        )
    return dict(fields)


def _wanted(variables: tuple[Variable, ...], fields: Mapping[str, str]) -> Wanted:
    names = {name: (header,) for name, header in fields.items()}
    names |= {variable.name: (variable.column,) for variable in variables}
    running = (each.name for each in variables if not each.options and each.low is None and each.high is None)
    return Wanted(names, frozenset(names), frozenset(running))


def _table(path: Path, wanted: Wanted, sheet: str | None) -> RawTable:
    intake = take_in(path, "text", "workbook", "spss")
    if intake.form == "spss":
        from evaluation.sources.spss import grid_of_spss

        return table_of(grid_of_spss(path, intake), wanted, strict=False)
    return table_of(grid_of(intake, wanted, sheet), wanted, strict=False)


def _without_shifted(
    table: RawTable, variables: tuple[Variable, ...], decimal: DecimalSign | None
) -> tuple[RawTable, Signs]:
    """Return the table without left-shifted records, and the signs of the weights that are left."""
    shifted = [_empty_end(row) >= LEAST_EMPTY and _has_foreign(table, variables, row) for row in table.rows]
    detail = f"a value that its column does not know, and at least {LEAST_EMPTY} empty cells at the end"
    table = table.without(shifted, "left_shifted", detail)
    if "weight" in table:
        nothing = [
            is_missing(row[table.columns["weight"]]) and not _answers(table, variables, row) for row in table.rows
        ]
        table = table.without(nothing, "no_answer_no_weight", "neither a weight nor an answer to any variable")
    return table, decide_signs([table.column("weight")] if "weight" in table else [], decimal)


def _answers(table: RawTable, variables: tuple[Variable, ...], row: Cells) -> bool:
    return any(clean_text(row[table.columns[each.name]]) not in MISSING_ANSWERS for each in variables)


def _has_foreign(table: RawTable, variables: tuple[Variable, ...], row: Cells) -> bool:
    if any(not variable.knows(clean_text(row[table.columns[variable.name]])) for variable in variables):
        return True
    weight = row[table.columns["weight"]] if "weight" in table else None
    return isinstance(weight, str) and not is_empty(weight) and not any(_is_number(weight, sign) for sign in ".,")


def _is_number(text: str, sign: str) -> bool:
    return try_number(text, Signs("," if sign == "," else ".", None, ())) is not None


def _empty_end(row: Cells) -> int:
    filled = [at for at, cell in enumerate(row) if clean_text(cell) not in MISSING_ANSWERS]
    return len(row) - 1 - max(filled, default=-1)


def _texts(table: RawTable, name: str, spared: Collection[str] = ()) -> pd.api.extensions.ExtensionArray:
    texts, missing = [clean_text(cell) for cell in table.column(name).values], MISSING_ANSWERS.difference(spared)
    return pd.array(["" if text in missing else text for text in texts], dtype="str")


def _missing(table: RawTable, name: str) -> list[str]:
    return [text for cell in table.column(name).values if (text := clean_text(cell)) in MISSING_ANSWERS]


def _unknown(variable: Variable, answers: pd.api.extensions.ExtensionArray) -> dict[str, int]:
    codes = Counter(str(answer) for answer in answers)
    return {code: number for code, number in sorted(codes.items()) if not variable.knows(code)}
