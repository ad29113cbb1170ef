"""Parameters are what the notebook declares: nothing unknown, nothing mistyped, nothing that becomes code."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papermill.translators import papermill_translators

from evaluation.errors import ParameterError
from evaluation.runs.notebook import check_parameters
from evaluation.runs.parameters import check_injected, declared, same_values, typed

CELL = """
study: str = "upplands-vasby"  # id of the study file
agreement: int = 3  # number of the agreement
level: float = 0.95  # confidence level
detailed: bool = False  # more tables
areas: list[str] = ["0114"]  # area codes, text
until: str | None = None  # last day, ISO
steps = [1, 2]
"""
DECLARED = declared(CELL)


def one(name: str, value: object) -> object:
    return typed(DECLARED, {name: value}, "job")[name]


def test_declarations_are_read_with_type_and_default() -> None:
    assert {name: parameter.type_name for name, parameter in DECLARED.items()} == {
        "study": "str",
        "agreement": "int",
        "level": "float",
        "detailed": "bool",
        "areas": "list[str]",
        "until": "str | None",
        "steps": "list[int]",
    }
    assert DECLARED["areas"].default == ["0114"]


@pytest.mark.parametrize(
    "cell",
    [
        *("import os", "x = f()", "x: dict = {}", "x: int", "def f(): pass", "x = y = 1", "x, y = 1, 2", "x[0] = 1"),
        *("x = (", "x: int = 'a'", "x: str = 1", "x = None", "x = {}", "x = []", "x: int = 1; import os"),
        *("x: 'int' = 1", "x = 1 + 1"),
    ],
)
def test_a_cell_with_anything_else_is_refused(cell: str) -> None:
    with pytest.raises(ParameterError, match="parameters cell"):
        declared(cell)


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("study", "0114", "0114"),
        ("study", "22:00", "22:00"),
        ("study", "NO", "NO"),
        ("study", "1_000", "1_000"),
        ("study", "NaN", "NaN"),
        ("areas", ["0114", "0180"], ["0114", "0180"]),
        ("agreement", "3", 3),
        ("agreement", 3, 3),
        ("level", "0.9", 0.9),
        ("level", 1, 1.0),
        ("detailed", "true", True),
        ("until", None, None),
        ("until", "2024-12-31", "2024-12-31"),
        ("steps", [], []),
    ],
)
def test_values_get_the_declared_type(name: str, value: object, result: object) -> None:
    assert same_values(one(name, value), result)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agreement", "3.0"), ("agreement", 3.0), ("agreement", True), ("agreement", "1_000"), ("agreement", "０３"),
        ("agreement", ""), ("agreement", None), ("agreement", "9" * 400), ("level", "nan"), ("level", float("inf")),
        ("level", "1e999"), ("detailed", "NO"), ("detailed", 1), ("detailed", "True"), ("study", 114), ("study", 114.0),
        ("study", b"x"), ("study", "a\x00b"), ("study", "\ud800"), ("areas", "0114"), ("areas", [114]), ("until", 3),
        ("areas", {"0114": 1}), ("study", ["a"]), ("study", {"a": 1}), ("steps", [1, None]), ("steps", ["x"]),
    ],
)  # fmt: skip
def test_values_of_another_type_are_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"parameter {name}"):
        one(name, value)


def test_an_unknown_name_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(ParameterError, match="did you mean 'agreement'"):
        typed(DECLARED, {"agrement": 3}, "job")


PAYLOADS = [
    "__import__('os').system('touch {mark}')", "'; import os; os.system('touch {mark}') #", '"; open("{mark}", "w") #',
    '"""\nopen("{mark}","w")\n"""', "\\\"; open('{mark}','w') #", "\nopen('{mark}','w')\n", "\r\nopen('{mark}','w')",
    "\u2028open('{mark}','w')", "{{study.__class__}}", "${{jndi:x}}", "%(x)s", "$(touch {mark})", "`touch {mark}`",
    "!touch {mark}", "%run {mark}", "# -*- coding: utf-7 -*-", "+AG8-pen('{mark}')", "\\N{{LATIN SMALL LETTER A}}",
    "\\x22);open('{mark}','w')#", "'''+open('{mark}','w').name+'''", "\\", "\\\\", "\\'", '\\"', "'", '"', "\t", "\x0c",
    "\x1a", "f'{{open(1)}}'", "lambda: 0", "*[open('{mark}','w')]", "=open('{mark}','w')", "a=1;b=2", "x\x85y",
]  # fmt: skip
NAMES = [
    *("study = 1; import os; os.system('touch {mark}') #", "study\nimport os", "__builtins__", "os", "study.x"),
    *("areas[0]", "*x", "**x", "study:str=1", "print", "", " ", "å", "study ", "get_ipython", "open('{mark}','w')"),
]
WRAPPINGS = [
    "{0}",
    "x{0}",
    "{0}x",
    "x{0}{0}",
    "{0}\n{0}",
    "'{0}'",
    '"{0}"',
    "\\{0}",
    "{0}\\",
    "#{0}",
    "({0})",
    "[{0}]",
    "{0};",
]


def hostile() -> list[tuple[str, object]]:
    values = [wrapping.format(payload) for wrapping, payload in itertools.product(WRAPPINGS, PAYLOADS)]
    as_text = [("study", value) for value in values]
    as_list = [("areas", [value, "0114"]) for value in values[:60]]
    return [*as_text, *as_list, *((name, "x") for name in NAMES), *(("agreement", value) for value in PAYLOADS)]


def test_the_corpus_is_large_enough() -> None:
    assert len(hostile()) >= 500


def test_no_hostile_name_or_value_becomes_code(tmp_path: Path) -> None:
    """Each is refused, or its injected code runs in an empty namespace and gives back exactly the text."""
    mark = f"{tmp_path}/executed"
    refused = kept = 0
    for name, value in hostile():
        armed = (
            [text.replace("{mark}", mark) for text in value]
            if isinstance(value, list)
            else value.replace("{mark}", mark)
        )
        try:
            values = check_parameters(DECLARED, {name.replace("{mark}", mark): armed}, "job")
        except ParameterError:
            refused += 1
            continue
        code = papermill_translators.find_translator("python3", "python").codify(values)
        space: dict[str, object] = {"__builtins__": {}}
        exec(code, space)
        assert same_values(space[name], armed)
        kept += 1
    assert refused == len(NAMES) + len(PAYLOADS)
    assert kept == len(hostile()) - refused
    assert not Path(mark).exists()


@pytest.mark.parametrize(
    "code", ["study = 'x'\nimport os", "study = open('x')", "study = 'y'", "study = 'x'; y = 1", "study: str = 'x'", ""]
)
def test_injected_code_that_is_not_exactly_the_values_is_refused(code: str) -> None:
    with pytest.raises(ParameterError):
        check_injected(code, {"study": "x"})


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.integers(-(10**17), 10**17), FINITE, st.booleans(), st.lists(TEXT, max_size=4), st.none() | TEXT)
def test_every_value_survives_the_translation_to_code(
    study: str, agreement: int, level: float, detailed: bool, areas: list[str], until: str | None
) -> None:
    given_values = {"study": study, "agreement": agreement, "level": level, "detailed": detailed, "areas": areas}
    values = check_parameters(DECLARED, {**given_values, "until": until}, "job")
    assert same_values(dict(values), {**given_values, "until": until})
