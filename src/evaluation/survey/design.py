"""A sample survey's design, prepared once: who was drawn how, and for how many each answer speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from evaluation.errors import EstimationError, InputError
from evaluation.series import Bools, Floats
from evaluation.survey.margins import Calibration

SingleCluster = Literal["adjust", "certainty", "refuse"]
Codes = NDArray[np.intp]
Labels = Sequence[Any] | NDArray[Any] | pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """Respondents with weights, strata and clusters, ready for any number of outcomes and domains.

    Variances are those of the first stage ("ultimate clusters", with-replacement formula times the finite population
    correction): Särndal, Swensson, Wretman 1992, *Model Assisted Survey Sampling*, sections 4.6 and 5.7; the same as
    R `survey` (Lumley 2004, *J Stat Softw* 9(8)) with one-stage designs.

    Attributes
    ----------
    weights
        People that each answer speaks for, > 0, shape (n,). Only ratios matter for shares and means.
    stratum, cluster
        Codes 0, 1, … of each respondent, shape (n,). Without clusters every respondent is a cluster.
    cluster_stratum
        Stratum of each cluster, shape (clusters,).
    clusters_in_stratum
        Clusters drawn in each stratum, shape (strata,).
    scale
        (1 − f) · m / (m − 1) per stratum, with m clusters drawn and sampling fraction f, shape (strata,).
    centred
        False for strata whose only cluster is compared with the whole sample instead of its own mean, shape (strata,).
    single_cluster
        Rule for strata with one cluster: "adjust" deviates from the sample mean (conservative, R `adjust`),
        "certainty" lets them add no variance, "refuse" stops.
    calibration
        Margins to which the weights were calibrated, which lowers the variance; None without.
    """

    weights: Floats
    stratum: Codes
    cluster: Codes
    cluster_stratum: Codes
    clusters_in_stratum: Codes
    scale: Floats
    centred: Bools
    single_cluster: SingleCluster
    calibration: Calibration | None = None

    @classmethod
    def of(
        cls,
        weights: ArrayLike,
        *,
        strata: Labels | None = None,
        clusters: Labels | None = None,
        fpc: ArrayLike | None = None,
        single_cluster: SingleCluster = "refuse",
        nest: bool = False,
    ) -> SurveyDesign:
        """Prepare a design from one value per respondent.

        Parameters
        ----------
        weights
            Design or calibrated weights, > 0, shape (n,).
        strata, clusters
            Labels of any type without missing values, shape (n,); None: one stratum, every respondent a cluster.
        fpc
            Clusters (or people, without clusters) in the whole population of the respondent's stratum, constant
            within strata, shape (n,); None or infinite: no correction.
        single_cluster
            See the class.
        nest
            True when cluster labels are used anew in every stratum.

        Raises
        ------
        InputError
            Weights not positive, missing labels, a cluster in two strata, a population smaller than its sample.
        EstimationError
            A stratum has one cluster and the rule is "refuse".
        """
        weight = _positive(weights)
        stratum, names = _coded(strata, weight.size, "strata")
        cluster = _cluster_codes(clusters, stratum, weight.size, nest=nest)
        cluster_stratum = _stratum_of_cluster(cluster, stratum)
        drawn = np.bincount(cluster_stratum, minlength=len(names)).astype(np.intp)
        left = 1.0 - drawn / _population(fpc, stratum, drawn, names)
        alone = drawn == 1
        if single_cluster == "refuse":
            _refuse_single(alone & (left > 0), names)
        scale = left * np.where(alone, float(single_cluster == "adjust"), drawn / np.maximum(drawn - 1, 1))
        return cls(weight, stratum, cluster, cluster_stratum, drawn, scale, ~alone, single_cluster)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return int(self.weights.size)

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters minus strata."""
        return int(self.cluster_stratum.size - self.clusters_in_stratum.size)


def pooled_waves(
    waves: Labels,
    weights: ArrayLike,
    *,
    strata: Labels | None = None,
    clusters: Labels | None = None,
    fpc: ArrayLike | None = None,
    single_cluster: SingleCluster = "refuse",
    overlapping: bool = False,
) -> SurveyDesign:
    """One design for a file that holds several waves, so that changes get the right covariance.

    Independent waves are strata of their own, which makes their covariance exactly zero. Overlapping waves and panels
    share `clusters` (person ids, or the areas that were drawn once for all waves): people asked twice then count as one
    cluster, and the covariance follows from their two answers (Kish 1965, *Survey Sampling*, 12.4).

    Parameters
    ----------
    waves
        Wave of each answer, shape (n,).
    overlapping
        True when a cluster label that occurs in two waves is the same person or area. Its stratum must be the same too.
    """
    if overlapping:
        if clusters is None:
            raise InputError(
                "survey design",
                found="overlapping waves without clusters",
                expected="ids that tell which answers belong to one person or area",
                todo="name the column with the person or area id as clusters",
            )
        return SurveyDesign.of(weights, strata=strata, clusters=clusters, fpc=fpc, single_cluster=single_cluster)
    by_wave = crossed(waves, strata) if strata is not None else waves
    return SurveyDesign.of(
        weights, strata=by_wave, clusters=clusters, fpc=fpc, single_cluster=single_cluster, nest=True
    )


