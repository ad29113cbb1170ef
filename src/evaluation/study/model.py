"""The study file, typed: what is evaluated, where, when, against what, and by which rules.

Every date is inclusive. Codes are text. `Words` hold reader-facing text in each language of the study; `Text` is
that, or one text for all languages: a name, an address.
"""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from evaluation.results import Wanted
from evaluation.series import Grain

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=60)]
RawFileName = Annotated[str, StringConstraints(pattern=r"^[^/\\:*?\"<>|\x00-\x1f]+$", max_length=120)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö_-]{0,39}$")]
MunicipalityCode = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Words = dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Annotated[str, StringConstraints(min_length=1)]]
Text = Annotated[str, StringConstraints(min_length=2)] | Words  # one text where it reads the same in every language

Language = Literal["sv", "en"]
AreaRole = Literal["target", "comparison", "neighbour", "excluded", "county", "displacement", "control", "part"]
SourceKind = Literal[
    "tidy_counts",
    "mean_population",
    "incident_log",
    "survey_microdata",
    "survey_published_shares",
    "survey_published_changes",
    "agreement_register",
    "context_events",
    "measures",
    "costs",
    "bra_sol_databasfil",
    "bra_sol_textfil",
    "bra_yearly_municipalities",
    "kolada",
    "scb_jsonstat",
    "scb_v1",
    "police_events",
    "category_map",
    "area_bridge",
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Identity(_Entry):
    """Who is evaluated, and for whom."""

    id: Slug = Field(description="name of the study file, folders and pages")
    municipality: MunicipalityCode = Field(description="four digits as text, leading zero kept")
    name: Words
    languages: tuple[Language, ...] = Field(min_length=1, description="report languages, first is main")
    synthetic: bool = Field(description="true: every page and figure says that the data are synthetic")
    contact: Text = Field(description="who answers questions about the report: an address, or words")
    update_interval_days: int = Field(gt=0, le=800, description="days between expected new figures")


class Thresholds(_Entry):
    """Limits below which the suite refuses or hides (METHODS, sections 5 and 7)."""

    minimum_points: int = Field(8, ge=3, description="points in either segment for an effect estimate")
    minimum_baseline_months: int = Field(12, ge=1, description="baseline length for any estimate")
    minimum_cases_per_point: float = Field(5, gt=0, description="mean cases per point")
    largest_detectable_change: float = Field(50, gt=0, le=100, description="per cent; above: no verdict")
    small_count: int = Field(5, ge=0, description="counts below this are not printed")
    small_count_sensitive: int = Field(10, ge=0, description="the same in sensitive categories; zeros are small there")
    survey_base: int = Field(20, ge=1, description="smallest printable number of answers")


class PriorityArea(_Entry):
    """One aim of the agreements."""

    id: Slug
    name: Words
    aim: Words


class Area(_Entry):
    """A municipality or a place inside it, and its part in the comparison."""

    code: AreaCode
    name: str = Field(min_length=1)
    role: AreaRole
    reason: Words | None = Field(None, description="why it is in or out; required unless target or part")
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)


class Agreement(_Entry):
    """One agreement period; start and end are inclusive."""

    id: Slug
    name: Words
    signed: date | None = None
    start: date
    end: date
    start_assumed: bool = False
    end_assumed: bool = False
    content: Words
    priority_areas: tuple[Slug, ...] = Field(min_length=1)
    source: Text = Field(description="where the dates and the content are stated")
    previous_baseline: Slug | Literal["fixed"] = Field(description="id of the preceding agreement, or 'fixed'")
    place_indicators: tuple[Slug, ...] = Field((), description="indicators of an incident log compared between places")


class FixedBaseline(_Entry):
    """The time before the first agreement, per grain of the data."""

    grain: Grain
    start: date
    end: date


class Source(_Entry):
    """One raw file of the study and how it is read."""

    id: Slug
    kind: SourceKind
    file: RawFileName
    official: bool = Field(False, description="already published official figures: exempt from disclosure control")
    options: dict[str, str | int | float | bool | list[str] | dict[str, str | list[str]]] = Field(default_factory=dict)


class Indicator(_Entry):
    """One outcome that is followed over time."""

    id: Slug
    name: Words
    priority_area: Slug
    source: Slug
    offence_type: str = Field(min_length=1, description="value of offence_type (or category) in the source")
    grain: Grain
    wanted: Wanted = Field(description="direction the agreement wants; open where more reports may be the goal")
    role: Literal["primary", "exploratory", "negative_control"]
    sensitive: bool = Field(False, description="stricter disclosure limits")
    exposure: Slug | None = Field(None, description="id of the population source; none: counts per year of time")
    caveats: tuple[Words, ...] = ()


