"""A whole study out of files that nobody described: it has no fault, it answers, and nothing is written by halves."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from evaluation import open_study
from evaluation.errors import EvaluationError, InputError, ParameterError
from evaluation.onboarding.blanks import blanks_of
from evaluation.onboarding.cards_text import card_text
from evaluation.onboarding.categories import decide_categories, propose_categories, read_log
from evaluation.onboarding.log_columns import propose_log
from evaluation.onboarding.log_study import log_addition, ready_log
from evaluation.onboarding.new_study import NewStudy, new_study
from evaluation.onboarding.package import Package, put_in_place
from evaluation.onboarding.request import Request, period_of
from evaluation.onboarding.sheet import sheet_of
from evaluation.runs.project import Project
from evaluation.session.faults import faults_of
from evaluation.session.pages.quality_log import reporter_rows
from evaluation.study import load_study
from evaluation.study.cards import load_card, verify_checksum

TODAY = date(2026, 3, 1)
RAW = Path(__file__).parents[2] / "data" / "raw" / "exempelkoping"
PERIODS = (period_of("2018-07-01..2020-12-31"), period_of("2021..2025"))


def request(*files: Path, **further: object) -> Request:
    asked = Request("0163", "Sollentuna", "sollentuna", PERIODS, tuple(files))
    return replace(asked, **further)  # type: ignore[arg-type]


def written(made: NewStudy, project: Project) -> Project:
    put_in_place(made.package, project)
    return project


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def study(project: Project, files: dict[str, Path]) -> Project:
    """Sollentuna out of a table of quarters, Kolada and SCB."""
    return written(new_study(request(*files.values()), project, TODAY), project)


def test_the_study_has_no_fault_and_every_file_is_an_unchanged_copy_with_a_card(
    study: Project, files: dict[str, Path]
) -> None:
    assert faults_of(study, "sollentuna") == ()
    for name, path in files.items():
        copy = study.raw / "sollentuna" / name
        assert copy.read_bytes() == path.read_bytes()
        assert verify_checksum(copy).accessed == TODAY
    assert load_card(study.raw / "sollentuna" / "folkmangd.json").publisher == "Statistiska centralbyrån (SCB)"
    assert any("source" in blank for blank in blanks_of(study, "sollentuna"))


def test_indicators_sources_and_baselines_follow_from_the_files(study: Project) -> None:
    """Quarters from 2014: the baseline begins with the reorganisation of 2015. Kolada from 2005: ten years back."""
    loaded = load_study(study.studies / "sollentuna.toml")
    assert [(one.id, one.role, one.source, one.exposure) for one in loaded.indicators] == [
        ("all_offences_quarter", "primary", "offences_by_quarter", "mean_population"),
        ("vandalism_year", "primary", "kolada_by_year", "mean_population"),
    ]
    assert [(one.grain, str(one.start), str(one.end)) for one in loaded.fixed_baselines] == [
        ("quarter", "2015-01-01", "2018-06-30"),
        ("year", "2008-01-01", "2018-06-30"),
    ]
    assert [one.previous_baseline for one in loaded.agreements] == ["fixed", "1"]
    assert loaded.study.update_interval_days == 91  # the finest grain of what decides: quarters
    assert {one.priority_area for one in loaded.missing_indicators} == {
        "perceived_safety",
        "close_relationships",
        "recruitment",
        "organised_crime",
    }
    assert len(loaded.areas_with_role("comparison")) == 10


def test_it_answers_with_a_planted_fall_and_with_what_cannot_be_assessed(study: Project) -> None:
    """Offences fall from 1000 to 700 a quarter in 2021; vandalism has five yearly points and gets no verdict."""
    session = open_study("sollentuna", root=study.root)
    found = {one.indicator.id: one for one in session.evaluations("2")}
    assert (found["all_offences_quarter"].judgement.verdict) == "clear_decrease"
    assert found["vandalism_year"].judgement.verdict == "cannot_be_assessed"
    series = session.data.series(session.study.indicator("vandalism_year"))
    # SCB: 31 December 2019 75 000 and 2020 76 000, mean of 2020 75 500; Kolada: 1 510 per 100 000
    assert series.count[series.start.astype(str) == "2020-01-01"].tolist() == [round(1510 * 75_500 / 100_000)]


def test_the_file_explains_itself_and_says_what_it_does_not_use(study: Project) -> None:
    text = (study.studies / "sollentuna.toml").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("# --- ")]
    assert len(headings) == 8
    assert all(text.partition(line)[2].lstrip("\n").startswith("# ") for line in headings)


def test_nothing_is_overwritten(study: Project, files: dict[str, Path]) -> None:
    before = everything(study.root)
    with pytest.raises(ParameterError, match="nothing is overwritten"):
        put_in_place(new_study(request(*files.values()), study, TODAY).package, study)
    other = new_study(request(*files.values(), study="sollentuna-2"), study, TODAY)
    put_in_place(other.package, study)
    after = everything(study.root)
    assert {name: after[name] for name in before} == before
    assert faults_of(study, "sollentuna-2") == ()


def test_files_that_lie_in_the_folder_already_stay_with_their_cards(project: Project, files: dict[str, Path]) -> None:
    """As `evaluation fetch` leaves them."""
    first = written(new_study(request(*files.values()), project, TODAY), project)
    folder = first.raw / "sollentuna"
    card = folder / "kolada.json.card.toml"
    card.write_text(card.read_text(encoding="utf-8") + 'url = "https://example.org"\n', encoding="utf-8")
    (first.studies / "sollentuna.toml").unlink()
    (folder / "mean_population_derived.csv").unlink()
    (folder / "mean_population_derived.csv.card.toml").unlink()
    made = new_study(request(*files.values()), first, date(2026, 4, 1))  # copies elsewhere, another day
    assert {path.name for path in put_in_place(made.package, first)} == {
        "sollentuna.toml",
        "mean_population_derived.csv",
        "mean_population_derived.csv.card.toml",
    }
    assert load_card(folder / "kolada.json").url == "https://example.org"


def test_an_error_while_writing_takes_everything_back(
    project: Project, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = new_study(request(*files.values()), project, TODAY)
    before = sorted(project.root.rglob("*"))

    def full(_: int) -> None:
        if len(list((project.root / "data" / "raw" / "sollentuna").iterdir())) > 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("evaluation.onboarding.package.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        put_in_place(made.package, project)
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("brott.csv", "Kommunkod;Kvartal;Antal\n0114;2020K1;3\n0114;2020K2;4\n", "figures of 0114"),
        ("brott.csv", "Kommunkod;Kvartal;Antal\n0163;2020K1;3\n0163;2020K1;4\n", "second figure"),
        ("brott.csv", "Kommun;2019;2020;2021\nSollentuna;5000;5100;4900\n", r"2019, 2020, 2021 …\).*table.melt"),
        ("brott.csv", "Brottstyp;2019K1;2019K2;2019K3\nStöld;50;51;49\n", "a row for each area and period"),
        ("brott.csv", "Månad;Antal\n2019-01;30\n2019-02;31\n", "no area.*`Kommunkod` with 0163"),
        ("notes.txt", "Hej\nDetta är ingen tabell\n", "notes.txt"),
    ],
)
def test_files_that_do_not_do_are_refused_by_name(
    name: str, text: str, what: str, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=what):
        new_study(request(path), project, TODAY)
    assert sorted(project.root.rglob("*.toml")) == []


def test_files_that_contradict_each_other_are_refused(project: Project, files: dict[str, Path], tmp_path: Path) -> None:
    other = tmp_path / "brott2.csv"
    first = files["brott.csv"].read_text(encoding="utf-8").splitlines()[1].split(";")
    lines = [";".join([*first[:3], str(int(first[3]) + 1), first[4], first[5]]), ""]
    other.write_text("\n".join(["Kommunkod;Kvartal;Brottstyp;Antal;Per 100 000;Preliminär", *lines]), encoding="utf-8")
    with pytest.raises(InputError, match=f"{first[3]} and {int(first[3]) + 1}"):
        new_study(request(*files.values(), other), project, TODAY)


@pytest.mark.parametrize(
    "named",
    [{"compare": ("0180",)}, {"neighbours": ("0191",)}, {"left_out": ("180",)}, {"published": frozenset({"x"})}],
)
def test_a_municipality_or_file_that_is_not_there_is_refused(
    named: dict[str, object], project: Project, files: dict[str, Path]
) -> None:
    with pytest.raises(ParameterError, match="do not hold"):
        new_study(request(*files.values(), **named), project, TODAY)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"study": "../../../evil"}, "--id '../../../evil'"),
        ({"study": "/tmp/evil"}, "--id '/tmp/evil'"),
        ({"study": "Sollentuna två"}, "--id 'Sollentuna två'"),
        ({"languages": ("sv", "de")}, "--language: found sv de"),
        ({"languages": ("sv", "sv")}, "--language: found sv sv"),
        ({"languages": ()}, "--language: found none"),
        ({"files": (Path("a\n[[sources]].csv"),)}, "a name that a study file cannot hold"),
    ],
)
def test_what_could_not_be_written_is_refused_before_any_file_is_read(asked: dict[str, object], where: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        request(**asked)
    assert where in str(refused.value)


def test_a_log_whose_name_would_break_the_study_file_is_refused(exports: ModuleType, tmp_path: Path) -> None:
    path = exports.embrace_like(tmp_path / "log\n[[sources]].csv")
    log = propose_log(sheet_of(path))
    with pytest.raises(InputError, match="a name that a study file cannot hold"):
        ready_log(path, log, {}, read_log(path, log).frame)


def test_a_card_of_another_file_is_refused_though_its_size_fits(project: Project, files: dict[str, Path]) -> None:
    card = card_text("tidy_counts", b"x" * files["brott.csv"].stat().st_size, TODAY)
    files["brott.csv"].with_name("brott.csv.card.toml").write_text(card, encoding="utf-8")
    with pytest.raises(InputError, match="a card of other bytes"):
        new_study(request(*files.values()), project, TODAY)


def test_a_link_that_leads_nowhere_is_neither_followed_nor_removed(project: Project, files: dict[str, Path]) -> None:
    made = new_study(request(*files.values()), project, TODAY)
    link = project.raw / "sollentuna" / "brott.csv"
    link.parent.mkdir(parents=True)
    link.symlink_to(project.root / "nowhere")
    with pytest.raises(ParameterError, match="nothing is overwritten"):
        put_in_place(made.package, project)
    assert link.is_symlink()
    assert everything(project.root) == {}


def test_two_files_of_one_name_are_refused(project: Project, files: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "brott.csv"
    other.write_bytes(files["brott.csv"].read_bytes())
    with pytest.raises(InputError, match="two files of this name"):
        new_study(request(*files.values(), other), project, TODAY)


def test_survey_waves_with_a_codebook(project: Project) -> None:
    """The questions and waves of Exempelköping, out of its files alone."""
    names = ["kodbok_trygghetsmatning", "trygghetsmatning_2018", "trygghetsmatning_2025"]
    waves = [RAW / f"{name}_syntetiska_exempeldata.csv" for name in names]
    written(new_study(request(*waves, study="enkat"), project, TODAY), project)
    study = load_study(project.studies / "enkat.toml")
    assert [(one.id, one.options["wave"]) for one in study.sources] == [
        ("safety_survey", "2025"),
        ("safety_survey_2018", "2018"),
    ]
    assert study.sources[1].options["sex"] == {"K": "woman", "M": "man"}
    assert [(one.id, one.counts) for one in study.survey_questions] == [
        ("insecure_after_dark", "insecure"),
        ("victim_of_crime", "victims"),
    ]


def test_a_wave_whose_words_for_the_sexes_are_unknown_is_said(project: Project, tmp_path: Path) -> None:
    book = RAW / "kodbok_trygghetsmatning_syntetiska_exempeldata.csv"
    answers = (RAW / "trygghetsmatning_2018_syntetiska_exempeldata.csv").read_text(encoding="utf-8")
    wave = tmp_path / "svar_2018.csv"
    wave.write_text(answers.replace(";K;", ";X;"), encoding="utf-8")
    made = new_study(request(book, wave, study="enkat"), project, TODAY)
    assert [note for note in made.draft.notes if "man and woman" in note] == [
        "svar_2018.csv: which code means man and woman is not known; add `sex` to its fields and options"
    ]


def test_a_log_becomes_indicators_and_a_reviewed_map(project: Project, exports: ModuleType, tmp_path: Path) -> None:
    """1 500 incidents in 72 months: 392 and 387 give over five a month, 353 vandalism do not."""
    log = exports.embrace_like(tmp_path / "embrace.csv")
    with pytest.raises(ParameterError, match="Arrangemang"):
        new_study(request(log, study="logg"), project, TODAY)
    made = new_study(request(log, study="logg"), project, TODAY, rest_as_other=True)
    written(made, project)
    study = load_study(project.studies / "logg.toml")
    assert [(one.id, one.role) for one in study.indicators] == [
        ("gathering_month", "primary"),
        ("insecure_place_month", "exploratory"),
    ]
    assert "public_places" not in {one.priority_area for one in study.missing_indicators}
    series = open_study("logg", root=project.root).data.series(study.indicator("gathering_month"))
    # December 2023, the month of the export, is not over
    gatherings = [one for one in exports.incidents(exports.EMBRACE_KINDS) if one.kind.startswith("Otrygghetss")]
    assert series.count.sum() == sum(one.start.strftime("%Y-%m") < "2023-12" for one in gatherings) == 385


def test_a_log_without_reporter_and_registration_has_a_quality_page(
    project: Project, exports: ModuleType, tmp_path: Path
) -> None:
    """The page says what such a log does not tell, instead of an empty name and an estimate out of nothing."""
    log = exports.police_csv(tmp_path / "polis.csv")
    written(new_study(request(log, study="polis"), project, TODAY), project)
    session = open_study("polis", language="en", root=project.root)
    rows = reporter_rows(session, "incidents")
    assert [(row["reporter"], row["silent"]) for row in rows] == [("reporter not stated", "no month")]
    shown = repr(session.quality().registration())
    assert "does not say when incidents were registered" in shown


@pytest.mark.parametrize("layout", ["police_workbook", "police_csv"])
def test_a_police_extract_is_written_into_a_study_that_stands(
    layout: str, study: Project, exports: ModuleType, tmp_path: Path
) -> None:
    """Every line of the file above stays; a log without reporter or day of registration can be prepared."""
    from evaluation.onboarding.package import check_package, package_of_log

    path = getattr(exports, layout)(tmp_path / ("polis.xlsx" if layout == "police_workbook" else "polis.csv"))
    log = propose_log(sheet_of(path))
    reading = read_log(path, log)
    kinds = decide_categories(propose_categories(reading), {}, rest_as_other=True)
    file = study.studies / "sollentuna.toml"
    text = file.read_text(encoding="utf-8")
    ready = ready_log(path, log, kinds, reading.frame)
    package = package_of_log("sollentuna", text, ready, log_addition(text, ready), TODAY)
    check_package(package, study, into_study=True)
    put_in_place(package, study, into_study=True)
    assert file.read_text(encoding="utf-8").startswith(text.rstrip("\n"))
    assert faults_of(study, "sollentuna") == ()
    added = {one.id for one in load_study(file).indicators}
    assert added >= {"vandalism_month"}
    with pytest.raises(EvaluationError, match="already"):
        log_addition(file.read_text(encoding="utf-8"), ready)


def test_every_key_of_a_new_study_is_one_of_the_model(study: Project) -> None:
    raw = tomllib.loads((study.studies / "sollentuna.toml").read_text(encoding="utf-8"))
    assert raw["study"]["municipality"] == "0163"
    assert raw["sources"][0]["options"]["status_words"] == {"ja": "preliminary", "nej": "final"}


def test_a_package_is_only_what_it_says() -> None:
    assert Package("x", {"studies/x.toml": b""}).files == {"studies/x.toml": b""}
