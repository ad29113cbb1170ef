"""Where and with what it was measured."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOAD = "load at the start (1, 5, 15 minutes)"
OWN = ("numpy", "scipy", "pandas", "pyarrow", "statsmodels", "matplotlib", "python-calamine", "papermill", "nbconvert")
PEERS = ("polars", "duckdb", "svy", "samplics", "pysyncon", "quadprog", "openpyxl", "seaborn")
OF_R = ("nlme", "MASS", "survey", "sandwich")


def machine() -> dict[str, str]:
    """Return processor, cores, memory, system, load and date."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": memory(),
        "system": f"{platform.system()} {platform.release()}",
        LOAD: load,
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python, R and every package that takes part; what is not there is said."""
    python = {"Python": platform.python_version()} | {name: version_of(name) for name in (*OWN, *PEERS)}
    return python | version_of_r()


def version_of(name: str) -> str:
    """Return the version of a package, or say that it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def version_of_r() -> dict[str, str]:
    """Return the versions of R and its packages."""
    if shutil.which("Rscript") is None:
        return {"R": "not installed"}
    names = ", ".join(f'"{name}"' for name in OF_R)
    known = "if (requireNamespace(p, quietly=TRUE)) as.character(packageVersion(p)) else '-'"
    code = 'cat("R", paste(R.version$major, R.version$minor, sep="."), "\\n")'
    code += f'; for (p in c({names})) cat(p, {known}, "\\n")'
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in done.stdout.splitlines()]
    return {
        f"R {name}" if name != "R" else name: "not installed" if number == "-" else number for name, number in pairs
    }


def processor() -> str:
    """Return the name of the processor."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory() -> str:
    """Return the size of the memory."""
    path = Path("/proc/meminfo")
    if not path.exists():
        return "unknown"
    return f"{int(path.read_text().split()[1]) / 2**20:.0f} GB"


def commit() -> str:
    """Return the commit that was measured."""
    command = ["git", "rev-parse", "--short=10", "HEAD"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "not under version control"
