"""Areas of several divisions, brought to the smallest areas that every division in use can tell apart."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from evaluation.cleaning.areas import AreaBridge
from evaluation.cleaning.ledger import Cleaned, issues_at

JOIN = "+"
"""Between the codes of areas that can only be told apart in some divisions: "0311+0312"."""


def common_areas(codes: Collection[str], bridge: AreaBridge) -> dict[str, str]:
    """Name for every code the smallest area that all divisions in use can tell apart.

    Incidents of a split area can be dealt out by share; a person cannot: nobody knows on which side of the new border
    someone lived who answered before it was drawn. So the parts are joined again, and merged areas are joined in the
    waves before they were merged. What hangs together through the bridge is one area, named by its newest codes.

    Parameters
    ----------
    codes
        Codes that occur among the answers. A reorganisation none of whose old codes occur is left alone: all answers
        are in the newer division already.

    Returns
    -------
    dict
        Code → itself, or the newest codes of its area joined by "+".
    """
    entries = bridge.entries
    days = entries.loc[entries["old_area"].isin(list(codes)), "valid_from"]
    used = entries[entries["valid_from"].isin(days)]
    joined = {code: frozenset([code]) for code in (*codes, *used["old_area"], *used["new_area"])}
    for old, new in zip(used["old_area"], used["new_area"], strict=True):
        together = joined[old] | joined[new]
        joined |= dict.fromkeys(together, together)
    retired = _retired(used)
    return {code: JOIN.join(sorted(joined[code] - retired)) for code in codes}


def join_areas(frame: pd.DataFrame, bridge: AreaBridge | None) -> Cleaned:
    """Add `area_common`: an area that is the same in every wave; the area as reported stays in `area`.

    Parameters
    ----------
    frame
        One row per respondent of any wave, with `area` ("" where unknown).
    bridge
        None: the areas never changed, and each stands for itself.
    """
    codes = frame["area"].astype("str")
    known = [code for code in codes.unique() if code]
    names = common_areas(known, bridge) if bridge is not None else {}
    common = pd.Series([names.get(code, code) for code in codes], index=frame.index, dtype="str")
    moved = common.ne(codes).to_numpy()
    issues = issues_at(frame, moved, rule="area_joined", action="flagged", column="area", after=common)
    return Cleaned(frame.assign(area_common=common), issues)


def _retired(used: pd.DataFrame) -> frozenset[str]:
    """Return the codes that no later division uses; a code that is kept for a part of its area is not retired."""
    out, into = (dict(used.groupby(side)["valid_from"].max()) for side in ("old_area", "new_area"))
    return frozenset(str(code) for code, day in out.items() if code not in into or into[code] < day)
