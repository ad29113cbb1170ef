"""The gate of accessibility and safety: structural rules that every page passes before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.errors import GateError
from evaluation.report.rules import document, markup, pictures, structure, tables
from evaluation.report.rules.reading import Rule, read

__all__ = ["RULES", "Finding", "check_page", "refuse_faulty_page"]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        document.doctype,
        document.language,
        document.title,
        document.charset,
        document.zoom,
        document.policy,
        document.nothing_runs,
        document.nothing_loads,
        document.no_traces,
        document.not_official,
        document.print_style,
        document.focus_visible,
        document.reflow,
        structure.one_h1,
        structure.no_skipped_level,
        structure.full_headings,
        structure.landmarks,
        structure.labelled_navigation,
        structure.complete_contents,
        structure.skip_link,
        structure.links_resolve,
        structure.link_texts,
        structure.unique_ids,
        structure.references_resolve,
        structure.tab_order,
        structure.verdict_in_words,
        tables.caption,
        tables.scope,
        tables.headed,
        tables.regular,
        tables.aligned,
        tables.number_format,
        tables.no_raw_values,
        tables.signs_explained,
        tables.scrolling,
        pictures.alt,
        pictures.telling_alt,
        pictures.in_figures,
        pictures.numbers_beside,
        pictures.unique_folds,
        pictures.scalable,
        pictures.text_contrast,
        markup.strict,
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: the rule (a key of `RULES`, whose docstring says what it asks) and what was found where."""

    rule: str
    found: str


def check_page(html: str) -> list[Finding]:
    """Hold a finished page against every rule.

    The rules follow WCAG 2.1 AA (EN 301 549 annex A) where a machine can tell, and what automatic checkers let pass:
    telling alt texts, the language's own numbers, explained signs, a table beside each figure.
    """
    page = read(html)
    return [Finding(name, found) for name, rule in RULES.items() for found in rule(page)]


def refuse_faulty_page(html: str, name: str) -> str:
    """Let a page through that breaks no rule.

    Raises
    ------
    GateError
        The page breaks rules; the first ten breaches are named.
    """
    findings = check_page(html)
    if findings:
        listed = "; ".join(f"{finding.rule}: {finding.found}" for finding in findings[:10])
        raise GateError(
            name,
            found=f"{len(findings)} breaches of the rules for pages: {listed}",
            expected="none",
            todo="mend what the page shows; each rule is explained in evaluation.report.rules",
        )
    return html
