"""The page of perceived safety: waves before, during and after each agreement, groups, published figures, questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.evaluate.record import survey_record
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_sentence
from evaluation.figures import Figure, WavePoint, waves_figure
from evaluation.report.blocks import Heading, prose
from evaluation.session.pages.safety_answer import latest_first, safety_answer
from evaluation.session.pages.safety_record import joined_record, question_record
from evaluation.session.pages.survey_areas import area_rows, area_sentences
from evaluation.session.pages.survey_groups import (
    explained_sentences,
    gap_rows,
    group_change_rows,
    make_up_rows,
    published_sides,
    recorded_row,
    standard_rows,
    trend_sentence,
)
from evaluation.session.pages.survey_response import published_response, response_rows, response_sentences
from evaluation.session.pages.survey_tables import change_row, group_rows, outcome_row, wave_rows
from evaluation.session.pages.words import bands_of, in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.session.survey_data import DESIGN_EFFECT, Asked, asked, breaks_of, published_rows, survey_outcomes
from evaluation.session.survey_follow import Followed, follow
from evaluation.session.survey_recorded import Joined, recorded_beside_victims
from evaluation.study.model import SurveyQuestion
from evaluation.survey import WaveSeries, segments
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


@dataclass(frozen=True, eq=False)
class SafetyPage:
    """Survey results of a study."""

    session: OpenedStudy

    @cached_property
    def outcomes(self) -> tuple[SurveyOutcome, ...]:
        """One outcome per agreement × question."""
        return survey_outcomes(self.session)

    @cached_property
    def microdata(self) -> tuple[Asked, ...]:
        """Questions with answers of single respondents."""
        found = (asked(self.session, question) for question in self.session.study.survey_questions)
        return tuple(one for one in found if one is not None)

    @cached_property
    def followed(self) -> tuple[Followed, ...]:
        """The same questions by group, segment and make-up."""
        return tuple(follow(self.session, one) for one in self.microdata)

    @cached_property
    def joined(self) -> tuple[Joined, ...]:
        """Recorded offences beside victimisation, one per agreement × series."""
        return recorded_beside_victims(self.session, self.outcomes)

    def opening(self) -> Blocks:
        """Show title and answer: what the surveys say about the latest agreement that has one, then the others."""
        words, study = self.session.words, self.session.study
        main, others = latest_first(self.outcomes)
        area = in_language(study.study.name, words)
        return blocks(
            Heading(words.say("page.safety.title", area=area), 1),
            synthetic_notice(study, words),
            safety_answer(main, words, asked=bool(self.outcomes)),
            prose(self._asked(main.question)) if main else None,
            prose(*(survey_sentence(outcome, words) for outcome in others)) if others else None,
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
        """Show the share in every wave, unconnected across a break, with the question as it was asked."""
        words = self.session.words
        if not self.followed:
            return blocks()
        return blocks(Heading(words.say("page.safety.waves"))) + joined(self._waves(one) for one in self.followed)

    def groups(self) -> Blocks:
        """Show women and men, the gap between them, and age groups, young people always, small bases hidden."""
        words = self.session.words
        if not self.session.study.survey_questions:
            return blocks()
        if not self.followed:
            return blocks(Heading(words.say("page.safety.groups")), prose(words.say("page.safety.no_groups")))
        return blocks(Heading(words.say("page.safety.groups"))) + joined(self._groups(one) for one in self.followed)

    def areas(self) -> Blocks:
        """Show parts of the municipality as far as the survey tells them apart, and where their borders changed."""
        words = self.session.words
        if not self.session.study.survey_questions:
            return blocks()
        heading = Heading(words.say("page.safety.areas"))
        if not self.followed:
            return blocks(heading, prose(words.say("page.safety.no_areas_published")))
        # Questions of one survey have the same areas: how they changed is said once.
        said = dict.fromkeys(sentence for one in self.followed for sentence in area_sentences(self.session, one))
        tables = [self._areas(one) for one in self.followed if one.grouping("area")]
        return blocks(heading, prose(*said) if said else None, *tables)

    def group_changes(self) -> Blocks:
        """Show by group the change that an agreement compares, with how many comparisons were made in mind."""
        words = self.session.words
        tables = [
            self._table(rows, self._compared(outcome), words.say("page.safety.flag_note"))
            for one in self.followed
            for outcome in self.outcomes
            if (rows := group_change_rows(self.session, one, outcome))
        ]
        return blocks(Heading(words.say("page.safety.group_changes")), *tables) if tables else blocks()

    def make_up(self) -> Blocks:
        """Show who answered against the population, and shares had every wave had one make-up."""
        words = self.session.words
        known = [one for one in self.followed if one.standardised]
        if not known:
            return blocks()
        # Questions of one survey have the same respondents: who they were is shown once.
        first = {one.one.question.source: one for one in reversed(known)}
        took_part = [self._took_part(one) for one in first.values()]
        opening = prose(words.say("page.safety.make_up_why"))
        response = [block for one in first.values() for block in self._response(one)]
        return blocks(Heading(words.say("page.safety.make_up")), opening, *response, *took_part) + joined(
            self._standardised(one) for one in known
        )

    def recorded(self) -> Blocks:
        """Show recorded offences beside survey victimisation, agreement by agreement, or say what is missing."""
        words = self.session.words
        heading = Heading(words.say("page.safety.recorded"))
        if not self.joined:
            return blocks(heading, prose(words.say("page.safety.no_victims_question")))
        rows = [recorded_row(self.session, one) for one in self.joined]
        note = words.say("page.safety.recorded_note")
        return blocks(heading, self._table(rows, words.say("page.safety.recorded_caption"), note))

    def changes(self) -> Blocks:
        """Show published changes with worst-case intervals."""
        words, study = self.session.words, self.session.study
        waves = [(q, published_rows(self.session, q)) for q in study.survey_questions]
        rows = [change_row(self.session, q, row) for q, found in waves for _, row in found.iterrows()]
        if not rows:
            return blocks()
        caption = words.say("page.safety.changes_caption", area=in_language(study.study.name, words))
        note = words.say("page.safety.changed_note", effect=words.number(DESIGN_EFFECT, 1))
        wording_of = prose(*(self._asked(question) for question, found in waves if len(found)))
        response = prose(published_response(self.session))
        return blocks(Heading(words.say("page.safety.changes")), wording_of, self._table(rows, caption, note), response)

    def shares(self) -> Blocks:
        """Show published shares of the county and other municipalities, as context."""
        words = self.session.words
        sources = [source.id for source in self.session.study.sources if source.kind == "survey_published_shares"]
        if not sources:
            return blocks()
        rows = pd.concat([self.session.data.frame(source) for source in sources])
        rows = rows.sort_values(["indicator", "area", "year"], ignore_index=True)
        rows, note = published_sides(
            self.session, rows, {item: self._side(item) for item in rows["indicator"].unique()}
        )
        rows["indicator"] = [self._item_name(item) for item in rows["indicator"]]
        columns = [
            Column("area", words.say("column.area")),
            Column("indicator", words.say("column.indicator")),
            Column("year", words.say("column.year"), "year"),
            Column("share_percent", words.say("column.share"), "per_cent"),
            *([Column("comparable", words.say("page.safety.column.comparable"), "per_cent")] if note else []),
            *([Column("turned", words.say("page.safety.column.turned"))] if note else []),
            Column("answers", words.say("column.answers"), "count"),
        ]
        caption = words.say("page.safety.shares_caption")
        return blocks(Heading(words.say("page.safety.shares")), table(rows, caption, columns, words, note=note))

    def questions(self) -> Blocks:
        """Show each question as it was asked, what it counts, and its caveats."""
        words = self.session.words
        items = [self._asked(question) for question in self.session.study.survey_questions]
        caveats = [in_language(c, words) for q in self.session.study.survey_questions for c in q.caveats]
        return blocks(Heading(words.say("page.safety.questions")), prose(items=[*items, *caveats]))

    def save(self) -> None:
        """Write results.json."""
        content: dict[str, list[dict[str, Any]]] = {"survey": [survey_record(outcome) for outcome in self.outcomes]}
        if self.followed:
            content["survey_questions"] = [question_record(self.session, one, self.outcomes) for one in self.followed]
        if self.joined:
            content["reporting"] = [joined_record(one) for one in self.joined]
        save_results(self.session, "safety", content)

    def _waves(self, one: Followed) -> Blocks:
        words = self.session.words
        caption = words.say("page.safety.waves_caption", name=self._name(one))
        return blocks(
            prose(self._asked(one.one.question)),
            self._figure(one.one, one.series),
            self._table(wave_rows(self.session, one.series), caption, words.say("page.safety.waves_note")),
            prose(*(trend_sentence(self.session, found) for found in one.trends)),
        )

    def _groups(self, one: Followed) -> Blocks:
        words, name = self.session.words, self._name(one)
        caption, note = words.say("page.safety.groups_caption", name=name), words.say("page.safety.share_cell_note")
        tables = [self._table(group_rows(self.session, one), caption, note)]
        if one.gaps:
            tables.append(self._table(gap_rows(self.session, one), words.say("page.safety.gap_caption", name=name)))
        return blocks(*tables)

    def _areas(self, one: Followed) -> Table:
        caption = self.session.words.say("page.safety.areas_caption", name=self._name(one))
        return self._table(area_rows(self.session, one), caption, self.session.words.say("page.safety.share_cell_note"))

    def _compared(self, outcome: SurveyOutcome) -> str:
        words, change = self.session.words, outcome.change
        return words.say(
            "page.safety.group_changes_caption",
            name=in_language(outcome.question.name, words),
            agreement=agreement_in_text(outcome.agreement, words.language),
            first=change.wave_from.label if change else "",
            last=change.wave_to.label if change else "",
        )

    def _took_part(self, one: Followed) -> Table:
        words = self.session.words
        note = words.say("page.safety.standard_note", wave=one.standard_wave)
        return self._table(make_up_rows(self.session, one), words.say("page.safety.make_up_caption"), note)

    def _response(self, one: Followed) -> Blocks:
        words = self.session.words
        shown = self._table(response_rows(self.session, one), words.say("page.safety.response_caption"))
        unknown = None in one.asked.values()
        key = "page.safety.asked_unknown" if unknown else "page.safety.response_note"
        return blocks(shown, prose(words.say(key)))

    def _standardised(self, one: Followed) -> Blocks:
        words = self.session.words
        caption = words.say("page.safety.standard_caption", name=self._name(one))
        note = words.say("page.safety.standard_note", wave=one.standard_wave) + " " + words.say("page.safety.off_note")
        said = explained_sentences(self.session, one, self.outcomes)
        said += response_sentences(self.session, one, self.outcomes)
        return blocks(self._table(standard_rows(self.session, one), caption, note), prose(*said) if said else None)

    def _asked(self, question: SurveyQuestion) -> str:
        """Say what a share counts and how the question was asked: never a figure without them."""
        words = self.session.words
        return words.say(
            f"page.safety.counts_{question.counts}",
            name=in_language(question.name, words),
            question=in_language(question.question, words),
        )

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
        columns = [Column(name, self._heading(name)) for name in rows[0]]
        base = words.number(float(self.session.study.thresholds.survey_base))
        few = any(words.say("page.safety.too_few") in row.values() for row in rows)
        notes = (note, words.say("page.safety.too_few_note", base=base) if few else "")
        return table(pd.DataFrame(rows), caption, columns, words, note=" ".join(filter(None, notes)))

    def _heading(self, name: str) -> str:
        """Return the words of a column; a column of one wave is headed by the wave."""
        words = self.session.words
        keys = (f"page.safety.column.{name}", f"column.{name}")
        return next((words.say(key) for key in keys if words.has(key)), name)

    def _name(self, one: Followed) -> str:
        return in_language(one.one.question.name, self.session.words)

    def _side(self, item: str) -> str:
        """Say which side a published item counts: as the study says, else by the Swedish word its name begins with."""
        declared = {question.item: str(question.counts) for question in self.session.study.survey_questions}
        by_word = "secure" if item.startswith("trygg") else "insecure" if item.startswith("otrygg") else ""
        return declared.get(item, by_word)

    def _item_name(self, item: str) -> str:
        key = f"page.safety.item.{item}"
        return self.session.words.say(key) if self.session.words.has(key) else item
