"""Questions to SCB: the population by PxWebApi 2 (through pxwebpy) or PxWebApi 1."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evaluation.errors import ParameterError
from evaluation.fetch.drift import Difference, Fields, field_differences, new_fields, refuse_drift, set_difference
from evaluation.fetch.population import TABLES, Codes, PopulationTable, selection
from evaluation.fetch.question import Answered
from evaluation.fetch.services import SCB_1, SCB_2, Limit, Service
from evaluation.study.model import SourceKind

if TYPE_CHECKING:
    from evaluation.fetch.transport import Answer, Transport

CONFIG: Fields = {
    "maxDataCells": "whole number",
    "maxCallsPerTimeWindow": "whole number",
    "timeWindow": "whole number",
}
DATASET: Fields = {"class": "text", "id": "list", "size": "list", "dimension": "object", "value": "list or object"}
ABOUT = ("version", "href", "label", "source", "updated", "link", "note", "role", "extension", "status", "error")
METADATA: Fields = {"dimension": "object"}
DIMENSION: Fields = {"label": "text or nothing", "category": "object", "extension": "object or nothing"}
CATEGORY: Fields = {"label": "object"}
V1_TABLE: Fields = {"title": "text", "variables": "list"}
V1_VARIABLE: Fields = {"code": "text", "values": "list", "elimination": "true/false or nothing"}
V1_ANSWER: Fields = {"columns": "list", "data": "list"}
V1_COLUMN: Fields = {"code": "text", "type": "text"}
V1_ROW: Fields = {"key": "list", "values": "list"}


@dataclass(frozen=True, slots=True)
class PopulationQuestion:
    """The inhabitants of municipalities, both years inclusive; no areas means all 290.

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
        table = TABLES[self.table]
        asked, answer, content = (_ask_2 if self.api == 2 else _ask_1)(transport, table, self)
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
            notes=tuple(f"new field {name}" for name in _new(content, self.api)),
            extent=f"{points}, {asked['Tid'][0]} to {asked['Tid'][-1]}",
        )


Asked = tuple[dict[str, list[str]], "Answer", dict[str, Any]]


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


def _ask_2(transport: Transport, table: PopulationTable, question: PopulationQuestion) -> Asked:
    from pxweb import PxApi

    class Api(PxApi):
        """pxwebpy over our way to the service; its own constructor calls the service before one could be given."""

        def __init__(self, client: _Client) -> None:
            self._client = client  # type: ignore[assignment]
            self._max_workers = 1

    api = Api(_Client(transport))
    codes = _codes_2(api.get_table_variables(table.id))
    asked = selection(table, codes, question.areas, question.first, question.last)
    before = len(transport.answers())
    api.get_table_data(table.id, {**asked}, show="code")
    answers = transport.answers()[before:]
    if len(answers) != 1:
        found, todo = f"{len(answers)} answers", "ask for fewer years with --first and --last"
        raise ParameterError(f"SCB table {table.id}", found=found, expected="one answer", todo=todo)
    return asked, answers[0], json.loads(answers[0].body.decode("utf-8-sig"))


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


def _ask_1(transport: Transport, table: PopulationTable, question: PopulationQuestion) -> Asked:
    url = f"{transport.service.address}/{table.path}"
    codes = _codes_1(json.loads(transport.get(url).content.decode("utf-8-sig")), table)
    asked = selection(table, codes, question.areas, question.first, question.last)
    query = [{"code": name, "selection": {"filter": "item", "values": values}} for name, values in asked.items()]
    transport.post(url, {"query": query, "response": {"format": "json"}})
    answer = transport.answers()[-1]
    content = json.loads(answer.body.decode("utf-8-sig"))
    refuse_drift(f"SCB table {table.path}", _differences_1(content, asked))
    return asked, answer, content


def _codes_1(content: Any, table: PopulationTable) -> Codes:  # noqa: ANN401 - JSON has no static type
    where = f"SCB table {table.path}, what it holds"
    refuse_drift(where, field_differences(content, V1_TABLE))
    variables = content["variables"]
    refuse_drift(where, [fault for variable in variables for fault in field_differences(variable, V1_VARIABLE)])
    return Codes(
        {variable["code"]: tuple(map(str, variable["values"])) for variable in variables},
        frozenset(variable["code"] for variable in variables if variable.get("elimination")),
    )


def _differences_1(content: Any, asked: Mapping[str, list[str]]) -> tuple[Difference, ...]:  # noqa: ANN401 - JSON
    fields = field_differences(content, V1_ANSWER)
    if fields:
        return fields
    columns = [fault for column in content["columns"] for fault in field_differences(column, V1_COLUMN)]
    rows = next((found for row in content["data"] if (found := field_differences(row, V1_ROW))), ())
    if columns or rows:
        return (*columns, *rows)
    names = [column["code"] for column in content["columns"] if column["type"] != "c"]
    dimensions = set_difference("columns", names, set(asked) - {"ContentsCode"})
    short = [len(row["key"]) for row in content["data"] if len(row["key"]) != len(names)]
    if dimensions or short:
        return dimensions or (Difference(f"a key of {short[0]} codes", f"keys of {len(names)} codes"),)
    places = {str(row["key"][names.index("Region")]) for row in content["data"]}
    return set_difference("codes of Region", places, asked["Region"])


def _new(content: dict[str, Any], api: int) -> tuple[str, ...]:
    return new_fields([content], (*DATASET, *ABOUT) if api == 2 else (*V1_ANSWER, "comments", "metadata"))


def _published(content: dict[str, Any]) -> dt.date | str:
    updated = content.get("updated")
    try:
        return dt.date.fromisoformat(str(updated)[:10])
    except ValueError:
        return "not stated in the answer"
