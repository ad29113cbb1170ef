"""Reports as people read them: pages from executed notebooks, index, claims, statement, summary, and their gates."""

from evaluation.report.blocks import Answer, Facts, Heading, Notice, Prose, answer, prose
from evaluation.report.page import Link, Page, render_page
from evaluation.report.quality import quality_declaration
from evaluation.report.run_page import render_run

__all__ = [
    "Answer",
    "Facts",
    "Heading",
    "Link",
    "Notice",
    "Page",
    "Prose",
    "answer",
    "prose",
    "quality_declaration",
    "render_page",
    "render_run",
]
