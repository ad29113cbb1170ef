"""The incident log: reporters over time, batches, late registration, drift of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.figures import Figure, calendar_figure, multiples_figure
from evaluation.series import TimeSeries
from evaluation.session.intake.parts import is_part_of
from evaluation.session.pages.quality_series import offence_word, points_in_words

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Row = dict[str, object]


def logs(session: OpenedStudy) -> tuple[str, ...]:
    """Return the ids of the incident logs of a study (parts of a log belong to the log)."""
    return tuple(s.id for s in session.study.sources if s.kind == "incident_log" and not is_part_of(s))


def account(session: OpenedStudy, log: str, table: str) -> pd.DataFrame:
    """Return a table that intake wrote beside a log (`session.intake.log_account`)."""
    return session.data.frame(f"{log}.{table}")


def yearly_reports(session: OpenedStudy, log: str) -> list[TimeSeries]:
    """Return the reports of each reporter by year; a year of which the log lacks months is left out."""
    monthly = account(session, log, "reporters")
    whole = monthly.groupby(monthly["start"].dt.year)["start"].transform("nunique").eq(12)
    by_year = monthly[whole].groupby(["reporter", monthly["start"].dt.year])["reports"].sum()
    return [_yearly(_name(session, name), rows.droplevel(0)) for name, rows in by_year.groupby(level=0)]


def _name(session: OpenedStudy, reporter: object) -> str:
    """Return the reporter's name, or words for a log that does not say who reported."""
    return str(reporter) or session.words.say("page.quality.reporter_unnamed")


def _yearly(name: str, reports: pd.Series) -> TimeSeries:
    count = reports.to_numpy(dtype=float)
    return TimeSeries(
        indicator=name,
        area="",
        grain="year",
        start=np.array([f"{year}-01-01" for year in reports.index], dtype="M8[D]"),
        count=count,
        exposure=np.ones(count.size),
        preliminary=np.zeros(count.size, dtype=np.bool_),
        scale="value",
    )


def reporters_figure(session: OpenedStudy, log: str) -> Figure:
    """Draw the reports of each reporter by year, small multiples; small counts are hidden."""
    words, series = session.words, yearly_reports(session, log)
    limit = session.study.thresholds.small_count
    changed = [str(row["reporter"]) for row in reporter_rows(session, log) if not row["steady"]]
    names = words.join(changed)
    return multiples_figure(
        series,
        [one.indicator for one in series],
        words,
        title=words.say(f"page.quality.reporters_{'changed' if changed else 'steady'}", names=names),
        quantity=words.say("page.quality.reporters_quantity"),
        where=session.study.target.name,
        hidden=[(one.count > 0) & (one.count < limit) for one in series],
        note=words.say("page.quality.reporters_note"),
    )


