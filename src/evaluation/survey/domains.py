"""Parts of the population for which estimates are made, prepared once for a design and reused over outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from evaluation.errors import InputError
from evaluation.series import Floats
from evaluation.survey.design import Codes, Labels, SurveyDesign, coded


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Respondents sorted by stratum, domain and cluster, with the sums that do not depend on the outcome.

    A *cell* is the part of a cluster inside a domain, a *block* the part of a stratum inside a domain. Domains may cut
    across strata and clusters; clusters without members in a domain still count as drawn, with a sum of zero.

    Attributes
    ----------
    design
        The design that they were prepared for; they fit no other.
    labels
        Name of each domain, sorted, length k.
    respondent
        Row of each member in sorted order; respondents outside every domain are left out, shape (m,).
    weights
        Their weights, shape (m,).
    cell_start, cell_cluster
        First member and cluster of each cell, shape (cells,).
    block_cell, block_start
        First cell and first member of each block, shape (blocks,).
    block_stratum, block_domain, block_cells, block_members
        Stratum, domain, number of cells and number of members of each block, shape (blocks,).
    block_weight, block_square
        Sums of the weights and of their squares in each block, shape (blocks,).
    """

    design: SurveyDesign = field(repr=False)
    labels: tuple[str, ...]
    respondent: Codes
    weights: Floats
    cell_start: Codes
    cell_cluster: Codes
    block_cell: Codes
    block_start: Codes
    block_stratum: Codes
    block_domain: Codes
    block_cells: Codes
    block_members: Codes
    block_weight: Floats
    block_square: Floats

    @property
    def single_member_cells(self) -> bool:
        """True when every cell is one respondent, so cell sums need no adding up."""
        return self.cell_start.size == self.respondent.size

    def by_cell(self, values: Floats) -> Floats:
        """Sum over the members of each cell, shape (cells,)."""
        return values if self.single_member_cells else add_up(values, self.cell_start)

    def by_block(self, cell_values: Floats) -> Floats:
        """Sum over the cells of each block, shape (blocks,)."""
        return add_up(cell_values, self.block_cell)

    def by_domain(self, block_values: Floats | Codes) -> Floats:
        """Sum over the blocks of each domain, shape (k,)."""
        sums = np.bincount(self.block_domain, block_values, minlength=len(self.labels))
        return sums.astype(np.float64, copy=False)

    def to_cells(self, block_values: Floats) -> Floats:
        """Repeat a value per block for its cells, shape (cells,)."""
        return np.repeat(block_values, self.block_cells)

    def rates_to_cells(self, domain_values: Floats) -> Floats:
        """Repeat a value per domain for its cells; the value of a single domain is left to broadcasting."""
        return domain_values if len(self.labels) == 1 else self.to_cells(domain_values[self.block_domain])

    def cell_domain(self) -> Codes:
        """Name the domain of each cell, shape (cells,)."""
        return np.repeat(self.block_domain, self.block_cells)

    def member_domain(self) -> Codes:
        """Name the domain of each member, shape (m,)."""
        return np.repeat(self.block_domain, self.block_members)

    def to_members(self, block_values: Floats) -> Floats:
        """Repeat a value per block for its members, shape (m,)."""
        return np.repeat(block_values, self.block_members)

    def member_sum(self, values: Floats) -> Floats:
        """Sum over the members of each domain, shape (k,)."""
        return self.by_domain(add_up(values, self.block_start))


def domains_of(design: SurveyDesign, labels: Labels | None = None) -> Domains:
    """Prepare the domains given by one label per respondent; without labels the whole population is one domain.

    Parameters
    ----------
    labels
        Domain of each respondent, missing for respondents outside every domain, shape (n,).

    Raises
    ------
    InputError
        Not one label per respondent, or all of them missing.
    """
    domain, names = (np.zeros(design.n, dtype=np.intp), ("",)) if labels is None else coded(labels)
    if domain.size != design.n or not names:
        raise InputError(
            "survey domains",
            found=f"{domain.size} labels, {len(names)} different",
            expected=f"{design.n} labels, one per respondent, at least one not missing",
            todo="give the column with the domain of each respondent",
        )
    stratum = design.cluster_stratum[design.cluster]
    block = np.where(domain >= 0, stratum * len(names) + domain, -1)
    order = np.lexsort((design.cluster, block))
    order = order[block[order] >= 0]
    return _prepared(design, names, order, block[order], design.cluster[order])


def _prepared(design: SurveyDesign, names: tuple[str, ...], order: Codes, block: Codes, cluster: Codes) -> Domains:
    new_block = np.diff(block, prepend=-1) != 0
    cell_start = np.flatnonzero(new_block | (np.diff(cluster, prepend=-1) != 0))
    block_start = np.flatnonzero(new_block)
    block_cell, weights = np.searchsorted(cell_start, block_start), design.weights[order]
    return Domains(
        design=design,
        labels=names,
        respondent=order,
        weights=weights,
        cell_start=cell_start,
        cell_cluster=cluster[cell_start],
        block_cell=block_cell,
        block_start=block_start,
        block_stratum=block[block_start] // len(names),
        block_domain=block[block_start] % len(names),
        block_cells=np.diff(block_cell, append=cell_start.size),
        block_members=np.diff(block_start, append=order.size),
        block_weight=add_up(weights, block_start),
        block_square=add_up(weights**2, block_start),
    )


def add_up(values: Floats, start: Codes) -> Floats:
    """Sum consecutive stretches that begin at `start`, shape of `start`."""
    return np.add.reduceat(values, start)
