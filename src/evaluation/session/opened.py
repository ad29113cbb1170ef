"""An opened study in one language: its file, data and plan, and what may be shown. Pages take it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.runs.project import Project
from evaluation.session.find import find
from evaluation.study import Agreement, Area, Indicator, Study
from evaluation.study.plan import Deviation, RegisteredPlan, deviations, load_registered, plan_path
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.disclosure import Protected
    from evaluation.evaluate import AgreementEvaluation
    from evaluation.session.data import StudyData
    from evaluation.session.ledger import Ledger
    from evaluation.session.prepare import Prepared
    from evaluation.session.process import Process

_CITED = re.compile(r"^(?:Källa|Source):\s*")  # cards cite in either language, in pages of both


@dataclass(frozen=True, eq=False)
class OpenedStudy:
    """What everything that is computed or shown of a study starts from; data are read when first needed.

    Attributes
    ----------
    project
        Folders.
    study
        The typed study file.
    words
        Words and number formats of the language chosen.
    """

    project: Project
    study: Study
    words: Wording

    @cached_property
    def prepared(self) -> Prepared:
        """Processed data, read again only when a raw file changed."""
        from evaluation.session.prepare import prepare

        return prepare(self.project, self.study)

    @cached_property
    def data(self) -> StudyData:
        """Series and panels by indicator."""
        from evaluation.session.data import StudyData

        return StudyData(self.study, self.prepared)

    @cached_property
    def process(self) -> Process:
        """Measures and costs of the agreements; empty where none are recorded."""
        from evaluation.session.process import process_of

        return process_of(self.study, self.prepared)

    @cached_property
    def plan(self) -> RegisteredPlan | None:
        """The registered plan, if there is one."""
        return load_registered(plan_path(self.study_file))

    @property
    def study_file(self) -> Path:
        """The study file."""
        return self.project.studies / f"{self.study.id}.toml"

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """How the study now differs from its registered plan."""
        return deviations(self.plan, self.study) if self.plan else ()

    @cached_property
    def citations(self) -> dict[str, str]:
        """Source id → how its publisher is cited, without the word "source" that every page sets before it."""
        from evaluation.session.pages.words import in_language

        cards = self.prepared.cards.items()
        return {name: _CITED.sub("", in_language(card.citation, self.words)) for name, card in cards}

    @property
    def language(self) -> str:
        """Two-letter code of the language."""
        return self.words.language

    @cached_property
    def ledger(self) -> Ledger:
        """What was changed, flagged or set aside in the raw files; `.frame` holds every row."""
        from evaluation.session.ledger import Ledger

        return Ledger(self.prepared.ledger)

    def protected(self, evaluation: AgreementEvaluation) -> Protected:
        """Say what may be shown of an evaluation's series, on the grid it was evaluated on."""
        series = evaluation.series
        return self.data.protected(evaluation.indicator, series.grain, series.area)

    def find_agreement(self, key: str) -> Agreement:
        """Return an agreement by id, or say which there are."""
        return find(key, self.study.agreements, "agreement")

    def find_indicator(self, key: str) -> Indicator:
        """Return an indicator by id, or say which there are."""
        return find(key, self.study.indicators, "indicator")

    def find_area(self, code: str | None) -> Area:
        """Return an area by code (None: the evaluated one), or say which there are."""
        return self.study.target if code is None else find(code, self.study.areas, "area")
