"""What a reader should know of a survey: who answered in each wave, and where waves cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evaluation.cleaning import Codebook, mode_breaks, wording_breaks

KINDS = ("answer", "dont_know", "refused", "missing")


def survey_account(respondents: pd.DataFrame, codebook: Codebook, asked: Mapping[str, int]) -> dict[str, pd.DataFrame]:
    """Describe the waves of cleaned survey microdata in tables.

    Returns
    -------
    waves
        One row per wave × question: wave, question, asked (people; missing where unknown), respondents, and the number
        of respondents with an answer, answer ("don't know" not counted), dont_know, refused, missing.
    breaks
        wave, question ("" for all), reason ("options", "wording", "first_asked", "not_asked", "mode"), shift (share of
        respondents asked in another way; mode only).
    """
    waves = sorted(respondents["wave"].astype("str").unique())
    questions = [name for name in codebook.questions if f"{name}_kind" in respondents.columns]
    rows = [_wave(respondents[respondents["wave"].eq(wave)], wave, name) for wave in waves for name in questions]
    table = pd.DataFrame(rows)
    return {
        "waves": table.assign(asked=pd.array([asked.get(wave) for wave in table["wave"]], dtype="Int64")),
        "breaks": _breaks(respondents, codebook, waves),
    }


def _wave(respondents: pd.DataFrame, wave: str, question: str) -> dict[str, object]:
    kinds = respondents[f"{question}_kind"].value_counts()
    counted = {kind: int(kinds.get(kind, 0)) for kind in KINDS}
    return {"wave": wave, "question": question, "respondents": len(respondents), **counted}


def _breaks(respondents: pd.DataFrame, codebook: Codebook, waves: list[str]) -> pd.DataFrame:
    worded = wording_breaks(codebook, waves).assign(shift=float("nan"))
    moded = mode_breaks(respondents) if "mode" in respondents.columns else pd.DataFrame(columns=["wave", "shift"])
    moded = moded.assign(question="", reason="mode")
    columns = ["wave", "question", "reason", "shift"]
    found = [part[columns] for part in (moded, worded) if len(part)]
    joined = pd.concat(found, ignore_index=True) if found else worded[columns]
    return joined.astype({"wave": "str", "question": "str", "reason": "str", "shift": "float64"}).sort_values(
        ["wave", "question"], ignore_index=True
    )
