"""A runner that publishes one report after another until it is stopped: `python -m benchmarks.faults.victim ROOT`.

Each line it prints is the state of a finished batch; it ends with the batch's exit code when one does not succeed.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from benchmarks.faults.house import TIGHT, WIRING, job
from evaluation.runs.batch import Settings, exit_code, run_batch
from evaluation.runs.interruption import interruptible
from evaluation.runs.project import Project
from evaluation.runs.warm_crew import WarmCrew


def main(root: Path) -> int:
    """Publish until something ends it."""
    project = Project(root)
    with interruptible() as stop, WarmCrew(("papermill",)) as crew:
        for number in count(100):
            jobs = [job(project, parameters={"number": number})]
            results = run_batch(project, jobs, crew, Settings(limits=TIGHT, wiring=WIRING), stop=stop)
            print(results[0].state.value, flush=True)
            if exit_code(results):
                return exit_code(results)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
