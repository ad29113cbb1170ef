"""The accessibility statement that Swedish law asks of every public website (lagen 2018:1937, MDFFS 2019:2)."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.report.site import Site, render_template
from evaluation.wording import wording


def render_statement(
    site: Site, *, organisation: str, contact: str, assessed: str, shortcomings: Sequence[str] = ()
) -> str:
    """Write the accessibility statement.

    Parameters
    ----------
    organisation, contact
        Who is responsible, and where barriers are reported (an address or telephone number).
    assessed
        Day of the last assessment, ISO text.
    shortcomings
        Known barriers; without any, the statement says that none is known.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    words = wording(site.language)
    return render_template(
        site,
        words.say("statement.title"),
        "statement.html.j2",
        organisation=organisation,
        contact=contact,
        assessed=words.date(assessed),
        shortcomings=shortcomings,
    )