def crossed(*labels: Labels) -> NDArray[Any]:
    """Cross several labellings into cells named "a | b", shape (n,); missing in any is missing."""
    columns = [pd.Series(np.asarray(label, dtype=object)) for label in labels]
    missing = np.logical_or.reduce([column.isna().to_numpy() for column in columns])
    text = columns[0].astype(str)
    for column in columns[1:]:
        text = text + " | " + column.astype(str)
    cells = text.to_numpy(dtype=object)
    cells[missing] = None
    return cells


def coded(labels: Labels) -> tuple[Codes, tuple[str, ...]]:
    """Codes 0, 1, … in sorted order of the labels, −1 for missing ones, with the labels as text."""
    codes, values = pd.factorize(pd.Series(labels), sort=True)
    return codes.astype(np.intp), tuple(str(value) for value in values)


def _positive(weights: ArrayLike) -> Floats:
    values = np.asarray(weights, dtype=np.float64).copy()
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if values.size == 0 or wrong.size:
        found = f"{values[wrong[0]]} in row {wrong[0] + 1} ({wrong.size} such rows)" if wrong.size else "no respondents"
        raise InputError(
            "survey weights",
            found=found,
            expected="a positive weight for every respondent",
            todo="set respondents without a weight aside in the cleaning, with a ledger row, before estimating",
        )
    values.setflags(write=False)
    return values


def _coded(labels: Labels | None, n: int, what: str) -> tuple[Codes, tuple[str, ...]]:
    if labels is None:
        return np.zeros(n, dtype=np.intp), ("",)
    codes, names = coded(labels)
    missing = int((codes < 0).sum())
    if codes.size != n or missing:
        raise InputError(
            f"survey {what}",
            found=f"{codes.size} labels, {missing} of them missing",
            expected=f"{n} labels, one per respondent, none missing",
            todo=f"give every respondent its {what}, or set the rows aside in the cleaning",
        )
    return codes, names


def _cluster_codes(clusters: Labels | None, stratum: Codes, n: int, *, nest: bool) -> Codes:
    if clusters is None:
        return np.arange(n, dtype=np.intp)
    codes, names = _coded(clusters, n, "clusters")
    if not nest:
        return codes
    pair = stratum * len(names) + codes
    codes = np.unique(pair, return_inverse=True)[1]
    return np.asarray(codes, dtype=np.intp)


def _stratum_of_cluster(cluster: Codes, stratum: Codes) -> Codes:
    belongs = np.zeros(int(cluster.max()) + 1, dtype=np.intp)
    belongs[cluster] = stratum
    straying = np.unique(cluster[belongs[cluster] != stratum])
    if straying.size:
        raise InputError(
            "survey clusters",
            found=f"{straying.size} cluster labels that occur in more than one stratum",
            expected="every cluster inside one stratum",
            todo="say that labels are used anew in every stratum (nest), or correct the labels",
        )
    return belongs


def _population(fpc: ArrayLike | None, stratum: Codes, drawn: Codes, names: tuple[str, ...]) -> Floats:
    population = np.full(drawn.size, np.inf)
    if fpc is None:
        return population
    given = np.broadcast_to(np.asarray(fpc, dtype=np.float64), stratum.shape)
    population[stratum] = given
    wrong = np.isnan(population) | (population < drawn)
    wrong[stratum[given != population[stratum]]] = True
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"finite population of stratum {names[at]!r}",
            found=f"{population[at]:g} for {drawn[at]} drawn",
            expected="one number per stratum, at least as large as its sample",
            todo="correct the column with the population size, or leave it out",
        )
    return population


def _refuse_single(alone: Bools, names: tuple[str, ...]) -> None:
    if not alone.any():
        return
    which = [names[at] for at in np.flatnonzero(alone)]
    raise EstimationError(
        "survey design",
        found=f"{len(which)} strata with a single cluster: {', '.join(which[:5])}",
        expected="at least two clusters in every stratum",
        todo="merge the stratum with its neighbour, or choose the rule 'adjust' (conservative) or 'certainty'",
    )
