"""Short texts that several pages share: names, quantities, marks for figures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from evaluation.figures import Band, Event
from evaluation.periods import events_in
from evaluation.report.blocks import Notice
from evaluation.series import TimeSeries
from evaluation.study.model import Indicator, Study, Text
from evaluation.wording import Wording
from evaluation.wording.formats import NO_BREAK_SPACE

_GROUPED = re.compile(r"(?<!\d)(?<!\d )\d{1,3}(?: \d{3})+(?!\d)")


def in_language(text: Text | None, wording: Wording) -> str:
    """Return a text of the study file or a card in the language of the page; numbers in groups stay on one line.

    A card that lacks the language gives its first one.
    """
    if not isinstance(text, str):
        text = text.get(wording.language, next(iter(text.values()))) if text else ""
    return _kept_together(text)


@lru_cache(maxsize=4096)
def _kept_together(text: str) -> str:
    return _GROUPED.sub(lambda number: number[0].replace(" ", NO_BREAK_SPACE), text)


def quantity_of(indicator: Indicator, wording: Wording) -> str:
    """Name the quantity on an axis, with its unit."""
    unit = "rate" if indicator.exposure else "per_year"
    return wording.say(f"page.quantity.{unit}", name=in_language(indicator.name, wording))


def unit_of(indicator: Indicator, wording: Wording) -> str:
    """Name the unit on an axis whose figure already names the indicator in its title."""
    return wording.say(f"page.quantity.{'rate_unit' if indicator.exposure else 'year_unit'}")


def bands_of(study: Study, wording: Wording, focus: str | None = None) -> tuple[Band, ...]:
    """Mark the agreement periods in a figure; the one in focus stands out."""
    return tuple(
        Band(
            wording.say("page.band", number=agreement.id),
            np.datetime64(agreement.start),
            np.datetime64(agreement.end),
            focus=agreement.id == focus,
        )
        for agreement in study.agreements
    )


def events_of(study: Study, indicator: Indicator, series: TimeSeries, wording: Wording) -> tuple[Event, ...]:
    """Mark the context events of a series in a figure."""
    first, last = series.start[0].astype(object), series.start[-1].astype(object)
    events = events_in(study, indicator.offence_type, first, last)
    return tuple(Event(in_language(event.text, wording), np.datetime64(event.date)) for event in events)


def synthetic_notice(study: Study, wording: Wording) -> Notice | None:
    """Say first that the data are made up, where they are."""
    if not study.study.synthetic:
        return None
    return Notice(wording.say("report.synthetic"), wording.say("report.synthetic_why"), "synthetic")


def source_line(study: Study, indicator: Indicator, citations: dict[str, str]) -> str:
    """Cite the sources of one indicator: figures and population."""
    sources = [indicator.source, *([indicator.exposure] if indicator.exposure else [])]
    del study
    return "; ".join(dict.fromkeys(citations[source] for source in sources if citations.get(source)))


def stand_ins_note(hidden: Iterable[Indicator], words: Wording) -> str:
    """Say for which indicators models saw stand-ins for hidden counts; nothing for none."""
    names = [in_language(indicator.name, words) for indicator in hidden]
    return words.say("limits.stand_ins", names=words.join(names)) if names else ""
