"""One survey question in one agreement: the change between the last wave before and the last wave during it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluation.evaluate.sentences import lower_first
from evaluation.evaluate.verdict import ALPHA, Direction
from evaluation.results import Verdict
from evaluation.study.model import Agreement, SurveyQuestion
from evaluation.survey import SurveyChange
from evaluation.wording import Wording

Missing = Literal["", "broken", "direction_only", "no_waves"]


@dataclass(frozen=True, slots=True)
class SurveyOutcome:
    """A survey question under an agreement.

    Attributes
    ----------
    change
        Change in percentage points with its interval; none where it cannot be computed.
    missing
        Why there is no change: the questions changed, only the direction was published, or no wave on one side.
    straddles
        The later wave may have been made before the agreement started: the change may belong to the time before.
    """

    agreement: Agreement
    question: SurveyQuestion
    change: SurveyChange | None
    missing: Missing
    straddles: bool = False

    @property
    def verdict(self) -> Verdict:
        """Clear where p < .05, otherwise no clear change with what would have been seen; without change: none.

        A clear change whose later wave straddles the start is direction only: it may belong to the time before.

        Two waves are a before/after comparison (evidence grade 1) whatever the p: the verdict describes, it does not
        attribute.
        """
        if self.change is None:
            return "cannot_be_assessed"
        if self.change.p >= ALPHA:
            return "no_clear_change"
        if self.straddles:
            return "direction_only"
        return "clear_decrease" if self.change.change < 0 else "clear_increase"

    @property
    def direction(self) -> Direction:
        """Direction of a clear change, otherwise none."""
        if self.change is None or self.change.p >= ALPHA:
            return "none"
        return "decrease" if self.change.change < 0 else "increase"

    @property
    def grade(self) -> int:
        """Evidence grade: 1 (before/after) with a change, 0 without."""
        return int(self.change is not None)


def survey_sentence(outcome: SurveyOutcome, wording: Wording) -> str:
    """Say what the survey shows for an agreement, in one or two sentences."""
    return _say("survey", outcome, wording)


def survey_comment(outcome: SurveyOutcome, wording: Wording) -> str:
    """Say what stands beside question, change and interval in a table, without saying these again."""
    return _say("survey.comment", outcome, wording)


def _say(section: str, outcome: SurveyOutcome, wording: Wording) -> str:
    name, change = outcome.question.name[wording.language], outcome.change
    if change is None:
        return wording.say(f"{section}.{outcome.missing}", name=name)
    fields = {
        "name": name,
        "verdict": lower_first(wording.say(f"verdict.{outcome.verdict}")),
        "change": wording.points(change.change, 1),
        "from_wave": change.wave_from.label,
        "to_wave": change.wave_to.label,
        "interval": wording.interval(change.low, change.high, 1, unit="points"),
    }
    if outcome.verdict != "no_clear_change":
        return wording.say(f"{section}.straddles" if outcome.straddles else f"{section}.clear", **fields)
    detectable = wording.points(change.smallest_detectable, 1, signed=False)
    return wording.say(f"{section}.no_clear_change", detectable=detectable, **fields)
