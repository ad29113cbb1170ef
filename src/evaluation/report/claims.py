"""The claims page: what has been said in public about the agreements, and what the data can and cannot support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluation.report.site import Site, render_template

ClaimVerdict = Literal["supported", "partly_supported", "not_supported", "cannot_be_assessed", "fact"]
CLAIM_SHAPES: Mapping[ClaimVerdict, str] = {
    "supported": "✓",
    "partly_supported": "◐",
    "not_supported": "✕",
    "cannot_be_assessed": "?",
    "fact": "●",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One public claim and its trial.

    Attributes
    ----------
    text
        The claim in its own words.
    source
        Who said it, where and when.
    verdict
        supported, partly_supported, not_supported, cannot_be_assessed, or fact (true as an event, says nothing about
        an effect).
    sentence
        The answer in one sentence.
    evidence
        What the answer rests on, with numbers.
    limits
        What the data cannot say, or what would be needed.
    href
        Page with the evidence, empty where there is none.
    """

    text: str
    source: str
    verdict: ClaimVerdict
    sentence: str
    evidence: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    href: str = ""


def render_claims(
    claims: Sequence[Claim], site: Site, *, title: str, lead: Sequence[str] = (), method: Sequence[str] = ()
) -> str:
    """Write the claims page: the answer in short, one section per claim that opens with its answer, then the method.

    Raises
    ------
    GateError
        The page breaks a rule of accessibility.
    """
    return render_template(site, title, "claims.html.j2", claims=claims, lead=lead, method=method, shapes=CLAIM_SHAPES)
