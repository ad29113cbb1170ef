"""Processes that inject faults one after another, each with a small project and a crew of its own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from benchmarks.faults.house import House, build_template
from benchmarks.faults.inject import Record, inject
from benchmarks.faults.runners import KILLED, RIVALS, STOPS, interrupt, kill, rivals
from benchmarks.faults.scenarios import SCENARIOS
from evaluation.runs.warm_crew import WarmCrew

Work = tuple[str, int]
_template: list[House] = []


def move_in(folder: Path) -> None:
    """Build the small project of this process, with its good report."""
    sys.path.insert(0, str(folder))
    crew = WarmCrew(("papermill",))
    _template.append(build_template(folder / f"{os.getpid()}" / "hus å {x}", crew))


def name_of(work: Work) -> str:
    """Name of the fault: a phase and a number in it."""
    phase, number = work
    names = {"kills": [KILLED], "rivals": [RIVALS], "stops": list(STOPS)}
    names["scenarios"] = [scenario.name for scenario in SCENARIOS]
    return names[phase][number % len(names[phase])]


def perform(work: Work) -> Record:
    """Inject one fault."""
    phase, number = work
    template = _template[0]
    copy = template.project.root.parent / "copy"
    try:
        if phase == "scenarios":
            repeat, place = divmod(number, len(SCENARIOS))
            return inject(template, SCENARIOS[place], copy, mend=repeat % 5 == 0)
        if phase == "kills":
            return kill(template, copy, number)
        return rivals(template, copy) if phase == "rivals" else interrupt(template, copy, STOPS[name_of(work)])
    finally:
        shutil.rmtree(copy)
