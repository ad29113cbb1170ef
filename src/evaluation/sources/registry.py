"""Which reader reads which kind of source: the names that study files use."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module

from evaluation.errors import ParameterError
from evaluation.sources.reading import Reading

KINDS: dict[str, tuple[str, str]] = {
    "agreement_register": ("registers", "read_agreements"),
    "bra_sol_databasfil": ("bra_sol_databasfil", "read"),
    "bra_sol_textfil": ("bra_sol_textfil", "read"),
    "bra_yearly_municipalities": ("bra_yearly_municipalities", "read"),
    "context_events": ("registers", "read_context_events"),
    "costs": ("process_tables", "read_costs"),
    "incident_log": ("incident_log", "read"),
    "kolada": ("kolada", "read"),
    "mean_population": ("mean_population", "read"),
    "measures": ("process_tables", "read_measures"),
    "police_events": ("police_events", "read"),
    "scb_jsonstat": ("scb", "read_jsonstat"),
    "scb_v1": ("scb", "read_v1"),
    "survey_microdata": ("survey_microdata", "read"),
    "survey_published_changes": ("published_survey", "read_changes"),
    "survey_published_shares": ("published_survey", "read_shares"),
    "tidy_counts": ("tidy_counts", "read"),
}
"""Kind of source → module of this room and function in it."""


def reader_for(kind: str) -> Callable[..., Reading]:
    """Return the function that reads this kind of source: `reader(path, **options) -> Reading`.

    Raises
    ------
    ParameterError
        If there is no such kind, with the nearest name.
    """
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        raise ParameterError(
            f"kind of source {kind!r}",
            found="a kind that no reader knows",
            expected=f"one of {', '.join(KINDS)}",
            todo=f"did you mean {near[0]!r}?" if near else "choose a kind from the list",
        )
    module, function = KINDS[kind]
    reader: Callable[..., Reading] = getattr(import_module(f"evaluation.sources.{module}"), function)
    return reader
