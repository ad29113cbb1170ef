"""The page of data quality: what arrived, how it was read, what is missing, what was changed or set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.report.blocks import Heading, Prose, prose
from evaluation.session.pages.words import in_language, synthetic_notice
from evaluation.session.save import save_results
from evaluation.session.show import Blocks, blocks
from evaluation.tables import Column, table

if TYPE_CHECKING:
    from evaluation.session.open import StudySession


@dataclass(frozen=True, eq=False)
class QualityPage:
    """What the evaluation rests on, file by file."""

    session: StudySession

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
                words.say("page.quality.answer", **{name: words.number(value) for name, value in numbers.items()}),
            ),
        )

    def sources(self) -> Blocks:
        """Show each file: publisher, rows read and used, encoding, publication."""
        words, session = self.session.words, self.session
        rows = pd.DataFrame([self._source(name, record) for name, record in session.prepared.records.items()])
        columns = [
            Column("file", words.say("column.file")),
            Column("publisher", words.say("column.publisher")),
            Column("published", words.say("column.published")),
            Column("read", words.say("column.read"), "count"),
            Column("kept", words.say("column.kept"), "count"),
            Column("aside", words.say("column.aside"), "count"),
            Column("encoding", words.say("column.encoding")),
        ]
        caption = words.say("page.quality.sources_caption", area=in_language(session.study.study.name, words))
        return blocks(Heading(words.say("page.quality.sources")), table(rows, caption, columns, words))

    def missing(self) -> Blocks:
        """Show gaps in the series of the indicators, and preliminary figures."""
        words = self.session.words
        rows = pd.DataFrame([row for indicator in self.session.study.indicators for row in self._gaps(indicator.id)])
        heading = Heading(words.say("page.quality.missing"))
        if rows.empty:
            return blocks(heading, prose(words.say("page.quality.missing_none")))
        columns = [
            Column("indicator", words.say("column.indicator")),
            Column("period", words.say("column.period")),
            Column("point", words.say("column.point")),
        ]
        return blocks(heading, table(rows, words.say("page.quality.missing_caption"), columns, words))

    def known(self) -> Blocks:
        """Show registered oddities and each source's caveats."""
        words, study = self.session.words, self.session.study
        oddities = [in_language(oddity.text, words) for oddity in study.oddities]
        caveats = [in_language(caveat, words) for indicator in study.indicators for caveat in indicator.caveats]
        items = tuple(dict.fromkeys([*oddities, *caveats]))
        return blocks(Heading(words.say("page.quality.known")), Prose((), items)) if items else blocks()

    def ledger(self) -> Blocks:
        """Show how many rows were changed, flagged or set aside, by file and rule."""
        words, ledger = self.session.words, self.session.prepared.ledger
        heading = Heading(words.say("page.quality.ledger"))
        if ledger.empty:
            return blocks(heading, prose(words.say("page.quality.ledger_none")))
        counted = ledger.groupby(["source_file", "rule", "action"], observed=True).size().rename("rows").reset_index()
        counted["action"] = [words.say(f"action.{action}") for action in counted["action"]]
        columns = [
            Column("source_file", words.say("column.file")),
            Column("rule", words.say("column.rule")),
            Column("action", words.say("column.action")),
            Column("rows", words.say("column.rows"), "count"),
        ]
        return blocks(heading, table(counted, words.say("page.quality.ledger_caption"), columns, words))

    def save(self) -> None:
        """Write results.json."""
        session = self.session
        content = {"sources": {name: dict(record) for name, record in session.prepared.records.items()}}
        save_results(session, "quality", content)

    def _source(self, name: str, record: Mapping[str, Any]) -> dict[str, object]:
        card, words = self.session.prepared.cards[name], self.session.words
        published = card.published if isinstance(card.published, str) else words.date(card.published)
        return {
            "file": record["file"],
            "publisher": card.publisher,
            "published": published,
            "read": int(record["rows_read"]),
            "kept": int(record["rows_kept"]),
            "aside": int(record["rows_read"]) - int(record["rows_kept"]),
            "encoding": record["encoding"] or words.say("format.missing"),
        }

    def _gaps(self, key: str) -> list[dict[str, object]]:
        words, indicator = self.session.words, self.session.study.indicator(key)
        series = self.session.data.series(indicator)
        marks = {"page.quality.gap": np.isnan(series.count), "page.quality.preliminary": series.preliminary}
        return [
            {
                "indicator": in_language(indicator.name, words),
                "period": words.join([words.point(day, series.grain) for day in series.start[mask]]),
                "point": words.say(mark),
            }
            for mark, mask in marks.items()
            if mask.any()
        ]
