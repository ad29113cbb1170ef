"""Tables: structure for a screen reader, formats of the language, protected values never read."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lxml import html

from evaluation.errors import ParameterError
from evaluation.tables import BLOCK_MIME, Column, Table, table, table_from_block, tables_csv
from evaluation.wording import wording

SV = wording("sv")
COLUMNS = (
    Column("area", "Område"),
    Column("count", "Antal", "count"),
    Column("change", "Förändring", "per_cent", digits=1, signed=True),
    Column("p", "p", "p"),
    Column("since", "Från", "quarter"),
)


def rows_by_area() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": ["Upplands Väsby", "NA", "<b>Järfälla</b>"],
            "count": [1404, 3, 12],
            "change": [-9.24, np.nan, 4.0],
            "p": [0.0342, np.nan, 0.0001],
            "since": ["2020-04-01", "2020-07-01", None],
        }
    )


def shown(**options: object) -> Table:
    return table(rows_by_area(), "Anmälda brott efter område", COLUMNS, SV, **options)  # type: ignore[arg-type]


def texts(made: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in made.rows]


def test_values_are_written_as_the_columns_say() -> None:
    assert texts(shown()) == [
        ["Upplands Väsby", "1\u00a0404", "−9,2\u00a0%", "0,034", "2020\u00a0kv\u00a02"],
        ["NA", "3", "..", "..", "2020\u00a0kv\u00a03"],  # the text NA is an area, not a missing value
        ["<b>Järfälla</b>", "12", "+4,0\u00a0%", "<\u00a00,001", ".."],
    ]


def test_structure_caption_scopes_and_alignment() -> None:
    page = html.fromstring(shown(note="Preliminärt.", source="Brå").html("table-1", stacks=False))
    assert page.xpath("string(//caption)") == "Anmälda brott efter område"
    assert page.xpath("//thead//th/@scope") == ["col"] * 5
    assert page.xpath("//tbody//th/@scope") == ["row"] * 3
    assert [cell.text for cell in page.xpath("//tbody/tr[1]/td[not(@class)]")] == ["1\u00a0404", "−9,2\u00a0%", "0,034"]
    assert page.xpath("normalize-space(//tbody/tr[1]/td[@class='t'])") == "2020\u00a0kv\u00a02"
    described = page.xpath("//table/@aria-describedby")[0]
    assert page.get_element_by_id(described).text_content().endswith("Preliminärt.Källa: Brå")
    assert page.get_element_by_id(page.xpath("//div/@aria-labelledby")[0]).tag == "caption"


def test_markup_in_values_stays_text() -> None:
    assert "<b>" not in shown().html("t")
    assert "&lt;b&gt;Järfälla&lt;/b&gt;" in shown().html("t")


def test_a_span_of_years_stays_on_one_line_and_plain_in_files() -> None:
    frame = pd.DataFrame({"years": ["2017–2018"]})
    made = table(frame, "Perioden 2017–2018", (Column("years", "År"),), SV)
    assert made.html("t").count("2017–\u20602018") == 2
    assert "\u2060" not in tables_csv(made, SV)


def test_in_a_notebook_a_table_brings_its_style_and_no_labels_for_phones() -> None:
    columns = [COLUMNS[0], *(replace(column, kind="text") for column in COLUMNS[1:4])]
    made = table(rows_by_area(), "Antal", columns, SV)
    shown_there = made._repr_html_()
    assert "<span>" in made.html("t")
    assert "<span>" not in shown_there
    wrapper = html.fromstring(shown_there)
    assert [wrapper.tag, wrapper.get("class")] == ["div", "evaluation"]
    assert [element.tag for element in wrapper] == ["style", "div", "p"]  # rules, table, notes
    assert wrapper.xpath("//script") == []
    selectors = [name for rule in wrapper[0].text.split("}")[:-1] for name in rule.partition("{")[0].split(",")]
    assert [name for name in selectors if not name.startswith("div.evaluation ")] == []  # nothing else on the page


def test_a_hidden_value_is_nowhere_and_its_sign_is_explained() -> None:
    frame = rows_by_area().assign(count=[1404, 987654, 12])
    mask = pd.DataFrame({"count": [False, True, False]})
    made = table(frame, "Antal", COLUMNS, SV, hidden=mask)
    assert texts(made)[1][1] == "U"
    assert "987654" not in json.dumps(made._repr_mimebundle_())
    assert "987" not in json.dumps(made._repr_mimebundle_())
    assert made.notes[0].startswith("U = ")


def test_signs_are_explained_only_where_they_stand() -> None:
    frame = pd.DataFrame({"area": ["a"], "count": [1]})
    assert table(frame, "Antal", COLUMNS[:2], SV).notes == ()
    assert shown().notes == (".. = uppgift saknas.",)


def test_no_rows_is_said_in_words() -> None:
    made = table(rows_by_area().head(0), "Antal", COLUMNS, SV)
    assert html.fromstring(made.html("t")).xpath("normalize-space(//td[@colspan='5'])") == "Tabellen har inga rader."


def test_a_table_survives_the_notebook_file() -> None:
    made = shown(note="n", source="s")
    stored = json.loads(json.dumps(made._repr_mimebundle_()[BLOCK_MIME]))
    assert table_from_block(stored) == made


@pytest.mark.parametrize(
    "damage",
    [
        {"rows": [[["a", None, "shown"]]]},
        {"rows": [[[{"evil": 1}, None, "shown"]] * 5]},
        {"columns": "abc"},
        {"notes": None},
    ],
)
def test_a_block_of_another_shape_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        table_from_block({**shown().block(), **damage})


def test_the_frame_is_not_changed() -> None:
    frame = rows_by_area()
    table(frame, "Antal", COLUMNS, SV)
    pd.testing.assert_frame_equal(frame, rows_by_area())


def test_misfits_are_named() -> None:
    with pytest.raises(ParameterError, match="arae"):
        table(rows_by_area(), "Antal", [Column("arae", "x")], SV)
    with pytest.raises(ParameterError, match="no caption"):
        table(rows_by_area(), " ", COLUMNS, SV)
    with pytest.raises(ParameterError, match="2 rows in the mask"):
        table(rows_by_area(), "Antal", COLUMNS, SV, hidden=pd.DataFrame({"count": [True, False]}))
    with pytest.raises(ParameterError, match="'tolv'"):
        table(pd.DataFrame({"count": ["tolv"]}), "Antal", [Column("count", "Antal", "count")], SV)


def test_a_table_of_words_is_stacked_on_a_phone_and_stays_a_table() -> None:
    frame = pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]})
    page = html.fromstring(table(frame, "Ord", [Column(key, key.upper()) for key in "abc"], SV).html("t"))
    assert page.xpath("//table/@class") == ["stack"]
    assert page.xpath("//table/descendant-or-self::*/@role") == []  # HTML forbids to say twice what a table is
    assert [label.text for label in page.xpath("//td/span[not(@class)]")] == ["B", "C"]


def test_a_table_that_fits_or_of_many_rows_is_not_stacked() -> None:
    assert 'class="stack"' not in table(rows_by_area(), "Antal", COLUMNS[:2], SV).html("t")
    frame = pd.DataFrame({"a": ["x"] * 31, "b": ["y"] * 31, "c": ["z"] * 31})
    assert 'class="stack"' not in table(frame, "Ord", [Column(key, key) for key in "abc"], SV).html("t")


def test_figures_that_a_phone_would_cut_are_stacked() -> None:
    """A column of words 72 + 15 pixels; three of numbers with 9 figures and spaces 9 × 8.5 + 15 = 91.5 each: 361.5."""
    frame = pd.DataFrame({"a": ["x"], **{key: [1_234_567] for key in "bcd"}})
    columns = [Column("a", "A"), *(Column(key, key, "count") for key in "bcd")]
    assert 'class="stack"' in table(frame, "Antal", columns, SV).html("t")
    assert 'class="stack"' not in table(frame, "Antal", columns[:3], SV).html("t")  # 270 of 296
    assert 'class="stack"' not in table(frame, "Antal", columns, SV).html("t", stacks=False)


def test_an_empty_cell_has_no_heading_of_its_own_on_a_phone() -> None:
    frame = pd.DataFrame({"area": ["Väsby"], "reason": [""], "oddity": ["Topp 2020"]})
    columns = (Column("area", "Område"), Column("reason", "Skäl"), Column("oddity", "Egenhet"))
    html = table(frame, "Områden", columns, SV).html("t")
    assert "<span>Egenhet</span>" in html
    assert "<span>Skäl</span>" not in html
    assert html.count("<td") == 2
