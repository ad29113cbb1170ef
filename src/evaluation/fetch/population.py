"""Population of SCB: the tables, what a question to them is, and which codes answer it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evaluation.errors import ParameterError
from evaluation.fetch.drift import Difference, refuse_drift, set_difference

if TYPE_CHECKING:
    from evaluation.fetch.transport import Answer

MUNICIPALITY = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class PopulationTable:
    """One table of the population in the statistical database.

    Attributes
    ----------
    id, path
        Its name in PxWebApi 2, and its path in PxWebApi 1.
    contents
        Code of the number of inhabitants.
    totals
        Dimension → code of the total, where the table publishes one.
    summed
        Dimensions that the service sums over when they are not asked for.
    first, last
        Years that it holds; last none where it goes on.
    caveats
        What its notes say.
    """

    id: str
    path: str
    title: str
    contents: str
    totals: Mapping[str, str] = field(default_factory=dict)
    summed: tuple[str, ...] = ()
    first: int = 1968
    last: int | None = None
    row: str = "municipality × 31 December"
    caveats: tuple[str, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension of the table."""
        return ("Region", *self.summed, *self.totals, "ContentsCode", "Tid")


TABLES = {
    table.id: table
    for table in (
        PopulationTable(
            "TAB638",
            "BE/BE0101/BE0101A/BefolkningNy",
            "Folkmängden efter region, 31 december",
            "BE0101N1",
            summed=("Civilstand", "Alder", "Kon"),
            last=2024,
            caveats=("Inhabitants on 31 December, in the municipalities of 1 January of the year after.",),
        ),
        PopulationTable(
            "TAB6471",
            "BE/BE0101/BE0101A/BefolkManadCKM",
            "Folkmängden per månad efter region",
            "000007SF",
            totals={"Alder": "TotSA", "Kon": "TotSa"},
            first=2025,
            row="municipality × last day of the month",
            caveats=(
                "From 2025 SCB adds small random noise (Cell Key Method): totals need not be the sum of their parts.",
                "December is given in the municipalities of 1 January of the year after.",
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that a table knows: dimension → codes; `optional` are dimensions that need not be asked for."""

    by_dimension: Mapping[str, tuple[str, ...]]
    optional: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Municipalities (none means all) and years, both inclusive."""

    areas: tuple[str, ...]
    first: int
    last: int


Asked = tuple[dict[str, list[str]], "Answer", dict[str, Any]]
"""Dimension → codes asked for, the answer as it came, and its content."""


def selection(table: PopulationTable, codes: Codes, wanted: Wanted) -> dict[str, list[str]]:
    """Return dimension → codes to ask for: municipalities, totals, inhabitants, points of the years asked for.

    Raises
    ------
    DriftError
        The table has other dimensions, another code of the contents or of a total, or demands what was summed over.
    ParameterError
        A municipality or every year asked for is not in the table.
    """
    refuse_drift(f"SCB table {table.id}, what it holds", _differences(table, codes))
    known = [code for code in codes.by_dimension["Region"] if MUNICIPALITY.fullmatch(code)]
    _refuse_absent(table, wanted.areas, known)
    times = [code for code in codes.by_dimension["Tid"] if wanted.first <= int(code[:4]) <= wanted.last]
    if not times:
        years = codes.by_dimension["Tid"]
        raise ParameterError(
            f"SCB table {table.id}, years {wanted.first} to {wanted.last}",
            found="no point in these years",
            expected=f"years from {years[0]} to {years[-1]}",
            todo="choose other years with --first and --last",
        )
    totals = {dimension: [code] for dimension, code in table.totals.items()}
    return {"Region": list(wanted.areas) or known, **totals, "ContentsCode": [table.contents], "Tid": times}


def _differences(table: PopulationTable, codes: Codes) -> tuple[Difference, ...]:
    dimensions = set_difference("dimensions", codes.by_dimension, table.dimensions)
    if dimensions:
        return dimensions
    wanted = {"ContentsCode": table.contents, **table.totals}
    absent = tuple(
        Difference(f"{dimension}: {', '.join(codes.by_dimension[dimension][:6])}", f"{dimension}: {code} among them")
        for dimension, code in wanted.items()
        if code not in codes.by_dimension[dimension]
    )
    demanded = tuple(
        Difference(f"{dimension}: must be asked for", f"{dimension}: summed over when it is not asked for")
        for dimension in table.summed
        if dimension not in codes.optional
    )
    return absent + demanded


def _refuse_absent(table: PopulationTable, asked: Collection[str], known: Collection[str]) -> None:
    absent = sorted(set(asked) - set(known))
    if absent:
        raise ParameterError(
            f"SCB table {table.id}, municipality {', '.join(absent[:5])}",
            found="no such code in the table",
            expected=f"one of its {len(known)} codes, such as {', '.join(sorted(known)[:3])}",
            todo="correct --area; codes are four digits",
        )
