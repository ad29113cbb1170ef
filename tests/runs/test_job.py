"""Jobs have names that can be folders, and an order that respects what they depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.runs.job import Job, check_slug, in_order, needs


def job(job_id: str, *depends_on: str, study: str = "s") -> Job:
    return Job(id=job_id, study=study, notebook="a.ipynb", depends_on=depends_on)


@pytest.mark.parametrize("name", ["a", "03-agreement-period-3", "06_overview", "upplands-vasby.2024", "0114"])
def test_plain_names_are_accepted(name: str) -> None:
    assert check_slug(name, "job") == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "a..b",
            "../x",
            "/etc",
            "a/b",
            "a\\b",
            "-a",
            "a-",
            "A",
            "å",
            "a b",
            "a\n",
            "con",
            "nul.x",
            "com1",
        ),
        *("a" * 81, "{study}", "a;b", "$(x)", "a\x00", "~", "%41", "a.", "．．", "lpt9", "nul.x", "com1"),
    ],
)
def test_names_that_could_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="a–z"):
        check_slug(name, "job")


@given(st.text(max_size=90))
def test_an_accepted_name_is_one_harmless_path_part(name: str) -> None:
    try:
        check_slug(name, "job")
    except ParameterError:
        return
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert ".." not in name
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize(
    "notebook", ["a.py", "../a.ipynb", "x/a.ipynb", "a.ipynb.exe", "a{b}.ipynb", "http://x/a.ipynb"]
)
def test_a_notebook_is_a_file_name_in_the_notebooks_folder(notebook: str) -> None:
    with pytest.raises(ParameterError, match="notebook of job a"):
        Job(id="a", study="s", notebook=notebook)


def test_jobs_stand_after_what_they_depend_on() -> None:
    jobs = [job("06", "01", "03"), job("03", "01"), job("01"), job("01", study="t")]
    assert [j.key for j in in_order(jobs)] == ["s/01", "t/01", "s/03", "s/06"]
    assert needs(jobs[0]) == ("s/01", "s/03")


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ([job("a"), job("a")], "two jobs with one id"),
        ([job("a", "b"), job("b", "a")], "circle"),
        ([job("a", "x")], r"unknown jobs \['s/x'\]"),
        ([job("a", "b"), job("b", study="t")], r"unknown jobs \['s/b'\]"),
    ],
)
def test_impossible_lists_of_jobs_are_refused(jobs: list[Job], found: str) -> None:
    with pytest.raises(ParameterError, match=found):
        in_order(jobs)
