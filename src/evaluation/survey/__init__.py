"""Perceived safety from survey waves: design-based shares, changes between waves, and when they may not be compared.

From microdata: `pooled_waves` makes the design, `Question.coded` the answers, `wave_series` the shares, and
`waves_around` sets them against an agreement. From published figures: `published_share`,
`published_share_with_uncertainty` and `published_change` give the same objects.
"""

from evaluation.survey.agreement import (
    AgreementWaves,
    changes_in,
    place_of,
    reported_versus_victimised,
    waves_around,
)
from evaluation.survey.breaks import SurveyBreak, breaks_with, crossed_breaks, registered_breaks, segments
from evaluation.survey.calibration import post_stratify, rake
from evaluation.survey.change import (
    SurveyChange,
    change,
    change_within,
    consecutive_changes,
    smallest_detectable_change,
)
from evaluation.survey.contrast import Contrast, contrast, difference, standardise
from evaluation.survey.description import DomainDescription, SurveyColumns, SurveyDescription, describe_survey
from evaluation.survey.design import SurveyDesign, crossed, pooled_waves
from evaluation.survey.domains import Domains, domains_of
from evaluation.survey.estimates import DomainEstimates, mean, ratio, share, total
from evaluation.survey.follow import FollowedQuestion, follow_question
from evaluation.survey.groups import (
    YOUNG,
    GroupChange,
    GroupSeries,
    age_bands,
    benjamini_hochberg,
    gap,
    group_changes,
    group_series,
)
from evaluation.survey.intervals import Limits, limits_of
from evaluation.survey.nonresponse import Composition, ResponseShift, compositions, response_shift
from evaluation.survey.published import published_change, published_share, published_share_with_uncertainty
from evaluation.survey.question import Question, aligned, flip, flip_change, question_of, registered_questions
from evaluation.survey.trend import SurveyTrend, trend_over_waves
from evaluation.survey.wave import Wave, WaveResult, WaveSeries, printable, wave_series

__all__ = [
    "YOUNG",
    "AgreementWaves",
    "Composition",
    "Contrast",
    "DomainDescription",
    "DomainEstimates",
    "Domains",
    "FollowedQuestion",
    "GroupChange",
    "GroupSeries",
    "Limits",
    "Question",
    "ResponseShift",
    "SurveyBreak",
    "SurveyChange",
    "SurveyColumns",
    "SurveyDescription",
    "SurveyDesign",
    "SurveyTrend",
    "Wave",
    "WaveResult",
    "WaveSeries",
    "age_bands",
    "aligned",
    "benjamini_hochberg",
    "breaks_with",
    "change",
    "change_within",
    "changes_in",
    "compositions",
    "consecutive_changes",
    "contrast",
    "crossed",
    "crossed_breaks",
    "describe_survey",
    "difference",
    "domains_of",
    "flip",
    "flip_change",
    "follow_question",
    "gap",
    "group_changes",
    "group_series",
    "limits_of",
    "mean",
    "place_of",
    "pooled_waves",
    "post_stratify",
    "printable",
    "published_change",
    "published_share",
    "published_share_with_uncertainty",
    "question_of",
    "rake",
    "ratio",
    "registered_breaks",
    "registered_questions",
    "reported_versus_victimised",
    "response_shift",
    "segments",
    "share",
    "smallest_detectable_change",
    "standardise",
    "total",
    "trend_over_waves",
    "wave_series",
    "waves_around",
]
