"""The overview: every agreement × aim × indicator, all agreements in one model, and the public claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.disclosure import without_sums
from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.record import estimate_record, survey_record
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.models import AFTER, NotEstimableError, consecutive_steps, steps_of
from evaluation.periods import agreement_masks
from evaluation.report.blocks import Heading, Prose
from evaluation.results import Estimate
from evaluation.session.pages.approximate import record_in_words
from evaluation.session.pages.basis import limits_of, method_of, plan_notice
from evaluation.session.pages.claims import claim_prose
from evaluation.session.pages.verdicts import Row, missing_rows, verdict_table
from evaluation.session.pages.words import in_language, source_line, stand_ins_note, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks
from evaluation.session.summary_site import short_answer
from evaluation.session.survey_data import survey_outcomes
from evaluation.study.model import Agreement, Indicator, Study
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


@dataclass(frozen=True, eq=False)
class OverviewPage:
    """All agreements of a study, evaluated."""

    session: OpenedStudy
    evaluations: Mapping[str, tuple[AgreementEvaluation, ...]]

    @cached_property
    def everything(self) -> tuple[AgreementEvaluation, ...]:
        """Every evaluation, agreement by agreement."""
        return tuple(evaluation for group in self.evaluations.values() for evaluation in group)

    @cached_property
    def surveys(self) -> tuple[SurveyOutcome, ...]:
        """One outcome per agreement × survey question."""
        return survey_outcomes(self.session)

    def opening(self) -> Blocks:
        """Show title, question, the answer in short, how sure it is, what could have been seen, and the counts."""
        words, study = self.session.words, self.session.study
        area = in_language(study.study.name, words)
        return blocks(
            Heading(words.say("page.overview.title", area=area), 1),
            synthetic_notice(study, words),
            plan_notice(self.session),
            Prose((words.say("page.overview.question"), *self._answer(), self._counts())),
        )

    def verdicts(self) -> Blocks:
        """Show every verdict, one table per agreement."""
        heading = Heading(self.session.words.say("page.overview.table"))
        return blocks(heading, *(self._table_of(agreement) for agreement in self.session.study.agreements))

    def missing(self) -> Blocks:
        """Show what has no published figures, and what would be needed."""
        words = self.session.words
        missing = self.session.study.missing_indicators
        if not missing:
            return blocks()
        items = tuple(f"{in_language(m.name, words)}: {in_language(m.needed, words)}" for m in missing)
        intro = words.say("page.agreement.missing_intro")
        return blocks(Heading(words.say("page.agreement.missing")), Prose((intro,), items))

    def one_model(self) -> Blocks:
        """Show all agreements in one model of the whole series, for the primary indicators that allow it."""
        words = self.session.words
        tables = [self._steps_table(i) for i in self.session.study.indicators if i.role == "primary"]
        found = [made for made in tables if made is not None]
        return blocks(Heading(words.say("page.overview.one_model")), *found) if found else blocks()

    def claims(self) -> Blocks:
        """Hold each public claim against what the data can and cannot support; nothing where none is registered."""
        words = self.session.words
        if not self.session.study.claims:
            return blocks()
        heading = Heading(words.say("page.overview.claims"))
        return blocks(heading) + claim_prose(self.session, self.everything, self.surveys)

    def limits(self) -> Blocks:
        """Show limits and method."""
        return limits_of(self.session, self.everything) + method_of(self.session)

    def save(self) -> None:
        """Write results.json: everything that an index page needs."""
        study = self.session.study
        records = [record_in_words(self.session, e) for e in self.everything]
        content: dict[str, Any] = {
            "agreements": [
                {"id": a.id, "name": a.name, "start": str(a.start), "end": str(a.end)} for a in study.agreements
            ],
            "evaluations": records,
            "survey": [survey_record(outcome) for outcome in self.surveys],
            "missing": self._missing(),
            "one_model": {
                indicator.id: {name: estimate_record(estimate) for name, estimate in self._steps(indicator).items()}
                for indicator in study.indicators
                if indicator.role == "primary"
            },
        }
        save_results(self.session, "overview", content)

    def _answer(self) -> list[str]:
        words = self.session.words
        found = {
            "evaluations": [
                {"indicator": e.indicator.id, "agreement": e.agreement.id, "verdict": e.judgement.verdict}
                | {"wanted": e.indicator.wanted}
                for e in self.everything
            ],
            "survey": [survey_record(outcome) for outcome in self.surveys],
            "missing": self._missing(),
        }
        judged = [e.judgement for e in self.everything if e.judgement.verdict != "cannot_be_assessed"]
        seen = [judgement.detectable for judgement in judged if judgement.verdict == "no_clear_change"]
        best = sum(judgement.grade == 3 for judgement in judged)
        sure = words.say("page.overview.sure", judged=words.number(len(judged)), best=words.number(best))
        return [short_answer(self.session.study, found, words), *([sure] if judged else []), *self._seen(seen)]

    def _seen(self, detectable: list[float]) -> list[str]:
        if not detectable:
            return []
        words = self.session.words
        smallest, largest = (words.per_cent(limit(detectable), signed=False) for limit in (min, max))
        return [words.say("page.overview.seen", smallest=smallest, largest=largest)]

    def _missing(self) -> list[dict[str, object]]:
        study = self.session.study
        return [
            {"agreement": agreement.id, "id": row.id, "priority_area": row.priority_area, "name": row.name}
            for agreement in study.agreements
            for row in missing_rows(study, agreement)
        ]

    def _counts(self) -> str:
        words = self.session.words
        verdicts = Counter(e.judgement.verdict for e in self.everything)
        verdicts.update(outcome.verdict for outcome in self.surveys)
        clear = verdicts["clear_decrease"] + verdicts["clear_increase"]
        verdicts["cannot_be_assessed"] += len(self._missing())
        return words.say(
            "page.overview.answer",
            total=words.number(verdicts.total()),
            clear=words.number(clear),
            none=words.number(verdicts["no_clear_change"]),
            direction=words.number(verdicts["direction_only"]),
            cannot=words.number(verdicts["cannot_be_assessed"]),
        )

    def _table_of(self, agreement: Agreement) -> Table:
        words, study = self.session.words, self.session.study
        asked = (outcome for outcome in self.surveys if outcome.agreement.id == agreement.id)
        rows: tuple[Row, ...] = (*self.evaluations[agreement.id], *asked, *missing_rows(study, agreement))
        caption = words.say(
            "page.agreement.verdicts_caption",
            agreement=agreement_in_text(agreement, words.language),
            area=in_language(study.study.name, words),
        )
        return verdict_table(self.session, rows, caption, with_interim=True)

    def _steps(self, indicator: Indicator) -> dict[str, Estimate]:
        series, plan = self.session.data.modelled(indicator), self.session.study.plan
        masks = agreement_masks(self.session.study, series)
        try:
            estimates = consecutive_steps(series, masks, draws=plan.draws, seed=plan.seed)
        except NotEstimableError:
            return {}
        protected = self.session.data.protected(indicator)
        # the time after an agreement is no total that was weighed, so its sum is printed only where nothing is hidden
        shown = {name: name in masks and protected.allows(f"agreement {name}") for name in steps_of(series, masks)}
        return {
            name: estimate if shown[name] or not protected.hidden.any() else without_sums(estimate)
            for name, estimate in zip(shown, estimates, strict=True)
        }

    def _steps_table(self, indicator: Indicator) -> Table | None:
        words = self.session.words
        steps = dict(sorted(self._steps(indicator).items(), key=lambda step: _place(step[0], self.session.study)))
        if not steps:
            return None
        rows = pd.DataFrame(
            {
                "agreement": [_step_name(name, words) for name in steps],
                "change": [estimate.per_cent[0] for estimate in steps.values()],
                "interval": [
                    words.interval(estimate.per_cent[1], estimate.per_cent[2], unit="per_cent")
                    for estimate in steps.values()
                ],
                "p": [estimate.p for estimate in steps.values()],
            }
        )
        columns = [
            Column("agreement", words.say("column.agreement")),
            Column("change", words.say("column.change"), "per_cent", 0, signed=True),
            Column("interval", words.say("column.interval")),
            Column("p", words.say("column.p"), "p"),
        ]
        caption = words.say("page.overview.one_model_caption", name=in_language(indicator.name, words))
        hidden = self.session.data.protected(indicator).hidden.any()
        note = stand_ins_note([indicator] if hidden else [], words)
        source = source_line(self.session.study, indicator, self.session.citations)
        return table(rows, caption, columns, words, note=note, source=source)


def _place(step: str, study: Study) -> tuple[int, bool]:
    """Order the steps of the joint model by time: an agreement, then the stretch after it."""
    key = step.removeprefix(AFTER)
    return [agreement.id for agreement in study.agreements].index(key), step != key


def _step_name(step: str, words: Wording) -> str:
    key = step.removeprefix(AFTER)
    return words.say("page.band" if step == key else "page.after_band", number=key)
