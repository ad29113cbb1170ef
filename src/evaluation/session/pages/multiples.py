"""Small multiples of the indicators that have no figure of their own, one figure per grain and unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evaluation.evaluate import AgreementEvaluation
from evaluation.figures import Figure, multiples_figure
from evaluation.session.pages.measures import activities_of
from evaluation.session.pages.words import bands_of, in_language, source_line, unit_of

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

_MOST = 6  # panels in one figure
_FEWEST = 12  # points that a panel must show


def multiples(session: OpenedStudy, evaluations: Sequence[AgreementEvaluation]) -> tuple[Figure, ...]:
    """Draw indicators of one grain and unit together, at most six to a figure; none that has hardly a point to show."""
    kinds: dict[tuple[str, bool], list[AgreementEvaluation]] = {}
    for evaluation in (e for e in evaluations if _can_be_drawn(session, e)):
        kinds.setdefault((evaluation.series.grain, evaluation.indicator.exposure is not None), []).append(evaluation)
    groups = [group[at : at + _MOST] for group in kinds.values() for at in range(0, len(group), _MOST)]
    return tuple(_figure(session, group, number) for number, group in enumerate(groups, start=1))


def _can_be_drawn(session: OpenedStudy, evaluation: AgreementEvaluation) -> bool:
    shown = ~np.isnan(evaluation.series.rate) & ~session.protected(evaluation).hidden
    return int(shown.sum()) >= _FEWEST


def _figure(session: OpenedStudy, group: Sequence[AgreementEvaluation], number: int) -> Figure:
    words, first = session.words, group[0]
    sources = [source_line(session.study, e.indicator, session.citations) for e in group]
    return multiples_figure(
        [e.series for e in group],
        [in_language(e.indicator.name, words) for e in group],
        words,
        title=words.say("page.agreement.others_title", number=number),
        quantity=unit_of(first.indicator, words),
        where=session.study.target.name,
        hidden=[session.protected(e).hidden for e in group],
        activities=[activities_of(session, e) for e in group],
        bands=bands_of(session.study, words, first.agreement.id),
        source="; ".join(dict.fromkeys(source for source in sources if source)),
    )
