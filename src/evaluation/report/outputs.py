"""From a notebook's outputs to the report's HTML: our own blocks are rebuilt and rewritten, all else is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from evaluation.errors import EvaluationError, GateError
from evaluation.figures import Figure, figure_from_output
from evaluation.report.blocks import Block, Notice, block_from
from evaluation.report.drawing import unsafe_parts
from evaluation.tables import BLOCK_MIME, Table, table_from_block

Shown = Table | Figure | Block
HIDDEN_TAGS = frozenset({"hide-in-report", "parameters", "injected-parameters"})


def shown(output: Mapping[str, Any], place: str) -> Shown | None:
    """Rebuild what an output shows; streams are logs and show nothing.

    Raises
    ------
    GateError
        The output is no table, figure or block of ours, or one whose data do not fit: nothing foreign is published.
    """
    if output["output_type"] == "stream":
        return None
    data = output.get("data", {})
    if output["output_type"] == "error" or BLOCK_MIME not in data:
        raise _refusal(place, _described(output))
    try:
        return _rebuilt(data, output.get("metadata", {}))
    except (KeyError, TypeError, ValueError, EvaluationError) as fault:
        raise _refusal(place, f"a block whose data do not fit ({fault})") from fault


def blocks_of(notebook: Mapping[str, Any]) -> Iterator[Shown]:
    """Walk everything that a report of this notebook shows, in order."""
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code" and not HIDDEN_TAGS & set(cell["metadata"].get("tags", ())):
            for output in cell["outputs"]:
                block = shown(output, f"cell {number}")
                if block is not None:
                    yield block


def tables_of(notebook: Mapping[str, Any]) -> tuple[Table, ...]:
    """Collect every table of a notebook, those behind figures included."""
    found = (block.table if isinstance(block, Figure) else block for block in blocks_of(notebook))
    return tuple(table for table in found if isinstance(table, Table))


class Names:
    """Gives each table, figure and heading of one page a name of its own, in order."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def name(self, block: Shown) -> str:
        """Give the next name for a block of this kind: `figure-3`."""
        kind = str(block.block()["kind"]) if isinstance(block, Block) else type(block).__name__.lower()
        self._given[kind] = self._given.get(kind, 0) + 1
        return f"{kind}-{self._given[kind]}"


def output_html(output: Mapping[str, Any], names: Names, place: str = "notebook") -> Markup:
    """Write one output as HTML that this package made itself from start to end.

    A notebook's notice that its data are made up is left out: the page's shell opens with the same words.
    """
    block = shown(output, place)
    said_above = isinstance(block, Notice) and block.about == "synthetic"
    return Markup("") if block is None or said_above else Markup(block.html(names.name(block)))


def _rebuilt(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Shown:
    block = data[BLOCK_MIME]
    if block["kind"] == "table":
        return table_from_block(block)
    if block["kind"] != "figure":
        return block_from(block)
    media_type = block["media_type"]
    picture = "".join(data[media_type])
    unsafe = list(unsafe_parts(picture)) if media_type == "image/svg+xml" else []
    if unsafe:
        raise ValueError(f"an SVG that holds {', '.join(unsafe)}")
    return figure_from_output(block, picture, metadata[media_type]["alt"])


def _described(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "error":
        return f"the error {output.get('ename')}"
    return f"output of type {', '.join(sorted(output.get('data', {}))) or 'nothing'}"


def _refusal(place: str, found: str) -> GateError:
    return GateError(
        place,
        found=found,
        expected="a table, figure or block made by evaluation.tables, .figures or .report",
        todo="show the value through them, end the line without showing it, or tag the cell hide-in-report",
    )
