"""The page of comparison areas: designs side by side, the dossier of areas, and what the comparison can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.errors import ParameterError
from evaluation.evaluate import AgreementEvaluation, evaluate_indicator
from evaluation.evaluate.record import evaluation_record
from evaluation.evaluate.sentences import agreement_in_text, verdict_sentence
from evaluation.models.panel import PanelResult
from evaluation.report.blocks import Heading, Prose, prose
from evaluation.session.pages.results import designs_table
from evaluation.session.pages.words import in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement, Indicator
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.open import StudySession

POOLS = ("main", "with_neighbours")


@dataclass(frozen=True, eq=False)
class ComparisonPage:
    """One indicator in one agreement, held against other areas."""

    session: StudySession
    evaluation: AgreementEvaluation
    pool: str

    def opening(self) -> Blocks:
        """Show title, question and verdict."""
        words, study = self.session.words, self.session.study
        area = in_language(study.study.name, words)
        name = words.say(
            "page.comparison.about",
            name=in_language(self.evaluation.indicator.name, words),
            agreement=agreement_in_text(self.evaluation.agreement, words.language),
        )
        return blocks(
            Heading(words.say("page.comparison.title", area=area), 1),
            synthetic_notice(study, words),
            prose(words.say("page.comparison.question"), name, verdict_sentence(self.evaluation, words)),
        )

    def designs(self) -> Blocks:
        """Show all designs side by side, or say that the source has no comparison areas."""
        words = self.session.words
        heading = Heading(words.say("page.comparison.designs"))
        if not self._results():
            return blocks(heading, prose(words.say("page.comparison.none")))
        return blocks(heading, designs_table(self.session, self.evaluation))

    def donors(self) -> Blocks:
        """Show which areas weigh most in the weighted controls."""
        words = self.session.words
        weighted = [result for result in self._results() if result.estimate.design.startswith("synthetic")]
        tables = [self._donor_table(result) for result in weighted]
        return blocks(Heading(words.say("page.comparison.donors")), *tables) if tables else blocks()

    def dossier(self) -> Blocks:
        """Show why each area is in or out, and registered oddities in its figures."""
        words, study = self.session.words, self.session.study
        oddities = {oddity.area: in_language(oddity.text, words) for oddity in study.oddities}
        rows = pd.DataFrame(
            {
                "area": [area.name for area in study.areas],
                "role": [words.say(f"role.{area.role}") for area in study.areas],
                "reason": [in_language(area.reason, words) for area in study.areas],
                "oddity": [oddities.get(area.code, "") for area in study.areas],
            }
        )
        columns = [Column(name, words.say(f"column.{name}")) for name in rows.columns]
        made = table(rows, words.say("page.comparison.dossier_caption"), columns, words)
        limits = Prose((words.say("page.comparison.limits"),), ())
        return blocks(Heading(words.say("page.comparison.dossier")), limits, made)

    def save(self) -> None:
        """Write results.json."""
        session, evaluation = self.session, self.evaluation
        said = {session.language: verdict_sentence(evaluation, session.words)}
        content = {"pool": self.pool, "evaluations": [evaluation_record(evaluation, said)]}
        page = f"comparison-{evaluation.indicator.id}-{evaluation.agreement.id}"
        save_results(session, page, content)

    def _results(self) -> tuple[PanelResult, ...]:
        return self.evaluation.main.comparisons

    def _donor_table(self, result: PanelResult) -> Table:
        words = self.session.words
        names = {area.code: area.name for area in self.session.study.areas}
        pairs = [(a, w) for a, w in zip(result.donors.areas, result.donors.weights, strict=True) if w > 0.005]
        rows = pd.DataFrame({"area": [names[a] for a, _ in pairs], "weight": [100 * float(w) for _, w in pairs]})
        columns = [Column("area", words.say("column.area")), Column("weight", words.say("column.weight"), "per_cent")]
        design = words.say(f"design.{result.estimate.design}")
        caption = words.say("page.comparison.donors_of", design=design)
        note = words.say(
            "page.comparison.concentration",
            largest=words.per_cent(100 * result.donors.largest, signed=False),
            effective=words.number(result.donors.effective_number, 1),
        )
        return table(rows, caption, columns, words, note=note)


def open_comparison(session: StudySession, indicator: Indicator, agreement: Agreement, pool: str) -> ComparisonPage:
    """Evaluate one indicator in one agreement against a pool of areas.

    Raises
    ------
    ParameterError
        There is no such pool.
    """
    if pool not in POOLS:
        expected = " or ".join(POOLS)
        raise ParameterError("pool", found=repr(pool), expected=expected, todo="choose one of them")
    panel = session.data.panel(indicator, neighbours=pool == "with_neighbours")
    evaluation = evaluate_indicator(session.study, agreement, indicator, session.data.series(indicator), panel)
    return ComparisonPage(session, evaluation, pool)
