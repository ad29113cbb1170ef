"""The survey file of `evaluation survey`: CSV, TSV, XLSX or SPSS, with the value labels of the latter."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from evaluation.errors import InputError, ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.series import Bools
    from evaluation.sources.spss import SpssCodes
    from evaluation.sources.table import RawTable
    from evaluation.survey import SurveyColumns

NUMERIC = ("weight", "fpc")


@dataclass(frozen=True, slots=True, eq=False)
class AnswerFile:
    """The named columns of a survey file.

    Attributes
    ----------
    frame
        Labels as text (None where missing), weight and population as numbers; columns named as in the file.
    labels
        Code → text in the frame, for the answer column of an SPSS file with value labels.
    missing
        Answers that the file itself declares missing, as they stand in the frame: they leave the base.
    """

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ()

    def options(self, named: Sequence[str]) -> list[str]:
        """Return options as they stand in the frame; of an SPSS file the code will do as well as its label.

        Raises
        ------
        ParameterError
            A text is the code of one answer and the label of another.
        """
        texts = set(self.labels.values())
        for option in named:
            if option in texts and self.labels.get(option, option) != option:
                raise ParameterError(
                    "answer options",
                    found=f"{option!r}, a label and also the code of {self.labels[option]!r}",
                    expected="a text with one meaning",
                    todo="name the answer by its code and label as the list of options writes them",
                )
        return [option if option in texts else self.labels.get(option, option) for option in named]


def read_answer_file(file: Path, columns: SurveyColumns, sheet: str | None = None) -> AnswerFile:
    """Read the named columns through the reading gate; the content of the file decides what it is, never its name.

    Raises
    ------
    InputError
        The file cannot be read, or a column is not in it.
    ParameterError
        A sheet is named for a file that has none.
    """
    from evaluation.sources.gate import grid_of, table_of
    from evaluation.sources.header import Wanted
    from evaluation.sources.intake import take_in

    named = {role: name for role, name in dataclasses.asdict(columns).items() if name is not None}
    wanted = Wanted({role: (name,) for role, name in named.items()}, frozenset(named))
    intake = take_in(file, "text", "workbook", "spss")
    if sheet is not None and intake.form != "workbook":
        raise ParameterError(
            "option --sheet",
            found=f"{sheet!r} for {file.name}, which has no sheets",
            expected="a workbook (.xlsx)",
            todo="leave the option out",
        )
    if intake.form != "spss":
        return _file_of(table_of(grid_of(intake, wanted, sheet), wanted), named)
    from evaluation.sources.spss import read_spss

    grid, codes = read_spss(file, intake)
    return _file_of(table_of(grid, wanted), named, codes)


def _file_of(table: RawTable, named: Mapping[str, str], codes: SpssCodes | None = None) -> AnswerFile:
    import pandas as pd

    from evaluation.sources.numbers import decide_signs, parse_numbers

    signs = decide_signs([table.column(role) for role in NUMERIC if role in named])
    frame: dict[str, Any] = {}
    for role, name in named.items():
        if role in NUMERIC:
            numbers = pd.Series(parse_numbers(table.column(role), signs, low=0).values, dtype="float64")
            frame[name] = numbers.mask(_declared_missing(table, role, name, codes))
        else:
            frame[name] = pd.array(_texts(table, role, name, codes), dtype="str")
    if codes is None:
        return AnswerFile(pd.DataFrame(frame))
    answer = named["answer"]
    given = set(_raw_texts(table, "answer"))
    declared = (codes.text(answer, code) for code in sorted(given) if codes.is_missing(answer, code))
    labels = {code: codes.text(answer, code) for code in (*codes.labels.get(answer, {}), *sorted(given))}
    return AnswerFile(pd.DataFrame(frame), MappingProxyType(labels), tuple(declared))


def _texts(table: RawTable, role: str, name: str, codes: SpssCodes | None) -> list[str | None]:
    """Return a column of labels; what the file declares missing stays only among the answers, to be excluded."""
    from evaluation.sources.codebook import MISSING_ANSWERS

    missing = MISSING_ANSWERS if role == "answer" else {""}
    texts = [None if text in missing else text for text in _raw_texts(table, role)]
    if codes is None:
        return texts
    kept = [text if text is None or role == "answer" or not codes.is_missing(name, text) else None for text in texts]
    read = {code: codes.text(name, code) for code in kept if code is not None}
    _refuse_alike(table.place, name, read)
    return [None if code is None else read[code] for code in kept]


def _refuse_alike(place: str, column: str, read: Mapping[str, str]) -> None:
    """Refuse a label that reads like another code without a label: the two would be counted as one."""
    alike = [text for text, times in Counter(read.values()).items() if times > 1]
    if alike:
        codes = [code for code, text in read.items() if text == alike[0]]
        raise InputError(
            f"{place}, column {column!r}",
            found=f"codes {' and '.join(codes)}, which both read {alike[0]!r}",
            expected="a text of its own for each code",
            todo="give the code a value label in SPSS, or export the file as CSV with codes",
        )


def _declared_missing(table: RawTable, role: str, name: str, codes: SpssCodes | None) -> Bools:
    import numpy as np

    return np.array([codes is not None and codes.is_missing(name, text) for text in _raw_texts(table, role)], np.bool_)


def _raw_texts(table: RawTable, role: str) -> list[str]:
    from evaluation.sources.labels import parse_texts

    return list(parse_texts(table.column(role), required=False).values)
