"""The analyst's entrance: open a study, show its pages, save their results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.session.open import StudySession as StudySession
    from evaluation.session.open import open_study as open_study

__all__ = ["StudySession", "open_study"]


def __getattr__(name: str) -> object:
    """Import the models only when a study is opened: listing jobs and checking files does not need them."""
    if name not in __all__:
        raise AttributeError(f"module 'evaluation.session' has no attribute {name!r}")
    from evaluation.session import open as opened

    return getattr(opened, name)
