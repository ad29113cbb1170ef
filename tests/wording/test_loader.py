"""Words are read by key, never guessed, and every language says the same things."""

from __future__ import annotations

import pytest

from evaluation.errors import ParameterError
from evaluation.wording import fields_of, languages, wording


def test_swedish_and_english_are_there() -> None:
    assert {"sv", "en"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_and_fields(language: str) -> None:
    swedish, other = wording("sv"), wording(language)
    assert set(other.phrases) == set(swedish.phrases)
    assert {key: fields_of(text) for key, text in other.phrases.items()} == {
        key: fields_of(text) for key, text in swedish.phrases.items()
    }
    assert {key: len(words) for key, words in other.lists.items()} == {
        key: len(words) for key, words in swedish.lists.items()
    }


@pytest.mark.parametrize("language", languages())
def test_no_phrase_is_empty_or_holds_markup(language: str) -> None:
    for key, text in wording(language).phrases.items():
        assert text, key
        assert "<" not in text.replace("p\u00a0<", ""), key


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ParameterError, match=r"no\.such\.key"):
        wording("sv").say("no.such.key")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ParameterError, match="low"):
        wording("sv").say("format.interval", high="3")


@pytest.mark.parametrize("value", [0.1, None, True, object()])
def test_unformatted_values_are_refused(value: object) -> None:
    with pytest.raises(ParameterError, match="raw values"):
        wording("sv").say("format.per_cent", number=value)  # type: ignore[arg-type]


def test_field_values_are_not_formatted_again() -> None:
    assert wording("sv").say("format.per_cent", number="{low}") == "{low}\u00a0%"


@pytest.mark.parametrize("phrase", ["{a.__class__}", "{a[0]}", "{a!r}", "{a:>9}", "{}", "{0}"])
def test_only_plain_fields_are_allowed(phrase: str) -> None:
    with pytest.raises(ParameterError, match="plain field"):
        fields_of(phrase)


def test_an_unknown_language_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="en or sv"):
        wording("../sv")
