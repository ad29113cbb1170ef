"""The imports run one way along the data flow, files stay small, and no drawer for odds and ends exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "evaluation"

LAYER = {
    "errors": 0,
    "results": 1,
    "series": 1,
    "wording": 1,
    "study": 2,
    "sources": 3,
    "synthetic": 3,
    "cleaning": 4,
    "indicators": 5,
    "survey": 5,
    "periods": 6,
    "models": 7,
    "checks": 8,
    "evaluate": 9,
    "disclosure": 10,
    "tables": 10.5,  # every figure carries its table
    "figures": 11,
    "report": 12,
    "runs": 13,
    "fetch": 13.5,  # its raw files are written by the rules of `runs`: in one step, under the study's lock
    "session": 14,
    "onboarding": 14.5,  # a new study is checked and prepared as a run would, before it is written
    "cli": 15,
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "evaluation"
                else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "evaluation" and len(parts) > 1:
                yield parts[1]


def offences_against_layers(room: str, imported: set[str]) -> set[str]:
    return {other for other in imported if other != room and LAYER.get(other, 99) >= LAYER[room]}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return  # the package's front door re-exports `open_study` and nothing else
    assert room in LAYER, f"room {room} has no layer: add it to ARCHITECTURE.md and here"
    assert offences_against_layers(room, set(imported_rooms(path))) == set()


def test_the_walk_sees_an_upward_import() -> None:
    assert offences_against_layers("models", {"errors", "report", "checks"}) == {"report", "checks"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports_by_module() -> dict[str, set[str]]:
    """Return, for each module, the modules of the package that it names anywhere: at the top, lazily, for types."""
    known = {module_name(path): path for path in modules()}
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
        whole = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
        found[name] = ((whole | {str(node.module) for node in froms}) & known.keys()) - {name}
    return found


def in_circles(imports: dict[str, set[str]]) -> set[str]:
    """Return what is left when modules that import nothing left, or that nothing left imports, are taken away."""
    left = set(imports)
    while True:
        imported = {other for name in left for other in imports[name] if other in left}
        ends = {name for name in left if not imports[name] & left or name not in imported}
        if not ends:
            return left
        left -= ends


def test_no_module_imports_itself_by_way_of_others() -> None:
    rooms = {module_name(path) for path in modules() if path.name == "__init__.py"}
    imports = {name: others - rooms for name, others in imports_by_module().items() if name not in rooms}
    assert in_circles(imports) == set()


def test_the_walk_sees_a_circle() -> None:
    assert in_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {"b", "c"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


def test_no_drawer_for_odds_and_ends() -> None:
    assert not {path.stem for path in modules()} & {"utils", "util", "helpers", "common", "manager", "misc"}
