"""environment.yml, pyproject.toml and the lock say the same; the lock has hashes and no addresses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
BENCH_LOCK = (ROOT / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")


def locked(lock: str = LOCK) -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, flags=re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(Version(version))
    return versions


def declared() -> list[Requirement]:
    extras = [group for name, group in PROJECT["project"]["optional-dependencies"].items() if name != "bench"]
    return [Requirement(text) for group in (PROJECT["project"]["dependencies"], *extras) for text in group]


def peers() -> list[Requirement]:
    return [Requirement(text) for text in PROJECT["project"]["optional-dependencies"]["bench"]]


def test_environment_file_is_generated_from_pyproject(load: Callable[[Path], ModuleType]) -> None:
    module = load(ROOT / "scripts" / "environment.py")
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == module.environment_text(PROJECT)


def test_every_declared_package_is_locked_within_its_bounds() -> None:
    versions = locked()
    for requirement in declared():
        found = versions.get(canonicalize_name(requirement.name))
        assert found, f"{requirement.name} is not in requirements.lock: run `make lock`"
        assert any(requirement.specifier.contains(version) for version in found), f"{requirement} against {found}"


def test_peers_of_the_benchmarks_are_locked_apart_so_that_setting_up_does_not_grow() -> None:
    everyone, apart = locked(), locked(BENCH_LOCK)
    assert [str(peer) for peer in peers() if canonicalize_name(peer.name) in everyone] == []
    for peer in peers():
        assert any(peer.specifier.contains(version) for version in apart.get(canonicalize_name(peer.name), ())), peer


def test_both_locks_agree_where_they_meet_so_that_both_can_be_installed() -> None:
    everyone, apart = locked(), locked(BENCH_LOCK)
    shared = everyone.keys() & apart.keys()
    assert shared
    assert [name for name in sorted(shared) if not set(apart[name]) <= set(everyone[name])] == []


def test_environment_bounds_hold_for_the_lock() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[<>=]", line.strip(" -"))[0] for line in lines if line.lstrip().startswith("- ")}
    core = {requirement.name for requirement in map(Requirement, PROJECT["project"]["dependencies"])}
    assert core - {"matplotlib"} <= names
    assert "matplotlib-base" in names


def test_every_dependency_has_a_lower_bound() -> None:
    core = map(Requirement, PROJECT["project"]["dependencies"])
    assert [str(r) for r in core if not any(bound.operator in (">=", "==") for bound in r.specifier)] == []


def test_the_lock_has_hashes_and_no_addresses() -> None:
    assert "://" not in LOCK
    packages = re.findall(r"^[A-Za-z0-9._-]+==", LOCK, flags=re.MULTILINE)
    assert len(packages) > 100
    assert LOCK.count("--hash=sha256:") >= len(packages)


def test_the_lock_of_the_benchmarks_has_hashes_and_no_addresses() -> None:
    assert "://" not in BENCH_LOCK
    packages = re.findall(r"^[A-Za-z0-9._-]+==", BENCH_LOCK, flags=re.MULTILINE)
    assert len(packages) > 20
    assert BENCH_LOCK.count("--hash=sha256:") >= len(packages)
