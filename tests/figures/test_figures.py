"""Every kind of figure: real text, repeatable bytes, telling words, and nothing of a protected value."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from types import ModuleType
from xml.etree import ElementTree as ET  # our own SVG

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.figures import (
    Figure,
    ForestRow,
    Place,
    WavePoint,
    calendar_figure,
    event_study_figure,
    figure_from_output,
    forest_figure,
    map_figure,
    multiples_figure,
    series_figure,
    waves_figure,
)
from evaluation.figures.picture import WIDTH, shortened, text_room
from evaluation.figures.series import lone_points
from evaluation.tables import BLOCK_MIME
from evaluation.wording import wording

SV = wording("sv")
KINDS = (
    "series",
    "trend",
    "forest",
    "forest_points",
    "specification",
    "calendar",
    "hour_of_week",
    "map",
    "waves",
    "event_study",
    "placebo",
    "multiples",
)
SAID = {"where": "Exempelköping", "title": "Det hände något", "quantity": "Antal händelser"}
SVG = "{http://www.w3.org/2000/svg}"


def written(figure: Figure) -> list[str]:
    return [str(text.text) for text in ET.fromstring(figure.picture).iter(f"{SVG}text")]


def test_the_gallery_is_complete(swedish: dict[str, Figure]) -> None:
    assert tuple(swedish) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_light_svg_with_text_and_a_view_box(swedish: dict[str, Figure], kind: str) -> None:
    figure = swedish[kind]
    root = ET.fromstring(figure.picture)
    assert root.get("viewBox") == f"0 0 {figure.width} {figure.height}"
    assert figure.table.rows
    assert len(written(figure)) >= 3
    assert len(figure.picture) < 40_000
    assert "DejaVu Sans', sans-serif" not in figure.picture  # the reader's own fonts first
    assert not {"script", "metadata", "a"} & {node.tag.removeprefix(SVG) for node in root.iter()}


@pytest.mark.parametrize("kind", KINDS)
def test_alt_text_says_more_than_the_title(swedish: dict[str, Figure], english: dict[str, Figure], kind: str) -> None:
    for figures, start in ((swedish, SV), (english, wording("en"))):
        alt = figures[kind].alt
        assert 60 <= len(alt) <= 250
        assert alt.split(":")[0] in {text for key, text in start.phrases.items() if key.startswith("figures.kind.")}
        assert figures[kind].title in alt
        assert "Exempelköping" in alt


def test_equal_input_gives_equal_bytes(gallery: ModuleType, swedish: dict[str, Figure]) -> None:
    assert gallery.gallery(SV) == swedish


def test_the_callers_matplotlib_style_changes_nothing(gallery: ModuleType, swedish: dict[str, Figure]) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert series_figure(gallery.monthly(), SV, **SAID) == series_figure(gallery.monthly(), SV, **SAID)
        inside = series_figure(gallery.monthly(), SV, **SAID)
    assert inside == series_figure(gallery.monthly(), SV, **SAID)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_survive_the_notebook_file(swedish: dict[str, Figure], kind: str) -> None:
    data, metadata = json.loads(json.dumps(swedish[kind]._repr_mimebundle_()))
    picture = data[swedish[kind].media_type]
    assert figure_from_output(data[BLOCK_MIME], picture, metadata[swedish[kind].media_type]["alt"]) == swedish[kind]


def test_languages_differ_in_words_not_in_marks(swedish: dict[str, Figure], english: dict[str, Figure]) -> None:
    assert "Observerat" in written(swedish["series"])
    assert "Observed" in written(english["series"])
    assert "1\u00a0500" in written(swedish["series"])
    assert "1,500" in written(english["series"])


def test_series_tells_gaps_preliminary_hidden_and_events(swedish: dict[str, Figure]) -> None:
    notes = " ".join(swedish["series"].notes)
    for words in ("1 = ny brottskod (januari 2018)", "Ihåliga", "Avbrott", "visas inte", "Källa: "):
        assert words in notes


def test_observed_comes_first_in_the_key(swedish: dict[str, Figure]) -> None:
    texts = written(swedish["series"])
    names = ["Observerat", "Modell", "Väntat utan överenskommelse", "95 % osäkerhet"]
    assert next(text for text in texts if text in names) == "Observerat"
    assert set(names) <= set(texts)


def test_the_axis_has_room_for_its_numbers_where_nothing_observed_may_be_shown(gallery: ModuleType) -> None:
    """Every point hidden, the trend at some 1 000: its numbers begin inside the picture, not left of it."""
    series = gallery.monthly()
    lines = gallery.expectation(series)
    figure = series_figure(series, SV, expectation=lines, hidden=np.ones(series.n, np.bool_), **SAID)
    placed = re.findall(r'<text class="\w+" x="([\d.]+)" y="[\d.]+">([\d\xa0]+)</text>', figure.picture)
    edge = next(x for x, said in placed if said == "0")  # the numbers of the axis end where its zero ends
    beside = [said for x, said in placed if x == edge]
    assert max(map(len, beside)) >= 3
    assert float(edge) >= max(map(text_room, beside))


# A protected value must not leave a trace anywhere: the figure is the same whatever it was.


@pytest.mark.parametrize("secret", [0.0, 3.0, 9_999.0])
def test_a_hidden_point_of_a_series_leaves_no_trace(gallery: ModuleType, secret: float) -> None:
    series = gallery.monthly()
    hidden = np.arange(series.n) == 30
    count = np.where(hidden, secret, series.count)
    assert series_figure(replace(series, count=count), SV, hidden=hidden, **SAID) == series_figure(
        series, SV, hidden=hidden, **SAID
    )


@pytest.mark.parametrize("secret", [0.0, 9_999.0])
def test_a_hidden_cell_of_a_calendar_leaves_no_trace(secret: float) -> None:
    counts = np.arange(24.0).reshape(2, 12)
    hidden = counts == 23
    other = np.where(hidden, secret, counts)
    years = (2020, 2021)
    assert calendar_figure(other, years, SV, hidden=hidden, **SAID) == calendar_figure(
        counts, years, SV, hidden=hidden, **SAID
    )


def test_a_calendar_names_its_months_as_the_language_does() -> None:
    figure = calendar_figure(np.arange(24.0).reshape(2, 12), (2020, 2021), SV, **SAID)
    assert [column.label for column in figure.table.columns][1:8] == [
        "jan",
        "feb",
        "mars",
        "apr",
        "maj",
        "juni",
        "juli",
    ]
    assert "Högst 23 (december 2021), lägst 0 (januari 2020)" in figure.alt


@pytest.mark.parametrize("secret", [0.0, 9_999.0])
def test_a_hidden_area_of_a_map_leaves_no_trace(secret: float) -> None:
    def drawn(value: float) -> Figure:
        places = [Place("a", 4, (0, 0)), Place("b", value, (1, 1), hidden=True), Place("c", 9, (2, 0))]
        return map_figure(places, SV, period="2025", **SAID)

    assert drawn(secret) == drawn(5.0)


@pytest.mark.parametrize("secret", [0.0, 99.0])
def test_a_hidden_wave_leaves_no_trace(secret: float) -> None:
    def drawn(share: float) -> Figure:
        hidden = WavePoint(2021, share, share, share, share, hidden=True)
        return waves_figure([WavePoint(2019, 30, 25, 35, 400), hidden], SV, **SAID)

    assert drawn(secret) == drawn(50.0)


@pytest.mark.parametrize("secret", [0.0, 9_999.0])
def test_a_hidden_point_of_small_multiples_leaves_no_trace(gallery: ModuleType, secret: float) -> None:
    def drawn(value: float) -> Figure:
        series = gallery.monthly()
        hidden = np.arange(series.n) == 30
        changed = replace(series, count=np.where(hidden, value, series.count))
        return multiples_figure([changed, series], ["a", "b"], SV, hidden=[hidden, None], **SAID)

    assert drawn(secret) == drawn(7.0)


def test_small_multiples_keep_series_of_different_lengths_apart(gallery: ModuleType) -> None:
    figure = multiples_figure([gallery.monthly(24), gallery.monthly(36)], ["kort", "lång"], SV, **SAID)
    assert [len(figure.table.rows), figure.table.rows[30][1].text] == [36, ".."]
    assert figure.table.rows[30][2].state == "shown"


def test_forest_writes_change_and_limits(gallery: ModuleType, swedish: dict[str, Figure]) -> None:
    texts = written(swedish["forest"])
    assert "−9\u00a0% (−15 till −3)" in texts
    assert "Kan inte bedömas" in texts
    table = swedish["forest"].table
    # 0.91/1.07 = 0.8505 and 0.91 * 1.07 = 0.9737
    assert [cell.text for cell in table.rows[0][1:4]] == ["−9\u00a0%", "−15\u00a0%", "−3\u00a0%"]
    assert [cell.state for cell in table.rows[2][1:]] == ["missing"] * 4


def test_forest_puts_halving_and_doubling_at_equal_distance(gallery: ModuleType) -> None:
    rows = [ForestRow("halva", gallery.estimate(0.5, 1.1)), ForestRow("dubbla", gallery.estimate(2.0, 1.1))]
    root = ET.fromstring(forest_figure(rows, SV, **SAID).picture)
    at = {text.text: float(str(text.get("x"))) for text in root.iter(f"{SVG}text") if "%" in str(text.text)}
    assert at["0\u00a0%"] - at["−50\u00a0%"] == pytest.approx(at["+100\u00a0%"] - at["0\u00a0%"], abs=0.3)


def test_forest_refuses_two_scales(gallery: ModuleType) -> None:
    rows = [ForestRow("a", gallery.estimate(0.9, 1.1)), ForestRow("b", gallery.estimate(-3, 2, scale="additive"))]
    with pytest.raises(ParameterError, match="one scale"):
        forest_figure(rows, SV, **SAID)


def test_specification_table_sums_up_every_option(swedish: dict[str, Figure]) -> None:
    rows = [[cell.value for cell in row] for row in swedish["specification"].table.rows]
    # 48 variants, 0.8, 0.806, … 1.082: lowest −20 %, middle (0.938 + 0.944) / 2 = −5.9 %, highest +8.2 %
    assert rows[0][:2] == ["Alla varianter", 48.0]
    assert rows[0][2:] == pytest.approx([-20.0, -5.9, 8.2])
    assert {row[0]: row[1] for row in rows[1:]} == {
        "Säsong: ja": 24,
        "Säsong: nej": 24,
        "Start: direkt": 24,
        "Start: efter 3 mån": 24,
        "Före: 2 år": 16,
        "Före: 3 år": 16,
        "Före: 4 år": 16,
    }


def test_placebo_table_gives_the_range_of_the_others(swedish: dict[str, Figure]) -> None:
    _, gap, lowest, highest = swedish["placebo"].table.rows[0]
    assert float(lowest.value) < float(highest.value)  # type: ignore[arg-type]
    assert gap.state == "shown"


def test_empty_input_is_drawn_or_refused_in_words(gallery: ModuleType) -> None:
    assert forest_figure([], SV, **SAID).table.rows == ()
    with pytest.raises(ParameterError, match="no waves"):
        waves_figure([], SV, **SAID)
    with pytest.raises(ParameterError, match="no places"):
        map_figure([], SV, period="2025", **SAID)
    with pytest.raises(ParameterError, match="small multiples"):
        multiples_figure([], [], SV, **SAID)
    with pytest.raises(ParameterError, match="shape"):
        calendar_figure(np.zeros((2, 11)), (2020, 2021), SV, **SAID)


def test_a_figure_without_alt_text_cannot_be_made(swedish: dict[str, Figure]) -> None:
    for alt in ("", " ", swedish["map"].title, "x" * 251):
        with pytest.raises(ParameterError, match="alt text"):
            replace(swedish["map"], alt=alt)


def test_a_point_between_two_gaps_is_drawn_as_a_dot() -> None:
    nan = np.nan
    shown = np.array([nan, 4.0, nan, 5.0, 6.0, nan, 7.0])
    assert lone_points(shown).tolist() == [False, True, False, False, False, False, True]


def test_a_long_panel_name_is_cut_where_a_phone_would_cut_it() -> None:
    name = "Ärenden i samverkan skola–socialtjänst–polis–fritid, per månad"
    cut = shortened(name, 300)
    assert cut.endswith("…")
    assert name.startswith(cut[:-1])
    assert text_room(cut) <= 300
    assert shortened("Stöld", 300) == "Stöld"


@pytest.mark.parametrize("steps", [6, 22, 90])
def test_labels_of_steps_stay_inside_the_picture(steps: int) -> None:
    labels = [f"{2010 + n // 4} kv {n % 4 + 1}" for n in range(steps)]
    values = np.zeros(steps)
    figure = event_study_figure(labels, values, values - 1, values + 1, steps // 2, SV, **SAID)
    at = [float(x) for x in re.findall(r'<text [^>]*x="([\d.]+)"[^>]*>\d{4} kv', figure.picture)]
    half = text_room("2010 kv 1") / 2
    assert at
    assert at[-1] + half <= WIDTH
    assert all(later - earlier >= 2 * half for earlier, later in pairwise(at))
