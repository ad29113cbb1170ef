"""Takes the pictures of docs/pictures/ from published reports with a headless Chromium.

`evaluation run upplands-vasby`, then `.venv/bin/python scripts/pictures.py`. Nothing is drawn by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from evaluation.report import find_chromium
from evaluation.report.pdf import FLAGS

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports" / "upplands-vasby"
PICTURES = ROOT / "docs" / "pictures"

# Picture → page, width of the window, and the strip that is kept, top to bottom; none keeps the page's first figure.
PAGES: dict[str, tuple[str, int, tuple[int, int] | None]] = {
    "study-index.png": ("index-en.html", 1100, (0, 1037)),
    "agreement.png": ("agreement-3-en/report.html", 1000, None),
    "phone.png": ("index.html", 320, (220, 1045)),
}


def photograph(browser: Browser, address: str, width: int, strip: tuple[int, int] | None, target: Path) -> None:
    """Write a PNG of a strip of a page, or of its first figure without the notes."""
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.goto(address)
    clip = first_figure(page) if strip is None else FloatRect(x=0, y=strip[0], width=width, height=strip[1] - strip[0])
    page.screenshot(path=target, clip=clip, full_page=True)
    page.close()


def first_figure(page: Page) -> FloatRect:
    """Find caption and picture of the first figure, with a little room around them."""
    caption, picture = (page.locator(f"figure {part}").first.bounding_box() for part in ("figcaption", "img"))
    if caption is None or picture is None:
        sys.exit("the page has no figure")
    top, bottom = caption["y"] - 12, picture["y"] + picture["height"] + 2
    return FloatRect(x=picture["x"] - 12, y=top, width=picture["width"] + 24, height=bottom - top)


def main() -> None:
    """Take every picture, and store it in few colours."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium found: install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *FLAGS])
        for name, (page, width, strip) in PAGES.items():
            photograph(browser, f"{REPORTS.as_uri()}/{page}", width, strip, PICTURES / name)
            with Image.open(PICTURES / name) as taken:
                few_colours = taken.convert("RGB").quantize(128, dither=Image.Dither.NONE)
            few_colours.save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    main()
