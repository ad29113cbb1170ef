"""Faults of the disk that are no fault of the program: it is full, or may not be written."""

from __future__ import annotations

import errno

from evaluation.errors import EvaluationError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class DiskError(EvaluationError):
    """The disk is full, or a file or folder may not be read or written."""

    kind = "disk"


def is_full(error: OSError) -> bool:
    """Whether the disk, or the share of it that one may use, is full."""
    return error.errno in FULL


def disk_error(error: OSError) -> DiskError | None:
    """Return the error to show for a full disk or a refused file, nothing for any other fault of the system."""
    where = str(error.filename or "the disk of the project")
    if is_full(error):
        todo = "make room on it, then give the command again: what was there before still stands"
        return DiskError(where, found=f"a full disk ({error.strerror})", expected="room to write", todo=todo)
    if error.errno in REFUSED:
        todo = "ask whoever owns the folder for the right to read and write it, or work in a copy of the project"
        return DiskError(where, found=f"no permission ({error.strerror})", expected="leave to use it", todo=todo)
    return None
