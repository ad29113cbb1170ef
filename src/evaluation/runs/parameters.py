"""Strict parameters: only declared names, only declared types, nothing that can become code.

papermill warns about an unknown parameter and runs with the default, types command-line text by guess (`0114` becomes
114) and pastes some values into code as they stand. Here a parameter is what the notebook's `parameters` cell
declares, text is typed by that declaration, and the injected code is parsed again before anything runs.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from evaluation.errors import ParameterError
from evaluation.runs.job import Scalar, Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_TRUTH = {"true": True, "false": False}
_KINDS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared parameter: its scalar kind, whether it is a list, whether null is allowed, and the default."""

    name: str
    kind: str
    is_list: bool
    optional: bool
    default: Value

    @property
    def type_name(self) -> str:
        """The type as written in Python."""
        return (f"list[{self.kind}]" if self.is_list else self.kind) + (" | None" if self.optional else "")


def declared(source: str) -> dict[str, Declared]:
    """Read the declarations of a `parameters` cell: `name: type = default`, or `name = default` (type of the default).

    Raises
    ------
    ParameterError
        The cell holds anything else: another statement, an unsupported type, a default that is no literal.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise _cell(f"line {error.lineno}: {error.msg}") from error
    found = [_declaration(statement) for statement in statements if not _is_docstring(statement)]
    return {parameter.name: parameter for parameter in found}


def typed(declarations: Mapping[str, Declared], given: Mapping[str, object], where: str) -> dict[str, Value]:
    """Check given values (JSON values, or text from a command line) against the declarations and type them.

    Text stays text when the declaration says `str`, so `0114` is never a number.

    Raises
    ------
    ParameterError
        An unknown name (with the nearest known one), or a value of another type.
    """
    for name in given:
        if name not in declarations:
            raise _unknown(str(name), declarations, where)
    return {name: _typed(declarations[name], value, where) for name, value in given.items()}


def check_injected(source: str, expected: Mapping[str, Value]) -> None:
    """Parse the code that is about to be injected: only `name = literal`, with exactly the expected names and values.

    Raises
    ------
    ParameterError
        Anything else stands there.
    """
    found: dict[str, object] = {}
    for statement in ast.parse(source).body:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            raise _injected(ast.unparse(statement))
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise _injected(ast.unparse(statement))
        found[target.id] = _literal(statement.value)
    if not same_values(found, dict(expected)):
        raise _injected(repr(found))


def same_values(one: object, other: object) -> bool:
    """Equal in value and in type, all the way down: `1`, `1.0` and `True` are three different values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        others = cast(dict[object, object], other)
        return one.keys() == others.keys() and all(same_values(one[key], others[key]) for key in one)
    if isinstance(one, list):
        items = cast(list[object], other)
        return len(one) == len(items) and all(map(same_values, one, items))
    return one == other


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _declaration(statement: ast.stmt) -> Declared:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
        default = _literal(statement.value)
        return _with_type(statement.target.id, ast.unparse(statement.annotation).replace(" ", ""), default)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        default = _literal(statement.value)
        return _with_type(statement.targets[0].id, _type_of(default), default)
    raise _cell(ast.unparse(statement))


def _with_type(name: str, annotation: str, default: object) -> Declared:
    parts = annotation.split("|")
    bare = [part for part in parts if part != "None"]
    match = re.fullmatch(r"(list\[)?(str|int|float|bool)\]?", bare[0]) if len(bare) == 1 else None
    if match is None:
        raise _cell(f"{name}: {annotation}")
    parameter = Declared(name, match[2], bool(match[1]), "None" in parts, cast(Value, default))
    _typed(parameter, default, "parameters cell")
    return parameter


def _type_of(default: object) -> str:
    if isinstance(default, list) and default:
        return f"list[{type(default[0]).__name__}]"
    return type(default).__name__


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise _cell(ast.unparse(node)) from error


def _typed(parameter: Declared, value: object, where: str) -> Value:
    if value is None and parameter.optional:
        return None
    if parameter.is_list:
        if not isinstance(value, list | tuple):
            raise _mistyped(parameter, value, where)
        return [_scalar(parameter, item, where) for item in value]
    return _scalar(parameter, value, where)


def _scalar(parameter: Declared, value: object, where: str) -> Scalar:
    kind = _KINDS[parameter.kind]
    if kind is float and type(value) is int:
        value = float(value)
    if isinstance(value, str) and kind is not str:
        value = _from_text(value, parameter.kind)
    if type(value) is not kind or not _is_plain(value):
        raise _mistyped(parameter, value, where)
    return cast(Scalar, value)


def _from_text(text: str, kind: str) -> object:
    if kind == "bool":
        return _TRUTH.get(text, text)
    if kind == "int":
        return int(text) if _WHOLE.fullmatch(text) else text
    return float(text) if _NUMBER.fullmatch(text) else text


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return "\x00" not in value and not any(0xD800 <= ord(sign) <= 0xDFFF for sign in value)
    return True


def _unknown(name: str, declarations: Mapping[str, Declared], where: str) -> ParameterError:
    near = difflib.get_close_matches(name, declarations, n=1, cutoff=0.0)
    return ParameterError(
        where,
        found=f"unknown parameter {name!r}",
        expected=f"one of {', '.join(declarations) or '(the notebook has no parameters)'}",
        todo=f"did you mean {near[0]!r}?" if near else "remove it",
    )


def _mistyped(parameter: Declared, value: object, where: str) -> ParameterError:
    return ParameterError(
        f"{where}, parameter {parameter.name}",
        found=f"{value!r} ({type(value).__name__})",
        expected=f"{parameter.type_name}; numbers finite, text without NUL and lone surrogates",
        todo=f"give a value like the default {parameter.default!r}",
    )


def _cell(found: str) -> ParameterError:
    return ParameterError(
        "parameters cell",
        found=found,
        expected="lines of the form  name: type = literal  with str, int, float, bool, or a list of one of them",
        todo="keep only declarations in the cell tagged `parameters`",
    )


def _injected(found: str) -> ParameterError:
    return ParameterError(
        "injected parameters",
        found=found,
        expected="assignments of exactly the given values",
        todo="report this: the values did not survive papermill's translation to code",
    )
