"""Tell someone: run the command given with `--notify` with the batch's summary as JSON on its standard input."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterable

from evaluation.errors import ParameterError
from evaluation.runs.batch import JobResult, exit_code

_SECONDS = 60


def summary(results: Iterable[JobResult]) -> dict[str, object]:
    """Exit code, number of jobs by state, and one record per job that failed."""
    jobs = tuple(results)
    counts: dict[str, int] = {}
    for result in jobs:
        counts[result.state.value] = counts.get(result.state.value, 0) + 1
    failures = [
        {"job": result.key, "state": result.state.value, "message": result.message}
        for result in jobs
        if not result.state.is_success
    ]
    return {"exit_code": exit_code(jobs), "jobs": len(jobs), "states": counts, "failures": failures}


def notify(command: str, results: Iterable[JobResult]) -> int:
    """Run `command` (split like a shell would, but no shell is run) with the summary on stdin; returns its exit code.

    The summary is JSON in UTF-8, whatever the locale. Windows splits the command itself: backslashes stand in paths.

    Raises
    ------
    ParameterError
        There is no such program, it cannot be run or does not end, or a quote is not closed.
    """
    data = json.dumps(summary(results), ensure_ascii=False).encode("utf-8")
    try:
        words = command if os.name == "nt" else shlex.split(command)
        return subprocess.run(words, input=data, timeout=_SECONDS, check=False).returncode
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ParameterError(
            f"--notify {command}",
            found=str(error),
            expected=f"a program that reads the summary from standard input within {_SECONDS} seconds",
            todo="give the program's full path and test it by hand",
        ) from error
