"""The surveys: who was asked and who answered in each wave, and where waves cannot be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.session.intake.parts import is_part_of
from evaluation.session.pages.words import in_language
from evaluation.session.survey_data import breaks_of
from evaluation.study.model import Source

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Row = dict[str, object]
ASKED = re.compile(r"\b(\d[\d ]*\d)\s+asked\b")
"""How the register of published shares writes the number of people asked in its note."""
RATE = re.compile(r"\bresponse rate (\d{4}) (\d+(?:\.\d+)?) %")
"""How the register of published changes writes a response rate in its note."""


def asked_in(note: str) -> int | None:
    """Return the number of people asked that a register's note states ("about 84000 asked")."""
    found = ASKED.search(note)
    return int(found[1].replace(" ", "")) if found else None


def rates_in(notes: str) -> dict[str, float]:
    """Return year → response rate in per cent, as notes of a register state them ("response rate 2023 43 %")."""
    return {found[1]: float(found[2]) for found in RATE.finditer(notes)}


def wave_rows(session: OpenedStudy) -> list[Row]:
    """Return one row per wave: survey, area, year, asked, answers, response rate; unknown numbers stay missing."""
    rows = [*_microdata(session), *_shares(session), *_changes(session)]
    return sorted(rows, key=lambda row: (str(row["survey"]), str(row["area"]), str(row["year"])))


def _microdata(session: OpenedStudy) -> Iterator[Row]:
    for source, name in _surveys(session, "survey_microdata"):
        waves = session.data.frame(f"{source}.waves").drop_duplicates("wave")
        for row in waves.to_dict("records"):
            asked = None if pd.isna(row["asked"]) else int(row["asked"])
            yield _wave(name, session.study.target.name, str(row["wave"]), asked, int(row["respondents"]))


def _shares(session: OpenedStudy) -> Iterator[Row]:
    """Give one row per area and year: the number asked may stand beside any of its questions."""
    for source, name in _surveys(session, "survey_published_shares"):
        for (area, year), rows in session.data.frame(source).groupby(["area", "year"]):
            answers = rows["answers"].dropna()
            asked = [found for note in rows["note"].fillna("") if (found := asked_in(str(note))) is not None]
            if len(answers):
                yield _wave(name, str(area), str(year), asked[0] if asked else None, int(answers.iloc[0]))


def _changes(session: OpenedStudy) -> Iterator[Row]:
    for source, name in _surveys(session, "survey_published_changes"):
        frame = session.data.frame(source)
        rates = rates_in(" ".join(frame["note"].fillna("").astype("str")))
        ends = [frame[["area", f"year_{end}", f"answers_{end}"]] for end in ("from", "to")]
        both = pd.concat([end.set_axis(["area", "year", "answers"], axis=1) for end in ends])
        for row in both.dropna().drop_duplicates(["area", "year"]).to_dict("records"):
            year = str(row["year"])
            yield _wave(name, str(row["area"]), year, None, int(row["answers"]), rates.get(year))


def _wave(survey: str, area: str, year: str, asked: int | None, answers: int, rate: float | None = None) -> Row:
    known = 100 * answers / asked if asked else rate
    return {"survey": survey, "area": area, "year": year, "asked": asked, "answers": answers, "response": known}


def leads(source: Source) -> bool:
    """Tell whether a source is microdata of a survey, not a further wave of one."""
    return source.kind == "survey_microdata" and not is_part_of(source)


def _surveys(session: OpenedStudy, kind: str) -> Iterator[tuple[str, str]]:
    """Give every source of a kind with the name of its survey."""
    for source in session.study.sources:
        if source.kind == kind and not is_part_of(source):
            yield source.id, session.words.say(f"page.quality.survey.{kind}")


def item_rows(session: OpenedStudy) -> list[Row]:
    """Return one row per wave × question of microdata: answers, and the share of respondents without a usable one."""
    names = {question.item: in_language(question.name, session.words) for question in session.study.survey_questions}
    return [
        {
            "indicator": names.get(str(row["question"]), str(row["question"])),
            "year": str(row["wave"]),
            "answers": int(row["answer"]),
            "unusable": 100 * (1 - row["answer"] / row["respondents"]),
            "small": row["respondents"] - row["answer"] < session.study.thresholds.small_count,
        }
        for source, _ in _surveys(session, "survey_microdata")
        for row in session.data.frame(f"{source}.waves").sort_values(["question", "wave"]).to_dict("records")
    ]


def break_sentences(session: OpenedStudy) -> list[str]:
    """Say where waves cannot be compared: found in codebook and microdata, and registered."""
    words = session.words
    names = {question.item: in_language(question.name, words) for question in session.study.survey_questions}
    found = [
        words.say(
            f"page.quality.wave_{row['reason']}",
            year=str(row["wave"]),
            name=names.get(str(row["question"]), str(row["question"])),
            share=words.per_cent(0.0 if pd.isna(row["shift"]) else 100 * float(row["shift"]), signed=False),
        )
        for source, _ in _surveys(session, "survey_microdata")
        for row in session.data.frame(f"{source}.breaks").to_dict("records")
    ]
    asked = {question.survey for question in session.study.survey_questions}
    registered = [
        words.say("page.quality.wave_registered", date=words.date(entry.first_day), why=entry.why[words.language])
        for entry in breaks_of(session)
        if entry.survey in asked
    ]
    return list(dict.fromkeys([*found, *registered]))
