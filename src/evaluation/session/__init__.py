"""The analyst's entrance: open a study, show its pages, save their results."""

from evaluation.session.open import StudySession, open_study

__all__ = ["StudySession", "open_study"]
