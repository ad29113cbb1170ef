"""The page of perceived safety: published changes and shares, never across a break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.evaluate.record import number
from evaluation.report.blocks import Heading, prose
from evaluation.session.pages.survey_changes import (
    DESIGN_EFFECT,
    change_of,
    change_sentence,
    change_sentences,
    published_rows,
)
from evaluation.session.pages.words import in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import SurveyQuestion
from evaluation.survey import SurveyChange
from evaluation.tables import Column, table

if TYPE_CHECKING:
    from evaluation.session.open import StudySession


@dataclass(frozen=True, eq=False)
class SafetyPage:
    """Survey results of a study."""

    session: StudySession

    def opening(self) -> Blocks:
        """Show title, question and what the surveys say."""
        words, study = self.session.words, self.session.study
        said = [text for question in study.survey_questions for text in change_sentences(self.session, question.id)]
        area = in_language(study.study.name, words)
        return blocks(
            Heading(words.say("page.safety.title", area=area), 1),
            synthetic_notice(study, words),
            prose(words.say("page.safety.question"), *(said or [words.say("page.safety.nothing")])),
        )

    def changes(self) -> Blocks:
        """Show published changes with worst-case intervals."""
        words, study = self.session.words, self.session.study
        rows = [
            self._row(q, row) for q in study.survey_questions for _, row in published_rows(self.session, q).iterrows()
        ]
        if not rows:
            return blocks()
        columns = [
            Column("indicator", words.say("column.indicator")),
            Column("from", words.say("column.from")),
            Column("to", words.say("column.to")),
            Column("answers", words.say("column.answers")),
            Column("change", words.say("column.change")),
            Column("interval", words.say("column.interval")),
            Column("why", words.say("column.why")),
        ]
        caption = words.say("page.safety.changes_caption", area=in_language(study.study.name, words))
        note = words.say("page.safety.changed_note", effect=words.number(DESIGN_EFFECT, 1))
        heading = Heading(words.say("page.safety.changes"))
        return blocks(heading, table(pd.DataFrame(rows), caption, columns, words, note=note))

    def shares(self) -> Blocks:
        """Show published shares of the county and other municipalities, as context."""
        words = self.session.words
        sources = [source.id for source in self.session.study.sources if source.kind == "survey_published_shares"]
        if not sources:
            return blocks()
        rows = pd.concat([self.session.data.frame(source) for source in sources])
        rows = rows.sort_values(["indicator", "area", "year"], ignore_index=True)
        rows["indicator"] = [self._item_name(item) for item in rows["indicator"]]
        columns = [
            Column("area", words.say("column.area")),
            Column("indicator", words.say("column.indicator")),
            Column("year", words.say("column.year"), "year"),
            Column("share_percent", words.say("column.share"), "per_cent"),
            Column("answers", words.say("column.answers"), "count"),
        ]
        caption = words.say("page.safety.shares_caption")
        return blocks(Heading(words.say("page.safety.shares")), table(rows, caption, columns, words))

    def questions(self) -> Blocks:
        """Show each question as it was asked, what it counts, and its caveats."""
        words = self.session.words
        items = [
            words.say(
                f"page.safety.counts_{question.counts}",
                name=in_language(question.name, words),
                question=in_language(question.question, words),
            )
            for question in self.session.study.survey_questions
        ]
        caveats = [in_language(c, words) for q in self.session.study.survey_questions for c in q.caveats]
        return blocks(Heading(words.say("page.safety.questions")), prose(items=[*items, *caveats]))

    def save(self) -> None:
        """Write results.json."""
        session = self.session
        rows = [
            self._record(question.id, change_of(session, question, row))
            for question in session.study.survey_questions
            for _, row in published_rows(session, question).iterrows()
        ]
        save_results(session, "safety", {"changes": rows})

    def _row(self, question: SurveyQuestion, row: pd.Series) -> dict[str, object]:
        words, change = self.session.words, change_of(self.session, question, row)
        answers = [words.number(float(row[name])) for name in ("answers_from", "answers_to")]
        shown: dict[str, object] = {
            "indicator": in_language(question.name, words),
            "from": str(int(row["year_from"])),
            "to": str(int(row["year_to"])),
            "answers": words.join(answers),
        }
        if isinstance(change, str):
            nothing = words.say("page.no_figures")
            return shown | {"change": nothing, "interval": nothing, "why": change_sentence(self.session, question, row)}
        limits = words.interval(change.low, change.high, 1, unit="points")
        detectable = words.points(change.smallest_detectable, 1, signed=False)
        seen = words.say("page.safety.detectable", change=detectable)
        return shown | {"change": words.points(change.change), "interval": limits, "why": seen}

    def _item_name(self, item: str) -> str:
        key = f"page.safety.item.{item}"
        return self.session.words.say(key) if self.session.words.has(key) else item

    def _record(self, key: str, change: SurveyChange | str) -> dict[str, Any]:
        if isinstance(change, str):
            return {"question": key, "refused": change}
        return {
            "question": key,
            "from": change.wave_from.label,
            "to": change.wave_to.label,
            "kind": change.kind,
            "change_points": number(change.change),
            "low": number(change.low),
            "high": number(change.high),
            "p": number(change.p),
            "smallest_detectable_points": number(change.smallest_detectable),
            "method": change.method,
        }
