"""Several blocks of a report shown by one line of a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluation.figures import Figure
from evaluation.report.blocks import Block
from evaluation.tables import Table, in_notebook

Item = Block | Figure | Table


@dataclass(frozen=True, slots=True)
class Blocks:
    """Headings, prose, tables and figures in reading order; shown one after the other."""

    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, other: Blocks) -> Blocks:
        return Blocks((*self.items, *other.items))

    def html(self) -> str:
        """Write all of them as one piece of HTML for a notebook."""
        return in_notebook("\n".join(_html(item, f"b{place}") for place, item in enumerate(self.items)))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for item in self.items:
            display(item)  # type: ignore[no-untyped-call]


def blocks(*items: Item | None) -> Blocks:
    """Put blocks in order; `None` is left out, so that a page can leave out what does not apply."""
    return Blocks(tuple(item for item in items if item is not None))


def _html(item: Item, name: str) -> str:
    return item.html(name) if isinstance(item, Block) else item.html(name, stacks=False)


def joined(parts: Iterable[Blocks]) -> Blocks:
    """Put groups of blocks one after the other."""
    return Blocks(tuple(item for part in parts for item in part))
