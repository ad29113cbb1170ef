"""`evaluation lab`: JupyterLab on the notebooks, with the kernel of this environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evaluation.runs.project import Project

FIRST_PAGE = "/lab/tree/notebooks/README.md"
SETTINGS = Path(__file__).with_name("jupyter")


def lab(
    options: Annotated[list[str] | None, typer.Argument(help="Options of JupyterLab itself, after `--`.")] = None,
) -> None:
    """Open JupyterLab on the list of notebooks, with the kernel of this environment.

    Examples: evaluation lab · evaluation lab -- --no-browser --port 8890
    """
    from jupyterlab.labapp import LabApp

    from evaluation.runs.project import find_project

    project = find_project()
    os.environ.update(surroundings(os.environ))
    LabApp.launch_instance([*settings(project), *(options or ())])


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that put this environment's kernel and our defaults before those of the user.

    A `python3` kernel of the user's home, or of a `JUPYTER_PATH` set for other work, would otherwise run the notebooks
    without the library. The user's own settings of JupyterLab still win over our defaults.
    """
    ours = {"JUPYTER_PATH": Path(sys.prefix, "share", "jupyter"), "JUPYTER_CONFIG_PATH": SETTINGS}
    return {
        name: os.pathsep.join([str(folder), *([environment[name]] if environment.get(name) else [])])
        for name, folder in ours.items()
    }


def settings(project: Project) -> list[str]:
    """Return the options of JupyterLab: the whole project is served, and the list of notebooks is what opens.

    Installing extensions is off: it asks a server on the network, and changes what the lock describes.
    """
    return [
        f"--ServerApp.root_dir={project.root}",
        f"--LabApp.default_url={FIRST_PAGE}",
        "--LabApp.extension_manager=readonly",
    ]
