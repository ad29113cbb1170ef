"""The same evaluation for many municipalities through the runner, beside papermill and nbconvert per notebook.

`benchmarks.national` makes the project, runs it, checks every seal and measures both ways; here each round is one such
run. The nation of 290 municipalities is the last point of the growth of jobs.
"""

from __future__ import annotations

import json
import resource
from dataclasses import replace

from benchmarks.row import Contender, Given, Goal, Row, Used

FILE = "stock.json"


def ours(given: Given) -> Used:
    """Run it, and leave what the stock way took in the same round for the other contender."""
    from benchmarks import national

    own, stock = national.run(given.size)[:2]
    (given.folder / FILE).write_text(json.dumps(stock))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return replace(used(own), peak=children.ru_maxrss / 1024)


def stock(given: Given) -> Used:
    return used(json.loads((given.folder / FILE).read_text()))


def used(row: dict[str, object]) -> Used:
    """CPU seconds of one report, as `benchmarks.national` measures them."""
    reports = float(row["reports"])
    return Used(reports, float(row["cpu_s_per_report"]), float(row.get("wall_s", "nan")) / reports, float("nan"))


STOCK = "stock: papermill and nbconvert per notebook"
NATION = (
    "Four fifths of a report are the notebook's own process: fits, bootstrap, a curve of up to 143 variants, checks "
    "and figures, which the stock way runs too, so that what is saved there helps both. Tried, side by side: "
    "designs, grids of rho and directions kept, and draws fitted a thousand at a time (all bootstraps of a report "
    "from 0.26 to 0.13 CPU s, results.json the same to the last byte); a palette that covers rare colours (a dense "
    "figure packed in 23 ms, before in 85); statsmodels left out of the warm parent (half a second a batch, 65 MB "
    "less to fork); words read in it, cells joined, the ledger read where it is asked for (about 20 ms). Together a "
    "prepared report takes a sixth less. Without gain: garbage collection off; larger thresholds of malloc; a whole "
    "page of another study made in the parent first (5 %, within the noise)."
)

ROWS = (
    Row(
        name="national",
        work="One report for each of 12 municipalities × 4 agreements, from raw figures to sealed pages",
        unit="one report",
        size=12,
        quick=1,
        ours=Contender("runner, warm engine", ours),
        peers=(Contender(STOCK, stock),),
        goals=(Goal(STOCK, 8, reason=NATION),),
        difference=lambda mine, theirs: 0.0 if mine >= theirs > 0 else 1.0,
        tolerance=0.0,
        compared="whether every report was published with a sound seal (the run stops otherwise)",
        notes="Ours makes all 48 reports in each round, from the raw figures, start and warm parent included; the "
        "stock way makes 2 of them from prepared figures, which flatters it. The 1 160 reports of the nation were made "
        "once, by our way alone: growth-jobs.",
    ),
)
