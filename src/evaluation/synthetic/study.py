"""All raw files of the Exempelköping study, with their cards, from one seed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from evaluation.synthetic import municipal
from evaluation.synthetic.cards import write_card
from evaluation.synthetic.layouts import vocabulary
from evaluation.synthetic.log import write_logs
from evaluation.synthetic.survey import write_waves
from evaluation.synthetic.truth import truth_of
from evaluation.synthetic.world import exempelkoping

SEED = 20260702


def make_study(folder: Path, *, seed: int = SEED, events: int | None = None, command: str = "") -> dict[str, Any]:
    """Write the raw files of Exempelköping with one card each into a folder and return the truth.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there. Files of the same names are replaced.
    seed
        Same seed and size, same bytes.
    events
        True reports in the log; the log has about 2 % more rows. The size of the committed study if not given.
    command
        What the cards name as the command that made the file.
    """
    world, words = exempelkoping(), vocabulary(seed)
    size = world.events if events is None else events
    folder.mkdir(parents=True, exist_ok=True)
    log = write_logs(folder, world, seed, size)
    waves = write_waves(folder, world, words, seed)
    mark = words.note.lower().replace(" ", "_")
    tables = {
        f"manadstal_kommunen_{mark}.csv": municipal.monthly_counts(world, words, seed),
        f"atgarder_{mark}.csv": municipal.measures(words),
        f"folkmangd_{mark}.csv": municipal.mean_population(world, words),
        f"category_map_{mark}.csv": municipal.category_map(words),
        f"area_bridge_{mark}.csv": municipal.area_bridge(world, words),
        f"kodbok_trygghetsmatning_{mark}.csv": municipal.codebook(words),
    }
    for name, rows in tables.items():
        (folder / name).write_bytes(_csv(rows))
    for name in (*log.rows, *waves, *tables):
        write_card(folder / name, str(world.exported), seed, command)
    return truth_of(world, seed, size, log, waves)


def write_truth(path: Path, truth: dict[str, Any]) -> None:
    """Write the truth file; it belongs beside tests, never beside raw data."""
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _csv(rows: municipal.Rows) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")
