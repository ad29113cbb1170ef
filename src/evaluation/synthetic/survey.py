"""Four waves of survey microdata with known population shares, weights, strata, codes that differ, and some dirt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.synthetic.layouts import Vocabulary
from evaluation.synthetic.moments import Ints
from evaluation.synthetic.workbook import Cell, Sheet, workbook_bytes
from evaluation.synthetic.world import Floats, World, read_toml

DONT_KNOW, REFUSED, OTHER_REASONS = 8, 9, 6
INSECURE, SECURE = (3, 4, 5), (1, 2)
AMONG_INSECURE, AMONG_SECURE = (0.62, 0.25, 0.13), (0.45, 0.55)
SHIFT_BY = 3
WOMAN = 1


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """Residents of survey age by cell of stratum × sex (0 man, 1 woman) × age group; each array has shape (cells,)."""

    stratum: Ints
    sex: Ints
    age: Ints
    people: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One wave, one entry per respondent; answers are codes, 0 where the question was left blank."""

    cell: Ints
    weight: Floats
    age: Ints
    area: NDArray[np.str_]
    insecure: Ints
    victim: Ints


@dataclass(frozen=True, slots=True)
class WaveTruth:
    """What the population would have answered, and how many did: shares 0–1; areas by the codes of today's division."""

    year: int
    insecure: float
    insecure_women: float
    insecure_men: float
    insecure_16_24: float
    insecure_by_area: Mapping[str, float]
    victim: float
    asked: int
    answered: int
    shifted_rows: int
    repeated_rows: int


def write_waves(folder: Path, world: World, words: Vocabulary, seed: int, size: float = 1.0) -> dict[str, WaveTruth]:
    """Write one file per wave and return the truth by file name; `size` multiplies the samples."""
    plan = read_toml("municipal.toml")["survey"]
    truths = {}
    for number, wave in enumerate(plan["waves"]):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3, number)))
        residents = residents_by_cell(world, plan, wave["year"])
        drawn = draw_answers(world, plan, wave, residents, size, rng)
        answers = replace(drawn, area=areas_of_the_time(world, wave["year"], drawn.area))
        name = f"{plan['file']}_{wave['year']}_{words.mark}.{wave['format']}"
        _write(folder / name, plan, wave, words, residents, answers)
        truths[name] = _truth(plan, wave, residents, answers, size)
    return truths


def residents_by_cell(world: World, plan: Mapping[str, Any], year: int) -> Residents:
    """Return residents aged 16–84 in the middle of a year by stratum, sex and age group."""
    population = {area.code: area.population for area in world.areas}
    growth = np.exp(world.growth * (year + 0.5 - int(str(world.months[0])[:4])))
    strata = np.array([sum(population[code] for code in stratum["areas"]) for stratum in plan["strata"]]) * growth
    ages = np.array([share for _, _, share in plan["ages"]])
    people = strata[:, None, None] * plan["share_16_84"] * 0.5 * np.ones((1, 2, 1)) * ages
    stratum, sex, age = (axis.ravel() for axis in np.indices(people.shape))
    return Residents(stratum, sex, age, people.ravel())


def insecure_by_cell(plan: Mapping[str, Any], residents: Residents, share: float) -> Floats:
    """Return the probability of insecurity by cell, such that the population share is exactly `share`."""
    odds = plan["insecure_women"] * (residents.sex == WOMAN) + plan["insecure_centre"] * (residents.stratum == 0)
    odds = odds + np.array(plan["insecure_by_age"])[residents.age]
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = np.average(_logistic(odds + middle), weights=residents.people)
        low, high = (middle, high) if reached < share else (low, middle)
    return _logistic(odds + (low + high) / 2)


def draw_answers(
    world: World,
    plan: Mapping[str, Any],
    wave: Mapping[str, Any],
    residents: Residents,
    size: float,
    rng: np.random.Generator,
) -> Answers:
    """Draw who answers and what; weights are residents per respondent of the cell (post-stratified)."""
    asked = np.rint(np.array(wave["asked"]) * size).astype(np.int64)
    drawn = np.zeros(residents.people.size, dtype=np.int64)
    for stratum, n in enumerate(asked):
        inside = residents.stratum == stratum
        drawn[inside] = rng.multinomial(n, residents.people[inside] / residents.people[inside].sum())
    response = np.clip(wave["response"] * np.array(plan["answering"])[residents.age], 0, 1)
    answered = np.maximum(rng.binomial(drawn, response), 1)
    cell = rng.permutation(np.repeat(np.arange(answered.size), answered))
    ages = np.array([(low, high) for low, high, _ in plan["ages"]])[residents.age[cell]]
    insecure = rng.random(cell.size) < insecure_by_cell(plan, residents, wave["insecure"])[cell]
    victim = rng.random(cell.size) < wave["victim"]
    return Answers(
        cell=cell,
        weight=np.round((residents.people / answered)[cell], 2),
        age=rng.integers(ages[:, 0], ages[:, 1] + 1),
        area=_areas(world, plan, residents.stratum[cell], rng),
        insecure=_insecure_codes(plan, wave, insecure, rng),
        victim=_with_missing(plan, np.where(victim, 1, 2), rng),
    )


