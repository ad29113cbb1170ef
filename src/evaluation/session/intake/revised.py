"""Files of a log that were exported anew: of each event the newest version counts, what it replaced stays on record."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd

from evaluation.cleaning import Cleaned, apply_revisions, mask_text
from evaluation.cleaning.ledger import join_issues
from evaluation.sources import resolve_inside
from evaluation.study.cards import load_card
from evaluation.study.model import Source


def newest_versions(incidents: pd.DataFrame, parts: tuple[Source, ...], raw: Path) -> Cleaned:
    """Keep the newest version of each event of files that replace each other, by their dates of publication.

    Only a part whose options name the source that it `revises` is compared with that source: two reporters may use the
    same event numbers, and their incidents are no versions of each other.

    Raises
    ------
    InputError
        The card of such a file has no date, or two files of one day tell of one event differently.
    """
    issues = []
    for files in _families(parts):
        dates = {file: found for file in files if (found := _published(raw, file)) is not None}
        concerned = incidents["source_file"].astype("str").isin(files).to_numpy()
        revised = apply_revisions(incidents[concerned].reset_index(drop=True), dates)
        incidents = pd.concat([incidents[~concerned], revised.frame], ignore_index=True)
        issues.append(_masked(revised.issues))
    return Cleaned(incidents, join_issues(*issues))


def _families(parts: tuple[Source, ...]) -> list[list[str]]:
    """Gather the files that revise one source, with that source's own file."""
    revising: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        if "revises" in part.options:
            revising[str(part.options["revises"])].append(part.file)
    return [[one.file, *revising[one.id]] for one in parts if one.id in revising]


def _published(raw: Path, file: str) -> date | None:
    published = load_card(resolve_inside(raw, file)).published
    return published if isinstance(published, date) else None


def _masked(issues: pd.DataFrame) -> pd.DataFrame:
    return issues.assign(before=mask_text(issues["before"]), after=mask_text(issues["after"]))
