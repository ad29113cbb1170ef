"""The page of comparisons: designs side by side, other areas, places inside the municipality, what they can show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evaluation.errors import ParameterError
from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.sentences import (
    agreement_in_text,
    certainty_sentence,
    detectable_sentence,
)
from evaluation.report.blocks import Answer, Heading, Notice, answer, prose
from evaluation.session.evaluating import evaluate_all
from evaluation.session.pages.approximate import record_in_words, verdict_in_words
from evaluation.session.pages.comparison_designs import (
    SideBySide,
    agreeing,
    agreeing_text,
    designs_figure,
    designs_side_by_side,
    gates_prose,
    refused_text,
    side_by_side,
)
from evaluation.session.pages.comparison_dossier import areas_table, donors_table, pools_table, similarity_of
from evaluation.session.pages.comparison_figures import before_figure, gaps_figure, path_figure
from evaluation.session.pages.comparison_pools import POOLS, Pool, PoolComparison, chosen, pool_comparisons
from evaluation.session.pages.comparison_record import with_comparisons
from evaluation.session.pages.mood import mood_of
from evaluation.session.pages.places import PlacesPart, places_part
from evaluation.session.pages.results import assumptions
from evaluation.session.pages.words import in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.study.model import Agreement, Indicator

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


@dataclass(frozen=True, eq=False)
class ComparisonPage:
    """One indicator in one agreement, held against other areas and against other places.

    Attributes
    ----------
    evaluation
        The verdict of the registered plan, judged together with all other indicators; the pool shown never changes it.
    pool
        The pool whose designs open the page; both are side by side further down.
    """

    session: OpenedStudy
    evaluation: AgreementEvaluation
    pool: Pool

    @cached_property
    def comparisons(self) -> tuple[PoolComparison, ...]:
        """Both pools against every baseline; none where the source has no comparison areas."""
        return pool_comparisons(self.session, self.evaluation)

    @cached_property
    def inside(self) -> PlacesPart | None:
        """Places inside the municipality, where the indicator comes from an incident log and the study names them."""
        return places_part(self.session, self.evaluation.indicator, self.evaluation.agreement)

    @property
    def shown(self) -> tuple[PoolComparison, ...]:
        """The comparisons of the pool that was asked for, registered baseline first."""
        return chosen(self.comparisons, self.pool)

    @property
    def designs_shown(self) -> tuple[SideBySide, ...]:
        """Own trend and comparison designs, against every baseline."""
        return side_by_side(self.evaluation, self.shown)

    def opening(self) -> Blocks:
        """Show title, question and answer: the registered verdict, and what happened at the places if there are any."""
        words, study = self.session.words, self.session.study
        title = words.say(
            f"page.comparison.title_{self._about}",
            area=in_language(study.study.name, words),
            agreement=agreement_in_text(self.evaluation.agreement, words.language),
        )
        inside = None if self.inside is None else prose(*self.inside.answer())
        designs = prose(agreeing_text(agreeing(self.designs_shown), words)) if self.designs_shown else None
        return blocks(
            Heading(title, 1),
            synthetic_notice(study, words),
            self._neighbours_notice(),
            prose(words.say(f"page.comparison.question_{self._about}"), self._subject()),
            inside,
            self._answer(),
            designs,
        )

    def designs(self) -> Blocks:
        """Show all designs side by side: where they agree, table, figure, and what may not count."""
        words, rows = self.session.words, self.designs_shown
        heading = Heading(words.say("page.comparison.designs"))
        refused = prose(*refused_text(self.evaluation, words)) if refused_text(self.evaluation, words) else None
        gates = gates_prose(self.shown, words) if self.shown else prose(words.say(self._why_none()))
        if not rows:
            return blocks(heading, refused, gates)
        made = designs_side_by_side(self.session, self.evaluation, rows)
        figure = designs_figure(self.session, self.evaluation, rows)
        rule = prose(words.say("page.comparison.agree.rule"))
        assumed = assumptions((row.estimate.design for row in rows), words)
        return blocks(heading, rule, figure, made, assumed, refused, gates)

    def course(self) -> Blocks:
        """Show the areas before the start, the synthetic control, and the gaps of all placebo areas."""
        if not self.shown:
            return blocks()
        first, session, evaluation = self.shown[0], self.session, self.evaluation
        return blocks(
            Heading(session.words.say("page.comparison.course")),
            before_figure(session, evaluation, first),
            path_figure(session, evaluation, first),
            gaps_figure(session, evaluation, first),
        )

    def pools(self) -> Blocks:
        """Show the registered pool beside the one with the neighbours put back."""
        words = self.session.words
        if not any(one.results for one in self.comparisons):
            return blocks()
        text = prose(words.say("page.comparison.pools_intro"))
        tables = (pools_table(self.comparisons, pool, words) for pool in POOLS)
        return blocks(Heading(words.say("page.comparison.pools")), text, *tables)

    def donors(self) -> Blocks:
        """Show which areas weigh most in the weighted controls of the registered baseline."""
        if not self.shown:
            return blocks()
        one = self.shown[0]
        weighted = [result for result in one.results if result.estimate.design.startswith("synthetic")]
        tables = (donors_table(self.session, one, result) for result in weighted)
        return blocks(Heading(self.session.words.say("page.comparison.donors")), *tables)

    def dossier(self) -> Blocks:
        """Show why each area is in or out, how alike it was, and what the comparison can and cannot show."""
        words = self.session.words
        heading = Heading(words.say(f"page.comparison.dossier_{self._about}"))
        limits = f"page.comparison.limits_{self._about}"
        widest = chosen(self.comparisons, "with_neighbours")
        alike = similarity_of(self.session, widest[0]) if widest else None
        return blocks(heading, prose(words.say(limits)), alike, areas_table(self.session))

    def places(self) -> Blocks:
        """Show target place, ring and control areas, hot places and hours; nothing without an incident log."""
        if self.inside is None:
            return blocks()
        return joined((self.inside.differences(), self.inside.areas(), self.inside.hours()))

    def save(self) -> None:
        """Write results.json: the registered evaluation with every design of both pools and of the places."""
        session, evaluation = self.session, self.evaluation
        found = () if self.inside is None else self.inside.found
        record = with_comparisons(record_in_words(session, evaluation), self.comparisons, found)
        page = f"comparison-{evaluation.indicator.id}-{evaluation.agreement.id}"
        save_results(session, page, {"pool": self.pool, "evaluations": [record]})

    @property
    def _about(self) -> str:
        return "areas" if self.inside is None else "places"

    def _subject(self) -> str:
        words = self.session.words
        return words.say(
            "page.comparison.about",
            name=in_language(self.evaluation.indicator.name, words),
            agreement=agreement_in_text(self.evaluation.agreement, words.language),
        )

    def _answer(self) -> Answer:
        words, evaluation = self.session.words, self.evaluation
        return answer(
            words,
            words.say("page.comparison.whole"),
            evaluation.judgement.verdict,
            verdict_in_words(self.session, evaluation, words),
            certainty=certainty_sentence(evaluation, words),
            detectable=detectable_sentence(evaluation, words),
            mood=mood_of(evaluation),
        )

    def _neighbours_notice(self) -> Notice | None:
        words = self.session.words
        if self.pool == "main":
            return None
        return Notice(words.say("page.comparison.sensitivity"), words.say("page.comparison.sensitivity_why"), "limit")

    def _why_none(self) -> str:
        return "page.comparison.too_few" if self.comparisons else "page.comparison.none"


def open_comparison(session: OpenedStudy, indicator: Indicator, agreement: Agreement, pool: str) -> ComparisonPage:
    """Evaluate one indicator in one agreement against a pool of areas, and against places inside the municipality.

    Raises
    ------
    ParameterError
        There is no such pool.
    """
    wanted = next((name for name in POOLS if name == pool), None)
    if wanted is None:
        expected = " or ".join(POOLS)
        raise ParameterError("pool", found=repr(pool), expected=expected, todo="choose one of them")
    every = evaluate_all(session, agreement, with_checks=False)
    evaluation = next(one for one in every if one.indicator.id == indicator.id)
    return ComparisonPage(session, evaluation, wanted)
