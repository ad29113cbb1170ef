"""The page of data quality: what arrived, how it was read, what is missing, what was changed or set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evaluation.evaluate.record import number
from evaluation.report.blocks import Facts, Heading, Prose, prose
from evaluation.session.pages import quality_log as log_parts
from evaluation.session.pages import quality_reading as reading
from evaluation.session.pages import quality_series as series_parts
from evaluation.session.pages import quality_survey as survey_parts
from evaluation.session.pages.words import in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks, joined
from evaluation.tables import Column, Table, table
from evaluation.tables.cells import Kind

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Row = dict[str, object]
KINDS: dict[str, tuple[Kind, int]] = {
    "read": ("count", 0),
    "kept": ("count", 0),
    "aside": ("count", 0),
    "files": ("count", 0),
    "rows": ("count", 0),
    "observed": ("count", 0),
    "usual": ("count", 0),
    "expected": ("number", 1),
    "change": ("per_cent", 0),
    "complete": ("per_cent", 1),
    "asked": ("count", 0),
    "answers": ("count", 0),
    "response": ("per_cent", 0),
    "unusable": ("per_cent", 1),
}
"""How columns of numbers are written; every other column is text."""


@dataclass(frozen=True, eq=False)
class QualityPage:
    """What the evaluation rests on, file by file."""

    session: OpenedStudy

    def opening(self) -> Blocks:
        """Show title, question and the account of rows."""
        words, study = self.session.words, self.session.study
        records = self.session.prepared.records.values()
        read, kept = (sum(int(record[name]) for record in records) for name in ("rows_read", "rows_kept"))
        numbers = {"files": len(records), "read": read, "kept": kept, "aside": read - kept}
        area = in_language(study.study.name, words)
        return blocks(
            Heading(words.say("page.quality.title", area=area), 1),
            synthetic_notice(study, words),
            prose(
                words.say("page.quality.question"),
                series_parts.reservations(self.session),
                words.say("page.quality.answer", **{name: words.number(value) for name, value in numbers.items()}),
            ),
        )

    def sources(self) -> Blocks:
        """Show each file: publisher, rows read and used; and how it was read, every guess in words."""
        words, prepared = self.session.words, self.session.prepared
        rows = [reading.file_row(name, prepared, words) for name in prepared.records]
        publishers = dict.fromkeys(str(row["publisher"]) for row in rows)
        if len(publishers) == 1:
            rows = [{name: row[name] for name in row if name != "publisher"} for row in rows]
        told = reading.readings(self.session)
        area = in_language(self.session.study.study.name, words)
        return blocks(
            Heading(words.say("page.quality.sources")),
            self._table(rows, "sources_caption", area=area),
            prose(words.say("page.quality.publisher", name=next(iter(publishers)))) if len(publishers) == 1 else None,
            Heading(words.say("page.quality.reading"), 3),
            prose(words.say("page.quality.reading_note")),
            Facts(told),
        )

    def ledger(self) -> Blocks:
        """Show how many rows were changed, flagged or set aside, by rule."""
        words, ledger = self.session.words, self.session.prepared.ledger
        heading = Heading(words.say("page.quality.ledger"))
        if ledger.empty:
            return blocks(heading, prose(words.say("page.quality.ledger_none")))
        return blocks(heading, self._table(reading.ledger_rows(ledger, words), "ledger_caption", "ledger_note"))

    def missing(self) -> Blocks:
        """Show gaps, preliminary figures, days that belong to no agreement."""
        words = self.session.words
        gaps, early = series_parts.gap_rows(self.session), series_parts.preliminary_rows(self.session)
        uncovered = series_parts.uncovered_sentences(self.session)
        return blocks(
            Heading(words.say("page.quality.missing")),
            self._table(gaps, "missing_caption") if gaps else prose(words.say("page.quality.missing_none")),
            self._table(early, "preliminary_caption") if early else None,
            Prose(tuple(uncovered)) if uncovered else None,
        )

    def unusual(self) -> Blocks:
        """Show points far from their own past, with figures."""
        words = self.session.words
        rows = series_parts.unusual_rows(self.session)
        figures = tuple(series_parts.series_figures(self.session))
        if not rows and not figures:
            return blocks()
        shown = self._table(rows, "unusual_caption", "unusual_note") if rows else None
        return blocks(Heading(words.say("page.quality.unusual")), *figures, shown)

    def checks(self) -> Blocks:
        """Show figures held against each other: points and years, parts and wholes, rates and populations."""
        rows = [series_parts.check_row(self.session, check) for check in series_parts.checks(self.session)]
        if not rows:
            return blocks()
        heading = Heading(self.session.words.say("page.quality.checks"))
        return blocks(heading, self._table(rows, "checks_caption", "checks_note"))

    def reporters(self) -> Blocks:
        """Show who reported when, and batches; of each incident log."""
        return joined(self._reporters(log) for log in log_parts.logs(self.session))

    def registration(self) -> Blocks:
        """Show late registration and drift of categories; of each incident log."""
        return joined(self._registration(log) for log in log_parts.logs(self.session))

    def surveys(self) -> Blocks:
        """Show who answered in each wave, and where waves cannot be compared."""
        words, session = self.session.words, self.session
        waves, items = survey_parts.wave_rows(session), survey_parts.item_rows(session)
        breaks = survey_parts.break_sentences(session)
        if not waves:
            return blocks()
        small = [bool(row.pop("small")) for row in items]
        hidden = pd.DataFrame({"answers": small, "unusable": small})
        return blocks(
            Heading(words.say("page.quality.surveys")),
            self._table(waves, "waves_caption", "waves_note"),
            self._table(items, "items_caption", hidden=hidden) if items else None,
            prose(words.say("page.quality.breaks"), items=breaks) if breaks else None,
        )

    def known(self) -> Blocks:
        """Show registered oddities and each source's caveats."""
        words, study = self.session.words, self.session.study
        oddities = [in_language(oddity.text, words) for oddity in study.oddities]
        caveats = [in_language(caveat, words) for indicator in study.indicators for caveat in indicator.caveats]
        items = tuple(dict.fromkeys([*oddities, *caveats]))
        return blocks(Heading(words.say("page.quality.known")), Prose((), items)) if items else blocks()

    def save(self) -> None:
        """Write results.json: the reading records, each with what the page shows about its source."""
        session = self.session
        content = {name: reading.published_record(name, session) for name in session.prepared.records}
        for check in series_parts.checks(session):
            content[check.source].setdefault("checks", []).append(_plain(asdict(check)))
        for log in log_parts.logs(session):
            content[log] |= self._log_record(log)
        for source in (one.id for one in session.study.sources if survey_parts.leads(one)):
            content[source]["waves"] = [_plain(row) for row in survey_parts.wave_rows(session)]
        ledger = session.prepared.ledger.groupby(["source", "action", "rule"], observed=True).size()
        for row in ledger.rename("rows").reset_index().to_dict("records"):
            counted = {"action": row["action"], "rule": row["rule"], "rows": int(row["rows"])}
            content[str(row["source"])].setdefault("ledger", []).append(counted)
        save_results(session, "quality", {"sources": content})

    def _reporters(self, log: str) -> Blocks:
        words, session = self.session.words, self.session
        rows = [{name: row[name] for name in row if name != "steady"} for row in log_parts.reporter_rows(session, log)]
        batches = log_parts.batch_rows(session, log)
        none = prose(words.say("page.quality.batches_none"))
        return blocks(
            Heading(words.say("page.quality.reporters")),
            log_parts.reporters_figure(session, log),
            self._table(rows, "reporters_caption", "panel_note"),
            Heading(words.say("page.quality.batches"), 3),
            self._table(batches, "batches_caption", "batches_note") if batches else none,
        )

    def _registration(self, log: str) -> Blocks:
        words, session = self.session.words, self.session
        drift, late = log_parts.drift_rows(session, log), log_parts.late_rows(session, log)
        unknown = prose(words.say("page.quality.late_unknown"))
        return blocks(
            Heading(words.say("page.quality.late")),
            self._table(late, "late_caption", "late_note") if late else unknown,
            log_parts.delays_figure(session, log) if len(log_parts.account(session, log, "delays")) else None,
            Heading(words.say("page.quality.drift"), 3) if drift else None,
            self._table(drift, "drift_caption") if drift else None,
        )

    def _log_record(self, log: str) -> dict[str, Any]:
        late = log_parts.account(self.session, log, "late").tail(6)
        return {
            "batches": [_plain(row) for row in log_parts.batch_rows(self.session, log)],
            "late": [
                {
                    "start": str(row["start"].date()),
                    "completeness": number(row["completeness"]),
                    "shortfall": number(row["shortfall"]),
                    "preliminary": bool(row["incomplete"]),
                }
                for row in late.to_dict("records")
            ],
        }

    def _table(
        self, rows: Iterable[Row], caption: str, note: str = "", hidden: pd.DataFrame | None = None, **fields: str
    ) -> Table:
        words = self.session.words
        frame = pd.DataFrame(list(rows))
        columns = [_column(str(name), words.say(f"page.quality.column.{name}")) for name in frame.columns]
        said = words.say(f"page.quality.{caption}", **fields)
        return table(frame, said, columns, words, hidden=hidden, note=words.say(f"page.quality.{note}") if note else "")


def _column(name: str, label: str) -> Column:
    kind, digits = KINDS.get(name, ("text", 0))
    return Column(name, label, kind, digits, signed=name == "change")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON values."""
    return {name: number(float(value)) if isinstance(value, float) else value for name, value in row.items()}
