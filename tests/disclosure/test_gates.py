"""The gates of a finished run, fed with the files that a run writes."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from evaluation.disclosure import protect_indicator, total_name
from evaluation.evaluate import coarser
from evaluation.runs.manifest import numbers_in
from evaluation.runs.project import ROOT_VARIABLE
from evaluation.series import TimeSeries
from evaluation.session import gates
from evaluation.session.printed_cells import Guarded
from evaluation.study import Study, load_study
from evaluation.tables import Column, Table, table, tables_csv
from evaluation.wording import wording

REPOSITORY = Path(__file__).parents[2]
WORDS = wording("en")
STUDY = load_study(REPOSITORY / "studies" / "exempelkoping.toml")
INDICATOR = STUDY.indicator("public_violence_month")
COUNTS = np.random.default_rng(4).poisson(13, 138).clip(5).astype(float)
COUNTS[[30, 56, 135]] = [3, 4, 2]  # July 2017, September 2019, April 2026: in agreements 1, 2 and 4
START = (np.datetime64("2015-01") + np.arange(138)).astype("datetime64[D]")
SERIES = TimeSeries(INDICATOR.id, "9999", "month", START, COUNTS, np.full(138, 2012.0), np.zeros(138, dtype=bool))
PROTECTED = protect_indicator(STUDY, INDICATOR, SERIES)
NOTHING = np.zeros(138, dtype=bool)
SUMS = frozenset(total_name("2", kind, side) for kind in ("previous", "fixed") for side in ("period", "baseline"))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one study, whose only guarded series is ours, and an empty run folder."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "exempelkoping.toml").write_bytes((REPOSITORY / "studies/exempelkoping.toml").read_bytes())
    (tmp_path / "run" / "tables").mkdir(parents=True)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(gates, "guarded_series", guarded)
    return tmp_path


def guarded(project: object, study: Study) -> list[Guarded]:
    return [Guarded(study, INDICATOR, SERIES, SERIES.count < 5)]


def content(hidden: np.ndarray, withheld: frozenset[str] = frozenset()) -> dict[str, object]:
    """What the page of agreement 2 puts into results.json: points and sums, null where they are protected."""
    record = {
        "agreement": "2",
        "indicator": INDICATOR.id,
        "area": "9999",
        "series": {
            "count": [None if flag else float(count) for count, flag in zip(COUNTS, hidden, strict=True)],
            "exposure": [2012.0] * 138,
        },
        "baselines": [{"description": sums(kind, withheld)} for kind in ("previous", "fixed")],
    }
    return {"study": "exempelkoping", "language": "en", "page": "agreement-2", "evaluations": [record]}


def sums(kind: str, withheld: frozenset[str]) -> dict[str, float] | None:
    names = {total_name("2", kind, side) for side in ("period", "baseline")}
    return None if names & withheld else {"estimate": 1.1, "observed": 300.0, "expected": 280.0}


def write(run: Path, results: dict[str, object]) -> Path:
    (run / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return run


def monthly_table(hidden: np.ndarray) -> Table:
    frame = pd.DataFrame({"point": [WORDS.point(day, "month") for day in SERIES.start], "observed": SERIES.rate})
    columns = [Column("point", "Month"), Column("observed", "Observed", "number")]
    return table(frame, "Any caption", columns, WORDS, hidden=pd.DataFrame({"observed": hidden}))


def test_a_protected_run_passes(house: Path) -> None:
    run = write(house / "run", content(PROTECTED.hidden, PROTECTED.withheld))
    (run / "tables" / "table-1.csv").write_text(tables_csv(monthly_table(PROTECTED.hidden), WORDS), encoding="utf-8")
    (run / "report.html").write_text(monthly_table(PROTECTED.hidden).html("t"), encoding="utf-8")
    assert PROTECTED.hidden.sum() > PROTECTED.small.sum() == 3
    assert gates.disclosure_gate(run) == []


def test_small_counts_in_results_block_and_are_named(house: Path) -> None:
    (found,) = gates.disclosure_gate(write(house / "run", content(NOTHING)))
    assert found.blocking
    assert found.gate == "disclosure"
    assert "public_violence_month: 3 counts" in found.message
    assert "2017-07-01 must lie between 3 and 3" in found.message
    assert "series/count/30" in found.message


def test_primary_suppression_alone_is_undone_by_the_sum_of_the_period(house: Path) -> None:
    # September 2019 is the only small month of agreement 2: it is the printed sum less the other 23 months
    (found,) = gates.disclosure_gate(write(house / "run", content(SERIES.count < 5)))
    assert "2019-09-01 must lie between 4 and 4" in found.message
    assert "description/" in found.message


def test_rates_in_a_csv_are_found_whatever_the_heading(house: Path) -> None:
    run = write(house / "run", content(PROTECTED.hidden, PROTECTED.withheld))
    (run / "tables" / "table-1.csv").write_text(tables_csv(monthly_table(NOTHING), WORDS), encoding="utf-8")
    (found,) = gates.disclosure_gate(run)
    assert "tables/table-1.csv" in found.message


def test_rounded_rates_on_the_page_are_found(house: Path) -> None:
    run = write(house / "run", content(PROTECTED.hidden, PROTECTED.withheld))
    (run / "report.html").write_text(monthly_table(NOTHING).html("t"), encoding="utf-8")
    assert "report.html, table 1" in gates.disclosure_gate(run)[0].message


def test_an_alternative_text_that_names_a_small_month_is_found(house: Path) -> None:
    # 3 cases in 2 012 person-years: 149 per 100 000
    run = write(house / "run", content(PROTECTED.hidden, PROTECTED.withheld))
    alt = f"Line chart: {INDICATOR.name['en']}. Smallest: 149 in {WORDS.point(SERIES.start[30], 'month')}."
    (run / "report.html").write_text(f'<img alt="{alt}">', encoding="utf-8")
    assert "report.html, text" in gates.disclosure_gate(run)[0].message


def test_a_table_block_of_the_notebook_is_read(house: Path) -> None:
    run = write(house / "run", content(PROTECTED.hidden, PROTECTED.withheld))
    output = {"data": {"application/vnd.evaluation.block+json": monthly_table(NOTHING).block()}}
    (run / "notebook.ipynb").write_text(json.dumps({"cells": [{"outputs": [output]}, {}]}), encoding="utf-8")
    assert "notebook.ipynb, block 1" in gates.disclosure_gate(run)[0].message


def test_a_sum_in_a_table_of_the_indicator_counts(house: Path) -> None:
    """Small months hidden alone, no sum in results.json, but the table of designs prints the period's sum."""
    run = write(house / "run", content(SERIES.count < 5, SUMS))
    assert gates.disclosure_gate(run) == []
    period = (SERIES.start >= np.datetime64("2019-01-01")) & (SERIES.start <= np.datetime64("2020-12-01"))
    frame = pd.DataFrame({"design": ["rate ratio"], "observed": [COUNTS[period].sum()]})
    columns = [Column("design", "Design"), Column("observed", "Observed", "count")]
    made = table(frame, f"Designs: {INDICATOR.name['en']}", columns, WORDS)
    (run / "tables" / "table-1.csv").write_text(tables_csv(made, WORDS), encoding="utf-8")
    assert "2019-09-01" in gates.disclosure_gate(run)[0].message


