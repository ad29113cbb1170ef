"""The analyst's bench: pick indicator, area, agreement and baseline; see series, estimates and verdict at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluation.disclosure import protect_evaluation
from evaluation.evaluate import AgreementEvaluation, evaluate_indicator
from evaluation.evaluate.sentences import verdict_sentence
from evaluation.figures import Expectation, Figure, series_figure
from evaluation.report.blocks import prose
from evaluation.session.pages.results import designs_table
from evaluation.session.pages.words import bands_of, events_of, in_language, quantity_of, source_line
from evaluation.session.show import Blocks, blocks

if TYPE_CHECKING:
    from evaluation.session.open import StudySession


@dataclass(frozen=True, eq=False)
class Bench:
    """One study on the bench: `show` draws a choice, `widgets` lets the analyst choose."""

    session: StudySession

    def show(self, indicator: str, agreement: str, area: str | None = None) -> Blocks:
        """Show one indicator in one agreement and area: verdict, figure, every design."""
        session, words = self.session, self.session.words
        evaluation = self.evaluate(indicator, agreement, area)
        said = verdict_sentence(evaluation, words)
        return blocks(prose(said), self._figure(evaluation, said), designs_table(session, evaluation))

    def evaluate(self, indicator: str, agreement: str, area: str | None = None) -> AgreementEvaluation:
        """Evaluate one indicator in one agreement, protected; comparison designs only for the target area."""
        session = self.session
        chosen, period = session.find_indicator(indicator), session.find_agreement(agreement)
        series = session.data.modelled(chosen, area)
        is_target = series.area == session.study.target.code
        panel = session.data.panel(chosen) if is_target else None
        found = evaluate_indicator(session.study, period, chosen, series, panel, with_checks=False)
        return protect_evaluation(found, session.protected(found))

    def widgets(self) -> Any:  # noqa: ANN401 - ipywidgets are untyped
        """Return menus and the picture they steer, for JupyterLab."""
        import ipywidgets

        menus = {name: ipywidgets.Dropdown(options=options, description=name) for name, options in self._menus()}

        def redraw(indicator: str, agreement: str, area: str) -> None:
            self.show(indicator, agreement, area)._ipython_display_()

        picture = ipywidgets.interactive_output(redraw, menus)
        return ipywidgets.VBox([ipywidgets.HBox(list(menus.values())), picture])

    def _menus(self) -> tuple[tuple[str, list[tuple[str, str]]], ...]:
        words, study = self.session.words, self.session.study
        areas = study.areas_with_role("target", "part", "displacement", "control", "comparison", "neighbour")
        return (
            ("indicator", [(in_language(indicator.name, words), indicator.id) for indicator in study.indicators]),
            ("agreement", [(in_language(agreement.name, words), agreement.id) for agreement in study.agreements]),
            ("area", [(area.name, area.code) for area in areas]),
        )

    def _figure(self, evaluation: AgreementEvaluation, title: str) -> Figure:
        session, words, series = self.session, self.session.words, evaluation.series
        found = evaluation.main.expectation
        lines = None
        if found is not None:
            lines = Expectation(found.fitted_rate, found.expected_rate, found.low_rate, found.high_rate)
        names = {area.code: area.name for area in session.study.areas}
        return series_figure(
            series,
            words,
            title=title,
            quantity=quantity_of(evaluation.indicator, words),
            where=names[series.area],
            expectation=lines,
            bands=bands_of(session.study, words, evaluation.agreement.id),
            events=events_of(session.study, evaluation.indicator, series, words),
            hidden=session.protected(evaluation).hidden,
            source=source_line(session.study, evaluation.indicator, session.citations),
        )
