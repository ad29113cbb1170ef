"""The analyst's bench: pick indicator, area, agreement, baseline and design; see verdict, figure and checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from evaluation.errors import EvaluationError
from evaluation.evaluate import AgainstBaseline, AgreementEvaluation
from evaluation.evaluate.sentences import lower_first
from evaluation.figures import Expectation, Figure, series_figure
from evaluation.report.blocks import prose
from evaluation.session.courses import DESIGNS, Course, course_of
from evaluation.session.evaluating import evaluate_one
from evaluation.session.pages.approximate import verdict_in_words
from evaluation.session.pages.checking import check_blocks
from evaluation.session.pages.results import designs_table
from evaluation.session.pages.words import bands_of, events_of, in_language, source_line, unit_of
from evaluation.session.show import Blocks, blocks

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

DRAWINGS_KEPT = 128  # about 100 kB each
BASELINES = ("previous", "fixed")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the menus say: ids of the study file, a kind of baseline, a design."""

    indicator: str
    agreement: str
    area: str
    baseline: str
    design: str


@dataclass(frozen=True, eq=False)
class Bench:
    """One study on the bench: `show` draws a choice, `widgets` lets the analyst choose."""

    session: OpenedStudy

    def show(
        self,
        indicator: str,
        agreement: str,
        area: str | None = None,
        *,
        baseline: str | None = None,
        design: str | None = None,
    ) -> Blocks:
        """Show one indicator in one agreement and area: verdict, the chosen design, figure, every design, checks.

        Parameters
        ----------
        indicator, agreement, area
            Ids and code as in the study file; default: the evaluated area.
        baseline
            "previous" or "fixed"; default: the registered one.
        design
            The design whose course is drawn; default: the registered one. The verdict does not depend on it.

        Raises
        ------
        ParameterError
            No such indicator, agreement or area; says which was probably meant.
        """
        plan = self.session.study.plan
        area_code = self.session.find_area(area).code
        choice = Choice(
            indicator, agreement, area_code, baseline or plan.primary_baseline, design or plan.primary_design
        )
        return self._drawn(choice)

    def widgets(self, indicator: str | None = None, agreement: str | None = None) -> Any:  # noqa: ANN401 - untyped
        """Return menus, set to this indicator and agreement at first, and the picture they steer, for JupyterLab.

        The whole picture is exchanged at once, so nothing flickers; what was drawn before is kept.
        """
        import ipywidgets

        look = {"style": {"description_width": "11em"}, "layout": {"width": "32em"}}
        menus = {
            name: ipywidgets.Dropdown(options=options, value=chosen, description=label, **look)
            for name, (label, options, chosen) in self._menus(indicator, agreement).items()
        }
        picture = ipywidgets.HTML()

        def redraw(_change: object = None) -> None:
            picture.value = self.html(Choice(**{name: menu.value for name, menu in menus.items()}))

        for menu in menus.values():
            menu.observe(redraw, names="value")
        redraw()
        row = ipywidgets.HBox(list(menus.values()), layout={"flex_flow": "row wrap"})
        return ipywidgets.VBox([row, picture])

    def html(self, choice: Choice) -> str:
        """Draw a choice as HTML; a choice that cannot be evaluated is explained in words."""
        try:
            return self._drawn(choice).html()
        except EvaluationError as error:
            return blocks(prose(self.session.words.say("bench.cannot_be_shown"), str(error))).html()

    @cached_property
    def _drawn(self) -> Callable[[Choice], Blocks]:
        return lru_cache(maxsize=DRAWINGS_KEPT)(self._draw)

    @cached_property
    def _evaluated(self) -> Callable[[str, str, str], AgreementEvaluation]:
        return lru_cache(maxsize=DRAWINGS_KEPT)(self._evaluate)

    def _evaluate(self, indicator: str, agreement: str, area: str) -> AgreementEvaluation:
        session = self.session
        period, chosen = session.find_agreement(agreement), session.find_indicator(indicator)
        return evaluate_one(session, period, chosen, session.find_area(area), with_checks=True)

    def _draw(self, choice: Choice) -> Blocks:
        session, words = self.session, self.session.words
        indicator, area = session.find_indicator(choice.indicator), session.find_area(choice.area)
        if area.code not in set(session.data.rates(indicator)["area_code"]):
            return blocks(prose(words.say("bench.no_area", area=area.name)))
        evaluation = self._evaluated(choice.indicator, choice.agreement, area.code)
        kinds = {against.window.baseline_kind: against for against in evaluation.against}
        against = next((one for kind, one in kinds.items() if kind == choice.baseline), evaluation.main)
        course = course_of(against, choice.design, evaluation.series, words)
        said = (verdict_in_words(session, evaluation, words), *self._said(choice, against, course))
        return (
            blocks(prose(*said), self._figure(evaluation, course.expectation))
            + blocks(designs_table(session, evaluation) if evaluation.main.description else None)
            + check_blocks(session, evaluation)
        )

    def _said(self, choice: Choice, against: AgainstBaseline, course: Course) -> list[str]:
        """Say what the chosen design found, and what of the choice does not apply here."""
        words, design = self.session.words, self.session.words.say(f"design.{choice.design}")
        shown = against.window.baseline_kind
        said = []
        if shown != choice.baseline:
            said.append(words.say("bench.other_baseline", baseline=words.say(f"baseline.{shown}")))
        if course.estimate is None:
            return [*said, words.say("bench.not_used", design=design)]
        change, low, high = course.estimate.per_cent
        interval, p = words.interval(low, high, unit="per_cent"), words.p_value(course.estimate.p)
        says = words.say("bench.says", design=design, change=words.per_cent(change), interval=interval, p=p)
        notes = [] if course.counts else [words.say("bench.not_counted")]
        notes += [] if course.expectation is not None else [words.say("bench.no_curve")]
        return [*said, " ".join([says, *notes])]

    def _menus(self, indicator: str | None, agreement: str | None) -> dict[str, tuple[str, list[tuple[str, str]], str]]:
        """Return label, options (text, value) and first value of each menu, in the order of the choice."""
        words, study = self.session.words, self.session.study
        areas = study.areas_with_role("target", "part", "displacement", "control", "comparison", "neighbour")
        return {
            "indicator": _menu(
                words.say("column.indicator"),
                [(in_language(one.name, words), one.id) for one in study.indicators],
                self.session.find_indicator(indicator).id if indicator else None,
            ),
            "area": _menu(words.say("figures.area"), [(one.name, one.code) for one in areas], study.target.code),
            "agreement": _menu(
                words.say("column.agreement"),
                [(in_language(one.name, words), one.id) for one in study.agreements],
                self.session.find_agreement(agreement).id if agreement else None,
            ),
            "baseline": _menu(
                words.say("column.baseline"),
                [(words.say(f"baseline.{kind}"), kind) for kind in BASELINES],
                study.plan.primary_baseline,
            ),
            "design": _menu(
                words.say("column.design"),
                [(words.say(f"design.{one}"), one) for one in DESIGNS],
                study.plan.primary_design,
            ),
        }

    def _figure(self, evaluation: AgreementEvaluation, lines: Expectation | None) -> Figure:
        session, words, series = self.session, self.session.words, evaluation.series
        name = in_language(evaluation.indicator.name, words)
        verdict = lower_first(words.say(f"verdict.{evaluation.judgement.verdict}"))
        return series_figure(
            series,
            words,
            title=words.say("page.agreement.figure_title", name=name, verdict=verdict),
            quantity=unit_of(evaluation.indicator, words),
            where=session.find_area(series.area).name,
            expectation=lines,
            bands=bands_of(session.study, words, evaluation.agreement.id),
            events=events_of(session.study, evaluation.indicator, series, words),
            hidden=session.protected(evaluation).hidden,
            source=source_line(session.study, evaluation.indicator, session.citations),
        )


def _menu(
    label: str, options: list[tuple[str, str]], chosen: str | None = None
) -> tuple[str, list[tuple[str, str]], str]:
    return label, options, chosen or options[0][1]
