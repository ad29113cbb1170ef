"""All raw files of the Exempelköping study, with their cards, from one seed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evaluation.synthetic import municipal, process
from evaluation.synthetic.cards import write_card
from evaluation.synthetic.layouts import Vocabulary, vocabulary
from evaluation.synthetic.log import write_logs
from evaluation.synthetic.survey import write_waves
from evaluation.synthetic.truth import truth_of
from evaluation.synthetic.world import World, exempelkoping

SEED = 20260702


def make_study(folder: Path, *, seed: int = SEED, events: int | None = None, command: str = "") -> dict[str, Any]:
    """Write the raw files of Exempelköping with one card each into a folder and return the truth.

    The files are made in a folder beside them and moved when all are whole: a broken run leaves the old ones standing.

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
    with TemporaryDirectory(dir=folder, prefix=".staging-") as name:
        staging = Path(name)
        log = write_logs(staging, world, seed, size)
        waves = write_waves(staging, world, words, seed)
        _write_tables(staging, world, words, seed)
        for file in sorted(staging.iterdir()):
            write_card(file, str(world.exported), seed, command)
        for file in sorted(staging.iterdir()):
            file.replace(folder / file.name)
    return truth_of(world, seed, size, log, waves)


def _write_tables(folder: Path, world: World, words: Vocabulary, seed: int) -> None:
    tables = {
        "manadstal_kommunen": municipal.monthly_counts(world, words, seed),
        "atgarder": process.measures(words, seed),
        "kostnader": process.costs(words, seed),
        "folkmangd": municipal.mean_population(world, words),
        "category_map": municipal.category_map(words),
        "area_bridge": municipal.area_bridge(world, words),
        "kodbok_trygghetsmatning": municipal.codebook(words),
    }
    for name, rows in tables.items():
        (folder / f"{name}_{words.mark}.csv").write_bytes(_csv(rows))


def write_truth(path: Path, truth: dict[str, Any]) -> None:
    """Write the truth file; it belongs beside tests, never beside raw data."""
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _csv(rows: municipal.Rows) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")
