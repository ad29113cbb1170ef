"""The dossier of a comparison: both pools, weights of donors, how alike each area was, and why it is in or out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.evaluate.against import has_limits, may_count
from evaluation.models.panel import PanelResult, Similarity, similarity_table
from evaluation.session.pages.comparison_designs import limits_text
from evaluation.session.pages.comparison_figures import area_code
from evaluation.session.pages.comparison_pools import Pool, PoolComparison, chosen
from evaluation.session.pages.words import in_language
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

SHOWN_WEIGHT = 0.005


def pools_table(comparisons: Sequence[PoolComparison], pool: Pool, words: Wording) -> Table | None:
    """Table every comparison design of one pool: effect, interval, what the pool could have shown."""
    found = [_pool_row(one, result, words) for one in chosen(tuple(comparisons), pool) for result in one.results]
    if not found:
        return None
    rows = pd.DataFrame(found)
    one_size = len({(row["areas"], row["smallest_p"]) for row in found}) == 1  # said once: nine columns are too many
    sizes = [
        Column("areas", words.say("page.comparison.column.areas"), "count"),
        Column("smallest_p", words.say("page.comparison.column.smallest_p"), "number", 3),
    ]
    fields = {"areas": words.number(rows["areas"].iloc[0]), "smallest": words.number(rows["smallest_p"].iloc[0], 3)}
    columns = [
        Column("design", words.say("column.design")),
        *(() if one_size else sizes),
        Column("change", words.say("column.change"), "per_cent", 1, signed=True),
        Column("interval", words.say("column.interval")),
        Column("p", words.say("column.p"), "p"),
        Column("detectable", words.say("page.comparison.column.detectable"), "per_cent", 0),
        Column("left_out", words.say("page.comparison.column.left_out")),
        Column("gate", words.say("page.comparison.column.gate")),
    ]
    note = words.say("page.comparison.pool_note", **fields) if one_size else ""
    return table(rows, words.say(f"page.comparison.pool.{pool}"), columns, words, note=note)


def donors_table(session: OpenedStudy, one: PoolComparison, result: PanelResult) -> Table:
    """Table the areas that weigh most in a synthetic control, with how concentrated the weights are."""
    words, donors = session.words, result.donors
    names = {area.code: area.name for area in session.study.areas}
    pairs = [(a, w) for a, w in zip(donors.areas, donors.weights, strict=True) if w > SHOWN_WEIGHT]
    without = dict(zip(result.leave_one_out.areas, result.leave_one_out.effects, strict=True))
    rows = pd.DataFrame(
        {
            "area": [names[area] for area, _ in pairs],
            "weight": [100 * float(weight) for _, weight in pairs],
            "without": [100 * (float(without.get(area, np.nan)) - 1) for area, _ in pairs],
        }
    )
    columns = [
        Column("area", words.say("column.area")),
        Column("weight", words.say("column.weight"), "per_cent"),
        Column("without", words.say("page.comparison.column.without"), "per_cent", 1, signed=True),
    ]
    caption = words.say(
        "page.comparison.donors_of",
        design=words.say(f"design.{result.estimate.design}"),
        baseline=words.say(f"baseline.{one.window.baseline_kind}"),
    )
    note = words.say(
        "page.comparison.concentration",
        largest=words.per_cent(100 * donors.largest, signed=False),
        effective=words.number(donors.effective_number, 1),
        left_out=_left_out(result, words),
    )
    return table(rows, caption, columns, words, note=note)


def similarity_of(session: OpenedStudy, one: PoolComparison) -> Table:
    """Table how alike each area was before the agreement, the most similar course first."""
    words = session.words
    neighbours = frozenset(area.code for area in session.study.areas_with_role("neighbour"))
    found = similarity_table(one.panel, area_code(session), one.window, neighbours=neighbours)
    names = {area.code: area.name for area in session.study.areas}
    rows = pd.DataFrame([_similar(similar, names, words) for similar in found])
    say = "page.comparison.column."
    columns = [
        Column("area", words.say("column.area")),
        Column("role", words.say("column.role")),
        Column("level", words.say(f"{say}level"), "number", 2),
        Column("trend", words.say(f"{say}trend"), "per_cent", 1, signed=True),
        Column("population", words.say(f"{say}population"), "number", 2),
        Column("season", words.say(f"{say}season"), "number", 2),
        Column("distance", words.say(f"{say}distance"), "number", 2),
    ]
    caption = words.say(
        "page.comparison.similarity_caption",
        area=session.study.target.name,
        baseline=words.say(f"baseline.{one.window.baseline_kind}"),
    )
    note = words.say("page.comparison.similarity_note")
    return table(rows, caption, columns, words, note=f"{note} {_dropped(one, names, words)}".strip())


def areas_table(session: OpenedStudy) -> Table:
    """Table why each area is in or out, and registered oddities in its figures."""
    words, study = session.words, session.study
    oddities: dict[str, list[str]] = {}
    for oddity in study.oddities:
        one_day = oddity.start == oddity.end
        when = words.date(oddity.start) if one_day else words.period(oddity.start, oddity.end)
        oddities.setdefault(oddity.area, []).append(f"{when}: {in_language(oddity.text, words)}")
    rows = pd.DataFrame(
        {
            "area": [area.name for area in study.areas],
            "role": [words.say(f"role.{area.role}") for area in study.areas],
            "reason": [in_language(area.reason, words) for area in study.areas],
            "oddity": [" ".join(oddities.get(area.code, ())) for area in study.areas],
        }
    )
    columns = [Column("area", words.say("figures.area"))]
    columns += [Column(name, words.say(f"column.{name}")) for name in ("role", "reason", "oddity")]
    return table(rows, words.say("page.comparison.dossier_caption"), columns, words)


def _pool_row(one: PoolComparison, result: PanelResult, words: Wording) -> dict[str, object]:
    details = result.estimate.details
    counted = words.say(f"page.comparison.counts.{'yes' if may_count(result) else 'no'}")
    return {
        "design": words.say(
            f"page.comparison.label.{one.window.baseline_kind}",
            design=words.say(f"design.{result.estimate.design}"),
        ),
        "areas": details["donors"],
        "change": result.estimate.per_cent[0],
        "interval": limits_text(result.estimate, words),
        "p": result.estimate.p,
        "smallest_p": details["smallest_p"],
        "detectable": 100 * (details["detectable_decrease"] - 1) if has_limits(result.estimate) else np.nan,
        "left_out": _left_out(result, words),
        "gate": counted,
    }


def _left_out(result: PanelResult, words: Wording) -> str:
    low, high = (100 * (value - 1) for value in (result.leave_one_out.low, result.leave_one_out.high))
    return words.interval(low, high, 1, unit="per_cent")


def _similar(similar: Similarity, names: dict[str, str], words: Wording) -> dict[str, object]:
    return {
        "area": names[similar.area],
        "role": words.say("role.neighbour" if similar.neighbour else "role.comparison"),
        "level": similar.level,
        "trend": 100 * float(np.expm1(similar.trend)),
        "population": similar.population,
        "season": similar.season,
        "distance": similar.distance,
    }


def _dropped(one: PoolComparison, names: dict[str, str], words: Wording) -> str:
    said = []
    if one.panel.dropped_areas:
        areas = words.join([names[code] for code in one.panel.dropped_areas])
        said.append(words.say("page.comparison.dropped_areas", areas=areas))
    if one.panel.dropped_points:
        points = [words.point(day, one.panel.grain) for day in one.panel.dropped_points]
        said.append(
            words.say(
                "page.comparison.dropped_points", number=words.number(len(points)), first=points[0], last=points[-1]
            )
        )
    return " ".join(said)
