"""Batches are found and ordinary days are not; a panel of constant reporters; presence with zeros."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import (
    BatchRule,
    constant_reporters,
    flag_batches,
    keep_constant_reporters,
    reporter_presence,
    suspected_batches,
    unrecorded_changes,
)
from evaluation.errors import ParameterError


def log(counts: dict[str, np.ndarray]) -> pd.DataFrame:
    """Incidents per day from 2020-01-01 by reporter, registered on the day they happened."""
    parts = []
    for reporter, per_day in counts.items():
        day = np.datetime64("2020-01-01") + np.repeat(np.arange(per_day.size), per_day).astype("timedelta64[D]")
        parts.append(
            pd.DataFrame(
                {"reporter": pd.Series([reporter] * day.size, dtype="str"), "reported": day.astype("datetime64[us]")}
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(
        occurred_from=frame["reported"],
        source_file=pd.Series("log", index=frame.index, dtype="str"),
        row_number=np.arange(len(frame)),
    )


def test_a_planted_batch_is_flagged_row_by_row_and_kept():
    rng = np.random.default_rng(1)
    per_day = rng.poisson(1.0, 1000)
    per_day[362] = 80  # three months of slips, keyed in between Christmas and New Year
    frame = log({"Bostads AB": per_day, "Polisen": rng.poisson(3.0, 1000)})
    found = suspected_batches(frame, BatchRule())
    assert found[["reporter", "day", "incidents"]].values.tolist() == [["Bostads AB", pd.Timestamp("2020-12-28"), 80]]
    cleaned = flag_batches(frame, BatchRule())
    assert len(cleaned.frame) == len(frame)
    assert cleaned.issues["rule"].tolist() == ["suspected_batch"] * 80
    assert set(cleaned.issues["before"].str[:10]) == {"2020-12-28"}
    assert unrecorded_changes(frame, cleaned).empty


def test_one_inspection_entered_case_by_case_is_found_by_day_of_occurrence():
    rng = np.random.default_rng(2)
    frame = log({"Trygghetsenheten": rng.poisson(0.3, 1500)})
    inspection = frame.head(40).assign(occurred_from=pd.Timestamp("2022-05-14"))
    frame = pd.concat([frame, inspection], ignore_index=True).assign(offence_type="vandalism", area_code="0110")
    found = suspected_batches(frame, BatchRule(by=("area_code", "offence_type"), date="occurred_from"))
    assert found["day"].tolist() == [pd.Timestamp("2022-05-14")]


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_ordinary_days_are_seldom_called_batches(dispersion):
    # The rule allows one false batch in a hundred series (alpha 0.01 over all days), overdispersed days included.
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(60):
        rate = 6.0 * (rng.gamma(1 / dispersion, dispersion, 800) if dispersion else 1.0)
        false += len(suspected_batches(log({"r": rng.poisson(rate, 800)}), BatchRule())) > 0
    assert false <= 9


def test_an_empty_log_has_no_batches():
    assert suspected_batches(log({"r": np.zeros(5, dtype=int)}), BatchRule()).empty


def panel() -> pd.DataFrame:
    always, joins, pauses = np.ones(730, dtype=int), np.ones(730, dtype=int), np.ones(730, dtype=int)
    joins[:400] = 0
    pauses[180:460] = 0
    return log({"Polisen": always, "Väktarna": joins, "Skolan": pauses, "": always})


def test_only_reporters_of_the_whole_series_are_constant():
    assert constant_reporters(panel()) == ("Polisen",)
    assert constant_reporters(panel(), longest_gap=3) == ("Polisen", "Skolan")  # two silent quarters in a row
    presence = reporter_presence(panel())
    assert presence.loc["Väktarna"].tolist()[:4] == [0, 0, 0, 0]
    assert presence.loc["Polisen"].tolist() == [91, 91, 92, 92, 90, 91, 92, 91]  # leap year 2020, 730 days
    frame = panel()
    kept = keep_constant_reporters(frame)
    assert set(kept.frame["reporter"]) == {"Polisen"}
    assert len(kept.frame) + len(kept.issues) == len(frame)


def test_a_new_reporter_does_not_look_like_more_events():
    frame = panel()
    per_year = keep_constant_reporters(frame).frame["occurred_from"].dt.year.value_counts()
    assert per_year.to_dict() == {2020: 366, 2021: 364}
    all_reporters = frame["occurred_from"].dt.year.value_counts()
    assert all_reporters[2021] > 1.2 * all_reporters[2020]


def test_without_a_constant_reporter_there_is_no_panel():
    with pytest.raises(ParameterError, match="no reporter present in every quarter"):
        keep_constant_reporters(panel().query("reporter == 'Väktarna' or reporter == ''"))
