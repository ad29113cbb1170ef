"""Preparing a study: nothing personal is written, nothing is read twice, nothing half-written is believed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
from pathlib import Path

import pandas as pd
import pytest

from evaluation.errors import GateError, InputError
from evaluation.runs.project import Project
from evaluation.session import open_study
from evaluation.session.prepare import prepare, refuse_personal_data
from evaluation.study import Study, load_study

ROOT = Path(__file__).parents[2]
PLANTED = {
    "identity number": "Ring 19811218-9876",
    "coordination number": "Sett 811278-9873 igen",
    "phone": "Nås på 070-123 45 67",
    "e-mail": "Skriv till anna.andersson@exempel.se",
    "plate": "Bilen ABC 123 stod kvar",
    "street number": "Hände vid Storgatan 14 B",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The real study's raw files in a project of the test's own."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "raw" / "upplands-vasby", raw / "upplands-vasby")
    return Project(tmp_path)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "studies" / "upplands-vasby.toml")


def rewrite(project: Project, name: str, old: str, new: str) -> None:
    """Change a raw file and its card together, as somebody does who delivers a new file."""
    file = project.raw / "upplands-vasby" / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    card = file.with_name(name + ".card.toml")
    sha256, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
    text = re.sub(r'sha256 = "[0-9a-f]{64}"', f'sha256 = "{sha256}"', card.read_text(encoding="utf-8"))
    card.write_text(re.sub(r"^bytes = \d+", f"bytes = {size}", text, flags=re.MULTILINE), encoding="utf-8")


@pytest.mark.parametrize("text", PLANTED.values(), ids=list(PLANTED))
@pytest.mark.parametrize("dtype", ["str", "category", "object"])
def test_a_planted_identifier_stops(text: str, dtype: str) -> None:
    frame = pd.DataFrame({"day": [1, 2, 3], "place": pd.Series(["Torget", text, text], dtype=dtype)})
    with pytest.raises(GateError, match=r"incidents, column place.*in 2 rows, first row 2") as stopped:
        refuse_personal_data(frame, "incidents")
    assert text not in str(stopped.value)


def test_ordinary_words_and_numbers_raise_no_alarm() -> None:
    words = ["Torget", "6822085", "2021-05-14 kl. 22", "0114", "Källa: Brå", "3–7 kap.", ""]
    refuse_personal_data(pd.DataFrame({"place": words, "n": range(len(words))}), "incidents")


def test_nothing_is_written_when_an_identifier_is_found(project: Project, study: Study) -> None:
    rewrite(project, "published_survey_shares.csv", "81300 asked", "81300 asked; ring 070-123 45 67")
    with pytest.raises(GateError, match="survey_shares, column note"):
        prepare(project, study)
    assert not project.processed.exists()


def test_unchanged_inputs_are_not_read_again(project: Project, study: Study) -> None:
    first = prepare(project, study)
    again = prepare(project, study)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.records == first.records
    pd.testing.assert_frame_equal(again.ledger, first.ledger)


def test_a_lost_or_changed_file_is_read_again(project: Project, study: Study) -> None:
    prepare(project, study)
    (project.processed / study.id / "offences_by_month.parquet").unlink()
    assert prepare(project, study).fresh
    rewrite(project, "offences_by_month.csv", "2020,1,assault,26,", "2020,1,assault,27,")
    changed = prepare(project, study)
    months = changed.frame("offences_by_month")
    assert changed.fresh
    assert months.loc[months["offence_type"].eq("assault"), "count"].iloc[0] == 27


@pytest.mark.parametrize("content", [b"", b'{"stamp": "', b"\xff\xfe"], ids=["empty", "cut off", "no text"])
def test_damaged_records_are_no_records(project: Project, study: Study, content: bytes) -> None:
    """A machine that lost its power may leave any of these."""
    prepare(project, study)
    (project.processed / study.id / "records.json").write_bytes(content)
    assert prepare(project, study).fresh


def test_what_is_written_may_be_read_by_whom_the_system_lets(project: Project, study: Study) -> None:
    """A timer prepares as one user, an analyst reads as another; the umask decides, as for every other file."""
    before = os.umask(0o027)
    try:
        folder = prepare(project, study).folder
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o640}


def test_a_full_disk_leaves_nothing_beside_the_tables(
    project: Project, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: pd.DataFrame, path: Path, **_: object) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises(OSError, match="No space"):
        prepare(project, study)
    assert list((project.processed / study.id).iterdir()) == []


def test_what_the_study_file_says_of_areas_counts(tmp_path: Path) -> None:
    """A log is counted for the areas of the study: one that is added later must not be missing from the counts."""
    raw = tmp_path / "data" / "raw" / "exempelkoping"
    shutil.copytree(ROOT / "data" / "raw" / "exempelkoping", raw)
    whole = load_study(ROOT / "studies" / "exempelkoping.toml")
    without = whole.model_copy(update={"areas": tuple(area for area in whole.areas if area.code != "0425")})
    counted = [set(prepare(Project(tmp_path), one).frame("incidents")["area_code"]) for one in (without, whole)]
    assert counted[1] - counted[0] == {"0425"}


def test_dates_of_a_card_count(project: Project, study: Study) -> None:
    """Which of two exports is the newer one, and on which day a table was true, is told by its card alone."""
    prepare(project, study)
    card = project.raw / study.id / "offences_by_month.csv.card.toml"
    dated = re.sub(r"(?m)^accessed = .*$", "accessed = 2026-11-01", card.read_text(encoding="utf-8"))
    card.write_text(dated, encoding="utf-8")
    assert prepare(project, study).fresh


def test_bytes_that_differ_from_the_card_stop(project: Project, study: Study) -> None:
    file = project.raw / study.id / "offences_by_month.csv"
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(InputError, match=r"offences_by_month\.csv.*SHA-256"):
        prepare(project, study)


def test_every_raw_row_of_the_real_study_is_used(project: Project, study: Study) -> None:
    records = prepare(project, study).records
    rows = {name: (record["rows_read"], record["rows_kept"]) for name, record in records.items()}
    assert rows["offences_by_quarter"] == (1248, 1248)
    assert rows["offences_by_year"] == (991, 991)
    assert rows["offences_by_month"] == (2016, 2016)
    assert all(read == kept for read, kept in rows.values())


def test_series_and_panels_are_made_once_and_areas_without_figures_are_left_out() -> None:
    session = open_study("upplands-vasby", root=ROOT)
    indicator = session.find_indicator("assault_month")
    present = set(session.data.rates(indicator)["area_code"])
    pool = session.data.pool(indicator)
    asked = [area.code for area in session.study.areas_with_role("comparison")]
    assert [series.area for series in pool] == [code for code in asked if code in present]
    assert len(pool) < len(asked)
    assert session.data.series(indicator) is session.data.series(indicator)
    assert session.data.panel(indicator) is session.data.panel(indicator)
