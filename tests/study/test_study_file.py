"""A study file with a mistake ends with that mistake named: file, key, found, expected, what to do; all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.study import StudyFaultsError, examine_study, load_study

ROOT = Path(__file__).parents[2]
REAL = (ROOT / "studies" / "upplands-vasby.toml").read_text(encoding="utf-8")


def examined(text: str, tmp_path: Path, name: str = "upplands-vasby") -> tuple[bool, str, int]:
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    study, problems = examine_study(path)
    return study is not None, "\n".join(str(problem) for problem in problems), len(problems)


def test_the_shipped_study_has_no_fault(tmp_path: Path) -> None:
    assert examined(REAL, tmp_path) == (True, "", 0)


# (what is replaced, by what, words that the message must hold)
MISTAKES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "code as a number": ('municipality = "0114"', "municipality = 114", ("study.municipality", "114", "0114")),
    "code with three digits": ('municipality = "0114"', 'municipality = "114"', ("study.municipality", "'114'")),
    "unknown key": ("synthetic = false", "synthetic = false\nsyntetic = true", ("study.syntetic", "unknown key")),
    "missing key": ("update_interval_days = 92\n", "", ("study.update_interval_days", "nothing")),
    "text in one language": (
        ', en = "the municipality\'s crime-prevention strategist" }',
        " }",
        ("study.contact", "also en"),
    ),
    "date as text": ("start = 2017-01-01", 'start = "first of January"', ("agreements.1.start", "first of January")),
    "impossible date": ("start = 2017-01-01", "start = 2017-02-30", ("(file)", "valid TOML")),
    "end before start": ("end = 2018-12-31", "end = 2016-12-31", ("agreements[1].end", "2016-12-31")),
    "periods overlap": ("start = 2019-01-01", "start = 2018-06-01", ("agreements[2].start", "overlap")),
    "unknown priority area": (
        'priority_areas = ["public_places", "perceived_safety", "overall"]',
        'priority_areas = ["public_space"]',
        ("agreements[1].priority_areas", "public_space", "public_places"),
    ),
    "baseline names no agreement": (
        'previous_baseline = "1"',
        'previous_baseline = "0"',
        ("agreements[2].previous_baseline", "'0'", "fixed"),
    ),
    "baseline is a later agreement": (
        'previous_baseline = "1"',
        'previous_baseline = "4"',
        ("agreements[2].previous_baseline", "'4'", "before 2019-01-01"),
    ),
    "fixed baseline runs into agreement": (
        'grain = "quarter"\nstart = 2015-01-01\nend = 2016-12-31',
        'grain = "quarter"\nstart = 2015-01-01\nend = 2017-12-31',
        ("fixed_baselines[quarter].end", "2017-12-31", "2017-01-01"),
    ),
    "baseline crosses a break": (
        'kind = "recording"\neffect = "caution"\ntext = { sv = "Polisen',
        'kind = "recording"\neffect = "series_broken"\ntext = { sv = "Polisen',
        ("fixed_baselines[year]", "across the break of 2015-01-01"),
    ),
    "no baseline for a grain": (
        'grain = "month"\nstart = 2015-01-01\nend = 2016-12-31',
        'grain = "quarter"\nstart = 2015-01-01\nend = 2016-12-31',
        ("fixed_baselines", "grain month"),
    ),
    "source does not exist": (
        'source = "offences_by_month"\noffence_type = "assault"',
        'source = "offences_monthly"\noffence_type = "assault"',
        ("indicators[assault_month].source", "offences_monthly"),
    ),
    "source of the wrong kind": (
        'source = "offences_by_month"\noffence_type = "assault"',
        'source = "mean_population"\noffence_type = "assault"',
        ("indicators[assault_month].source", "of kind mean_population"),
    ),
    "exposure is no population": (
        'exposure = "mean_population"\ncaveats = [\n  { sv = "Skadegörelse',
        'exposure = "offences_by_year"\ncaveats = [\n  { sv = "Skadegörelse',
        ("indicators[vandalism_year].exposure", "tidy_counts"),
    ),
    "two tables of measures": (
        'kind = "context_events"\nfile = "context_events.csv"',
        'kind = "measures"\nfile = "context_events.csv"',
        ("sources.kind", "measures in context_register, measures", "one source of kind measures"),
    ),
    "unknown source kind": (
        'kind = "mean_population"',
        'kind = "population"',
        ("sources.4.kind", "'population'", "mean_population"),
    ),
    "wrong direction word": (
        'wanted = "decrease"\nrole = "primary"',
        'wanted = "down"\nrole = "primary"',
        ("wanted", "'down'"),
    ),
    "path in a file name": (
        'file = "offences_by_year.csv"',
        'file = "../offences_by_year.csv"',
        ("sources.2.file", "../offences_by_year.csv"),
    ),
    "translation missing": (
        'name = { sv = "Misshandel per månad", en = "Assault by month" }',
        'name = { sv = "Misshandel per månad" }',
        ("indicators.7.name", "also en"),
    ),
    "two targets": (
        'name = "Vallentuna"\nrole = "comparison"',
        'name = "Vallentuna"\nrole = "target"',
        ("areas.role", "2 targets", "one target"),
    ),
    "no target": ('role = "target"', 'role = "part"', ("areas.role", "0 targets")),
    "reason missing": (
        'reason = { sv = "Samma län och polisregion, annat lokalpolisområde.", '
        'en = "Same county and police region, another local police district." }',
        "",
        ("areas[0115].reason", "Vallentuna"),
    ),
    "area twice": ('code = "0117"', 'code = "0115"', ("areas.code", "'0115' 2 times")),
    "indicator twice": ('id = "theft_year"', 'id = "vandalism_year"', ("indicators.id", "'vandalism_year' 2 times")),
    "oddity in unknown area": ('area = "0191"', 'area = "1091"', ("oddities.area", "1091")),
    "claim names nothing": ('indicators = ["insecure_after_dark"]', "indicators = []", ("claims[safer_after_dark]",)),
    "claim names unknown outcome": (
        'indicators = ["insecure_after_dark"]',
        'indicators = ["insecurity"]',
        ("claims[safer_after_dark].indicators", "insecurity"),
    ),
    "priority area without any outcome": (
        'id = "recruitment_indicator"\nname = { sv = "Rekrytering till kriminella nätverk", '
        'en = "Recruitment to criminal networks" }\npriority_area = "recruitment"',
        'id = "recruitment_indicator"\nname = { sv = "Rekrytering", en = "Recruitment" }\npriority_area = "overall"',
        ("priority_areas[recruitment]", "nothing that measures it"),
    ),
    "pool too small": ("minimum_donors = 8", "minimum_donors = 40", ("areas.role", "23 comparison areas", "40")),
    "threshold out of range": (
        "largest_detectable_change = 50",
        "largest_detectable_change = 500",
        ("thresholds.largest_detectable_change", "500"),
    ),
    "transition eats the agreement": ("transition_points = 0", "transition_points = 12", ("plan.transition_points",)),
    "places compared for no indicator": (
        'previous_baseline = "3"',
        'previous_baseline = "3"\nplace_indicators = ["graffiti"]',
        ("agreements[4].place_indicators", "graffiti"),
    ),
    "reports held against a feeling": (
        'item = "otrygg_ute_sen_kvall"',
        'item = "otrygg_ute_sen_kvall"\nrecorded_series = ["theft_quarter"]',
        ("survey_questions[insecure_after_dark].recorded_series", "theft_quarter", "counts insecure"),
    ),
    "reports of a series that is not there": (
        'counts = "insecure"',
        'counts = "victims"\nrecorded_series = ["graffiti"]',
        ("survey_questions[insecure_after_dark].recorded_series", "'graffiti'", "one of"),
    ),
    "a recorded series twice": (
        'counts = "insecure"',
        'counts = "victims"\nrecorded_series = ["theft_quarter", "theft_quarter"]',
        ("recorded_series", "'theft_quarter' 2 times", "each once"),
    ),
    "two sources for one file": (
        'id = "offences_by_year"\nkind = "tidy_counts"\nfile = "offences_by_year.csv"',
        'id = "offences_by_year"\nkind = "tidy_counts"\nfile = "offences_by_quarter.csv"',
        ("sources.file", "offences_by_quarter.csv"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_planted_mistake_is_named(mistake: str, tmp_path: Path) -> None:
    before, after, words = MISTAKES[mistake]
    assert before in REAL
    usable, message, count = examined(REAL.replace(before, after, 1), tmp_path)
    assert not usable
    assert count >= 1
    assert message.startswith("upplands-vasby.toml: ")
    assert all(word in message for word in words), message
    assert "What to do:" in message


def test_there_are_at_least_25_mistakes() -> None:
    assert len(MISTAKES) >= 25


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    text = REAL
    for mistake in (
        "code as a number",
        "source does not exist",
        "oddity in unknown area",
        "area twice",
        "wrong direction word",
    ):
        before, after, _ = MISTAKES[mistake]
        text = text.replace(before, after, 1)
    _, message, count = examined(text, tmp_path)
    assert count >= 5
    for words in ("study.municipality", "offences_monthly", "1091", "'0115' 2 times", "'down'"):
        assert words in message


def test_a_series_with_protected_counts_is_not_held_against_victims(tmp_path: Path) -> None:
    text = (ROOT / "studies" / "exempelkoping.toml").read_text(encoding="utf-8")
    before = 'recorded_series = ["vandalism_month"'
    assert before in text
    planted = text.replace(before, f'{before}, "close_relationship_violence_month"')
    usable, message, count = examined(planted, tmp_path, "exempelkoping")
    assert (usable, count) == (False, 1)
    assert "'close_relationship_violence_month', whose counts are protected" in message


def test_type_errors_do_not_hide_contradictions(tmp_path: Path) -> None:
    text = REAL.replace("end = 2018-12-31", "end = 2016-12-31", 1).replace('area = "0191"', "area = 191", 1)
    _, message, _ = examined(text, tmp_path)
    assert "oddities.2.area" in message
    assert "agreements[1].end" in message


def test_a_missing_study_names_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "a-town.toml").write_text("", encoding="utf-8")
    with pytest.raises(StudyFaultsError, match="a-town"):
        load_study(tmp_path / "b-town.toml")


def test_a_study_under_another_file_name_is_refused(tmp_path: Path) -> None:
    usable, message, _ = examined(REAL, tmp_path, name="sigtuna")
    assert not usable
    assert "study.id" in message
