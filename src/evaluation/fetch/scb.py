"""Questions to SCB: the population by PxWebApi 2 (through pxwebpy) or PxWebApi 1."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evaluation.errors import ParameterError
from evaluation.fetch import pxwebapi_1, pxwebapi_2
from evaluation.fetch.drift import new_fields
from evaluation.fetch.population import TABLES, Wanted
from evaluation.fetch.question import Answered
from evaluation.fetch.services import SCB_1, SCB_2, Service
from evaluation.study.model import SourceKind

if TYPE_CHECKING:
    from evaluation.fetch.transport import Transport


@dataclass(frozen=True, slots=True)
class PopulationQuestion:
    """The inhabitants of municipalities, both years inclusive; no areas means all 290.

    One more 31 December before the first year is asked for, because mean population needs both ends of a year.

    Attributes
    ----------
    table
        Name of the table in PxWebApi 2, one of `population.TABLES`.
    api
        Which interface is asked; the figures are the same.
    open_end
        The last year is simply the present one: asked again later, it moves along.
    """

    table: str
    first: int
    last: int
    api: Literal[1, 2] = 2
    areas: tuple[str, ...] = ()
    open_end: bool = True

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            found, expected = repr(self.table), f"one of {', '.join(TABLES)}"
            todo = "choose a table of the population; other tables need a reader of their own"
            raise ParameterError("--table", found=found, expected=expected, todo=todo)

    @property
    def service(self) -> Service:
        """The interface that is asked."""
        return SCB_2 if self.api == 2 else SCB_1

    @property
    def kind(self) -> SourceKind:
        """Which reader reads the answer."""
        return "scb_jsonstat" if self.api == 2 else "scb_v1"

    @property
    def file(self) -> str:
        """Name of the raw file."""
        return f"scb_{self.table}.json" if self.api == 2 else f"scb_v1_{self.table}.json"

    def words(self) -> tuple[str, ...]:
        """Return the words of the command that asks this."""
        areas = [word for area in self.areas for word in ("--area", area)]
        years = ("--first", str(self.first), *(() if self.open_end else ("--last", str(self.last))))
        return ("scb", "--table", self.table, "--api", str(self.api), *years, *areas)

    def ask(self, transport: Transport) -> Answered:
        """Ask for the codes of the table, then for the figures, and check that they are what was asked for.

        Raises
        ------
        DriftError
            Dimensions, codes or fields are not those that the readers know.
        FetchError
            No usable answer.
        """
        table, interface = TABLES[self.table], pxwebapi_2 if self.api == 2 else pxwebapi_1
        wanted = Wanted(self.areas, self.first - 1, self.last)
        asked, answer, content = interface.ask(transport, table, wanted)
        areas = len(asked["Region"])
        points = f"{areas} municipalit{'y' if areas == 1 else 'ies'} × {len(asked['Tid'])} points"
        return Answered(
            body=answer.body,
            title=f"{table.title} ({table.id})",
            row=table.row,
            unit="inhabitants",
            published=_published(content),
            url=answer.url,
            caveats=table.caveats,
            notes=tuple(f"new field {name}" for name in new_fields([content], interface.KNOWN)),
            extent=f"{points}, {asked['Tid'][0]} to {asked['Tid'][-1]}",
        )


def _published(content: dict[str, Any]) -> dt.date | str:
    updated = content.get("updated")
    try:
        return dt.date.fromisoformat(str(updated)[:10])
    except ValueError:
        return "not stated in the answer"
