"""What a notebook holds in its hand: an opened study, whose pages are one call each.

Opening reads the study file alone. Data, models and pages are imported by the first call that needs them, so that a
study is open, and a fault in its file seen, before half of the library has been loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.errors import ParameterError
from evaluation.runs.project import Project, find_project
from evaluation.session.opened import OpenedStudy
from evaluation.study import Agreement, Area, Indicator, load_study
from evaluation.wording import wording

if TYPE_CHECKING:
    from evaluation.evaluate import AgreementEvaluation
    from evaluation.series import TimeSeries
    from evaluation.session.explore import Bench
    from evaluation.session.pages.agreement import AgreementPage
    from evaluation.session.pages.comparison import ComparisonPage
    from evaluation.session.pages.overview import OverviewPage
    from evaluation.session.pages.quality import QualityPage
    from evaluation.session.pages.safety import SafetyPage
    from evaluation.session.pages.trends import TrendsPage


class StudySession(OpenedStudy):
    """An opened study in one language: what an analyst asks, and what a notebook calls.

    `indicators`, `agreements` and `areas` say what there is; `series`, `evaluate` and `explore` answer one question;
    `agreement`, `trends`, `quality`, `safety`, `comparison` and `overview` open the pages of the report.
    """

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """What is followed over time; an `id` of these goes into `series` and `evaluate`."""
        return self.study.indicators

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The agreement periods; an `id` of these goes into `evaluate`."""
        return self.study.agreements

    @property
    def areas(self) -> tuple[Area, ...]:
        """The evaluated area and those it is compared with; a `code` of these goes into `series` and `evaluate`."""
        return self.study.areas

    def series(self, indicator: str, area: str | None = None) -> TimeSeries:
        """Return one indicator over time in one area (default: the evaluated one).

        Points that must not be published (METHODS, section 7) are NaN here; `data.series` holds what was delivered.

        Raises
        ------
        ParameterError
            No such indicator or area; says which was probably meant.
        InputError
            The source has no figures for this area.
        """
        from evaluation.session.evaluating import shown_series

        return shown_series(self, self.find_indicator(indicator), self.find_area(area))

    def evaluate(
        self, indicator: str, agreement: str, area: str | None = None, *, with_checks: bool = True
    ) -> AgreementEvaluation:
        """Evaluate one indicator in one agreement by every design, with its checks.

        The verdict is that of this indicator alone. The report judges all indicators of an agreement together, which
        can make a verdict weaker (METHODS, section 6). What must not be published is taken out.

        Parameters
        ----------
        indicator, agreement
            Ids: see `indicators` and `agreements`.
        area
            Code of an area; default: the evaluated one. Comparison designs and checks are for the evaluated area only.
        with_checks
            Run the checks of a primary indicator too.

        Raises
        ------
        ParameterError
            No such indicator, agreement or area; says which was probably meant.
        InputError
            The source has no figures for this area.
        """
        from evaluation.session.evaluating import evaluate_one

        period, chosen = self.find_agreement(agreement), self.find_indicator(indicator)
        return evaluate_one(self, period, chosen, self.find_area(area), with_checks=with_checks)

    def explore(self, indicator: str | None = None, agreement: str | None = None) -> Any:  # noqa: ANN401 - untyped
        """Return menus for indicator, area, agreement, baseline and design, and the picture that they steer."""
        return self.bench().widgets(indicator, agreement)

    def evaluations(self, agreement: str, *, with_checks: bool = True) -> tuple[AgreementEvaluation, ...]:
        """Evaluate every indicator in one agreement, judge them together, and take out what must not be shown."""
        from evaluation.session.evaluating import evaluate_all

        return evaluate_all(self, self.find_agreement(agreement), with_checks=with_checks)

    def agreement(self, agreement: str) -> AgreementPage:
        """Open the page of one agreement period."""
        from evaluation.session.pages.agreement import AgreementPage

        return AgreementPage(self, self.find_agreement(agreement), self.evaluations(agreement))

    def overview(self) -> OverviewPage:
        """Open the overview of all agreements."""
        from evaluation.session.pages.overview import OverviewPage

        every = {a.id: self.evaluations(a.id, with_checks=False) for a in self.study.agreements}
        return OverviewPage(self, every)

    def trends(self) -> TrendsPage:
        """Open the page of trends."""
        from evaluation.session.pages.trends import TrendsPage

        return TrendsPage(self)

    def quality(self) -> QualityPage:
        """Open the page of data quality."""
        from evaluation.session.pages.quality import QualityPage

        return QualityPage(self)

    def safety(self) -> SafetyPage:
        """Open the page of perceived safety."""
        from evaluation.session.pages.safety import SafetyPage

        return SafetyPage(self)

    def comparison(self, indicator: str, agreement: str, pool: str = "main") -> ComparisonPage:
        """Open the comparison of one indicator in one agreement; `pool` is "main" or "with_neighbours"."""
        from evaluation.session.pages.comparison import open_comparison

        return open_comparison(self, self.find_indicator(indicator), self.find_agreement(agreement), pool)

    def bench(self) -> Bench:
        """Open the analyst's bench: `show` draws one choice, `widgets` gives menus."""
        from evaluation.session.explore import Bench

        return Bench(self)

    def __dir__(self) -> list[str]:
        """Leave out of tab completion what starts with an underscore."""
        return [name for name in super().__dir__() if not name.startswith("_")]

    def _repr_html_(self) -> str:
        from evaluation.session.displays import html_of

        return html_of(self.study, self) or ""


def open_study(study: str, *, language: str = "sv", root: Path | None = None) -> StudySession:
    """Open a study by name, from any working directory.

    Inside Jupyter, results are shown as tables in this language from then on.

    Parameters
    ----------
    study
        Name of a file in studies/, without `.toml`.
    language
        "sv" or "en"; must be one of the study's languages.
    root
        Project folder; default: found from the working directory upwards.

    Raises
    ------
    StudyFaultsError
        The study file has faults; all are listed.
    ParameterError
        The study has no such language.
    """
    project = Project(root) if root else find_project()
    loaded = load_study(project.studies / f"{study}.toml")
    if language not in loaded.study.languages:
        expected = "one of " + ", ".join(loaded.study.languages)
        todo = "choose one of them, or add the language to the study"
        raise ParameterError("language", found=repr(language), expected=expected, todo=todo)
    session = StudySession(project, loaded, wording(language))
    show_in_notebook(session)
    return session


def show_in_notebook(session: StudySession) -> None:
    """Inside Jupyter, show results as tables in the language of the study opened last; elsewhere do nothing."""
    if "IPython" in sys.modules:
        from evaluation.session.displays import register

        register(session)
