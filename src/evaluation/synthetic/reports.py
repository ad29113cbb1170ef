"""The reports of one month: who reports what, where and when, with the dirt that real logs have.

A month of reports is a mapping of columns, one entry per report, indices pointing into the world's tables. Each month
has a random generator of its own, so any number of months is made in bounded memory and in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.synthetic import moments
from evaluation.synthetic.intensity import Counts
from evaluation.synthetic.moments import DAY, EXACT, Ints
from evaluation.synthetic.persons import pick
from evaluation.synthetic.world import World

Columns = dict[str, NDArray[Any]]
TRUE, SECOND, INVENTORY = 0, 1, 2
CLEAN, SWAPPED, OUTSIDE, MISSING = 0, 1, 2, 3
LATE_DAYS = 30
REPORTED_TO_POLICE = 0.45


@dataclass(frozen=True, slots=True)
class MonthOfReports:
    """One month of the log as it will stand in the files, and what was planted in it.

    Attributes
    ----------
    columns
        One entry per row of the log, in the order of registration; exact duplicates at the end.
    planted
        Numbers of rows by kind of dirt.
    """

    columns: Columns
    planted: dict[str, int]


def month_of_reports(world: World, counts: Counts, at: int, seed: int, numbers: Ints) -> MonthOfReports:
    """Return month number `at` of the log; `numbers` are the last event numbers used, by reporter.

    Parameters
    ----------
    counts
        True reports of this month, shape (areas, categories, reporters).
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, at)))
    month = world.months[at]
    true = _events(world, counts, month, rng)
    reports = _stack(true, _second_reports(world, true, month, rng), _inventory(world, month, int(counts.sum()), rng))
    reports |= _batch_registration(world, month, reports, rng)
    arrived = reports["reported"] < world.exported.astype(np.int64) * DAY
    kept = _take(reports, np.flatnonzero(arrived))
    kept = _take(kept, np.argsort(kept["reported"], kind="stable"))
    kept |= _number(kept["reporter"], numbers) | _cell_faults(world, kept["reporter"].size, rng)
    copies = np.flatnonzero(rng.random(kept["reporter"].size) < world.dirt["exact_duplicate"])
    planted = _tally(kept, moments.changed_hour(month)) | {
        "true_events": int(counts.sum()),
        "not_yet_registered": int(np.sum(~arrived & (reports["origin"] == TRUE))),
        "exact_duplicates": int(copies.size),
    }
    return MonthOfReports(_stack(kept, _take(kept, copies)), planted)


def _events(world: World, counts: Counts, month: np.datetime64, rng: np.random.Generator) -> Columns:
    area, category, reporter = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    moment = moments.draw_moments(world, month, category, rng)
    known = moments.draw_knowledge(world, category, rng)
    start, end = moments.widen(moment, known, rng)
    start, end = _in_changed_hour(world, month, known, (_within(month, start), end), rng)
    places = np.array([len(entry.places) for entry in world.areas])
    place = (rng.random(area.size) * places[area]).astype(np.int64)
    north, east = _positions(world, area, place, rng)
    return {
        "area": area,
        "category": category,
        "reporter": reporter,
        "origin": np.full(area.size, TRUE),
        "place": place,
        "from": start,
        "to": end,
        "known": known,
        "reported": moments.draw_registration(world, end, rng),
        "north": north,
        "east": east,
        "police": rng.random(area.size) < REPORTED_TO_POLICE,
    }


def _within(month: np.datetime64, minute: Ints) -> Ints:
    """Keep minutes inside the month, so that spellings and area codes of their date hold."""
    first, last = (int(of.astype("datetime64[D]").astype(np.int64)) * DAY for of in (month, month + 1))
    return np.clip(minute, first, last - 1)


def _in_changed_hour(
    world: World, month: np.datetime64, known: Ints, span: tuple[Ints, Ints], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return from and to with some exact reports moved into the hour that exists twice or not at all."""
    hour = moments.changed_hour(month)
    if hour is None:
        return span
    wanted = world.dirt["nonexistent_hours" if month.astype(np.int64) % 12 == 2 else "ambiguous_hours"]
    moved = np.zeros(known.size, dtype=bool)
    moved[rng.permutation(np.flatnonzero(known == EXACT))[: int(wanted)]] = True
    minute = hour + rng.integers(0, 60, known.size)
    return np.where(moved, minute, span[0]), np.where(moved, minute, span[1])


def _positions(world: World, area: Ints, place: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return northings and eastings in whole metres (SWEREF 99 TM), scattered about 20 m round the place."""
    centre = np.array([(entry.north, entry.east) for entry in world.areas])[area]
    angle, distance = 2.4 * place + area, 90.0 + 40.0 * place
    offset = np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)
    found = np.rint(centre + offset + rng.normal(0, 20, offset.shape)).astype(np.int64)
    return found[:, 0], found[:, 1]


