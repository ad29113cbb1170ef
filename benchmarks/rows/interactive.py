"""What an analyst waits for: opening the real study, and one indicator with every design and check.

There is no peer: nobody else evaluates agreements. The goal is a time, and the result is compared with itself, computed
once more in another process.
"""

from __future__ import annotations

from typing import Any

from benchmarks.row import Contender, Given, Goal, Row
from benchmarks.rows.project import REAL, copy_project, root_of

AGREEMENT = "3"


def imported(given: Given) -> Given:
    import evaluation.evaluate
    import evaluation.session.data  # noqa: F401

    return given


def opened(given: Given) -> Any:
    """Open the study and take a series of every indicator in the hand."""
    from evaluation import open_study

    session = open_study(REAL, root=root_of(given))
    return [session.data.series(indicator) for indicator in session.study.indicators]


def counts_of(_: Given, series: Any) -> str:
    return repr([one.count.tolist() for one in series])


def session_of(given: Given) -> Any:
    """Open the study and evaluate another indicator first: a warm process that does not know the answer yet."""
    from evaluation import open_study

    session = open_study(REAL, root=root_of(given))
    evaluated(session, -1)
    return session


def one_indicator(session: Any) -> Any:
    """The first primary indicator, with comparison areas, the bootstrap, and all checks."""
    return evaluated(session, 0)


def evaluated(session: Any, number: int) -> Any:
    from evaluation.evaluate import evaluate_indicator

    indicator = [one for one in session.study.indicators if one.role == "primary"][number]
    agreement = session.find_agreement(AGREEMENT)
    series, panel = session.data.series(indicator), session.data.panel(indicator)
    return evaluate_indicator(session.study, agreement, indicator, series, panel, with_checks=True)


def estimates_of(_: Any, evaluation: Any) -> str:
    """Every estimate and check in words, so that two processes can be compared."""
    against = evaluation.against
    estimates = [(one.design, one.estimate, one.low, one.high, one.p) for each in against for one in each.estimates]
    checks = [(one.check, one.verdict) for each in against for one in each.checks]
    if not estimates or not checks:
        raise RuntimeError("the indicator has no estimate or no check: nothing is measured")
    return repr((estimates, checks))


def differs(mine: Any, theirs: Any) -> float:
    return float(mine != theirs)


def row(name: str, work: str, seconds: float, mine: Contender, again: Contender) -> Row:
    return Row(
        name=name,
        work=work,
        unit="one time",
        size=1,
        quick=1,
        ours=mine,
        peers=(again,),
        goals=(Goal("", seconds, "wall"),),
        difference=differs,
        tolerance=0.0,
        compared="whether two processes give the same",
        inputs=copy_project,
    )


AGAIN = "this project, once more"

ROWS = (
    row(
        "open-study",
        "`open_study` of the real study with the series of every indicator, data prepared",
        0.5,
        Contender("this project", opened, imported, compared=counts_of),
        Contender(AGAIN, opened, imported, compared=counts_of),
    ),
    row(
        "one-indicator",
        "One indicator of the real study: every design, 1 999 bootstrap draws, comparison areas, all checks",
        1.0,
        Contender("this project", one_indicator, session_of, first=True, compared=estimates_of),
        Contender(AGAIN, one_indicator, session_of, first=True, compared=estimates_of),
    ),
)
