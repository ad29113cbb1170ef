"""Which municipalities of the files a new study is compared with, each with the reason that stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

MINIMUM = 8
"""Fewest comparison areas, as `plan.minimum_donors`."""
LARGEST_RATIO = 3.0
"""How many times larger or smaller a comparison municipality may be."""
Role = Literal["comparison", "neighbour", "excluded"]


@dataclass(frozen=True, slots=True)
class PoolArea:
    """One other municipality: its part, and the key of the reason in the catalogue's words."""

    code: str
    role: Role
    reason: str


def choose_pool(
    counts: pd.DataFrame,
    target: str,
    population: Mapping[str, float],
    *,
    neighbours: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
    only: tuple[str, ...] | None = None,
) -> tuple[PoolArea, ...]:
    """Return a role for every other municipality of the main outcome's counts.

    Left out are those whose series lacks points that the target has, then those of other counties and of another size
    (below a third or above three times the population), as long as eight remain. With fewer than eight in all, no
    municipality is compared.

    Parameters
    ----------
    counts
        One outcome and grain: area_code, start, count, rate.
    population
        Area code → people, for the size.
    only
        Codes that shall be compared, and no others; none means by the rules.
    """
    full = _complete(counts, target)
    others = [code for code in sorted(counts["area_code"].unique()) if code != target and _is_municipality(code)]
    fixed: dict[str, PoolArea] = {code: PoolArea(code, "neighbour", "neighbour") for code in neighbours}
    fixed |= {code: PoolArea(code, "excluded", "left_out") for code in left_out}
    fixed |= {c: PoolArea(c, "excluded", "short_series") for c in others if c not in full and c not in fixed}
    free = [code for code in others if code not in fixed]
    chosen, reasons, why = _chosen(free, target, population, only)
    if len(chosen) < MINIMUM:
        reasons, chosen = dict.fromkeys(free, "too_few"), []
    roles = {code: PoolArea(code, "comparison", why) for code in chosen}
    roles |= {code: PoolArea(code, "excluded", reason) for code, reason in reasons.items() if code not in roles}
    return tuple((fixed | roles)[code] for code in others if code in fixed or code in roles)


def _chosen(
    free: list[str], target: str, population: Mapping[str, float], only: tuple[str, ...] | None
) -> tuple[list[str], dict[str, str], str]:
    """Return the codes compared, code → reason of those that are not, and the reason of those that are."""
    if only is not None:
        return (
            [c for c in free if c in only],
            dict.fromkeys((c for c in free if c not in only), "left_out"),
            "in_the_files",
        )
    sized = [code for code in free if _similar(population, code, target)]
    near = [code for code in sized if code[:2] == target[:2]]
    other_size = {code: "other_size" for code in free if code not in sized}
    if len(near) >= MINIMUM:
        return near, other_size | {code: "other_county" for code in sized if code not in near}, "same_county"
    return (sized, other_size, "similar_size") if len(sized) >= MINIMUM else (free, {}, "in_the_files")


def _similar(population: Mapping[str, float], code: str, target: str) -> bool:
    if code not in population or target not in population:
        return True
    ratio = population[code] / population[target]
    return 1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO


def _complete(counts: pd.DataFrame, target: str) -> set[str]:
    published = counts[counts["count"].notna() | counts["rate"].notna()]
    points = published.groupby("area_code")["start"].agg(set)
    wanted = points.get(target, set())
    return {str(code) for code, starts in points.items() if wanted <= starts}


def _is_municipality(code: str) -> bool:
    return len(code) == 4 and code.isdigit() and not code.startswith("00")
