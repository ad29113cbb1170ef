"""The answer that opens the page of perceived safety: the latest agreement that the survey has an answer for."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_sentence
from evaluation.report.blocks import Answer, answer
from evaluation.session.pages.mood import mood_of_survey
from evaluation.wording import Wording


def latest_first(outcomes: Sequence[SurveyOutcome]) -> tuple[SurveyOutcome | None, tuple[SurveyOutcome, ...]]:
    """Choose the outcome that answers the page's question, and the other answered ones.

    The question is how safe people feel: a question on victims answers it only where there is no other. Of several,
    the first question of the study under its latest agreement with an answer.
    """
    answered = [outcome for outcome in outcomes if outcome.change is not None]
    felt = [outcome for outcome in answered if outcome.question.counts != "victims"] or answered
    if not felt:
        return None, ()
    latest = max(outcome.agreement.start for outcome in felt)
    main = next(outcome for outcome in felt if outcome.agreement.start == latest)
    return main, tuple(outcome for outcome in answered if outcome is not main)


def safety_answer(main: SurveyOutcome | None, words: Wording, *, asked: bool) -> Answer:
    """Answer with verdict, sentence, what it rests on and what could have been seen; or that nothing can be said.

    `asked` tells whether the study follows any question at all.
    """
    question = words.say("page.safety.question")
    if main is None or main.change is None:
        said, certainty = (
            words.say(f"page.safety.{'no_change' if asked else 'nothing'}"),
            words.say("sentence.certainty_0"),
        )
        return answer(words, question, "cannot_be_assessed", said, certainty=certainty, detectable="", mood="neutral")
    question = words.say("page.safety.question_of", name=main.question.name[words.language])  # its own direction
    size = words.points(main.change.smallest_detectable, 1, signed=False)
    told = main.verdict == "no_clear_change"  # its sentence has said what would have been seen
    return answer(
        words,
        question,
        main.verdict,
        survey_sentence(main, words),
        certainty=words.say(f"sentence.certainty_{main.grade}"),
        detectable="" if told else words.say("page.safety.detectable", change=size),
        mood=mood_of_survey(main),
    )
