"""From a month of reports to the cells of a file, column by column in Arrow: no Python call per row."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.synthetic.grid import SWEREF_99_18_00, SWEREF_99_TM, to_degrees, to_plane
from evaluation.synthetic.layouts import Layout, Vocabulary, spelling_table
from evaluation.synthetic.moments import DATE_ONLY, DAY, EXACT, Ints
from evaluation.synthetic.reports import MISSING, OUTSIDE, SWAPPED, Columns
from evaluation.synthetic.world import World

FIRST_DAY = np.datetime64("2014-12-01", "D")
LAST_DAY = np.datetime64("2027-12-31", "D")
OUTSIDE_METRES = 400_000
RARE = 50
NO_BREAK_SPACE = "\u00a0"
Texts: TypeAlias = pa.StringArray


def cells(world: World, words: Vocabulary, layout: Layout, month: np.datetime64, reports: Columns) -> list[Texts]:
    """Return the thirteen columns of a file as texts, for the reports of one month that belong into it.

    The two time columns, the category and the area keep what real files have: a date without time of day, an empty
    end of an exact time, spellings of their date, codes of the division of their date.
    """
    category, sub = _categories(world, words, month, reports)
    exact_or_day = reports["known"] != DATE_ONLY
    first, second = _coordinates(layout, reports)
    return [
        _numbers(world, month, reports),
        _times(reports["from"], exact_or_day, np.ones_like(exact_or_day), layout.clock),
        _times(reports["to"], exact_or_day, exact_or_day & (reports["known"] != EXACT), layout.clock),
        _times(reports["reported"], np.ones_like(exact_or_day), np.ones_like(exact_or_day), layout.clock),
        category,
        sub,
        _places(world, reports),
        _area_codes(world, month, reports),
        first,
        second,
        _looked_up([words.reporter_names[reporter.id] for reporter in world.reporters], reports["reporter"]),
        _looked_up([layout.no, layout.yes], reports["police"].astype(np.int64)),
        _texts(words, reports),
    ]


def csv_lines(columns: list[Texts]) -> bytes:
    """Return rows of a semicolon-separated file, CRLF, in UTF-8; only free text is ever quoted."""
    *plain, text = columns
    doubled = pc.replace_substring(text, '"', '""')
    quoted = pc.if_else(pc.equal(text, ""), "", pc.binary_join_element_wise('"', doubled, '"', ""))
    rows = pc.binary_join_element_wise(*plain, pc.binary_join_element_wise(quoted, "", "\r\n"), ";")
    end = pc.sum(pc.binary_length(rows)).as_py() or 0
    return cast("bytes", rows.buffers()[2].to_pybytes()[:end]) if end else b""


def _looked_up(table: list[str], index: Ints) -> Texts:
    return pa.array(table).take(pa.array(index))


def _numbers(world: World, month: np.datetime64, reports: Columns) -> Texts:
    year = str(month)[2:4]
    prefix = _looked_up([f"{reporter.letter}{year}-" for reporter in world.reporters], reports["reporter"])
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(reports["number"]), pa.string()), "")


def _times(minute: Ints, with_clock: NDArray[np.bool_], known: NDArray[np.bool_], separator: str) -> Texts:
    """Return `2019-03-04 22:15`, `2019-03-04` without a known time of day, or an empty cell."""
    day = np.where(known, minute // DAY - FIRST_DAY.astype(np.int64), len(_days()) - 1)
    clock = np.where(known & with_clock, minute % DAY, DAY)
    return pc.binary_join_element_wise(_days().take(pa.array(day)), _clocks(separator).take(pa.array(clock)), "")


@cache
def _days() -> Texts:
    """Return every day of the log as text, and last an empty one."""
    return pa.array([*np.arange(FIRST_DAY, LAST_DAY + 1).astype(str), ""])


@cache
def _clocks(separator: str) -> Texts:
    """Return every minute of a day as text with a blank before it, and last an empty one."""
    return pa.array([f" {of // 60:02d}{separator}{of % 60:02d}" for of in range(DAY)] + [""])


def _categories(world: World, words: Vocabulary, month: np.datetime64, reports: Columns) -> tuple[Texts, Texts]:
    """Return category and subcategory in the reporter's spelling of the month, typing errors included."""
    spellings, subs = list(words.typing_errors), [""]
    spelling = reports["phrase"] % len(words.typing_errors)
    sub = np.zeros_like(spelling)
    for (reporter, category), entries in spelling_table(words, world, month).items():
        rows = np.flatnonzero((reports["reporter"] == reporter) & (reports["category"] == category))
        edges = np.cumsum([entry.share for entry in entries])
        chosen = np.searchsorted(edges / edges[-1], reports["wording"][rows], side="right")
        for at, entry in enumerate(entries):
            mine = rows[chosen == at]
            right = ~reports["typing_error"][mine]
            spelling[mine[right]] = len(spellings)
            sub[mine] = len(subs) + reports["sub"][mine] % len(entry.sub)
            spellings.append(entry.spelling)
            subs.extend(entry.sub)
    return _looked_up(spellings, spelling), _looked_up(subs, sub)


