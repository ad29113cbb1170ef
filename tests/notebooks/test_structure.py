"""A notebook asks, calls and shows: its form, without running it."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PUBLISHED = [path for path in NOTEBOOKS if path.stem != "explore"]  # the analyst's bench saves nothing

MOST_CODE_LINES = 60
MOST_CODE_CELLS = 12
TAGS = {"parameters", "hide-in-report", "explore"}
SCALARS = {"str", "int", "float", "bool", "list[str]", "list[int]", "list[float]", "list[bool]"}
PATH = re.compile(r"[\\/]|\.(?:csv|toml|json|html|parquet|xlsx|ipynb)\b")
DATE = re.compile(r"\b(?:19|20)\d{2}\b")

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
published = pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def parameter_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]


def headings(path: Path) -> list[tuple[int, str]]:
    markdown = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    return [(len(hashes), text) for hashes, text in re.findall(r"^(#+) (.+)$", markdown, flags=re.MULTILINE)]


def tree(path: Path) -> ast.Module:
    return ast.parse("\n".join(cell.source for cell in code_cells(path)))


def calls_on_page(path: Path) -> list[str]:
    called = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    owned = [f for f in called if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)]
    return [f.attr for f in owned if f.value.id == "page"]  # type: ignore[attr-defined]


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 7


@every
def test_schema_is_valid_and_cell_ids_are_names(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", cell.id) for cell in notebook.cells)


@every
def test_no_outputs_and_no_traces_of_a_run(path: Path) -> None:
    assert [cell.id for cell in code_cells(path) if cell.outputs or cell.execution_count is not None] == []
    assert "papermill" not in read(path).metadata


@every
def test_kernel_is_any_python(path: Path) -> None:
    assert read(path).metadata.kernelspec.name == "python3"


@every
def test_exactly_one_main_heading_and_it_stands_first(path: Path) -> None:
    levels = [level for level, _ in headings(path)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert read(path).cells[0].cell_type == "markdown"


@every
def test_headings_do_not_skip(path: Path) -> None:
    levels = [level for level, _ in headings(path)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@every
def test_the_title_cell_says_for_whom(path: Path) -> None:
    assert "\n\nFor " in read(path).cells[0].source


@every
def test_limits_are_stated(path: Path) -> None:
    assert "Limits" in [text for _, text in headings(path)]


@every
def test_parameters_stand_first_once_typed_and_commented(path: Path) -> None:
    cells = parameter_cells(path)
    assert len(cells) == 1
    assert cells[0] is code_cells(path)[0] or cells[0].id == code_cells(path)[0].id
    for line in cells[0].source.splitlines():
        statement, _, comment = line.partition("  # ")
        (node,) = ast.parse(statement).body
        assert isinstance(node, ast.AnnAssign), line
        assert ast.unparse(node.annotation) in SCALARS, line
        assert node.value is not None
        ast.literal_eval(node.value)
        assert len(comment) > 10, line


@every
def test_papermill_reads_the_parameters_as_usage(path: Path) -> None:
    found = papermill.inspect_notebook(str(path))
    assert {"study", "language"} <= set(found)
    assert all(parameter["inferred_type_name"] in SCALARS and parameter["help"] for parameter in found.values())


@every
def test_tags_are_known(path: Path) -> None:
    assert {tag for cell in read(path).cells for tag in cell.metadata.get("tags", [])} <= TAGS


@every
def test_no_function_class_or_loop(path: Path) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
    assert [type(node).__name__ for node in ast.walk(tree(path)) if isinstance(node, logic)] == []


@every
def test_only_the_library_is_imported(path: Path) -> None:
    imported = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imported] == ["from evaluation import open_study"]


@every
def test_no_path_and_no_date(path: Path) -> None:
    texts = [node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)]
    assert [text for text in map(str, texts) if PATH.search(text) or DATE.search(text)] == []


@every
def test_short(path: Path) -> None:
    lines = [line for cell in code_cells(path) for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= MOST_CODE_LINES
    assert len(code_cells(path)) <= MOST_CODE_CELLS


@every
def test_a_question_stands_before_each_call(path: Path) -> None:
    cells = read(path).cells
    shows = [place for place, cell in enumerate(cells) if cell.cell_type == "code" and cell.id.startswith("cell-")]
    assert shows
    assert [cells[place].id for place in shows if not cells[place - 1].source.startswith("## ")] == []


@published
def test_one_save_and_it_comes_last(path: Path) -> None:
    assert calls_on_page(path).count("save") == 1
    assert code_cells(path)[-1].source == "page.save()"


@published
def test_no_method_is_called_twice(path: Path) -> None:
    called = calls_on_page(path)
    assert len(called) == len(set(called))


@published
def test_title_and_questions_are_hidden_in_the_report(path: Path) -> None:
    """The report has headings of its own, in the reader's language."""
    markdown = [cell for cell in read(path).cells if cell.cell_type == "markdown"]
    assert [cell.id for cell in markdown if cell.metadata.get("tags") != ["hide-in-report"]] == []
