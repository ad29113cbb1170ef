"""Takes the pictures of docs/pictures/ from published reports with a headless Chromium.

`evaluation run upplands-vasby`, then `.venv/bin/python scripts/pictures.py`. Nothing is drawn by hand.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports" / "upplands-vasby"
PICTURES = ROOT / "docs" / "pictures"

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

# Picture → page, width of the window, and the box that is kept (left, top, right, bottom): look at them after a change.
PAGES = {
    "study-index.png": ("index-en.html", 1100, (0, 0, 1100, 1055)),
    "agreement.png": ("agreement-3-en/report.html", 1000, (250, 3590, 1000, 4076)),
    "phone.png": ("index.html", 320, (0, 220, 320, 1000)),
}


def photograph(chromium: str, address: str, width: int, height: int, target: Path) -> None:
    """Write a PNG of what a window of this size shows of a page."""
    with tempfile.TemporaryDirectory() as profile:
        options = (f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={target}")
        command = [chromium, *FLAGS, *options, address]
        subprocess.run(command, check=True, capture_output=True, timeout=180)


def main() -> None:
    """Take every picture, cut it, and store it in few colours."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium found: install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (page, width, box) in PAGES.items():
        photograph(chromium, f"{REPORTS.as_uri()}/{page}", width, box[3], PICTURES / name)
        with Image.open(PICTURES / name) as taken:
            few_colours = taken.convert("RGB").crop(box).quantize(128, dither=Image.Dither.NONE)
        few_colours.save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    main()
