"""Did our cooperation agreement change anything? Evaluation of agreements against their baselines.

`open_study("upplands-vasby")` is the one import an analyst needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.session import StudySession as StudySession
    from evaluation.session import open_study as open_study

__all__ = ["StudySession", "open_study"]


def __dir__() -> list[str]:
    """Offer in tab completion what an analyst imports."""
    return __all__


def __getattr__(name: str) -> object:
    """Import the session when it is asked for, so that `evaluation --help` stays quick."""
    if name not in __all__:
        raise AttributeError(f"module 'evaluation' has no attribute {name!r}")
    from evaluation import session

    return getattr(session, name)