def _areas(world: World, plan: Mapping[str, Any], stratum: Ints, rng: np.random.Generator) -> NDArray[np.str_]:
    population = {area.code: area.population for area in world.areas}
    areas = np.empty(stratum.size, dtype="<U4")
    for number, entry in enumerate(plan["strata"]):
        shares = np.array([population[code] for code in entry["areas"]], dtype=float)
        inside = stratum == number
        areas[inside] = rng.choice(np.array(entry["areas"]), int(inside.sum()), p=shares / shares.sum())
    return areas


def areas_of_the_time(world: World, year: int, areas: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return the area codes of the division in force in the middle of a year; people of a merged area by turns."""
    if np.datetime64(f"{year}-07-01") >= world.division_changed:
        return areas
    old = {area.code: area.old for area in world.areas}
    return np.array([old[code][place % len(old[code])] for place, code in enumerate(areas.tolist())])


def _insecure_codes(
    plan: Mapping[str, Any], wave: Mapping[str, Any], insecure: NDArray[np.bool_], rng: np.random.Generator
) -> Ints:
    """Return the option that was ticked; staying in for other reasons only where the wave offers it."""
    yes = rng.choice(INSECURE, insecure.size, p=AMONG_INSECURE)
    no = rng.choice(SECURE, insecure.size, p=AMONG_SECURE)
    codes = _with_missing(plan, np.where(insecure, yes, no), rng)
    elsewhere = (rng.random(insecure.size) < plan["other_reasons"]) & (str(OTHER_REASONS) in wave["answers"])
    return np.where(elsewhere, OTHER_REASONS, codes)


def _with_missing(plan: Mapping[str, Any], codes: Ints, rng: np.random.Generator) -> Ints:
    """Replace some answers, whatever they were, by don't know, refusal or nothing."""
    edges = np.cumsum([plan["dont_know"], plan["refused"], plan["blank"]])
    u = rng.random(codes.size)
    return np.select([u < edges[0], u < edges[1], u < edges[2]], [DONT_KNOW, REFUSED, 0], codes)


def _write(
    path: Path,
    plan: Mapping[str, Any],
    wave: Mapping[str, Any],
    words: Vocabulary,
    residents: Residents,
    answers: Answers,
) -> None:
    rows = _rows(plan, wave, residents, answers)
    if wave["format"] == "xlsx":
        book = plan["workbook"]
        groups = tuple((name, first, last) for name, first, last in book["groups"])
        page = Sheet(book["sheet"], book["title"], groups, tuple(wave["header"]), words.footer)
        path.write_bytes(workbook_bytes(page, [[_cell(at, text) for at, text in enumerate(row)] for row in rows]))
        return
    lines = [";".join(row) for row in (wave["header"], *rows, *rows[: wave["copies"]])]
    for at in range(wave["shifted"]):
        lines[7 + 90 * at] = ";".join(rows[6 + 90 * at][SHIFT_BY:] + [""] * SHIFT_BY)
    path.write_bytes(("\r\n".join([*lines, words.footer]) + "\r\n").encode(wave["encoding"]))


def _rows(plan: Mapping[str, Any], wave: Mapping[str, Any], residents: Residents, answers: Answers) -> list[list[str]]:
    strata = np.array([stratum["id"] for stratum in plan["strata"]])[residents.stratum[answers.cell]]
    sex = np.array(wave["sex"])[residents.sex[answers.cell]]
    return [
        [str(number), stratum, f"{weight:.2f}".replace(".", ","), who, str(age), area, safe, victim, wave["mode"]]
        for number, (stratum, weight, who, age, area, safe, victim) in enumerate(
            zip(
                strata,
                answers.weight,
                sex,
                answers.age,
                answers.area,
                _labels(wave, answers.insecure, wave["answers"]),
                _labels(wave, answers.victim, {"1": "Ja", "2": "Nej"}),
                strict=True,
            ),
            start=1,
        )
    ]


def _labels(wave: Mapping[str, Any], codes: Ints, labels: Mapping[str, str]) -> Sequence[str]:
    """Return codes as the file writes them: digits, or the words of the questionnaire."""
    if not wave["labels"]:
        return [str(code) if code else "" for code in codes]
    table = {**labels, **NON_ANSWERS, "0": ""}
    return [table[str(code)] for code in codes]


NON_ANSWERS = {str(DONT_KNOW): "Vet inte", str(REFUSED): "Vill inte svara"}


def _cell(at: int, text: str) -> Cell:
    """Return a cell of the workbook: weight, age and answers are numbers there, area codes stay text."""
    if at == 2:
        return float(text.replace(",", "."))
    return int(text) if at in (0, 4, 6, 7) and text else text or None


def _truth(
    plan: Mapping[str, Any], wave: Mapping[str, Any], residents: Residents, answers: Answers, size: float
) -> WaveTruth:
    insecure = insecure_by_cell(plan, residents, wave["insecure"])

    def share(inside: NDArray[np.bool_]) -> float:
        return round(float(np.average(insecure[inside], weights=residents.people[inside])), 6)

    return WaveTruth(
        year=wave["year"],
        insecure=share(residents.people > 0),
        insecure_women=share(residents.sex == WOMAN),
        insecure_men=share(residents.sex != WOMAN),
        insecure_16_24=share(residents.age == 0),
        insecure_by_area={
            code: share(residents.stratum == number)
            for number, stratum in enumerate(plan["strata"])
            for code in stratum["areas"]
        },
        victim=wave["victim"],
        asked=int(np.rint(np.array(wave["asked"]) * size).sum()),
        answered=int(answers.cell.size),
        shifted_rows=wave["shifted"],
        repeated_rows=wave["copies"],
    )


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
