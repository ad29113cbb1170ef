"""What `evaluation lab` tells JupyterLab; tests/browser/test_lab.py opens it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from evaluation.cli.lab import FIRST_PAGE, SETTINGS, settings, surroundings
from evaluation.runs.project import Project

ROOT = Path(__file__).parents[2]


def kernel(folder: Path, *argv: str) -> Path:
    """Write a `python3` kernel as another installation would leave it."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Other", "language": "python"}))
    return folder


def test_our_kernel_comes_before_any_other_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = kernel(tmp_path / "other", "false")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(kernel(tmp_path / "home", "false")))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("JUPYTER_PATH", str(other))
    assert KernelSpecManager().get_kernel_spec("python3").argv == ["false"]
    for name, value in surroundings(os.environ).items():
        monkeypatch.setenv(name, value)
    assert Path(KernelSpecManager().get_kernel_spec("python3").resource_dir).is_relative_to(sys.prefix)


def test_folders_of_the_user_are_kept_after_ours() -> None:
    given = {"JUPYTER_PATH": "a", "JUPYTER_CONFIG_PATH": ""}
    found = surroundings(given)
    assert found["JUPYTER_PATH"].split(os.pathsep)[1:] == ["a"]
    assert found["JUPYTER_CONFIG_PATH"] == str(SETTINGS)


def test_the_first_page_lies_in_the_folder_that_is_served() -> None:
    options = settings(Project(ROOT))
    assert f"--ServerApp.root_dir={ROOT}" in options
    assert (ROOT / FIRST_PAGE.removeprefix("/lab/tree/")).is_file()


def test_our_defaults_are_settings_that_jupyterlab_has() -> None:
    """A renamed setting would be ignored in silence: the schemas of the installed JupyterLab know each."""
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    for plugin, values in json.loads((SETTINGS / "labconfig" / "default_setting_overrides.json").read_text()).items():
        package, _, name = plugin.partition(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))
        assert set(values) <= set(schema["properties"])
