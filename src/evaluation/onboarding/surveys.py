"""Survey waves with a codebook: which file is which wave, its columns, and the questions that the codebook knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.errors import InputError
from evaluation.onboarding.columns import anything, hint, propose
from evaluation.onboarding.recognise import Recognised
from evaluation.onboarding.sheet import Sheet, sheet_of
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import clean_text

DESIGN = {
    "respondent": hint(r"löpnr|respondent|^id$|^nr$", anything),
    "stratum": hint(r"strat", anything),
    "weight": hint(r"vikt|weight", anything),
    "sex": hint(r"kön|^sex|gender|^kon$", anything),
    "age": hint(r"ålder|^age|^alder$", anything),
    "area": hint(r"område|area|omrade|stadsdel", anything),
    "mode": hint(r"insaml|metod|mode", anything),
}
SEXES = {"man": "man", "m": "man", "kvinna": "woman", "k": "woman", "woman": "woman", "male": "man", "female": "woman"}
COUNTED = {"insecure": ("insecure", "perceived_safety", "decrease"), "yes": ("victims", "public_places", "decrease")}
"""Value of the codebook → what the share counts, priority area, wanted direction."""
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
SURVEY = "safety_survey"


def recognise_wave(path: Path, codebook: pd.DataFrame, codebook_file: str) -> Recognised:
    """Return a file of answers as one wave of the survey that the codebook describes.

    The wave is the year in the file's name, or the only wave whose columns the file has.

    Raises
    ------
    InputError
        If no wave of the codebook, or more than one, has its columns in the file.
    """
    sheet = sheet_of(path)
    fitting = [wave for wave in sorted(codebook["wave"].unique()) if _has(sheet, codebook, wave)]
    named = [wave for wave in fitting if wave in YEAR.findall(path.name)]
    waves = named or fitting
    if len(waves) != 1:
        raise InputError(
            f"file {path.name}",
            found=f"the columns of {len(waves)} waves of {codebook_file}",
            expected="answers of one wave: the columns that the codebook names for it, and the year in the file's name",
            todo="correct `header` in the codebook, or put the year of the wave into the file's name",
        )
    return Recognised(path, "survey_microdata", "survey", _options(sheet, codebook, waves[0], codebook_file))


def wave_entries(files: Sequence[Recognised]) -> tuple[dict[str, Any], ...]:
    """Return the sources of the waves, the latest first; the others are part of it."""
    waves = sorted(
        (file for file in files if file.use == "survey"), key=lambda file: file.options["wave"], reverse=True
    )
    return tuple(_entry(at, file) for at, file in enumerate(waves))


def survey_entries(files: Sequence[Recognised], languages: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """Return the questions of the codebook whose answers have a known direction (insecure, victim of crime)."""
    books = [file for file in files if file.use == "codebook"]
    if not any(file.use == "survey" for file in files) or not books:
        return ()
    codebook = codebook_of(books[0].path)
    return tuple(entry for name in codebook["question"].unique() if (entry := _question(name, codebook, languages)))


def codebook_of(path: Path) -> pd.DataFrame:
    """Return a codebook as text: question, wave, option, value, kind, header, and wording where it has one."""
    sheet = sheet_of(path)
    names = {column.name: (column.header,) for column in sheet.columns}
    table = read_table(path, Wanted(names, frozenset(names)))
    return pd.DataFrame({name: [clean_text(cell) for cell in table.column(name).values] for name in table.columns})


def _has(sheet: Sheet, codebook: pd.DataFrame, wave: str) -> bool:
    headers = set(codebook.loc[codebook["wave"].eq(wave), "header"])
    return bool(headers) and all(sheet.column(header) is not None for header in headers)


def _options(sheet: Sheet, codebook: pd.DataFrame, wave: str, codebook_file: str) -> dict[str, Any]:
    rows = codebook[codebook["wave"].eq(wave)].drop_duplicates("question")
    questions = dict(zip(rows["question"], rows["header"], strict=True))
    rest = Sheet(sheet.file, tuple(c for c in sheet.columns if c.header not in questions.values()))
    design = {each.field: each.header for each in propose(rest, DESIGN, frozenset())}
    column = sheet.column(design["sex"]) if "sex" in design else None
    words = {text: SEXES.get(text.casefold()) for text in sorted(column.distinct)} if column else {}
    if not words or None in words.values():
        design.pop("sex", None)
        words = {}
    options: dict[str, Any] = {"wave": wave, "codebook": codebook_file, "fields": {**design, **questions}}
    return options | ({"sex": words} if words else {})


def _entry(at: int, file: Recognised) -> dict[str, Any]:
    options = dict(file.options) | ({"part_of": SURVEY} if at else {})
    key = SURVEY if at == 0 else f"{SURVEY}_{file.options['wave']}"
    return {"id": key, "kind": "survey_microdata", "file": file.path.name, "official": False, "options": options}


def _question(name: str, codebook: pd.DataFrame, languages: tuple[str, ...]) -> dict[str, Any] | None:
    rows = codebook[codebook["question"].eq(name)]
    known = next((COUNTED[value] for value in COUNTED if value in set(rows["value"])), None)
    if known is None:
        return None
    counts, area, wanted = known
    wording = rows["wording"].iloc[-1] if "wording" in rows and rows["wording"].iloc[-1] else name
    names = {"name": dict.fromkeys(languages, name.replace("_", " ")), "question": dict.fromkeys(languages, wording)}
    entry = {"id": name, **names, "survey": f"survey_{name}", "source": SURVEY, "priority_area": area}
    return {**entry, "counts": counts, "wanted": wanted, "item": name}


def unusable_waves(files: Sequence[Recognised]) -> Iterator[str]:
    """Yield a note for every wave whose words for the sexes are not known."""
    for file in files:
        if file.use == "survey" and "sex" not in file.options["fields"]:
            yield f"{file.path.name}: which code means man and woman is not known; add `sex` to its fields and options"
