"""Runs notebooks in a JupyterLab that is open, in a real browser, as a person would: for `walk_through.py`."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

from evaluation.report import find_chromium
from evaluation.report.pdf import FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 300_000  # milliseconds
OPEN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
ALL_RUN = f"""errors => {{
  const prompts = [...document.querySelectorAll('{OPEN} .jp-CodeCell .jp-InputArea-prompt')].map(e => e.textContent);
  return document.querySelector(errors) || (prompts.length && prompts.every(text => /\\[\\d+\\]/.test(text)))}}"""


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_notebooks(address: str, token: str, names: list[str]) -> str:
    """Run each notebook from the list that opens first; return how long each took, or what went wrong."""
    chromium = find_chromium()
    if chromium is None:
        return "the notebooks were not run: there is no Chromium"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *FLAGS])
        said = [_run(browser.new_page(), f"{address}/?token={token}", name) for name in names]
        browser.close()
    return "run from top to bottom: " + ", ".join(said)


def _run(page: Page, address: str, name: str) -> str:
    """Open a notebook from the list, run it by the menu, wait until every cell has its number, and close it."""
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.click(f'.jp-MarkdownViewer td a:text-is("{name}")')
    page.wait_for_selector('#jp-main-statusbar :text("Python 3 (ipykernel) | Idle")')
    began = time.monotonic()
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    page.wait_for_function(ALL_RUN, arg=ERRORS)
    wrong = [re.sub(r"\s+", " ", text)[:80] for text in page.locator(ERRORS).all_inner_texts()]
    page.close()
    return f"{name} {'with ' + wrong[0] if wrong else f'{time.monotonic() - began:.0f} s'}"
