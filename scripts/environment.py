"""Writes environment.yml from pyproject.toml: `make environment`. A test holds the two and the lock together."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Where conda-forge calls a package something else than PyPI does.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
# What conda-forge does not have; pip installs it beside the project itself.
PIP_ONLY = ("koladapy", "pxwebpy")

HEADER = """\
# Generated from pyproject.toml by `make environment`; do not edit by hand.
# Windows or conda without make:  conda env create -f environment.yml && conda activate evaluation
"""


def conda_requirement(requirement: str) -> str:
    """Translate one requirement of pyproject.toml into conda's spelling."""
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement).groups()  # type: ignore[union-attr]
    return f"{CONDA_NAMES.get(name, name)}{bounds}"


def pip_only(requirement: str) -> bool:
    """Whether only the Python index has the package."""
    return requirement.startswith(PIP_ONLY)


def environment_text(project: dict[str, object]) -> str:
    """Return the text of environment.yml for a parsed pyproject.toml."""
    table = project["project"]
    requirements = sorted([*table["dependencies"], *table["optional-dependencies"]["test"]])  # type: ignore[index]
    lines = [f"  - {conda_requirement(text)}" for text in requirements if not pip_only(text)]
    pip = [f"      - {text}" for text in requirements if pip_only(text)]
    python = f"  - python{table['requires-python']}"  # type: ignore[index]
    head = ["name: evaluation", "channels:", "  - conda-forge", "  - nodefaults", "dependencies:", python, "  - pip"]
    return HEADER + "\n".join([*head, *lines, "  - pip:", *pip, "      - --editable ."]) + "\n"


def main() -> None:
    """Write environment.yml beside pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(environment_text(project), encoding="utf-8")


if __name__ == "__main__":
    main()
