"""The page of perceived safety: waves before, during and after each agreement, groups, published figures, questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.evaluate.record import survey_record
from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_sentence
from evaluation.figures import Figure, WavePoint, waves_figure
from evaluation.report.blocks import Heading, prose
from evaluation.session.pages.survey_tables import change_row, group_rows, outcome_row, wave_rows
from evaluation.session.pages.words import bands_of, in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.session.survey_data import DESIGN_EFFECT, Asked, asked, breaks_of, published_rows, survey_outcomes
from evaluation.survey import WaveSeries, segments
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.open import StudySession


@dataclass(frozen=True, eq=False)
class SafetyPage:
    """Survey results of a study."""

    session: StudySession

    @cached_property
    def outcomes(self) -> tuple[SurveyOutcome, ...]:
        """One outcome per agreement × question."""
        return survey_outcomes(self.session)

    @cached_property
    def microdata(self) -> tuple[Asked, ...]:
        """Questions with answers of single respondents."""
        found = (asked(self.session, question) for question in self.session.study.survey_questions)
        return tuple(one for one in found if one is not None)

    def opening(self) -> Blocks:
        """Show title, question and what the surveys say about the latest agreement that has an answer."""
        words, study = self.session.words, self.session.study
        answered = [outcome for outcome in self.outcomes if outcome.change is not None]
        said = [survey_sentence(outcome, words) for outcome in answered] or [words.say("page.safety.nothing")]
        area = in_language(study.study.name, words)
        return blocks(
            Heading(words.say("page.safety.title", area=area), 1),
            synthetic_notice(study, words),
            prose(words.say("page.safety.question"), *said),
        )

    def agreements(self) -> Blocks:
        """Show each agreement: the waves on either side, the change, what would have been seen."""
        words = self.session.words
        rows = [outcome_row(self.session, outcome) for outcome in self.outcomes]
        if not rows:
            return blocks()
        made = self._table(rows, words.say("page.safety.agreements_caption"))
        return blocks(Heading(words.say("page.safety.agreements")), made)

    def waves(self) -> Blocks:
        """Show the share in every wave, unconnected across a break."""
        words = self.session.words
        if not self.microdata:
            return blocks()
        return blocks(Heading(words.say("page.safety.waves"))) + joined(self._waves(one) for one in self.microdata)

    def groups(self) -> Blocks:
        """Show women and men and age groups, young people always, small bases hidden."""
        words = self.session.words
        tables = [
            self._table(group_rows(self.session, one), words.say("page.safety.groups_caption", name=self._name(one)))
            for one in self.microdata
        ]
        return blocks(Heading(words.say("page.safety.groups")), *tables) if tables else blocks()

    def changes(self) -> Blocks:
        """Show published changes with worst-case intervals."""
        words, study = self.session.words, self.session.study
        waves = [(q, published_rows(self.session, q)) for q in study.survey_questions]
        rows = [change_row(self.session, q, row) for q, found in waves for _, row in found.iterrows()]
        if not rows:
            return blocks()
        caption = words.say("page.safety.changes_caption", area=in_language(study.study.name, words))
        note = words.say("page.safety.changed_note", effect=words.number(DESIGN_EFFECT, 1))
        return blocks(Heading(words.say("page.safety.changes")), self._table(rows, caption, note))

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
        records: list[dict[str, Any]] = [survey_record(outcome) for outcome in self.outcomes]
        save_results(self.session, "safety", {"survey": records})

    def _waves(self, one: Asked) -> Blocks:
        series = one.series()
        rows = wave_rows(self.session, series)
        caption = self.session.words.say("page.safety.waves_caption", name=self._name(one))
        return blocks(self._figure(one, series), self._table(rows, caption))

    def _figure(self, one: Asked, series: WaveSeries) -> Figure:
        words, study = self.session.words, self.session.study
        answered = [o for o in self.outcomes if o.question.id == one.question.id and o.change is not None]
        title = survey_sentence(answered[-1], words) if answered else words.say("page.safety.no_change")
        return waves_figure(
            tuple(self._points(series)),
            words,
            title=title,
            quantity=words.say(f"page.safety.axis_{one.question.counts}"),
            where=study.target.name,
            bands=bands_of(study, words),
        )

    def _points(self, series: WaveSeries) -> Iterator[WavePoint]:
        for version, piece in enumerate(segments(series.results, breaks_of(self.session))):
            for result in piece:
                yield WavePoint(
                    year=int(result.wave.label),
                    share=result.share,
                    low=result.low,
                    high=result.high,
                    answers=float(result.answers or 0),
                    version=version,
                    hidden=result.suppressed,
                )

    def _table(self, rows: list[dict[str, object]], caption: str, note: str = "") -> Table:
        words = self.session.words
        columns = [Column(name, words.say(f"column.{name}")) for name in rows[0]]
        return table(pd.DataFrame(rows), caption, columns, words, note=note)

    def _name(self, one: Asked) -> str:
        return in_language(one.question.name, self.session.words)

    def _item_name(self, item: str) -> str:
        key = f"page.safety.item.{item}"
        return self.session.words.say(key) if self.session.words.has(key) else item
