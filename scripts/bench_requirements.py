"""Prints the peers of the benchmarks, a requirement a line, for `make lock`."""

from __future__ import annotations

import tomllib
from pathlib import Path


def main() -> None:
    """Print the extra `bench` of pyproject.toml."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    print("\n".join(project["project"]["optional-dependencies"]["bench"]))


if __name__ == "__main__":
    main()
