"""Measures under the time axis of a series, and on a timeline of their own; hostile names do no harm."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET  # our own SVG

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.figures import Activity, Band, Figure, TimelineRow, multiples_figure, series_figure, timeline_figure
from evaluation.figures.activities import after_last_day, first_day, under_way
from evaluation.wording import wording
from tests.figures.gallery import DAY, monthly

SV, EN = wording("sv"), wording("en")
SVG = "{http://www.w3.org/2000/svg}"
BAND = Band("", DAY("2021-01-01"), DAY("2022-12-31"), focus=True)
ROWS = (
    TimelineRow("Patruller", date(2021, 1, 1), date(2022, 12, 31), date(2021, 2, 1), date(2022, 11, 30), "genomförd"),
    TimelineRow("Sanering", date(2021, 5, 1), None, date(2021, 5, 1), None, "pågår"),
    TimelineRow("Kurser", date(2022, 1, 1), date(2022, 6, 30), None, None, "inte genomförd"),
)
HOSTILE = ("<script>alert(1)</script>", "$\\frac{$", "=CMD()", '"><img src=x onerror=alert(1)>', "å" * 300, "&amp; ]]>")


def timeline(*rows: TimelineRow, words=SV) -> Figure:
    made = {"title": "Åtgärder under avtal 3", "where": "Exempelköping", "band": BAND, "as_of": date(2022, 12, 31)}
    return timeline_figure(rows, words, **made)  # type: ignore[arg-type]


def series(*activities: Activity, grain: str = "month", words=SV) -> Figure:
    made = {"title": "Det hände något", "quantity": "Antal händelser", "where": "Exempelköping"}
    n = {"month": 84, "quarter": 28, "year": 7}[grain]
    return series_figure(monthly(n, grain=grain), words, activities=activities, **made)  # type: ignore[arg-type]


def texts(figure: Figure) -> list[str]:
    return [str(text.text) for text in ET.fromstring(figure.picture).iter(f"{SVG}text")]


PATROLS = Activity("Patruller", DAY("2019-02-01"), DAY("2019-11-30"))
LIGHTS = Activity("Belysning", DAY("2020-04-15"))


def test_bars_have_letters_that_the_notes_explain() -> None:
    figure = series(LIGHTS, PATROLS)
    assert {"A", "B"} <= set(texts(figure))
    assert figure.notes[:2] == (
        "A = åtgärd: Patruller (1\u00a0februari–30\u00a0november 2019)",
        "B = åtgärd: Belysning (från och med 15\u00a0april 2020)",
    )
    assert figure.height > series().height  # the bars stand in a strip of their own, under the years


def test_alt_text_and_table_name_the_measures() -> None:
    figure = series(PATROLS, LIGHTS)
    assert "med åtgärder (A och B) under axeln" in figure.alt
    rows = {row[0].text: row[-1].text for row in figure.table.rows}
    assert (rows["januari 2019"], rows["februari 2019"], rows["november 2019"]) == ("", "A", "A")
    assert (rows["mars 2020"], rows["april 2020"], rows["december 2022"]) == ("", "B", "B")
    assert "with measures (A) below the axis" in series(PATROLS, words=EN).alt


def test_a_figure_without_measures_is_as_before() -> None:
    figure = series()
    assert "åtgärd" not in figure.alt + " ".join(figure.notes)
    assert [column.key for column in figure.table.columns] == ["point", "observed"]


def test_small_multiples_carry_the_measures_of_each_panel_under_one_letter() -> None:
    """Two panels share the patrols, one has the lights too: A twice, B once, each explained once."""
    told = {"title": "Övriga", "quantity": "Antal händelser", "where": "Exempelköping"}
    labels = ["Skadegörelse på allmän plats", "Stöld"]
    done = [(PATROLS,), (PATROLS, LIGHTS)]
    figure = multiples_figure([monthly(), monthly()], labels, SV, activities=done, bands=(BAND,), **told)
    shown = texts(figure)
    assert (shown.count("A"), shown.count("B")) == (2, 1)
    assert [note[:10] for note in figure.notes if "= åtgärd" in note] == ["A = åtgärd", "B = åtgärd"]
    assert "med åtgärder (A och B) under axeln" in figure.alt
    bare = multiples_figure([monthly(), monthly()], labels, SV, **told)
    assert figure.height - bare.height == (8 + 17) + (8 + 2 * 17)  # one bar under the first panel, two under the second


def test_small_multiples_explain_hollow_points_and_gaps() -> None:
    """The last three months are preliminary, the eighth has no figure, one is hidden; the agreement is named once."""
    told = {"title": "Övriga", "quantity": "Antal händelser", "where": "Exempelköping"}
    hidden = np.arange(84) == 40
    named = Band("Nr 1", DAY("2019-01-01"), DAY("2020-12-31"))
    labels = ["Skadegörelse på allmän plats", "Stöld"]
    figure = multiples_figure([monthly(), monthly()], labels, SV, hidden=[hidden, None], bands=(named,), **told)
    said = {SV.say(f"figures.{key}") for key in ("preliminary", "gap", "hidden")}
    assert said < set(figure.notes)
    assert texts(figure).count("Nr 1") == 1


@pytest.mark.parametrize(("grain", "n", "places"), [("quarter", 28, [12, 13, 14, 15]), ("year", 7, [3])])
def test_a_point_is_under_way_if_any_of_its_days_is(grain: str, n: int, places: list[int]) -> None:
    """February to November 2019: quarters 1 to 4 of 2019 are the points 12 to 15 from 2016 on; the year is point 3."""
    shown = under_way(monthly(n, grain=grain), [PATROLS])
    assert [place for place, letters in enumerate(shown) if letters] == places


def test_days_are_inclusive_on_the_axis() -> None:
    """31 December 2019 ends where 2020 begins."""
    one = Activity("x", DAY("2019-01-01"), DAY("2019-12-31"))
    assert (first_day(one), after_last_day(one, 2023.0)) == (2019.0, 2020.0)
    assert after_last_day(LIGHTS, 2023.0) == 2023.0


def test_more_measures_than_lanes_are_counted() -> None:
    many = [Activity(f"Nr {n}", DAY("2019-01-01") + n, DAY("2020-01-01")) for n in range(6)]
    figure = series(*many)
    assert "Fler åtgärder för samma mål står i listan över åtgärder: 2." in figure.notes
    assert {"A", "B", "C", "D"} <= set(texts(figure))
    assert "E" not in texts(figure)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text(name: str) -> None:
    for figure in (
        series(Activity(name, DAY("2019-02-01"))),
        timeline(TimelineRow(name, *[date(2021, 2, 1)] * 4, "x")),
    ):
        page = figure.html("f")
        assert "<script" not in page
        assert "<img src=x" not in page
        ET.fromstring(figure.picture)
        assert figure.table.rows or figure.notes


def test_the_timeline_writes_names_and_states() -> None:
    figure = timeline(*ROWS)
    said = texts(figure)
    for row in ROWS:
        assert {row.name, row.status} <= set(said)
    assert {"Planerad tid", "Genomfört", "Överenskommelsen"} <= set(said)
    assert figure.alt.startswith("Tidslinje: planerad och faktisk tid för 3 åtgärder i Exempelköping, 2021–2022.")
    assert figure.alt.endswith("Patruller: genomförd; Sanering: pågår; Kurser: inte genomförd.")


def test_the_timeline_has_its_table() -> None:
    rows = [[cell.text for cell in row] for row in timeline(*ROWS).table.rows]
    assert rows[0][2] == "1\u00a0februari 2021–30\u00a0november 2022"
    assert rows[1][1:] == ["från och med 1\u00a0maj 2021", "från och med 1\u00a0maj 2021", "pågår"]
    assert rows[2][2] == ".."


def test_same_input_same_bytes() -> None:
    assert timeline(*ROWS).picture == timeline(*ROWS).picture


def test_a_timeline_without_days_cannot_be_drawn() -> None:
    with pytest.raises(ParameterError, match="no measure with a day"):
        timeline(TimelineRow("x", None, None, None, None, "planerad"))
    with pytest.raises(ParameterError, match="no measure with a day"):
        timeline()


def test_a_measure_before_the_agreement_widens_the_axis() -> None:
    early = timeline(TimelineRow("x", None, None, date(2020, 3, 1), date(2021, 3, 1), "genomförd"))
    assert "2020" in " ".join(texts(early))
