"""Expected and drawn numbers of events per month, area, category and reporter, with the planted effects in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.synthetic.world import Category, Floats, World

YEARS_PER_MONTH = 1 / 12
ZONE_PULL = {"target": 0, "ring": 1}
Counts = NDArray[np.int64]


def population(world: World) -> Floats:
    """Return the residents of each area in each month, shape (months, areas)."""
    start = np.array([area.population for area in world.areas], dtype=float)
    years = np.arange(world.months.size)[:, None] * YEARS_PER_MONTH
    return np.asarray(start * np.exp(world.growth * years))


def counterfactual(world: World) -> Floats:
    """Return the relative intensity without any agreement and without noise, shape (months, areas, categories)."""
    residents = population(world)[:, :, None]
    level = np.stack([_level(world, category) for category in world.categories], axis=1)
    course = np.stack([_course(world, category) for category in world.categories], axis=1)
    return np.asarray(residents * level[None, :, :] * course[:, None, :])


def _level(world: World, category: Category) -> Floats:
    """Events of a category per resident by area; over all residents they add up to the category's volume."""
    pull = np.array([(*category.pull, 1.0)[ZONE_PULL.get(area.zone, 2)] for area in world.areas])
    residents = np.array([area.population for area in world.areas])
    return np.asarray(category.volume * pull / np.sum(pull * residents))


def _course(world: World, category: Category) -> Floats:
    """Season and trend of a category by month, mean about 1."""
    amplitude, peak = category.season
    month = world.months.astype(np.int64) % 12 + 1
    years = np.arange(world.months.size) * YEARS_PER_MONTH
    return np.asarray(np.exp(amplitude * np.cos(2 * np.pi * (month - peak) / 12) + category.trend * years))


def effect_ratios(world: World) -> Floats:
    """Return the product of all planted effects that have begun, shape (months, areas, categories)."""
    ratios = np.ones((world.months.size, len(world.areas), len(world.categories)))
    start = {agreement.id: agreement.start.astype("datetime64[M]") for agreement in world.agreements}
    for effect in world.effects:
        begun = world.months >= start[effect.agreement]
        inside = np.array([area.zone in effect.zones for area in world.areas])
        place = np.ix_(begun, inside, np.array([world.category_index(effect.category)]))
        ratios[place] *= effect.ratio
    return ratios


def reporter_shares(world: World) -> Floats:
    """Return reports per event by reporter, shape (months, categories, reporters).

    The constant reporters share the events (their shares add up to 1); a reporter that joins later adds reports.
    """
    weights = np.array([reporter.weights for reporter in world.reporters], dtype=float).T
    constant = np.array([not reporter.extra for reporter in world.reporters])
    shares = weights / weights[:, constant].sum(axis=1, keepdims=True)
    begun = np.array(
        [[reporter.joins is None or month >= reporter.joins for reporter in world.reporters] for month in world.months]
    )
    return np.asarray(shares[None, :, :] * begun[:, None, :])


def latent_noise(world: World, rng: np.random.Generator) -> Floats:
    """Return the random factor on the intensity, mean about 1, shape (months, areas, categories).

    A latent AR(1) log intensity per category (autocorrelation) times a gamma factor per cell (overdispersion).
    """
    months, categories = world.months.size, len(world.categories)
    rho, deviation, dispersion = (world.noise[key] for key in ("autocorrelation", "deviation", "dispersion"))
    shocks = rng.normal(size=(months, categories)) * deviation * np.sqrt(1 - rho**2)
    latent = np.empty((months, categories))
    latent[0] = rng.normal(size=categories) * deviation
    for month in range(1, months):
        latent[month] = rho * latent[month - 1] + shocks[month]
    gamma = rng.gamma(1 / dispersion, dispersion, size=(months, len(world.areas), categories))
    return np.asarray(np.exp(latent - deviation**2 / 2)[:, None, :] * gamma)


def draw_counts(world: World, rng: np.random.Generator, events: int) -> Counts:
    """Draw the true number of reports per cell, shape (months, areas, categories, reporters), `events` in all.

    A multinomial draw: independent Poisson counts given their sum, so that any size can be asked for exactly.
    """
    intensity = counterfactual(world) * effect_ratios(world) * latent_noise(world, rng)
    cells = intensity[:, :, :, None] * reporter_shares(world)[:, None, :, :]
    drawn = rng.multinomial(events, (cells / cells.sum()).ravel())
    return np.asarray(drawn.reshape(cells.shape), dtype=np.int64)
