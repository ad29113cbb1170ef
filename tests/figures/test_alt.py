"""Alt text by rule: everything said while there is room, and never longer than 250 characters."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.alt import LONGEST, alt_text, extremes_text
from evaluation.wording import wording

SV = wording("sv")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=400)


def test_it_says_kind_axes_period_message_and_extremes() -> None:
    values = np.array([3.0, np.nan, 7.0])
    extremes = extremes_text(values, ["2019", "2020", "2021"], SV)
    text = alt_text("line", "Stölder i Väsby", "Stölderna ökade", SV, period="2019–2021", extremes=extremes)
    assert text == "Linjediagram: Stölder i Väsby, 2019–2021. Stölderna ökade. Högst 7 (2021), lägst 3 (2019)."


def test_extremes_go_before_the_message_is_cut() -> None:
    text = alt_text("line", "a" * 100, "b" * 100, SV, extremes="c" * 100)
    assert "c" not in text.removeprefix("Linjediagram")
    assert "b" * 100 in text


@given(WORDS, WORDS, WORDS, WORDS)
def test_it_is_never_too_long_and_always_names_its_kind(what: str, message: str, period: str, extremes: str) -> None:
    text = alt_text("map", what, message, SV, period=period, extremes=extremes)
    assert len(text) <= LONGEST
    assert text.startswith("Karta: ")


def test_one_value_has_no_extremes() -> None:
    assert extremes_text(np.array([np.nan, 4.0]), ["a", "b"], SV) == ""
