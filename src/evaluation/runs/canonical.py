"""One spelling of data as bytes, and SHA-256 of it and of files: what seals and fingerprints are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def canonical(data: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8; NaN and infinities refused (ValueError): equal data, equal bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def sha256_of(data: object) -> str:
    """SHA-256 of canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_tree(root: Path, suffixes: Iterable[str] | None = None) -> str:
    """SHA-256 over names and bytes of all files below a folder (with these suffixes), without caches."""
    wanted = set(suffixes) if suffixes is not None else None
    files = sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and (wanted is None or path.suffix in wanted)
    )
    return sha256_of([[path.relative_to(root).as_posix(), sha256_of_file(path)] for path in files])