def _places(world: World, reports: Columns) -> Texts:
    most = max(len(area.places) for area in world.areas)
    table = [(*area.places, *[""] * most)[place] for area in world.areas for place in range(most)]
    return _looked_up(table, reports["area"] * most + reports["place"])


def _area_codes(world: World, month: np.datetime64, reports: Columns) -> Texts:
    """Return area codes in the division that was in force when the report's month began."""
    if month >= world.division_changed.astype("datetime64[M]"):
        return _looked_up([area.code for area in world.areas], reports["area"])
    choices = 12  # every number of old codes divides it
    table = [area.old[choice % len(area.old)] for area in world.areas for choice in range(choices)]
    return _looked_up(table, reports["area"] * choices + reports["old_code"])


def _coordinates(layout: Layout, reports: Columns) -> tuple[Texts, Texts]:
    """Return the two coordinates as the file writes them; some swapped, far away or missing."""
    fault = reports["position_fault"]
    north = reports["north"] + np.where(fault == OUTSIDE, OUTSIDE_METRES, 0).astype(float)
    first, second = _in_grid(layout.grid, north, reports["east"].astype(float))
    swapped, missing = fault == SWAPPED, fault == MISSING
    pair = np.where(swapped, second, first), np.where(swapped, first, second)
    spaced = reports["text"] * 997 % 1 < layout.thousands
    texts = [degrees_text(v) if layout.grid == "wgs_84" else metres_text(v, spaced) for v in pair]
    blank = pa.array(missing)
    return pc.if_else(blank, "", texts[0]), pc.if_else(blank, "", texts[1])


def _in_grid(grid: str, north: NDArray[np.float64], east: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    if grid == "sweref_99_tm":
        return north, east
    degrees = to_degrees(SWEREF_99_TM, north, east)
    return degrees if grid == "wgs_84" else to_plane(SWEREF_99_18_00, *degrees)


def metres_text(values: NDArray[np.float64], spaced: NDArray[np.bool_]) -> Texts:
    """Return whole metres, with no-break spaces between thousands where wanted."""
    whole = np.rint(values).astype(np.int64)
    plain = pc.cast(pa.array(whole), pa.string())
    if not spaced.any():
        return plain
    groups = [f"{group:03d}" for group in range(1000)]
    rest = _looked_up(groups, whole % 1000)
    middle = _looked_up(groups, whole // 1000 % 1000)
    front = pc.cast(pa.array(whole // 1_000_000), pa.string())
    long = pc.binary_join_element_wise(front, middle, rest, NO_BREAK_SPACE)
    return pc.if_else(pa.array(spaced), pc.replace_substring_regex(long, f"^0{NO_BREAK_SPACE}0*", ""), plain)


def degrees_text(values: NDArray[np.float64]) -> Texts:
    """Return degrees with five decimals (about a metre) and a decimal comma."""
    scaled = np.rint(values * 100_000).astype(np.int64)
    decimals = pc.utf8_lpad(pc.cast(pa.array(scaled % 100_000), pa.string()), 5, "0")
    return pc.binary_join_element_wise(pc.cast(pa.array(scaled // 100_000), pa.string()), decimals, ",")


def _texts(words: Vocabulary, reports: Columns) -> Texts:
    """Return free texts: most empty, some a phrase, some a phrase with a made-up person in it."""
    number = reports["phrase"] // 7
    common, rare = len(words.phrases), len(words.rare_phrases)
    chosen = np.where(number % RARE == 0, common + number // RARE % rare, number // RARE % common)
    phrase = _looked_up([*words.phrases, *words.rare_phrases], chosen)
    contact = words.contacts.take(pa.array(reports["contact"] % len(words.contacts)))
    named = pc.binary_join_element_wise(phrase, contact, ". ")
    u = reports["text"]
    texts = pc.if_else(pa.array(u < words.filled * words.named), named, phrase)
    return pc.if_else(pa.array(u < words.filled), texts, "")
