"""PxWebApi 1: figures of a table as its own JSON; texts behind a byte order mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evaluation.fetch.drift import Difference, Fields, field_differences, refuse_drift, set_difference
from evaluation.fetch.population import Asked, Codes, PopulationTable, Wanted, selection

if TYPE_CHECKING:
    from evaluation.fetch.transport import Transport

TABLE: Fields = {"title": "text", "variables": "list"}
VARIABLE: Fields = {"code": "text", "values": "list", "elimination": "true/false or nothing"}
ANSWER: Fields = {"columns": "list", "data": "list"}
COLUMN: Fields = {"code": "text", "type": "text"}
ROW: Fields = {"key": "list", "values": "list"}
KNOWN = (*ANSWER, "comments", "metadata")


def ask(transport: Transport, table: PopulationTable, wanted: Wanted) -> Asked:
    """Ask for the codes of a table and then for its figures.

    Raises
    ------
    DriftError
        Dimensions, codes or fields are not those that the reader knows.
    """
    url = f"{transport.service.address}/{table.path}"
    codes = _codes_1(transport.get(url).json(), table)
    asked = selection(table, codes, wanted)
    query = [{"code": name, "selection": {"filter": "item", "values": values}} for name, values in asked.items()]
    transport.post(url, {"query": query, "response": {"format": "json"}})
    answer = transport.answers()[-1]
    content = answer.content
    refuse_drift(f"SCB table {table.path}", _differences_1(content, asked))
    return asked, answer, content


def _codes_1(content: Any, table: PopulationTable) -> Codes:  # noqa: ANN401 - JSON has no static type
    where = f"SCB table {table.path}, what it holds"
    refuse_drift(where, field_differences(content, TABLE))
    variables = content["variables"]
    refuse_drift(where, [fault for variable in variables for fault in field_differences(variable, VARIABLE)])
    return Codes(
        {variable["code"]: tuple(map(str, variable["values"])) for variable in variables},
        frozenset(variable["code"] for variable in variables if variable.get("elimination")),
    )


def _differences_1(content: Any, asked: Mapping[str, list[str]]) -> tuple[Difference, ...]:  # noqa: ANN401 - JSON
    fields = field_differences(content, ANSWER)
    if fields:
        return fields
    columns = [fault for column in content["columns"] for fault in field_differences(column, COLUMN)]
    rows = next((found for row in content["data"] if (found := field_differences(row, ROW))), ())
    if columns or rows:
        return (*columns, *rows)
    names = [column["code"] for column in content["columns"] if column["type"] != "c"]
    dimensions = set_difference("columns", names, set(asked) - {"ContentsCode"})
    short = [len(row["key"]) for row in content["data"] if len(row["key"]) != len(names)]
    if dimensions or short:
        return dimensions or (Difference(f"a key of {short[0]} codes", f"keys of {len(names)} codes"),)
    places = {str(row["key"][names.index("Region")]) for row in content["data"]}
    return set_difference("codes of Region", places, asked["Region"])
