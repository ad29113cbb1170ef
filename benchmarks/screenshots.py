"""Pictures of every type of page as a reader meets it: wide, on a phone, on paper; and, with --check, axe over them.

On paper means printed as PDF, with its page breaks; each sheet becomes a picture where Poppler (`pdftoppm`) is there.

    python benchmarks/screenshots.py reports pictures          # one study page of each type, in every language
    python benchmarks/screenshots.py reports --check           # every page under reports/ through axe-core

`make screenshots` calls the first.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from evaluation.report import check_page, find_chromium
from evaluation.report.pdf import FLAGS

AXE = Path(__file__).parents[1] / "tests" / "browser" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
LANGUAGE = re.compile(r'<html lang="([a-z]+)"')


def page_types(reports: Path) -> dict[str, Path]:
    """Find one page of each type per study and language, the fullest of its type, by the name of its pictures."""
    found: dict[str, list[Path]] = {}
    for path in sorted(reports.rglob("*.html")):
        found.setdefault(type_of(path, reports), []).append(path)
    return {name: max(paths, key=lambda path: path.stat().st_size) for name, paths in sorted(found.items())}


def type_of(path: Path, reports: Path) -> str:
    """Name study, kind of page and language: `exempelkoping-agreement-sv`; the number of an agreement is no kind."""
    language = LANGUAGE.search(path.read_text(encoding="utf-8"))[1]
    parts = path.relative_to(reports).with_suffix("").parts
    kind = parts[-2] if parts[-1] == "report" else parts[-1]
    study = parts[0] if len(parts) > 1 else "all"
    return f"{study}-{kind.split('-')[0]}-{language}"


def photograph(browser: Browser, path: Path, name: str, folder: Path) -> int:
    """Take a page wide, on a phone and on paper, and return how many pictures that made."""
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(path.resolve().as_uri())
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        page.close()
    return len(WIDTHS) + print_on_paper(browser, path, folder / f"{name}-print.pdf")


def print_on_paper(browser: Browser, path: Path, sheet: Path) -> int:
    """Print a page as PDF with its real page breaks, and picture each sheet where Poppler is on the machine."""
    page = browser.new_page()
    page.goto(path.resolve().as_uri())
    page.pdf(path=sheet, prefer_css_page_size=True, tagged=True)
    page.close()
    if (poppler := shutil.which("pdftoppm")) is None:
        return 0
    subprocess.run([poppler, "-r", "70", "-png", sheet, sheet.with_suffix("")], check=True, timeout=180)
    return len(list(sheet.parent.glob(f"{sheet.stem}-*.png")))


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
        pages = page_types(wanted.reports)
        taken = sum(photograph(browser, path, name, wanted.folder) for name, path in pages.items())
        print(f"{taken} pictures of {len(pages)} pages in {wanted.folder}")
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