def _second_reports(world: World, true: Columns, month: np.datetime64, rng: np.random.Generator) -> Columns:
    """Return some exactly timed events once more, as another reporter saw them some minutes and metres away."""
    seen = (true["known"] == EXACT) & (rng.random(true["area"].size) < world.dirt["second_reporter"])
    second = _take(true, np.flatnonzero(seen))
    n = second["area"].size
    weights = np.array([reporter.weights for reporter in world.reporters]).T[second["category"]]
    begun = np.array([reporter.joins is None or month >= reporter.joins for reporter in world.reporters])
    other = np.arange(begun.size) != second["reporter"][:, None]
    cumulative = np.cumsum(weights * begun * other, axis=1)
    second["reporter"] = pick(rng, cumulative / cumulative[:, -1:])
    second["origin"] = np.full(n, SECOND)
    shift = rng.integers(-20, 21, n)
    second["from"] = second["to"] = _within(month, second["from"] + shift)
    second["reported"] = moments.draw_registration(world, second["to"], rng)
    second["north"] = second["north"] + rng.integers(-25, 26, n)
    second["east"] = second["east"] + rng.integers(-25, 26, n)
    return second


def _inventory(world: World, month: np.datetime64, events: int, rng: np.random.Generator) -> Columns:
    """Return the cases of the one inspection that was entered case by case, if it falls in this month."""
    inventory = world.inventory
    n = round(events * len(world.months) * inventory["share"]) if str(month) == inventory["month"] else 0
    area = np.full(n, world.area_index(inventory["area"]))
    day = np.datetime64(inventory["day"], "D").astype(np.int64) * DAY
    place = rng.integers(0, 4, n)
    north, east = _positions(world, area, place, rng)
    start = day + 540 + rng.integers(0, 36, n) * 5
    return {
        "area": area,
        "category": np.full(n, world.category_index("vandalism")),
        "reporter": np.full(n, world.reporter_index("municipality")),
        "origin": np.full(n, INVENTORY),
        "place": place,
        "from": start,
        "to": start,
        "known": np.full(n, EXACT),
        "reported": day + 780 + np.arange(n) // 4,
        "north": north,
        "east": east,
        "police": np.zeros(n, dtype=bool),
    }


def _batch_registration(world: World, month: np.datetime64, reports: Columns, rng: np.random.Generator) -> Columns:
    """Return `reported` with the reports of a batch on one day, within three hours, and which reports those are."""
    reported, batched = reports["reported"], np.zeros(reports["area"].size, dtype=bool)
    for batch in world.batches:
        if batch.first_month <= month <= batch.last_month:
            day = batch.registered.astype(np.int64) * DAY
            inside = (reports["reporter"] == batch.reporter) & (reports["to"] < day)
            reported = np.where(inside, day + 540 + rng.integers(0, 180, inside.size), reported)
            batched = batched | inside
    return {"reported": reported, "batch": batched}


def _number(reporter: Ints, numbers: Ints) -> Columns:
    """Return the running number of each report within its reporter, continuing from `numbers`."""
    number = np.empty(reporter.size, dtype=np.int64)
    for index in range(numbers.size):
        rows = np.flatnonzero(reporter == index)
        number[rows] = numbers[index] + np.arange(1, rows.size + 1)
    return {"number": number}


def _cell_faults(world: World, n: int, rng: np.random.Generator) -> Columns:
    """Draw faults of single cells, and the random parts of the wording."""
    shares = np.array([world.dirt[key] for key in ("swapped_axes", "outside_box", "missing_coordinate")])
    fault = pick(rng, np.broadcast_to(np.cumsum([1 - shares.sum(), *shares]), (n, 4)))
    return {
        "position_fault": np.minimum(fault, MISSING),
        "typing_error": rng.random(n) < world.dirt["typing_error"],
        "wording": rng.random(n),
        "sub": rng.integers(0, 60, n),
        "text": rng.random(n),
        "phrase": rng.integers(0, 1 << 30, n),
        "contact": rng.integers(0, 1 << 30, n),
        "old_code": rng.integers(0, 12, n),
    }


def _tally(kept: Columns, hour: int | None) -> dict[str, int]:
    late = kept["reported"] - kept["to"] > LATE_DAYS * DAY
    in_hour = np.zeros(late.size, dtype=bool)
    if hour is not None:
        in_hour = (kept["from"] >= hour) & (kept["from"] < hour + 60) & (kept["known"] != moments.DATE_ONLY)
    return {
        "second_reports": int(np.sum(kept["origin"] == SECOND)),
        "inventory": int(np.sum(kept["origin"] == INVENTORY)),
        "batch": int(np.sum(kept["batch"])),
        "late": int(np.sum(late)),
        "changed_hour": int(np.sum(in_hour)),
        "date_only": int(np.sum(kept["known"] == moments.DATE_ONLY)),
        "swapped_axes": int(np.sum(kept["position_fault"] == SWAPPED)),
        "outside_box": int(np.sum(kept["position_fault"] == OUTSIDE)),
        "missing_coordinate": int(np.sum(kept["position_fault"] == MISSING)),
        "typing_errors": int(np.sum(kept["typing_error"])),
    }


def _take(columns: Columns, rows: Ints) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def _stack(first: Columns, *others: Columns) -> Columns:
    return {name: np.concatenate([values, *(other[name] for other in others)]) for name, values in first.items()}
