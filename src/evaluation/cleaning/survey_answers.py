"""Survey answers: options by codebook and wave, refusals apart from missing, damaged and double records out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.cleaning.ledger import Cleaned, flag, join_issues, set_aside
from evaluation.errors import InputError

CODEBOOK_COLUMNS = ("question", "wave", "option", "value", "kind")
KINDS = ("answer", "dont_know", "refused", "not_asked", "missing")


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """A checked codebook.

    Attributes
    ----------
    options
        question, wave ("" = every wave), option (as written in the file), value (our value, text) and kind: "answer",
        "dont_know", "refused", "not_asked" or "missing"; one meaning per question, wave and option. wording: the
        question as asked, "" where the codebook does not say.
    """

    options: pd.DataFrame

    def of(self, question: str, wave: str) -> pd.DataFrame:
        """Return the options of a question in a wave; entries for the wave go before those for every wave."""
        rows = self.options[self.options["question"].eq(question) & self.options["wave"].isin(["", wave])]
        return rows.sort_values("wave", ascending=False).drop_duplicates("option")

    @property
    def questions(self) -> tuple[str, ...]:
        """Questions of the codebook, in its order."""
        return tuple(dict.fromkeys(self.options["question"]))


def read_codebook(table: pd.DataFrame) -> Codebook:
    """Check the text table of a codebook (question, wave, option, value, kind, and if known wording).

    Raises
    ------
    InputError
        A column is missing, a kind is unknown, or an option has two meanings in one wave.
    """
    missing = [column for column in CODEBOOK_COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            "codebook",
            found=f"columns {', '.join(table.columns)}",
            expected=f"columns {', '.join(CODEBOOK_COLUMNS)}",
            todo=f"add {', '.join(missing)}",
        )
    worded = table if "wording" in table.columns else table.assign(wording="")
    options = worded[[*CODEBOOK_COLUMNS, "wording"]].fillna("").astype("str").apply(lambda column: column.str.strip())
    unknown = options.loc[~options["kind"].isin(KINDS), "kind"]
    if len(unknown):
        raise InputError(
            f"codebook, entry {unknown.index[0] + 1}",
            found=f"kind {unknown.iloc[0]!r}",
            expected=", ".join(KINDS),
            todo="correct the kind",
        )
    double = options[options.duplicated(["question", "wave", "option"])]
    if len(double):
        first = double.iloc[0]
        raise InputError(
            f"codebook, question {first['question']}, wave {first['wave'] or 'every'}",
            found=f"option {first['option']!r} twice",
            expected="one meaning per question, wave and option",
            todo="remove one of the entries",
        )
    return Codebook(options)


def map_answers(frame: pd.DataFrame, codebook: Codebook, wave_column: str = "wave") -> Cleaned:
    """Add `<question>_value` and `<question>_kind` for every question of the codebook; the answer as given stays.

    The value is "" unless the kind is "answer". An empty cell that the codebook does not name is "missing"; any other
    option that it does not name has kind "unknown" and is flagged "option_not_in_codebook".
    """
    added: dict[str, pd.Series] = {}
    issues = []
    for question in (name for name in codebook.questions if name in frame.columns):
        value, kind = _mapped(frame[question], frame[wave_column], codebook, question)
        added |= {f"{question}_value": value, f"{question}_kind": kind}
        unknown = kind.eq("unknown").to_numpy()
        issues.append(flag(frame, unknown, rule="option_not_in_codebook", column=question).issues)
    return Cleaned(frame.assign(**added), join_issues(*issues))


def _mapped(answers: pd.Series, waves: pd.Series, codebook: Codebook, question: str) -> tuple[pd.Series, pd.Series]:
    text = answers.fillna("").astype("str").str.strip()
    kind = pd.Series(np.where(text == "", "missing", "unknown"), index=answers.index, dtype="str")
    value = pd.Series("", index=answers.index, dtype="str")
    for wave in waves.astype("str").unique():
        options = codebook.of(question, wave).set_index("option")
        here = waves.astype("str").eq(wave) & text.isin(options.index)
        kind = kind.mask(here, text.map(options["kind"]))
        value = value.mask(here, text.map(options["value"].where(options["kind"].eq("answer"), "")))
    return value.astype("str"), kind.astype("str")


def set_aside_shifted(
    frame: pd.DataFrame, allowed: Mapping[str, Sequence[str]], empty: Sequence[str] = ("", "NA")
) -> Cleaned:
    """Set aside records whose answers slid to the left ("left_shifted").

    A record counts as shifted when a column holds something that is none of its options and all later columns are
    empty, or when two columns hold an option that belongs to a later column. Such a record cannot be mended without
    guessing, because nobody knows which cell was lost.

    Parameters
    ----------
    allowed
        Column → its options, in the order of the file.
    empty
        What stands for no answer in any column.
    """
    columns = list(allowed)
    texts = frame[columns].fillna("").astype("str").apply(lambda column: column.str.strip())
    blank = texts.isin(list(empty)).to_numpy()
    foreign = ~blank & np.column_stack([~texts[column].isin(list(allowed[column])) for column in columns])
    rest_blank = np.logical_and.accumulate(blank[:, ::-1], axis=1)[:, ::-1]
    cut_short = (foreign[:, :-1] & rest_blank[:, 1:]).any(axis=1)
    belongs_later = [texts[column].isin(_later_options(allowed, at)) for at, column in enumerate(columns)]
    slid = (foreign & np.column_stack(belongs_later)).sum(axis=1) >= 2
    return set_aside(frame, cut_short | slid, rule="left_shifted")


def _later_options(allowed: Mapping[str, Sequence[str]], at: int) -> list[str]:
    return [option for options in list(allowed.values())[at + 1 :] for option in options]


def set_aside_double_respondents(frame: pd.DataFrame, id_column: str, wave_column: str = "wave") -> Cleaned:
    """Set aside all but the first record of a respondent in a wave ("duplicate_respondent"); an empty id is nobody."""
    ids = frame[id_column].fillna("").astype("str").str.strip()
    double = frame.assign(_id=ids).duplicated([wave_column, "_id"]).to_numpy() & ids.ne("").to_numpy()
    return set_aside(frame, double, rule="duplicate_respondent", column=id_column)


def set_aside_repeated_records(frame: pd.DataFrame, answers: Sequence[str], wave_column: str = "wave") -> Cleaned:
    """Set aside records that repeat all of at least ten answers of the record just before ("repeated_record").

    For files without respondent ids: two people who agree in everything are common in short questionnaires, a copied
    line directly below its original is a slip of the one who keyed it.

    Raises
    ------
    InputError
        Fewer than ten answer columns: agreement would prove nothing.
    """
    if len(answers) < 10:
        raise InputError(
            "repeated survey records",
            found=f"{len(answers)} answer columns",
            expected="at least 10",
            todo="use a respondent id instead",
        )
    compared = frame[[wave_column, *answers]].fillna("").astype("str")
    filled = (compared[list(answers)] != "").sum(axis=1).to_numpy() >= 10
    same = compared.eq(compared.shift(1)).all(axis=1).to_numpy()
    return set_aside(frame, filled & same, rule="repeated_record", column=answers[0])
