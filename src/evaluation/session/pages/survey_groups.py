"""Rows on what lies behind a share: gap, change by group, trend, make-up, published sides, recorded offences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate.sentences import ratio_interval
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.session.pages.survey_tables import Row, group_name
from evaluation.session.pages.words import in_language
from evaluation.session.survey_follow import Followed, SegmentTrend, changes_by_group
from evaluation.session.survey_recorded import Joined
from evaluation.survey import Contrast, GroupChange, SurveyChange

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def gap_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return women minus men in every wave, with the interval of the difference."""
    words = session.words
    hidden = words.say("page.safety.too_few")
    return [
        {
            "year": wave,
            "gap": words.points(found.estimate, 1) if isinstance(found, Contrast) else hidden,
            "interval": words.interval(found.low, found.high, 1, unit="points")
            if isinstance(found, Contrast)
            else hidden,
        }
        for wave, found in followed.gaps.items()
    ]


def group_change_rows(session: OpenedStudy, followed: Followed, outcome: SurveyOutcome) -> list[Row]:
    """Return the change of every group between the waves that an agreement compares; none where it compares none."""
    changes = changes_by_group(session, followed, outcome)
    return [_group_change(session, found, followed.absent_areas) for found in changes]


def trend_sentence(session: OpenedStudy, found: SegmentTrend) -> str:
    """Say how the share moved over the waves between two breaks, or why no trend is computed."""
    words = session.words
    waves = {"first": found.waves[0], "last": found.waves[-1]}
    if len(found.waves) == 1:
        return words.say("page.safety.trend_one", wave=found.waves[0])
    if found.trend is None:
        return words.say("page.safety.trend_none", **waves)
    return words.say(
        "page.safety.trend",
        points=words.points(found.trend.points_per_unit, 1),
        odds=words.number(found.trend.odds_ratio, 2),
        interval=words.interval(found.trend.low, found.trend.high, 2),
        p=words.p_value(found.trend.p),
        **waves,
    )


def standard_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return the share of every wave as weighted, and had every wave had one make-up by sex and age."""
    words = session.words
    rows: list[Row] = []
    for result in followed.series.results:
        found = followed.standardised.get(result.wave.label)
        if result.suppressed or not isinstance(found, Contrast):
            nothing = words.say("page.no_figures")
            shown = dict.fromkeys(("standardised", "interval", "dissimilarity"), nothing)
        else:
            made = followed.compositions[result.wave.label]
            shown = {
                "standardised": words.per_cent(found.estimate, 1, signed=False),
                "interval": words.interval(found.low, found.high, 1, unit="per_cent", signed=False),
                "dissimilarity": words.per_cent(made.dissimilarity, 1, signed=False),
            }
        raw = words.say("page.safety.too_few") if result.suppressed else words.per_cent(result.share, 1, signed=False)
        rows.append({"year": result.wave.label, "raw": raw, **shown})
    return rows


def make_up_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return one row per group: its part of those who took part in every wave, unweighted, and of the population."""
    words = session.words
    hidden = words.say("page.safety.too_few")
    rows: list[Row] = []
    for grouping in followed.people:
        for group, series in grouping.series.items() if followed.compositions else ():
            parts = {wave: _part(made.respondents, group) for wave, made in followed.compositions.items()}
            small = {result.wave.label for result in series.results if result.suppressed}
            shown: Row = {
                wave: hidden if wave in small else words.per_cent(part, 1, signed=False) for wave, part in parts.items()
            }
            standard = followed.compositions[followed.standard_wave].population
            population = words.per_cent(_part(standard, group), 1, signed=False)
            rows.append({"group": group_name(session, grouping.grouping, group), **shown, "population": population})
    return rows


def explained_sentences(session: OpenedStudy, followed: Followed, outcomes: Sequence[SurveyOutcome]) -> list[str]:
    """Say for every agreement how much of its change a changed make-up by sex and age accounts for."""
    words = session.words
    said: list[str] = []
    for outcome in outcomes:
        if outcome.change is None or outcome.question.id != followed.one.question.id:
            continue
        waves = outcome.change.wave_from.label, outcome.change.wave_to.label
        same = followed.standardised_change(*waves)
        if same is not None:
            said.append(
                words.say(
                    "page.safety.explained",
                    first=waves[0],
                    last=waves[1],
                    change=words.points(outcome.change.change, 1),
                    same=words.points(same, 1),
                    rest=words.points(outcome.change.change - same, 1),
                )
            )
    return said


def recorded_row(session: OpenedStudy, joined: Joined) -> Row:
    """Return recorded offences and victimisation side by side, with what they say about reporting."""
    words, change = session.words, joined.outcome.change
    nothing = words.say("page.no_figures")
    row: Row = {
        "agreement": in_language(joined.outcome.agreement.name, words),
        "indicator": in_language(joined.indicator.name, words) if joined.indicator else nothing,
        "recorded": ratio_interval(joined.recorded, words) if joined.recorded else nothing,
        "victimised": words.interval(change.low, change.high, 1, unit="points") if change else nothing,
    }
    if joined.check is None:
        return row | {"why": words.say(f"page.safety.recorded_{joined.lacking}")}
    key = f"page.safety.reporting_{joined.check.verdict}"
    return row | {"why": words.say(key)}


def published_sides(session: OpenedStudy, shares: pd.DataFrame, sides: dict[str, str]) -> tuple[pd.DataFrame, str]:
    """Turn published shares of safe people round, so that all count the same side; say so, and what that hides.

    100 − safe is *not safe*: it holds the insecure and those in neither answer. Where one area and year has both sides
    published, the note gives their sum, which shows how many that is.
    """
    words = session.words
    side = shares["indicator"].map(sides)
    turned = side == "secure"
    if not turned.any() or not (side == "insecure").any():
        return shares.assign(comparable=shares["share_percent"], turned=""), ""
    comparable = shares["share_percent"].where(~turned, 100 - shares["share_percent"])
    both = shares.assign(side=side).pivot_table(index=["area", "year"], columns="side", values="share_percent")
    note = words.say("page.safety.turned")
    for row in both.dropna(subset=["insecure", "secure"]).reset_index().to_dict("records"):
        total = float(row["insecure"] + row["secure"])
        note += " " + words.say(
            "page.safety.both_sides",
            area=str(row["area"]),
            year=str(row["year"]),
            total=words.per_cent(total, signed=False),
            rest=words.points(100 - total, signed=False),
        )
    marks = turned.map({True: words.say("page.safety.turned_mark"), False: words.say("page.safety.as_published")})
    return shares.assign(comparable=comparable, turned=marks), note


def _part(shares: Mapping[str, float], group: str) -> float:
    """Add up the cells "sex | age" that a group of either grouping consists of, per cent."""
    return sum(share for cell, share in shares.items() if group in cell.split(" | "))


def _group_change(session: OpenedStudy, found: GroupChange, absent: Mapping[str, Sequence[str]]) -> Row:
    words, change = session.words, found.change
    row: Row = {"group": group_name(session, found.grouping, found.group)}
    if not isinstance(change, SurveyChange):
        gone = found.grouping == "area" and found.group in absent
        why = words.say("page.safety.not_compared" if gone else "page.safety.too_few")
        return row | dict.fromkeys(("change_points", "p_adjusted", "flag"), why)
    return row | {
        "change_points": words.say(
            "page.change",
            change=words.number(change.change, 1, signed=True),
            interval=words.interval(change.low, change.high, 1, signed=True),
        ),
        "p_adjusted": words.p_value(found.adjusted_p),
        "flag": words.say("page.safety.flag_yes" if found.discovery else "page.safety.flag_no"),
    }
