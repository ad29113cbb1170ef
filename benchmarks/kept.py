"""Full-size measurements are kept, a file each, so that RESULTS.md can be made from runs of single rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.growth import GROWTHS, Grown, Point
from benchmarks.measure import Measured, Reading
from benchmarks.rows import NAMES, row_named


@dataclass(frozen=True, slots=True)
class Kept:
    """One measurement, and how it came about: command, commit, date, load, rounds, minutes it took."""

    what: Measured | Grown
    made: dict[str, str]


def keep(one: Kept, folder: Path) -> None:
    """Write a measurement in place of the earlier one of the same row."""
    folder.mkdir(exist_ok=True)
    content = {"made": one.made, "what": _plain(one.what)}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{name_of(one.what)}.json").write_text(text, encoding="utf-8")


def all_kept(folder: Path) -> list[Kept]:
    """Return what is kept, in the order of the rows; of rows that exist no longer nothing."""
    return list(_read(folder))


def name_of(what: Measured | Grown) -> str:
    """Return the name of a row or of a series of growth."""
    return what.row.name if isinstance(what, Measured) else what.name


def _read(folder: Path) -> Iterator[Kept]:
    for name in (*NAMES, *GROWTHS):
        path = folder / f"{name}.json"
        if path.exists():
            content = json.loads(path.read_text(encoding="utf-8"))
            what = _measured(name, content["what"]) if name in NAMES else _grown(content["what"])
            yield Kept(what, content["made"])


def _plain(what: Measured | Grown) -> dict[str, object]:
    """Take the row itself out: it is code, and is found by its name."""
    if isinstance(what, Grown):
        return asdict(what)
    readings = {name: [asdict(reading) for reading in found] for name, found in what.readings.items()}
    return {
        "size": what.size,
        "readings": readings,
        "differences": what.differences,
        "absent": what.absent,
        "fault": what.fault,
    }


def _measured(name: str, plain: dict[str, object]) -> Measured:
    readings = {one: tuple(Reading(**reading) for reading in found) for one, found in plain.pop("readings").items()}  # type: ignore[attr-defined]
    absent = {one: tuple(needs) for one, needs in plain.pop("absent").items()}  # type: ignore[attr-defined]
    return Measured(row=row_named(name), readings=readings, absent=absent, **plain)  # type: ignore[arg-type]


def _grown(plain: dict[str, object]) -> Grown:
    points = tuple(Point(**point) for point in plain.pop("points"))  # type: ignore[attr-defined]
    return Grown(points=points, **plain)  # type: ignore[arg-type]
