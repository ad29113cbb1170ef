"""What the municipality keeps beside the log: monthly counts, population, and its reviewed tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluation.synthetic.layouts import Vocabulary
from evaluation.synthetic.world import Floats, World, read_toml

PRELIMINARY_MONTHS = 3
NOT_REPORTED, DOES_NOT_EXIST = "..", "."
DISPERSION, DEVIATION, AUTOCORRELATION = 0.02, 0.08, 0.4
MEAN_POPULATION_FROM, MEAN_POPULATION_TO = 2015, 2026
Rows = list[list[str]]


def monthly_counts(world: World, words: Vocabulary, seed: int) -> Rows:
    """Return the counts of the municipality by month and kind, with a header; `..` not reported, `.` does not exist."""
    header = ["area_code", "area", "year", "month", "offence_type", "count", "status", "note"]
    rows = [header]
    for number, entry in enumerate(read_toml("municipal.toml")["counts"]):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4, number)))
        drawn = rng.poisson(expected_counts(world, entry) * _noise(world.months.size, rng))
        for at, (month, count) in enumerate(zip(world.months.astype(str), drawn, strict=True)):
            status = "preliminary" if at >= world.months.size - PRELIMINARY_MONTHS else "final"
            value = _value(entry, month, int(count))
            rows.append(
                [world.code, world.name, month[:4], str(int(month[5:])), entry["id"], value, status, words.note]
            )
    return rows


def expected_counts(world: World, entry: Mapping[str, Any]) -> Floats:
    """Return the expected monthly counts of one kind: season, lasting effects of the agreements, population."""
    month = world.months.astype(np.int64) % 12
    july_low = 1 - entry["season"] * np.isin(month, [6])
    ratio = np.ones(world.months.size)
    for agreement in world.agreements:
        begun = world.months >= agreement.start.astype("datetime64[M]")
        ratio = ratio * np.where(begun, entry["ratios"].get(agreement.id, 1.0), 1.0)
    growth = np.exp(world.growth * np.arange(world.months.size) / 12)
    return np.asarray(entry["mean"] * july_low * ratio * growth)


def mean_population(world: World, words: Vocabulary) -> Rows:
    """Return the mean population of each area and of the municipality by year, in the newest division."""
    header = ["area_code", "area", "year", "mean_population", "derived_from"]
    start = np.array([area.population for area in world.areas])
    rows = []
    for year in range(MEAN_POPULATION_FROM, MEAN_POPULATION_TO + 1):
        people = np.rint(start * np.exp(world.growth * (year + 0.5 - MEAN_POPULATION_FROM))).astype(int)
        rows.append([world.code, world.name, str(year), str(people.sum()), words.note])
        rows.extend(
            [area.code, area.name, str(year), str(n), words.note] for area, n in zip(world.areas, people, strict=True)
        )
    return [header, *sorted(rows, key=lambda row: (row[0] != world.code, row[0], row[2]))]


def category_map(words: Vocabulary) -> Rows:
    """Return the reviewed map from the reporters' spellings to categories; an open end is empty."""
    header = ["spelling", "reporter", "valid_from", "valid_to", "category", "note"]
    return [header] + [
        [
            entry.spelling,
            words.reporter_names[entry.reporter],
            entry.first,
            "" if entry.last.startswith("9999") else entry.last,
            entry.category,
            words.note,
        ]
        for entry in words.spellings
    ]


def area_bridge(world: World, words: Vocabulary) -> Rows:
    """Return the reviewed bridge from old to new area codes; codes that stayed are not in it."""
    day = str(world.division_changed)
    header = ["old_area", "new_area", "share", "valid_from", "note"]
    return [header] + [[old, new, f"{share:g}", day, words.note] for old, new, share in world.bridge]


def codebook(words: Vocabulary) -> Rows:
    """Return what each option of each question means in each wave, and under which header the answers stand.

    `value` is our value of an answer and empty for `kind` dont_know and refused; `item`, `code` and `meaning` (value,
    or else kind) say the same in one line.
    """
    names = ["question", "wave", "option", "value", "kind", "header", "label", "wording", "item", "code", "meaning"]
    rows = [[*names, "note"]]
    for wave in read_toml("municipal.toml")["survey"]["waves"]:
        for item, header, wording, options in _questions(wave):
            for code, label, value, kind in (*options, *MISSING_OPTIONS):
                option = label if wave["labels"] else code
                meant = [item, option, value or kind, words.note]
                rows.append([item, str(wave["year"]), option, value, kind, header, label, wording, *meant])
    return rows


Option = tuple[str, str, str, str]
VICTIM_OPTIONS = (("1", "Ja", "yes", "answer"), ("2", "Nej", "no", "answer"))
MISSING_OPTIONS = (("8", "Vet inte", "", "dont_know"), ("9", "Vill inte svara", "", "refused"))
SAFETY_VALUES = ("secure", "secure", "insecure", "insecure", "insecure", "not_applicable")


def _questions(wave: Mapping[str, Any]) -> Sequence[tuple[str, str, str, Sequence[Option]]]:
    """Return item, header, wording and options (code, label, value, kind) of both questions of a wave."""
    safety = [(code, label, SAFETY_VALUES[int(code) - 1], "answer") for code, label in wave["answers"].items()]
    return (
        ("insecure_after_dark", wave["header"][6], wave["question"], safety),
        ("victim_of_crime", wave["header"][7], wave["victim_question"], VICTIM_OPTIONS),
    )


def _value(entry: Mapping[str, Any], month: str, count: int) -> str:
    if month < entry["started"]:
        return DOES_NOT_EXIST
    return NOT_REPORTED if month in entry["missing"] else str(count)


def _noise(months: int, rng: np.random.Generator) -> Floats:
    """Return a random factor per month, mean about 1: latent AR(1) log intensity times a gamma factor."""
    latent = np.empty(months)
    latent[0] = rng.normal() * DEVIATION
    for month in range(1, months):
        shock = rng.normal() * DEVIATION * np.sqrt(1 - AUTOCORRELATION**2)
        latent[month] = AUTOCORRELATION * latent[month - 1] + shock
    return np.asarray(np.exp(latent - DEVIATION**2 / 2) * rng.gamma(1 / DISPERSION, DISPERSION, months))
