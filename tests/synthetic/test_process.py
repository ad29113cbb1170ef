"""Measures and costs of the synthetic study: drawn around planted ones, and no other file moves with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.synthetic import process
from evaluation.synthetic.layouts import vocabulary
from evaluation.synthetic.municipal import Rows
from evaluation.synthetic.world import exempelkoping

WORLD, WORDS = exempelkoping(), vocabulary(1)


def frame_of(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_measures_lie_in_their_agreement() -> None:
    periods = {period.id: period for period in WORLD.agreements}
    measures = frame_of(process.measures(WORDS, 1))
    assert set(measures["agreement"]) == set(periods)
    for row in measures.itertuples():
        for day in (row.planned_start, row.planned_end, row.start, row.end):
            assert not day or periods[row.agreement].start <= np.datetime64(day) <= periods[row.agreement].end


def test_every_outcome_of_a_measure_is_there() -> None:
    measures = frame_of(process.measures(WORDS, 1)).set_index("id")
    begun, ended = measures["start"].ne(""), measures["end"].ne("")
    assert begun.sum() > ended.sum() > 0  # some are done, one goes on
    assert list(measures.index[measures["status"].eq("not_done")]) == ["foraldrar"]
    assert list(measures.index[measures["counts_persons"].eq("yes")]) == ["avhoppare"]
    assert set(measures.index[measures["dose"].eq("")]) == {"tillsyn", "skolbesok"}


def test_doses_have_the_planted_share(truth: dict[str, Any]) -> None:
    planted, seeds = truth["process"]["share_carried_out"], 60
    drawn = dict.fromkeys(planted, 0.0)
    for seed in range(seeds):
        measures = frame_of(process.measures(WORDS, seed)).set_index("id")
        for name in drawn:
            drawn[name] += float(measures.loc[name, "dose"]) / float(measures.loc[name, "planned_dose"]) / seeds
    plan = frame_of(process.measures(WORDS, 1)).set_index("id")["planned_dose"].astype(float)
    for name, share in planted.items():
        # four standard errors of a mean of 60 binomial shares
        assert abs(drawn[name] - share) <= 4 * np.sqrt(share * (1 - share) / plan[name] / seeds) + 1e-12


def test_sums_lie_around_the_planted_ones(truth: dict[str, Any]) -> None:
    planted = [entry["amount"] for entry in truth["process"]["costs"]]
    drawn = np.array([frame_of(process.costs(WORDS, seed))["amount"].astype(float) for seed in range(60)])
    assert (drawn % process.ROUNDED == 0).all()
    np.testing.assert_allclose(drawn.mean(axis=0), planted, rtol=4 * process.SPREAD / np.sqrt(60))


def test_first_days_are_those_of_the_committed_table(truth: dict[str, Any], committed: Path) -> None:
    table = pd.read_csv(committed / "atgarder_syntetiska_exempeldata.csv", dtype="str").dropna(subset="start")
    first = table.groupby(["agreement", "priority_area"])["start"].min()
    assert truth["process"]["first_day"] == {f"{agreement}/{area}": day for (agreement, area), day in first.items()}


def test_same_seed_same_rows_and_another_seed_others() -> None:
    assert process.measures(WORDS, 3) == process.measures(WORDS, 3)
    assert process.measures(WORDS, 3) != process.measures(WORDS, 4)
    assert process.costs(WORDS, 3) != process.costs(WORDS, 4)
