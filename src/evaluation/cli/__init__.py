"""The command line: one module per command, imported when it is called, so that `--help` stays quick."""

from __future__ import annotations

import difflib
import importlib
import os
import sys

INPUT_ERROR = 11
DISK_ERROR = 17

# Command → line in the list; the module and its function bear the command's name, a hyphen written as an underscore.
COMMANDS: dict[str, str] = {
    "new-study": "Make a study of a municipality from its files: study file, copies, cards.",
    "map": "Propose which column of an incident log is what, and write it into a study.",
    "check": "Find every fault in a study file.",
    "fetch": "Fetch population, indicators or police events from SCB, Kolada and the police.",
    "prepare": "Read and clean the raw files of studies.",
    "run": "Make the reports that are not up to date.",
    "report": "Write index, claims and summary anew; with --pdf print them and the agreement pages.",
    "verify": "Recompute the seal of published reports.",
    "schedule": "Print a ready timer for unattended runs.",
    "plan": "Register the analysis plan of a study, or show how the study deviates from it.",
    "estimate": "Evaluate any series: what changed in a period, by every design, in one command.",
    "read": "Show how a file would be read, with its first rows.",
    "survey": "Describe the waves of a survey file.",
    "lab": "Open JupyterLab on the notebooks.",
    "synth": "Make the synthetic example data, at any size.",
}


def main() -> None:
    """Run the command line; a known error ends with one clear message, never with a traceback."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview())
        sys.exit(0 if arguments else 2)
    if arguments[0] not in COMMANDS:
        near = difflib.get_close_matches(arguments[0], COMMANDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "see `evaluation --help`"
        print(f"error: no command {arguments[0]!r}; {hint}", file=sys.stderr)
        sys.exit(2)
    _call(arguments[0], arguments[1:])


def overview() -> str:
    """Return the list of commands."""
    lines = [f"  {name:<10} {line}" for name, line in COMMANDS.items()]
    head = "Did our cooperation agreement change anything? Evaluates agreements against their baselines."
    usage = "Usage: evaluation COMMAND [ARGUMENTS]    (evaluation COMMAND --help shows examples)"
    return "\n".join([head, "", usage, "", *lines])


def _call(name: str, arguments: list[str]) -> None:
    # Several jobs run side by side, each on small matrices: threads inside a job only wait for each other.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    import typer

    from evaluation.errors import EvaluationError

    module = name.replace("-", "_")
    function = getattr(importlib.import_module(f"evaluation.cli.{module}"), module)
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command(name)(function)
    try:
        command(arguments, prog_name=f"evaluation {name}")
    except EvaluationError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(DISK_ERROR if error.kind == "disk" else INPUT_ERROR)
    except OSError as error:
        from evaluation.runs.disk import disk_error

        known = disk_error(error)
        if known is None:
            raise
        print(f"error: {known}", file=sys.stderr)
        sys.exit(DISK_ERROR)
