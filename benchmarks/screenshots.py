"""Pictures of every type of page as a reader meets it: wide, on a phone, on paper; and, with --check, axe over them.

    python benchmarks/screenshots.py reports pictures          # one study page of each type, in every language
    python benchmarks/screenshots.py reports --check           # every page under reports/ through axe-core

`make screenshots` calls the first, CI the second after `make report`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from evaluation.report import check_page, find_chromium
from evaluation.report.pdf import FLAGS

AXE = Path(__file__).parents[1] / "tests" / "browser" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = {"1280": (1280, "screen"), "320": (320, "screen"), "print": (794, "print")}  # A4 is 794 CSS pixels wide
PAGES = (
    "index",
    "{study}/index",
    "{study}/agreement-3/report",
    "{study}/trends/report",
    "{study}/safety/report",
    "{study}/comparison-3/report",
    "{study}/overview/report",
    "{study}/claims",
    "{study}/summary",
    "{study}/quality/report",
    "accessibility",
)


def page_types(reports: Path) -> Iterator[Path]:
    """Find one page of each type per study and language, those that are there."""
    studies = sorted(path.parent.name for path in reports.glob("*/index.html"))
    for pattern in PAGES:
        for study in studies if "{study}" in pattern else studies[:1]:
            plain = reports / f"{pattern.format(study=study)}.html"
            english = plain.with_name(plain.name.replace(".html", "-en.html"))
            in_folder = plain.parent.with_name(f"{plain.parent.name}-en") / plain.name
            yield from (path for path in (plain, english, in_folder) if path.exists())


def photograph(browser: Browser, page_path: Path, reports: Path, folder: Path) -> None:
    name = page_path.relative_to(reports).with_suffix("").as_posix().replace("/", "-")
    for view, (width, media) in VIEWS.items():
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.emulate_media(media=media)
        page.goto(page_path.resolve().as_uri())
        page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)
        page.close()


def faults_of(browser: Browser, page_path: Path, axe: str) -> list[str]:
    """Hold a page against axe, the width of a phone, and our own rules."""
    page = browser.new_page(viewport={"width": 320, "height": 900}, bypass_csp=True)
    page.goto(page_path.resolve().as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+5)').forEach(row => row.remove())")
    page.add_script_tag(content=axe)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)["violations"]
    page.close()
    own = [f"{finding.rule}: {finding.found}" for finding in check_page(page_path.read_text(encoding="utf-8"))]
    return [
        *(f"axe {one['id']} ({len(one['nodes'])} places)" for one in found),
        *own,
        *([f"{wide} px wide"] if wide > 320 else []),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("reports/.pictures"))
    parser.add_argument("--check", action="store_true", help="no pictures; axe and our rules over every page")
    wanted = parser.parse_args()
    chromium = find_chromium()
    if chromium is None or (wanted.check and not AXE.exists()):
        print("This needs Chromium" + (" and axe-core (tests/browser/get_axe)." if wanted.check else "."))
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *FLAGS])
        if wanted.check:
            return check(browser, sorted(wanted.reports.rglob("*.html")))
        wanted.folder.mkdir(parents=True, exist_ok=True)
        pages = list(page_types(wanted.reports))
        for path in pages:
            photograph(browser, path, wanted.reports, wanted.folder)
        print(f"{len(pages) * len(VIEWS)} pictures of {len(pages)} pages in {wanted.folder}")
    return 0 if pages else 1


def check(browser: Browser, pages: list[Path]) -> int:
    axe = AXE.read_text(encoding="utf-8")
    broken = 0
    for path in pages:
        faults = faults_of(browser, path, axe)
        broken += bool(faults)
        for fault in faults:
            print(f"{path}: {fault}")
    print(f"{len(pages)} pages, {broken} with faults")
    return 1 if broken or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
