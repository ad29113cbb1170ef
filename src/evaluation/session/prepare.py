"""Raw files to processed Parquet: each file is checked against its card, read, cleaned, and written with its ledger."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.cleaning import holds_personal_data
from evaluation.errors import GateError
from evaluation.runs.canonical import sha256_of, sha256_of_file, sha256_of_tree
from evaluation.runs.project import Project
from evaluation.runs.publish import replace_file
from evaluation.session.intake import Taken, take_in
from evaluation.session.intake.parts import is_part_of
from evaluation.session.raw_files import codebooks
from evaluation.sources import resolve_inside
from evaluation.study.cards import Card, verify_checksum
from evaluation.study.model import Source, Study

RECORDS = "records.json"
LEDGER = "ledger.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What preparing a study left behind.

    Attributes
    ----------
    folder
        data/processed/<study>.
    records
        Source id → reading record (JSON values): rows read, kept, set aside by rule, guesses, encoding, checksum.
    cards
        Source id → provenance card.
    fresh
        True where raw files were read now; False where nothing had changed since last time.
    """

    folder: Path
    records: Mapping[str, Mapping[str, Any]]
    cards: Mapping[str, Card]
    fresh: bool

    @property
    def ledger(self) -> pd.DataFrame:
        """One row per changed, flagged or set-aside cell or row, read when asked for: few pages need it.

        Columns: source, row_number, rule, column, before, after, action.
        """
        return pd.read_parquet(self.folder / LEDGER)

    def frame(self, source: str) -> pd.DataFrame:
        """Return the clean frame of one source; `"incidents.incidents"` is the clean log behind its counts."""
        return pd.read_parquet(self.folder / f"{source}.parquet")


def prepare(project: Project, study: Study) -> Prepared:
    """Read and clean every source of a study, or return what stands there if no input has changed.

    Raises
    ------
    InputError
        A file or card is missing, its bytes changed under an unchanged card, a value cannot be read in one way only, or
        rows read are not rows kept + rows set aside.
    GateError
        A cleaned text still holds a personal identifier; nothing is written.
    """
    raw, folder = project.raw / study.id, project.processed / study.id
    cards = {source.id: verify_checksum(resolve_inside(raw, source.file)) for source in study.sources}
    cards |= {name: verify_checksum(resolve_inside(raw, name)) for name in codebooks(study)}
    stamp = _stamp(study, cards)
    known = _read_records(folder)
    if known.get("stamp") == stamp:
        return Prepared(folder, known["records"], cards, fresh=False)
    taken = {source.id: take_in(source, raw, study) for source in study.sources if _leads(source)}
    for name, frame in _frames(taken).items():
        refuse_personal_data(frame, name)
    return _write(folder, stamp, taken, cards)


def refuse_personal_data(frame: pd.DataFrame, name: str) -> None:
    """Stop where a text column holds an identity, telephone or plate number, an e-mail or a street address.

    Raises
    ------
    GateError
        With the column, the number of rows and the first of them; the identifier itself is not repeated.
    """
    for column in frame.columns:
        if not isinstance(frame[column].dtype, pd.StringDtype | pd.CategoricalDtype) and frame[column].dtype != object:
            continue
        words = pd.Series(frame[column].dropna().astype("str").unique(), dtype="str")
        named = words[holds_personal_data(words)]
        if len(named):
            rows = frame[column].astype("str").isin(named).to_numpy()
            raise GateError(
                f"processed table {name}, column {column}",
                found=f"personal identifiers in {int(rows.sum())} rows, first row {int(rows.argmax()) + 1}",
                expected="no identity, telephone or plate number, e-mail or street address after cleaning",
                todo="mask them in the raw file, or leave the column out of the column map",
            )


def _frames(taken: Mapping[str, Taken]) -> dict[str, pd.DataFrame]:
    """Name every table that will be written: clean frames, the tables beside them, and the ledger."""
    frames = {name: source.frame for name, source in taken.items()}
    frames |= {f"{name}.{suffix}": frame for name, source in taken.items() for suffix, frame in source.beside.items()}
    ledger = pd.concat([source.ledger.assign(source=name) for name, source in taken.items()], ignore_index=True)
    return frames | {LEDGER.removesuffix(".parquet"): ledger}


def _leads(source: Source) -> bool:
    """Tell whether a source has a frame of its own; reviewed tables and parts of another source have none."""
    return source.kind not in ("category_map", "area_bridge") and is_part_of(source) is None


def _stamp(study: Study, cards: Mapping[str, Card]) -> str:
    """Hash all that `take_in` looks at: entries of the study file, the files with their cards (dates too), the code."""
    looked_at = {"sources", "areas", "agreements", "priority_areas"}
    content = {
        "study": study.model_dump(mode="json", include=looked_at),
        "cards": {name: card.model_dump(mode="json") for name, card in cards.items()},
        "code": _code_hash(),
    }
    return sha256_of(content)


def _code_hash() -> str:
    """Hash the rooms that turn raw files into frames: a better reader must read again."""
    package = Path(__file__).parents[1]
    rooms = (package / "sources", package / "cleaning", package / "session" / "intake")
    return sha256_of([*map(sha256_of_tree, rooms), sha256_of_file(Path(__file__))])


def _read_records(folder: Path) -> dict[str, Any]:
    """Read what the last preparation left; nothing where it is missing or damaged, so that all is read again."""
    path = folder / RECORDS
    if not path.is_file() or not (folder / LEDGER).is_file():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    present = [(folder / f"{name}.parquet").is_file() for name in content.get("frames", [""])]
    return content if all(present) else {}


def _write(folder: Path, stamp: str, taken: Mapping[str, Taken], cards: Mapping[str, Card]) -> Prepared:
    """Write frames and ledger first and the stamp last, each by rename: a reader never sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = _frames(taken)
    for name, frame in frames.items():
        _replace_frame(folder / f"{name}.parquet", frame)
    records = {name: record for source in taken.values() for name, record in source.records.items()}
    content = {"stamp": stamp, "frames": list(frames), "records": records}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    replace_file(folder / RECORDS, text.encode("utf-8"))
    return Prepared(folder, records, cards, fresh=True)


def _replace_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write beside the file and rename over it; a write that fails leaves nothing beside it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        frame.to_parquet(beside, index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