class SurveyQuestion(_Entry):
    """One survey question followed over waves; direction belongs to the question."""

    id: Slug
    name: Words
    question: Words
    survey: Slug
    source: Slug
    priority_area: Slug
    counts: Literal["insecure", "secure", "victims"]
    wanted: Wanted
    item: str = Field(min_length=1, description="indicator or column name in the source")
    recorded_series: tuple[Slug, ...] = Field(
        (), description="indicators of offences that a question on victims asks about: reports are held against it"
    )
    caveats: tuple[Words, ...] = ()


class MissingIndicator(_Entry):
    """A priority area (or part of it) without published figures, and what would be needed."""

    id: Slug
    name: Words
    priority_area: Slug
    needed: Words
    agreements: tuple[Slug, ...] = Field((), description="agreements concerned; empty: all that name the priority area")


class ContextEvent(_Entry):
    """Something else that happened: on the axis of every figure, and a stop where it broke the series."""

    date: dt.date
    end: dt.date | None = None
    kind: Literal["recording", "law", "shock", "place", "survey", "population", "agreement"]
    effect: Literal["series_broken", "caution", "none"]
    text: Words
    source: str = Field(min_length=1)
    offence_types: tuple[str, ...] = Field((), description="series concerned; empty: all of that kind")
    surveys: tuple[Slug, ...] = ()


class Oddity(_Entry):
    """A registered peculiarity in the data of one area (batch registration, campaign)."""

    area: AreaCode
    start: date
    end: date
    text: Words


class Claim(_Entry):
    """A public claim about the agreements, and what it can be held against."""

    id: Slug
    text: Words
    said: Text = Field(description="who said it, where and when")
    indicators: tuple[Slug, ...] = ()
    fact: Words | None = Field(None, description="what is documented where no series can answer")


class AnalysisPlan(_Entry):
    """What decides the answer, fixed before the data are looked at."""

    primary_design: Literal["own_trend_reml"] = "own_trend_reml"
    primary_baseline: Literal["previous", "fixed"] = "previous"
    slope_change: bool = False
    transition_points: int = Field(0, ge=0, le=12, description="points left out from the start of each agreement")
    draws: int = Field(1999, ge=199, description="bootstrap draws")
    seed: int = Field(20230328, ge=0)
    minimum_donors: int = Field(8, ge=2)
    holm_over: Literal["agreement"] = "agreement"


class Study(_Entry):
    """A whole study file."""

    schema_version: Literal[1]
    study: Identity
    thresholds: Thresholds = Thresholds()
    plan: AnalysisPlan = AnalysisPlan()
    priority_areas: tuple[PriorityArea, ...] = Field(min_length=1)
    areas: tuple[Area, ...] = Field(min_length=1)
    agreements: tuple[Agreement, ...] = Field(min_length=1)
    fixed_baselines: tuple[FixedBaseline, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = Field(min_length=1)
    indicators: tuple[Indicator, ...] = ()
    survey_questions: tuple[SurveyQuestion, ...] = ()
    missing_indicators: tuple[MissingIndicator, ...] = ()
    context_events: tuple[ContextEvent, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def id(self) -> str:
        """Slug of the study."""
        return self.study.id

    @property
    def target(self) -> Area:
        """The area whose agreements are evaluated."""
        return next(area for area in self.areas if area.role == "target")

    def agreement(self, key: str) -> Agreement:
        """Return the agreement with this id."""
        return next(agreement for agreement in self.agreements if agreement.id == key)

    def indicator(self, key: str) -> Indicator:
        """Return the indicator with this id."""
        return next(indicator for indicator in self.indicators if indicator.id == key)

    def source(self, key: str) -> Source:
        """Return the source with this id."""
        return next(source for source in self.sources if source.id == key)

    def fixed_baseline(self, grain: Grain) -> FixedBaseline:
        """Return the fixed baseline for data of this grain."""
        return next(baseline for baseline in self.fixed_baselines if baseline.grain == grain)

    def areas_with_role(self, *roles: AreaRole) -> tuple[Area, ...]:
        """Return the areas with one of these roles, in file order."""
        return tuple(area for area in self.areas if area.role in roles)