def publish(house: Path, results: dict[str, object]) -> None:
    history = house / "reports" / ".history" / "exempelkoping" / "agreement-2"
    history.mkdir(parents=True)
    manifest = {"job": "agreement-2", "ended": "2026-06-01", "numbers": {"values": dict(numbers_in(results))}}
    (history / "seal.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_what_is_out_already_is_said_and_does_not_block(house: Path) -> None:
    publish(house, content(NOTHING))
    (found,) = gates.disclosure_gate(write(house / "run", content(PROTECTED.hidden, SUMS)))
    assert not found.blocking
    assert "earlier editions" in found.message


def test_what_is_out_already_blocks_when_it_is_printed_again(house: Path) -> None:
    publish(house, content(NOTHING))
    assert gates.disclosure_gate(write(house / "run", content(NOTHING)))[0].blocking


def test_identifiers_block_and_the_contact_does_not(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write(house / "run", content(NOTHING))
    (run / "report.html").write_text("<p>Questions: anna@example.se. 2 012 inhabitants</p>", encoding="utf-8")
    named = SimpleNamespace(study=SimpleNamespace(contact="the municipality, anna@example.se"))
    monkeypatch.setattr(gates, "load_study", lambda path: named)
    assert gates.personal_data_gate(run) == []
    (run / "tables" / "table-1.csv").write_text("place\r\nseen by bo.ek@example.se\r\n", encoding="utf-8")
    (found,) = gates.personal_data_gate(run)
    assert found.blocking
    assert "tables/table-1.csv holds 1 personal identifiers: email" in found.message
    assert "bo.ek" not in found.message


def test_quarters_of_one_page_and_months_of_another_are_attacked_together(house: Path) -> None:
    """July 2017 alone is hidden; the page before printed quarters: July is the quarter less August and September."""
    quarters = coarser(SERIES)
    assert quarters is not None
    record = {
        "agreement": "1",
        "indicator": INDICATOR.id,
        "area": "9999",
        "series": {"count": quarters.count.tolist(), "exposure": quarters.exposure.tolist()},
    }
    publish(house, content(NOTHING) | {"evaluations": [record]})
    (found,) = gates.disclosure_gate(write(house / "run", content(SERIES.count < 5, SUMS)))
    assert found.blocking
    assert "2017-07-01 must lie between 3 and 3" in found.message
