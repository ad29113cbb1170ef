"""A newcomer's hour in a real JupyterLab: the list of notebooks, one that is run from top to bottom, the bench."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-this-test"
START = "import sys; from evaluation.cli import main; main()"
PATIENCE = 120_000  # milliseconds, for a machine that does much else
ANSWERS = "url => (fetch(url, {mode: 'no-cors'}).then(() => { window.up = true }, () => {}), window.up)"
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
OPEN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
ALL_RUN = f"""errors => {{
  const prompts = [...document.querySelectorAll('{OPEN} .jp-CodeCell .jp-InputArea-prompt')].map(e => e.textContent);
  return document.querySelector(errors) || (prompts.length && prompts.every(text => /\\[\\d+\\]/.test(text)))}}"""
DRAWN = f"[...document.querySelectorAll('{OPEN} figure img')].map(e => e.complete && e.naturalWidth > 0)"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the test's own, for running saves; in a folder whose name has a space and an å."""
    root = tmp_path_factory.mktemp("lab") / "utvärdering på prov"
    for folder in ("studies", "notebooks", "data/raw/upplands-vasby"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that never saw JupyterLab, but in which other work left a `python3` kernel without the library."""
    folder = tmp_path_factory.mktemp("home")
    kernel = folder / "other" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    wrong = {"argv": ["false", "{connection_file}"], "display_name": "Of other work", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(wrong), encoding="utf-8")
    shutil.copytree(folder / "other", folder / ".local" / "share" / "jupyter")
    return folder


@pytest.fixture(scope="module")
def address(browser: Browser, project: Path, home: Path) -> Iterator[str]:
    """Start `evaluation lab` on a free port, wait until it answers, and end it with its kernels."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    options = ("--no-browser", "--allow-root", f"--port={port}", f"--IdentityProvider.token={TOKEN}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EVALUATION", "JUPYTER"))}
    environment |= {"HOME": str(home), "JUPYTER_PATH": str(home / "other"), "JUPYTER_PREFER_ENV_PATH": "0"}
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", START, "lab", "--", *options],
            cwd=project, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        page = browser.new_page()
        page.wait_for_function(ANSWERS, arg=f"http://127.0.0.1:{port}/api", polling=200, timeout=PATIENCE)
        page.close()
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, which ends its kernels; what then still lives is killed."""
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    os.killpg(server.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=30)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=10)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1300, "height": 2000})
    opened.set_default_timeout(PATIENCE)
    opened.goto(f"{address}/?token={TOKEN}")  # the address that the command prints
    opened.wait_for_selector(".jp-MarkdownViewer h1")
    yield opened
    opened.close()


def run_all(page: Page, name: str) -> None:
    """Open a notebook from the list, and run it by the menu."""
    page.click(f'.jp-MarkdownViewer td a:text-is("{name}")')
    page.wait_for_selector('#jp-main-statusbar :text("Python 3 (ipykernel) | Idle")')  # else it asks for a kernel
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    page.wait_for_function(ALL_RUN, arg=ERRORS)
    page.wait_for_function(f"{DRAWN}.length > 0 && {DRAWN}.every(drawn => drawn)")


def errors(page: Page) -> list[str]:
    return [str(text) for text in page.locator(ERRORS).all_inner_texts()]


def test_what_opens_first_is_the_list_of_notebooks_in_order(page: Page) -> None:
    listed = page.locator(".jp-MarkdownViewer td a").all_inner_texts()
    assert listed == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert page.locator(".jp-Dialog").count() == 0  # nothing is asked first


def test_the_notebook_of_an_agreement_runs_from_top_to_bottom(page: Page, project: Path) -> None:
    run_all(page, "03_agreement_period")
    assert errors(page) == []
    headings = page.locator(f"{OPEN} .jp-OutputArea h2").all_inner_texts()
    assert "Utvecklingen" in headings
    saved = project / "reports" / "upplands-vasby" / "adhoc" / "agreement-3" / "results.json"
    assert json.loads(saved.read_text(encoding="utf-8"))["study"] == "upplands-vasby"


def test_the_bench_draws_what_its_menus_say(page: Page) -> None:
    run_all(page, "explore")
    assert errors(page) == []
    indicator, area, agreement, baseline, design = page.locator(".widget-dropdown select").all()
    assert [menu.is_visible() for menu in (indicator, area, baseline)] == [True] * 3
    agreement.select_option(label="Andra överenskommelsen 2019–2020")
    page.wait_for_selector(".widget-html p:text('under andra överenskommelsen')")
    design.select_option(label="Syntetisk kontroll")
    page.wait_for_selector(".widget-html p:text('Syntetisk kontroll: ')")
    drawn = page.locator(".widget-html figure img")
    assert (drawn.count(), drawn.get_attribute("alt") is not None) == (1, True)
    assert errors(page) == []
