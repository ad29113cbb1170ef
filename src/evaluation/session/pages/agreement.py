"""The page of one agreement period: the answer, what it rests on, the figures, what else happened, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.sentences import (
    agreement_in_text,
    cases_sentence,
    certainty_sentence,
    described_sentence,
    detectable_sentence,
    lower_first,
    refusal_sentence,
)
from evaluation.figures import Expectation, Figure, series_figure
from evaluation.periods import events_in
from evaluation.report.blocks import Answer, Heading, Notice, Prose, answer, prose
from evaluation.session.pages.approximate import record_in_words, verdict_in_words
from evaluation.session.pages.basis import basis_facts, limits_of, method_of, plan_notice
from evaluation.session.pages.checking import bias_blocks, check_blocks, curve_blocks
from evaluation.session.pages.earliest import early_notice
from evaluation.session.pages.measures import activities_of, process_blocks
from evaluation.session.pages.mood import mood_of
from evaluation.session.pages.multiples import multiples
from evaluation.session.pages.process_record import process_record
from evaluation.session.pages.results import assumptions, counted, designs_table
from evaluation.session.pages.verdicts import Row, missing_rows, several_note, verdict_table
from evaluation.session.pages.words import (
    bands_of,
    events_of,
    in_language,
    source_line,
    synthetic_notice,
    unit_of,
)
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.session.survey_data import survey_outcomes
from evaluation.study.model import Agreement

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


MOST_FIGURES = 2


@dataclass(frozen=True, eq=False)
class AgreementPage:
    """One agreement period, evaluated and ready to be shown."""

    session: OpenedStudy
    agreement: Agreement
    evaluations: tuple[AgreementEvaluation, ...]

    @cached_property
    def headline(self) -> AgreementEvaluation:
        """The primary outcome with the strongest evidence; it opens the page."""
        primary = [e for e in self.evaluations if e.indicator.role == "primary"] or list(self.evaluations)
        return max(primary, key=lambda e: e.judgement.grade)

    def opening(self) -> Blocks:
        """Show title, warnings and the answer."""
        words, study = self.session.words, self.session.study
        title = words.say(
            "page.agreement.title",
            agreement=in_language(self.agreement.name, words),
            area=in_language(study.study.name, words),
        )
        return blocks(
            Heading(title, 1),
            synthetic_notice(study, words),
            plan_notice(self.session),
            *self._warnings(),
            early_notice(self.session, self.headline),
            self._answer(),
            self._interim(),
        )

    def basis(self) -> Blocks:
        """Show what the verdict rests on: period, baselines, dates, plan."""
        words = self.session.words
        return blocks(
            Heading(words.say("page.agreement.basis")), basis_facts(self.session, self.agreement, self.headline)
        )

    def verdicts(self) -> Blocks:
        """Show the verdict on every indicator, those without figures included."""
        words = self.session.words
        caption = words.say(
            "page.agreement.verdicts_caption",
            agreement=agreement_in_text(self.agreement, words.language),
            area=in_language(self.session.study.study.name, words),
        )
        surveys = [o for o in survey_outcomes(self.session) if o.agreement.id == self.agreement.id]
        rows: tuple[Row, ...] = (*self.evaluations, *surveys, *missing_rows(self.session.study, self.agreement))
        return blocks(
            Heading(words.say("page.agreement.verdicts")),
            verdict_table(self.session, rows, caption),
            several_note(self.evaluations, words),
        )

    def series(self) -> Blocks:
        """Show the primary indicators with what was expected, clear ones first; the others as small multiples.

        At most two have a figure of their own: a page that is mailed and read on a phone has to stay light.
        """
        words = self.session.words
        shown = [e for e in self.evaluations if can_be_shown(e)]
        ranked = sorted(
            shown, key=lambda e: (e.indicator.role != "primary", not e.judgement.verdict.startswith("clear"))
        )
        primary = [e for e in ranked if e.indicator.role == "primary"][:MOST_FIGURES]
        others = [e for e in ranked if e not in primary]
        heading = blocks(Heading(words.say("page.agreement.series")))
        return heading + joined(self._series_of(e) for e in primary) + self._others(others)

    def effects(self) -> Blocks:
        """Show every design for the primary indicators that could be estimated, side by side."""
        words = self.session.words
        primary = [e for e in self.evaluations if e.indicator.role == "primary"]
        estimated = [e for e in primary if any(against.estimates for against in e.against)]
        if not estimated:
            return blocks()
        tables = (designs_table(self.session, evaluation) for evaluation in estimated)
        used = (estimate.design for e in estimated for against in e.against for estimate, _ in counted(against))
        return blocks(Heading(words.say("page.agreement.effects")), *tables, assumptions(used, words))

    def checks(self) -> Blocks:
        """Show whether the model can be believed and how sensitive the answer is."""
        words, checked = self.session.words, [e for e in self.evaluations if e.main.checks]
        heading = blocks(Heading(words.say("page.checks.heading")))
        if not checked:
            return heading + blocks(prose(words.say("page.checks.none")))
        bias = bias_blocks(self.session, self.headline, len(self.evaluations))
        tables = joined(check_blocks(self.session, evaluation) for evaluation in checked)
        return heading + tables + curve_blocks(self.session, self.headline) + bias

    def measures(self) -> Blocks:
        """Show the measures of the agreement, when an effect could begin at the earliest, and what it cost."""
        return process_blocks(self.session, self.agreement, self.evaluations)

    def context(self) -> Blocks:
        """Show what else happened during the agreement and its baseline."""
        words = self.session.words
        first = min(self.agreement.start, self._baseline_start())
        events = events_in(self.session.study, self.headline.indicator.offence_type, first, self.agreement.end)
        items = tuple(f"{words.date(event.date)}: {in_language(event.text, words)}" for event in events)
        key = "page.agreement.context_intro" if items else "page.agreement.context_none"
        return blocks(Heading(words.say("page.agreement.context")), Prose((words.say(key),), items))

    def missing(self) -> Blocks:
        """Show the aims without published figures, and what would be needed."""
        words = self.session.words
        missing = missing_rows(self.session.study, self.agreement)
        if not missing:
            return blocks()
        items = tuple(f"{in_language(m.name, words)}: {in_language(m.needed, words)}" for m in missing)
        intro = words.say("page.agreement.missing_intro")
        return blocks(Heading(words.say("page.agreement.missing")), Prose((intro,), items))

    def limits(self) -> Blocks:
        """Show limits and method."""
        return limits_of(self.session, self.evaluations) + method_of(self.session)

    def save(self) -> None:
        """Write results.json: the only write of the notebook."""
        study = self.session.study
        records = [record_in_words(self.session, e) for e in self.evaluations]
        missing = [
            {"id": m.id, "priority_area": m.priority_area, "name": m.name, "needed": m.needed}
            for m in missing_rows(study, self.agreement)
        ]
        process = process_record(self.session, self.agreement, self.evaluations)
        content = {"agreement": self.agreement.id, "evaluations": records, "missing": missing, "process": process}
        save_results(self.session, f"agreement-{self.agreement.id}", content)

    def _answer(self) -> Answer:
        words, main = self.session.words, self.headline
        question = words.say(
            "page.agreement.question",
            name=lower_first(in_language(main.indicator.name, words)),
            agreement=agreement_in_text(self.agreement, words.language),
        )
        return answer(
            words,
            question,
            main.judgement.verdict,
            verdict_in_words(self.session, main, words),
            certainty=certainty_sentence(main, words),
            detectable=detectable_sentence(main, words),
            mood=mood_of(main),
        )

    def _warnings(self) -> tuple[Notice, ...]:
        words = self.session.words
        found = [r for r in self.headline.main.refusals if r.severity == "warning"]
        return tuple(
            Notice(words.say("page.warning"), refusal_sentence(refusal, words), "warning") for refusal in found
        )

    def _interim(self) -> Notice | None:
        words = self.session.words
        if not self.headline.interim:
            return None
        share = words.per_cent(100 * self.headline.main.window.share_observed, signed=False)
        return Notice(words.say("page.interim"), words.say("sentence.interim", share=share), "interim")

    def _series_of(self, evaluation: AgreementEvaluation) -> Blocks:
        words = self.session.words
        said = [verdict_in_words(self.session, evaluation, words)]
        if evaluation.main.primary is not None:
            counted = np.isfinite(evaluation.main.primary.observed)  # not where the sums are withheld
            said += [cases_sentence(evaluation.main.primary, words)] if counted else []
            said.append(detectable_sentence(evaluation, words))
        elif evaluation.main.description is not None:
            said.append(described_sentence(evaluation.main.description, words))
        said.append(words.say(f"sentence.wanted_{evaluation.indicator.wanted}"))
        heading = Heading(in_language(evaluation.indicator.name, words), 3)
        caveats = tuple(in_language(caveat, words) for caveat in evaluation.indicator.caveats)
        return blocks(heading, Prose(tuple(said), caveats), self._figure(evaluation))

    def _others(self, evaluations: list[AgreementEvaluation]) -> Blocks:
        words = self.session.words
        if not evaluations:
            return blocks()
        said = tuple(verdict_in_words(self.session, e, words) for e in evaluations)
        heading = Heading(words.say("page.agreement.others"), 3)
        return blocks(heading, Prose((), said), *multiples(self.session, evaluations))

    def _figure(self, evaluation: AgreementEvaluation) -> Figure:
        session, words = self.session, self.session.words
        name = in_language(evaluation.indicator.name, words)
        verdict = words.say(f"verdict.{evaluation.judgement.verdict}")
        expectation = evaluation.main.expectation
        lines = None
        if expectation is not None:
            e = expectation
            lines = Expectation(e.fitted_rate, e.expected_rate, e.low_rate, e.high_rate)
        return series_figure(
            evaluation.series,
            words,
            title=words.say("page.agreement.figure_title", name=name, verdict=lower_first(verdict)),
            quantity=unit_of(evaluation.indicator, words),
            where=session.study.target.name,
            expectation=lines,
            bands=bands_of(session.study, words, self.agreement.id),
            events=events_of(session.study, evaluation.indicator, evaluation.series, words),
            activities=activities_of(session, evaluation),
            hidden=session.protected(evaluation).hidden,
            source=source_line(session.study, evaluation.indicator, session.citations),
        )

    def _baseline_start(self) -> date:
        used = self.headline.series.start[self.headline.main.window.used]
        start: date = used.min().astype(date) if used.size else self.agreement.start
        return start


def can_be_shown(evaluation: AgreementEvaluation) -> bool:
    """Say whether there is a period and a baseline to draw, whether or not their sums may be printed."""
    return all(refusal.severity != "no_estimate" for refusal in evaluation.main.refusals)
