"""PxWebApi 2 through pxwebpy: figures of a table as json-stat2."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evaluation.errors import ParameterError
from evaluation.fetch.drift import Difference, Fields, field_differences, refuse_drift, set_difference
from evaluation.fetch.population import Asked, Codes, PopulationTable, Wanted, selection
from evaluation.fetch.services import Limit

if TYPE_CHECKING:
    from evaluation.fetch.transport import Transport

CONFIG: Fields = {
    "maxDataCells": "whole number",
    "maxCallsPerTimeWindow": "whole number",
    "timeWindow": "whole number",
}
METADATA: Fields = {"dimension": "object"}
DIMENSION: Fields = {"label": "text or nothing", "category": "object", "extension": "object or nothing"}
CATEGORY: Fields = {"label": "object"}
DATASET: Fields = {"class": "text", "id": "list", "size": "list", "dimension": "object", "value": "list or object"}
ABOUT = ("version", "href", "label", "source", "updated", "link", "note", "role", "extension", "status", "error")
KNOWN = (*DATASET, *ABOUT)


class _Client:
    """What pxwebpy calls instead of its own client, which sets no time limit and tries again after 429 only.

    Every answer is checked before pxwebpy takes it apart.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.configuration = self.call("/config")
        refuse_drift("SCB /config", field_differences(self.configuration, CONFIG))
        calls, seconds = self.configuration["maxCallsPerTimeWindow"], self.configuration["timeWindow"]
        if calls > 0:
            transport.keep_to((Limit(calls, seconds),))

    def call(self, endpoint: str, query: dict[str, Any] | None = None, **_: object) -> Any:  # noqa: ANN401 - JSON
        """Return the content of an answer."""
        url = self._transport.service.address + endpoint
        if query is None:
            content = self._transport.get(url, {"lang": "sv"}).json()
            if endpoint.endswith("/metadata"):
                refuse_drift(f"SCB {endpoint}", _differences_metadata(content))
            return content
        params = {"lang": "sv", "outputFormat": "json-stat2"}
        content = self._transport.post(url, query, params).json()
        asked = {item["variableCode"]: item["valueCodes"] for item in query["selection"]}
        refuse_drift(f"SCB {endpoint}", _differences_2(content, asked))
        return content


def ask(transport: Transport, table: PopulationTable, wanted: Wanted) -> Asked:
    """Ask for the codes of a table and then for its figures.

    Raises
    ------
    DriftError
        Dimensions, codes or fields are not those that the reader knows.
    ParameterError
        The figures do not fit into one answer.
    """
    from pxweb import PxApi

    class Api(PxApi):
        """pxwebpy over our way to the service; its own constructor calls the service before one could be given."""

        def __init__(self, client: _Client) -> None:
            self._client = client  # type: ignore[assignment]
            self._max_workers = 1

    api = Api(_Client(transport))
    codes = _codes_2(api.get_table_variables(table.id))
    asked = selection(table, codes, wanted)
    before = len(transport.answers())
    api.get_table_data(table.id, {**asked}, show="code")
    answers = transport.answers()[before:]
    if len(answers) != 1:
        found, todo = f"{len(answers)} answers", "ask for fewer years with --first and --last"
        raise ParameterError(f"SCB table {table.id}", found=found, expected="one answer", todo=todo)
    return asked, answers[0], answers[0].content


def _differences_metadata(content: Any) -> tuple[Difference, ...]:  # noqa: ANN401 - JSON has no static type
    fields = field_differences(content, METADATA)
    if fields:
        return fields
    dimensions = content["dimension"].values()
    found = [field_differences(dimension, DIMENSION) for dimension in dimensions]
    found += [field_differences(dimension["category"], CATEGORY) for dimension in dimensions if not any(found)]
    return tuple(difference for differences in found for difference in differences)


def _codes_2(variables: Mapping[str, Any]) -> Codes:
    return Codes(
        {name: tuple(variable["category"]["label"]) for name, variable in variables.items()},
        frozenset(name for name, variable in variables.items() if variable["elimination"]),
    )


def _differences_2(content: Any, asked: Mapping[str, list[str]]) -> tuple[Difference, ...]:  # noqa: ANN401 - JSON
    fields = field_differences(content, DATASET)
    if fields:
        return fields
    dimensions = set_difference("dimensions", [str(name) for name in content["id"]], asked)
    if dimensions:
        return dimensions
    codes = [
        difference
        for name, codes in asked.items()
        for difference in set_difference(f"codes of {name}", _index(content["dimension"].get(name)), codes)
    ]
    count, cells = len(content["value"]), math.prod(len(codes) for codes in asked.values())
    wrong = isinstance(content["value"], list) and count != cells
    return (*codes, *([Difference(f"{count} values", f"{cells} values, one for each cell")] if wrong else []))


def _index(dimension: Any) -> list[str]:  # noqa: ANN401 - JSON has no static type
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index", category.get("label")) if isinstance(category, dict) else None
    return [str(code) for code in index or ()]