def delays_figure(session: OpenedStudy, log: str) -> Figure:
    """Draw the share of each month's incidents that was registered late, by year and month."""
    words, delays = session.words, account(session, log, "delays")
    months = delays["start"].to_numpy().astype("M8[M]").astype(np.int64)
    years = np.arange(months.min() // 12, months.max() // 12 + 1)
    shares = np.full((years.size, 12), np.nan)
    shares[months // 12 - years[0], months % 12] = delays["late"]
    most = delays.iloc[int(delays["late"].argmax())]
    share = words.per_cent(float(most["late"]), signed=False)
    return calendar_figure(
        shares,
        [1970 + int(year) for year in years],
        words,
        title=words.say("page.quality.delays_title", month=words.month(most["start"]), share=share),
        quantity=words.say("page.quality.delays_quantity"),
        where=session.study.target.name,
        note=words.say("page.quality.delays_note"),
    )


def reporter_rows(session: OpenedStudy, log: str) -> list[Row]:
    """Return one row per reporter: first and last month, months of silence between them, part of the constant panel."""
    words = session.words
    panel = session.study.source(log).options.get("constant_reporters")
    counted = panel if isinstance(panel, list) else None
    return [
        {
            "reporter": _name(session, name),
            "from": words.month(_first(rows)),
            "to": words.month(_first(rows[::-1])),
            "silent": points_in_words(_silent(rows), "month", words) or words.say("page.quality.silent_none"),
            "counted": words.say(f"page.quality.counted.{'yes' if counted is None or name in counted else 'no'}"),
            "steady": bool(rows["constant"].iloc[0]),
        }
        for name, rows in account(session, log, "reporters").groupby("reporter")
    ]


def _first(rows: pd.DataFrame) -> pd.Timestamp:
    day: pd.Timestamp = rows.loc[rows["reports"].gt(0), "start"].iloc[0]
    return day


def _silent(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Months without a report between the reporter's first and last one."""
    inside = rows[rows["start"].between(_first(rows), _first(rows[::-1]))]
    return inside.loc[inside["reports"].eq(0), "start"].to_numpy().astype("M8[D]")


def batch_rows(session: OpenedStudy, log: str) -> list[Row]:
    """Return one row per suspected batch: who or where, day, incidents, expected on an ordinary day."""
    words = session.words
    return [
        {
            "what": words.say(
                f"page.quality.batch.{row['kind']}", who=_who(session, str(row["kind"]), str(row["who"]))
            ),
            "day": words.date(pd.Timestamp(row["day"])),
            "observed": int(row["incidents"]),
            "expected": float(row["expected"]),
        }
        for row in account(session, log, "batches").to_dict("records")
    ]


def _who(session: OpenedStudy, kind: str, who: str) -> str:
    """Write the reporter, or area and offence type with their names."""
    if kind == "registered":
        return _name(session, who)
    code, offence_type = who.split(", ", 1)
    names = {area.code: area.name for area in session.study.areas}
    return f"{names.get(code, code)}, {offence_word(session, offence_type)}"


def late_rows(session: OpenedStudy, log: str) -> list[Row]:
    """Return the last six months: share registered and incidents estimated still to come, preliminary or not."""
    words = session.words
    return [
        {
            "point": words.month(pd.Timestamp(row["start"])),
            "complete": 100 * float(row["completeness"]),
            "shortfall": words.number(float(row["shortfall"]), 1),
            "interval": words.interval(
                max(float(row["low"]) - float(row["observed"]), 0.0), float(row["high"]) - float(row["observed"]), 1
            ),
            "status": words.say(f"page.quality.status.{'preliminary' if row['incomplete'] else 'final'}"),
        }
        for row in account(session, log, "late").tail(6).to_dict("records")
    ]


def drift_rows(session: OpenedStudy, log: str) -> list[Row]:
    """Return what changed in the categories: codes with dated meanings, spellings that the map lacks, broken series.

    Without a reviewed map of categories there is nothing to say.
    """
    if not any(source.kind == "category_map" for source in session.study.sources):
        return []
    return [*_meanings(session, log), *_missing(session, log), *_breaks(session, log)]


def _meanings(session: OpenedStudy, log: str) -> list[Row]:
    words = session.words
    return [
        {
            "reporter": row["reporter"] or words.say("page.quality.everybody"),
            "category": row["spelling"],
            "meaning": words.say(
                f"page.quality.meaning_{'until' if row['valid_to'] else 'from'}",
                name=offence_word(session, str(row["category"])),
                date=words.date(pd.Timestamp(row["valid_to"] or row["valid_from"])),
            ),
        }
        for row in account(session, log, "meanings").to_dict("records")
    ]


def _missing(session: OpenedStudy, log: str) -> list[Row]:
    words = session.words
    lacking = account(session, log, "categories").query("status == 'missing'")
    return [
        {
            "reporter": words.join(sorted(rows["reporter"])),
            "category": str(spelling),
            "meaning": words.say("page.quality.meaning_missing", rows=words.number(int(rows["rows"].sum()))),
        }
        for spelling, rows in lacking.groupby("spelling")
    ]


def _breaks(session: OpenedStudy, log: str) -> list[Row]:
    words = session.words
    return [
        {
            "reporter": row["reporter"] or words.say("page.quality.everybody"),
            "category": offence_word(session, str(row["category"])),
            "meaning": words.say(f"page.quality.break_{row['reason']}", date=words.date(pd.Timestamp(row["date"]))),
        }
        for row in account(session, log, "breaks").to_dict("records")
    ]
