"""The incident log: drawn month by month and written to the files of its organisations, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evaluation.synthetic.intensity import Counts, draw_counts
from evaluation.synthetic.layouts import Layout, Vocabulary, as_csv, one_file, vocabulary
from evaluation.synthetic.lines import cells
from evaluation.synthetic.log_files import LogFile, open_log_file
from evaluation.synthetic.reports import Columns, MonthOfReports, month_of_reports
from evaluation.synthetic.world import World

LARGEST_WORKBOOK = 400_000  # events of the whole study, of which guards report about a sixteenth
TEXTS_FOR_BENCHMARK = 0.9


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """What stands in the files of the log.

    Attributes
    ----------
    rows
        Data rows by file: headers, totals and sources not counted.
    planted
        Rows by kind of dirt over the whole log; the month that two files share is counted once.
    twice
        Rows that stand in two files.
    not_yet_registered
        True reports by month of occurrence that came after the export.
    """

    rows: Mapping[str, int]
    planted: Mapping[str, int]
    twice: int
    not_yet_registered: Mapping[str, int]


def true_counts(world: World, seed: int, events: int) -> Counts:
    """Return the true reports of the study with this seed, shape (months, areas, categories, reporters)."""
    return draw_counts(world, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,))), events)


def months_of_reports(world: World, seed: int, events: int) -> Iterator[MonthOfReports]:
    """Yield the log month by month; the event numbers run on."""
    counts = true_counts(world, seed, events)
    numbers = np.zeros(len(world.reporters), dtype=np.int64)
    for at in range(world.months.size):
        month = month_of_reports(world, counts[at], at, seed, numbers)
        np.maximum.at(numbers, month.columns["reporter"], month.columns["number"])
        yield month


def write_logs(folder: Path, world: World, seed: int, events: int) -> WrittenLog:
    """Write the files of all organisations into a folder."""
    words = vocabulary(seed)
    small = events <= LARGEST_WORKBOOK
    layouts = [layout if small or layout.format == "csv" else as_csv(layout) for layout in words.layouts]
    return _write(folder, world, words, layouts, months_of_reports(world, seed, events))


def write_one_log(file: Path, world: World, seed: int, events: int) -> WrittenLog:
    """Write one cp1252 file with the reports of everyone, for benchmarks: any size, month by month."""
    words = replace(vocabulary(seed), filled=TEXTS_FOR_BENCHMARK)
    layout = one_file(words, world, file.stem)
    return _write(file.parent, world, words, [layout], months_of_reports(world, seed, events))


def _write(
    folder: Path, world: World, words: Vocabulary, layouts: Sequence[Layout], months: Iterator[MonthOfReports]
) -> WrittenLog:
    planted: Counter[str] = Counter()
    unregistered: dict[str, int] = {}
    with ExitStack() as stack:
        files = [stack.enter_context(open_log_file(folder, layout, words)) for layout in layouts]
        written = 0
        for month, made in zip(world.months, months, strict=True):
            planted.update(made.planted)
            unregistered[str(month)] = made.planted["not_yet_registered"]
            written += made.columns["number"].size
            for file in files:
                _add(file, world, words, month, made.columns)
    rows = {file.path.name: file.rows for file in files}
    late = {month: n for month, n in unregistered.items() if n}
    return WrittenLog(rows, dict(planted), sum(rows.values()) - written, late)


def _add(file: LogFile, world: World, words: Vocabulary, month: np.datetime64, reports: Columns) -> None:
    """Append those reports of a month that belong into a file."""
    if not file.layout.covers(month):
        return
    mine = np.isin(reports["reporter"], [world.reporter_index(name) for name in file.layout.reporters])
    chosen = {name: values[mine] for name, values in reports.items()}
    if mine.any():
        file.add(month, cells(world, words, file.layout, month, chosen))
