"""Reports as people read them: pages from executed notebooks, index, claims, statement, summary, and their gates."""

from evaluation.report.blocks import Answer, Facts, Heading, Notice, Prose, answer, prose
from evaluation.report.claims import Claim, render_claims
from evaluation.report.index_page import IndexEntry, render_index
from evaluation.report.page import Link, Page, render_page
from evaluation.report.pdf import find_chromium, to_pdf
from evaluation.report.quality import quality_declaration
from evaluation.report.rules import Finding, check_page, refuse_faulty_page
from evaluation.report.run_page import imprint, render_run
from evaluation.report.site import Site
from evaluation.report.statement import render_statement
from evaluation.report.summary import SummaryLine, render_summary

__all__ = [
    "Answer",
    "Claim",
    "Facts",
    "Finding",
    "Heading",
    "IndexEntry",
    "Link",
    "Notice",
    "Page",
    "Prose",
    "Site",
    "SummaryLine",
    "answer",
    "check_page",
    "find_chromium",
    "imprint",
    "prose",
    "quality_declaration",
    "refuse_faulty_page",
    "render_claims",
    "render_index",
    "render_page",
    "render_run",
    "render_statement",
    "render_summary",
    "to_pdf",
]
