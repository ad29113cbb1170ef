"""Study files: typed, cross-checked, with provenance cards and a registered plan."""

from evaluation.study.load import examine_study, load_study
from evaluation.study.model import Agreement, Area, Indicator, Study
from evaluation.study.problems import Problem, StudyFaultsError

__all__ = ["Agreement", "Area", "Indicator", "Problem", "Study", "StudyFaultsError", "examine_study", "load_study"]
