"""The canonical incident: the columns on which `sources.incident_log` and the room `cleaning` agree.

One row is one reported event as it stands in the file: nothing is corrected, merged or dropped here.

* Texts are the cell as written, stripped of surrounding space; an empty cell is `""`, never missing (an area may be
  called `NA`). Fields the file does not have are `""` in every row.
* Times are naive local time in Europe/Stockholm, beside the text they were read from (`…_text`) and a flag
  (`…_time`, see `TIME_FLAGS`) that says how much of them is known.
* `row_number` is the row as a spreadsheet program shows it: the first row of the file, usually the header, is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_FLAGS = ("known", "no_time_of_day", "ambiguous_hour", "nonexistent_hour", "missing", "unreadable")
"""How much of a time is known.

known
    Date and time of day.
no_time_of_day
    Only the date: the time is 00:00 and means nothing.
ambiguous_hour
    02:00-02:59 on the night when summer time ends: the hour exists twice and the file does not say which is meant.
nonexistent_hour
    02:00-02:59 on the night when summer time begins: kept as written, never shifted.
missing, unreadable
    The time is NaT; `…_text` holds what was written.
"""

TEXT_FIELDS = (
    "event_id",
    "category",
    "subcategory",
    "place",
    "area",
    "x",
    "y",
    "reporter",
    "reported_to_police",
    "free_text",
)
TIME_FIELDS = ("occurred_from", "occurred_to", "reported")
FIELDS = TEXT_FIELDS + TIME_FIELDS

INCIDENT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(TEXT_FIELDS, "str"),
        **{
            name: dtype
            for time in TIME_FIELDS
            for name, dtype in ((time, "datetime64[us]"), (f"{time}_text", "str"), (f"{time}_time", "category"))
        },
        "source_file": "category",
        "row_number": "int64",
    }
)
"""Column → dtype of the canonical incident frame, in order. The categories of `…_time` are always `TIME_FLAGS`."""


@dataclass(frozen=True, slots=True)
class IncidentColumns:
    """How one organisation's export maps to the canonical incident.

    Parameters
    ----------
    fields
        Our field (`FIELDS`) → their header. A time may name two headers, date and time of day:
        `{"occurred_from": ("Datum", "Tid från")}`. `category` and `occurred_from` are required.
    values
        Our field → {their value: ours}, e.g. `{"reported_to_police": {"Ja": "yes", "Nej": "no"}}`. Values that are not
        listed stay as written and are counted in the record's unknown codes.
    date_order
        Decides `03/04/2024`: "dmy" or "mdy". Without it the whole column decides, or the file is refused.
    sheet
        Name of the sheet in a workbook; the only sheet with the headers if not given.
    """

    fields: Mapping[str, str | tuple[str, str]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_order: Literal["dmy", "mdy"] | None = None
    sheet: str | None = None
