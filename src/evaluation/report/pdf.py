"""A tagged PDF of a page, printed by the Chromium that the machine has; without one there is no PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from evaluation.errors import GateError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LONGEST_SECONDS = 120


def find_chromium() -> str | None:
    """Find a Chromium on the path, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def to_pdf(page: Path, target: Path) -> Path:
    """Print a page as a tagged PDF with an outline.

    Parameters
    ----------
    page
        A finished page of ours; it loads nothing, so printing needs no network.
    target
        The PDF to write; replaced if it is there.

    Raises
    ------
    GateError
        There is no Chromium, or it gave no PDF.
    """
    chromium = find_chromium()
    if chromium is None:
        raise _refusal(target, f"none of {', '.join(NAMES)} on the path", "install Chromium, or publish without PDF")
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *FLAGS, *_as_root(), f"--user-data-dir={profile}", "--no-pdf-header-footer"]
        command += ["--generate-pdf-document-outline", f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()]
        target.unlink(missing_ok=True)
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)
        except subprocess.TimeoutExpired as fault:
            raise _refusal(
                target, f"no answer in {LONGEST_SECONDS} seconds", "try again, or look at the page"
            ) from fault
    if not target.exists() or not target.read_bytes().startswith(b"%PDF"):
        raise _refusal(
            target, f"exit code {done.returncode} and no PDF", "open the page in the browser and print it there"
        )
    return target


def _as_root() -> tuple[str, ...]:
    # Chromium's sandbox refuses to start for root, as in containers; the page is ours and runs nothing.
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _refusal(target: Path, found: str, todo: str) -> GateError:
    return GateError(str(target), found=found, expected="a PDF printed by Chromium", todo=todo)
