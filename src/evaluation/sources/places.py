"""File names from outside stay inside the folder they belong to."""

from __future__ import annotations

from pathlib import Path

from evaluation.errors import InputError

FORBIDDEN = frozenset('\0<>:"|?*\\') | {chr(code) for code in range(32)}


def resolve_inside(root: Path, name: str) -> Path:
    """Return `root / name`, made sure to lie inside `root` after every link has been followed.

    Raises
    ------
    InputError
        For an empty or absolute name, `..`, a drive or scheme, control characters, a backslash, or a link that leads
        out of the folder.
    """
    parts = name.split("/")
    unsafe = not name.strip() or any(part in {"", ".", ".."} for part in parts) or bool(set(name) & FORBIDDEN)
    if unsafe or name.startswith("~") or Path(name).is_absolute():
        raise _outside(root, name)
    target = (root / name).resolve()
    if not target.is_relative_to(root.resolve()):
        raise _outside(root, name)
    return target


def _outside(root: Path, name: str) -> InputError:
    return InputError(
        f"file name {name!r}",
        found="a name that is empty, absolute, or leads out of its folder",
        expected=f"a plain relative name inside the folder {root.name}",
        todo="give the file's name without '..', drive, scheme or backslash",
    )
