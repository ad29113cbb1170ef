"""The rule that holds a public claim against the verdicts; overview and claims page share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evaluation.report.claims import ClaimVerdict
from evaluation.results import Verdict

Reason = Literal["supported", "partly", "leaning", "contradicted", "mixed", "not_shown", "no_answer", "fact_only"]
VERDICT_OF: dict[Reason, ClaimVerdict] = {
    "supported": "supported",
    "partly": "partly_supported",
    "leaning": "partly_supported",
    "contradicted": "not_supported",
    "mixed": "cannot_be_assessed",
    "not_shown": "cannot_be_assessed",
    "no_answer": "cannot_be_assessed",
    "fact_only": "fact",
}
_CLEAR = ("clear_decrease", "clear_increase")


@dataclass(frozen=True, slots=True)
class Finding:
    """One result that a claim names: its verdict, its direction, and the direction that the agreement wants."""

    verdict: Verdict
    direction: str
    wanted: str

    @property
    def agrees(self) -> bool:
        """The result goes the wanted way, which is what the claims say."""
        return self.wanted != "open" and self.direction == self.wanted


def claim_reason(findings: Sequence[Finding], *, is_fact: bool, has_gaps: bool = False) -> Reason:
    """Choose what may be concluded about a claim.

    A claim says that things went the wanted way. Results that cannot be assessed, and those whose wanted direction is
    open, count neither for nor against it; a result without a clear change does not show that the claim is wrong.

    Parameters
    ----------
    findings
        Every result that the claim names, by indicator or survey question and agreement.
    is_fact
        The claim is an event that is documented.
    has_gaps
        The claim names something that has no figures at all, so that it cannot be supported in full.
    """
    weighed = [f for f in findings if f.verdict != "cannot_be_assessed" and f.wanted != "open"]
    if not weighed:
        return "fact_only" if is_fact else "no_answer"
    clear = [f for f in weighed if f.verdict in _CLEAR]
    agreeing = sum(f.agrees for f in clear)
    if agreeing and agreeing < len(clear):
        return "mixed"
    if clear:
        return _clear(agreeing, everything=len(clear) == len(weighed) and not has_gaps)
    return "leaning" if all(f.verdict == "direction_only" and f.agrees for f in weighed) else "not_shown"


def _clear(agreeing: int, *, everything: bool) -> Reason:
    if not agreeing:
        return "contradicted"
    return "supported" if everything else "partly"
