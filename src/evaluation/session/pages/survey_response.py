"""Who answered of those asked: response by wave, and whether a change in it could explain a change of a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.session.pages.quality_survey import wave_rows
from evaluation.session.pages.survey_tables import Row
from evaluation.session.survey_follow import Followed
from evaluation.survey import ResponseShift

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def response_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return people asked, people who took part and the response rate of every wave, "not known" where it is not."""
    words, unknown = session.words, session.words.say("page.safety.not_known")
    rows: list[Row] = []
    for wave, asked in followed.asked.items():
        part = followed.took_part[wave]
        rate = unknown if asked is None else words.per_cent(100 * part / asked, 1, signed=False)
        rows.append(
            {
                "year": wave,
                "asked": unknown if asked is None else words.number(float(asked)),
                "took_part": words.number(float(part)),
                "response": rate,
            }
        )
    return rows


def published_response(session: OpenedStudy) -> str:
    """Say the response rate of every published wave in the target area, as far as the register states it."""
    words, area = session.words, session.study.target.name
    said = []
    for row in wave_rows(session):
        if row["area"] == area:
            rate = row["response"]
            known = (
                words.per_cent(rate, signed=False) if isinstance(rate, float) else words.say("page.safety.not_known")
            )
            said.append(f"{row['year']} {known}")
    return words.say("page.safety.response_published", area=area, rates=words.join(said))


def response_sentences(session: OpenedStudy, followed: Followed, outcomes: Sequence[SurveyOutcome]) -> list[str]:
    """Say for every agreement how response moved between its waves, and whether that alone could make the change."""
    words = session.words
    said = []
    for outcome in outcomes:
        shift = followed.response_shift(outcome)
        if outcome.change is None or shift is None:
            continue
        waves = {"first": outcome.change.wave_from.label, "last": outcome.change.wave_to.label}
        rates = {
            "before": words.per_cent(shift.rate_from, 1, signed=False),
            "after": words.per_cent(shift.rate_to, 1, signed=False),
        }
        moved = words.say("page.safety.response_moved", **waves, **rates)
        said.append(f"{moved} {_explained(session, shift, outcome.change.change)}")
    return said


def _explained(session: OpenedStudy, shift: ResponseShift, change: float) -> str:
    words = session.words
    if shift.shift == 0:
        return words.say("page.safety.response_still")
    points = words.points(change, 1)
    if not shift.could_explain:
        return words.say("page.safety.response_impossible", change=points)
    side = "above" if shift.gap_needed > 0 else "below"
    gap = words.points(abs(shift.gap_needed), signed=False)
    return words.say(f"page.safety.response_{side}", change=points, gap=gap)
