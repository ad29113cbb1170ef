"""Checks of one estimated series, each with the verdict its name promises, and the specification curve.

run_checks           every check of METHODS section 4
specification_curve  the same effect in every reasonable way
epoc_items           risk-of-bias items for interrupted time series that a run can answer
check_rows           checks in words: name, verdict, sentence
"""

from evaluation.checks.conclusion import conclusion, stands
from evaluation.checks.epoc import epoc_items
from evaluation.checks.run import batch_points, last_break, pandemic_points, run_checks, subject_of
from evaluation.checks.sentences import (
    check_name,
    check_rows,
    check_sentence,
    curve_choices,
    curve_sentence,
    curve_title,
    verdict_word,
)
from evaluation.checks.specification import RefusedVariant, SpecificationCurve, Variant, specification_curve
from evaluation.checks.subject import Settings, Subject

__all__ = [
    "RefusedVariant",
    "Settings",
    "SpecificationCurve",
    "Subject",
    "Variant",
    "batch_points",
    "check_name",
    "check_rows",
    "check_sentence",
    "conclusion",
    "curve_choices",
    "curve_sentence",
    "curve_title",
    "epoc_items",
    "last_break",
    "pandemic_points",
    "run_checks",
    "specification_curve",
    "stands",
    "subject_of",
    "verdict_word",
]
