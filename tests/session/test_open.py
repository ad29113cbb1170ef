"""Opening a study: quick, from anywhere, and with an answer to every slip of the keyboard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.session import StudySession, open_study
from evaluation.study import StudyFaultsError

ROOT = Path(__file__).parents[2]
HEAVY = ("pandas", "scipy", "pandera", "pyarrow", "matplotlib", "statsmodels", "IPython")


def test_opening_loads_neither_data_nor_models() -> None:
    """The first call that needs them does; a study that is only looked at opens in a fraction of a second."""
    loaded = f"print([name for name in {HEAVY} if name in sys.modules])"
    script = f"import sys; from evaluation import open_study; open_study('upplands-vasby').indicators; {loaded}"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_study_with_a_slip_in_its_name_is_guessed() -> None:
    with pytest.raises(StudyFaultsError, match="did you mean 'upplands-vasby'"):
        open_study("uplands-väsby", root=ROOT)
    with pytest.raises(StudyFaultsError, match="check the study's name"):
        open_study("kiruna", root=ROOT)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("all_offenses_quarter", "all_offences_quarter"), ("Skadegörelse per år", "vandalism_year")],
)
def test_an_indicator_is_guessed_by_id_and_by_name(real: StudySession, typed: str, meant: str) -> None:
    with pytest.raises(ParameterError, match=f"did you mean '{meant}'"):
        real.series(typed)


def test_an_area_and_an_agreement_are_guessed_by_name(real: StudySession) -> None:
    with pytest.raises(ParameterError, match="did you mean '0160'"):
        real.series("all_offences_quarter", "Tæby")
    with pytest.raises(ParameterError, match="did you mean '3'"):
        real.evaluate("all_offences_quarter", "tredje överenskommelsen")


def test_what_is_like_nothing_is_answered_with_all_there_are(real: StudySession) -> None:
    with pytest.raises(ParameterError, match=r"one of 1, 2, 3, 4.*name an agreement of these"):
        real.find_agreement("xyz")


def test_a_series_of_another_area_is_that_area_s(real: StudySession) -> None:
    rates = real.data.rates(real.find_indicator("all_offences_quarter"))
    elsewhere = real.series("all_offences_quarter", "0123")
    published = rates.loc[rates["area_code"] == "0123", "count"].to_numpy()
    assert elsewhere.area == "0123"
    assert np.nansum(elsewhere.count) == pytest.approx(np.nansum(published))


def test_one_evaluation_is_that_of_the_report_but_for_the_joint_judgement(real: StudySession) -> None:
    alone = real.evaluate("all_offences_quarter", "3")
    together = next(e for e in real.evaluations("3") if e.indicator.id == "all_offences_quarter")
    assert alone.main.estimates == together.main.estimates
    assert [check.check for check in alone.main.checks] == [check.check for check in together.main.checks]


def test_another_area_is_evaluated_by_its_own_trend_alone(real: StudySession) -> None:
    found = real.evaluate("all_offences_quarter", "3", "0123")
    assert found.series.area == "0123"
    assert found.main.estimates
    assert (found.main.comparisons, found.main.checks) == ((), ())
