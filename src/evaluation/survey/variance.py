"""Variance between clusters within strata, for sums over cells of clusters and domains."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from evaluation.series import Floats
from evaluation.survey.design import SurveyDesign
from evaluation.survey.domains import Domains, add_up


def block_variance(design: SurveyDesign, parts: Domains, scores: Floats, block_scores: Floats) -> Floats:
    """Variance of the sum of scores per domain, shape (k,).

    Per stratum: (1 − f) · m/(m − 1) · Σ (t − t̄)² over its m clusters; clusters without members in the domain have
    t = 0 and enter through their number. Centring before squaring keeps the digits when t̄ is large.

    Parameters
    ----------
    scores, block_scores
        Sums of the linearised variable in each cell and in each block, shapes (cells,) and (blocks,).
    """
    drawn = design.clusters_in_stratum[parts.block_stratum]
    centre = np.where(design.centred[parts.block_stratum], block_scores / drawn, 0.0)
    deviation = parts.to_cells(centre)
    np.subtract(scores, deviation, out=deviation)  # in place, as in `ratio_scores`
    np.square(deviation, out=deviation)
    squares = add_up(deviation, parts.block_cell) + (drawn - parts.block_cells) * centre**2
    return parts.by_domain(design.scale[parts.block_stratum] * squares)


def covariance_of(design: SurveyDesign, parts: Domains, scores: Floats) -> Floats:
    """Covariance matrix of the column sums of scores, shape (k, k); scores per cell, or per cluster and domain."""
    if scores.ndim == 2:
        return cluster_covariance(design, scores)
    clusters, strata = design.cluster_stratum.size, design.clusters_in_stratum.size
    place = (parts.cell_cluster, parts.cell_domain())
    by_cluster = sparse.csr_array((scores, place), shape=(clusters, len(parts.labels)))
    member = sparse.csr_array(
        (np.ones(clusters), (design.cluster_stratum, np.arange(clusters))), shape=(strata, clusters)
    )
    by_stratum = member @ by_cluster
    squares = by_cluster.T @ sparse.diags_array(design.scale[design.cluster_stratum]) @ by_cluster
    means = by_stratum.T @ sparse.diags_array(design.scale * design.centred / design.clusters_in_stratum) @ by_stratum
    return np.asarray((squares - means).toarray())


def calibrated_scores(design: SurveyDesign, parts: Domains, linearised: Floats) -> Floats:
    """Cluster sums per domain for calibrated weights, shape (clusters, k).

    Parameters
    ----------
    linearised
        Linearised variable of each member in sorted order, without its weight, shape (m,).
    """
    domain = parts.member_domain()
    columns = []
    for place in range(len(parts.labels)):
        inside = domain == place
        everyone = np.zeros((design.n, 1))
        everyone[parts.respondent[inside], 0] = linearised[inside]
        columns.append(cluster_scores(design, everyone))
    return np.hstack(columns)


def cluster_scores(design: SurveyDesign, linearised: Floats) -> Floats:
    """Weighted cluster sums of linearised variables (their residuals, if calibrated), shape (clusters, k).

    Parameters
    ----------
    linearised
        One column per estimate, without weights, 0 outside its domain, shape (n, k).
    """
    columns = []
    for column in linearised.T:
        residual = column if design.calibration is None else design.calibration.residual(column)
        columns.append(np.bincount(design.cluster, design.weights * residual, minlength=design.cluster_stratum.size))
    return np.column_stack(columns)


def cluster_covariance(design: SurveyDesign, scores: Floats) -> Floats:
    """Covariance matrix of column sums from dense cluster scores of shape (clusters, k), shape (k, k)."""
    totals = np.zeros((design.clusters_in_stratum.size, scores.shape[1]))
    np.add.at(totals, design.cluster_stratum, scores)
    centre = np.where(design.centred, 1 / design.clusters_in_stratum, 0.0)[:, None] * totals
    deviation = scores - centre[design.cluster_stratum]
    return deviation.T @ (deviation * design.scale[design.cluster_stratum][:, None])
