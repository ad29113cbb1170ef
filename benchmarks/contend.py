"""One contender in a process of its own: `python -m benchmarks.contend ROW CONTENDER …`, started by `measure`.

It prints one line of JSON: CPU and wall seconds of one call (self and children), peak memory in MB of the largest
process, and the size of the file that was made. It imports nothing that the contender does not need.
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.row import Contender, Given, Row, Used
from benchmarks.rows import row_named

LONG_ENOUGH = 0.3  # CPU seconds after which no further call is made
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def cpu_seconds() -> float:
    """CPU seconds of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_memory() -> float:
    """Peak resident memory in MB of this process since `forget_peak`, or of its largest child."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if not STATUS.exists():
        return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children) / 1024
    own = next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return max(own, children) / 1024


def forget_peak() -> None:
    """Let the peak begin anew (Linux), so that what was prepared and dropped does not count."""
    if CLEAR.exists():
        CLEAR.write_text("5")


def called(contender: Contender, given: Given) -> tuple[Any, dict[str, float]]:
    """Prepare, call once to warm up, then call until it took long enough; seconds per call."""
    prepared = contender.prepare(given)
    if not contender.first:
        result = contender.work(prepared)
        if isinstance(result, Used):
            return contender.compared(prepared, result.result), used_by(result)
    result, used = timed(contender, prepared)
    return contender.compared(prepared, result), used


def timed(contender: Contender, prepared: Any) -> tuple[Any, dict[str, float]]:
    """Call until it took long enough; once where only the first call counts."""
    forget_peak()
    calls, wall, cpu = 0, time.perf_counter(), cpu_seconds()
    while not calls or (cpu_seconds() - cpu < LONG_ENOUGH and not contender.first):
        result = contender.work(prepared)
        calls += 1
    used = {"cpu": (cpu_seconds() - cpu) / calls, "wall": (time.perf_counter() - wall) / calls}
    return result, used | {"peak": peak_memory(), "bytes": size_of(result)}


def used_by(found: Used) -> dict[str, float]:
    return {"cpu": found.cpu, "wall": found.wall, "peak": found.peak}


def whole(contender: Contender, given: Given) -> tuple[Any, dict[str, float]]:
    """Work once; the parent counts the seconds of the whole process."""
    prepared = contender.prepare(given)
    result = contender.work(prepared)
    used = {"peak": peak_memory(), "bytes": size_of(result)}
    return contender.compared(prepared, result), used


def size_of(result: Any) -> int:
    """Bytes of the file that was made, if one was."""
    return result.stat().st_size if isinstance(result, Path) and result.is_file() else 0


def main(arguments: list[str]) -> None:
    """Make the inputs, measure one contender, or compare two kept results: the first word says which."""
    task, name, size, folder, *rest = arguments
    row, given = row_named(name), Given(int(size), Path(folder))
    print(json.dumps(TASKS[task](row, given, *rest)))


def make_inputs(row: Row, given: Given) -> dict[str, float]:
    if row.inputs:
        row.inputs(given)
    return {}


def measure(row: Row, given: Given, name: str, keep: str = "") -> dict[str, float]:
    contender = row.contenders()[name]
    result, used = (whole if contender.whole else called)(contender, given)
    if keep:
        Path(keep).write_bytes(pickle.dumps(result))
    return {"bytes": 0} | used


def compare(row: Row, _: Given, first: str, second: str) -> dict[str, float]:
    ours, theirs = (pickle.loads(Path(kept).read_bytes()) for kept in (first, second))
    return {"difference": float(row.difference(ours, theirs))}


TASKS = {"inputs": make_inputs, "measure": measure, "compare": compare}

if __name__ == "__main__":
    main(sys.argv[1:])
