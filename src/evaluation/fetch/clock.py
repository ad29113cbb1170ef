"""The clock that fetching goes by, so that tests need not wait."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> dt.datetime:
        """Return the time with its zone, UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait this long."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> dt.datetime:
        """Return the time with its zone, UTC."""
        return dt.datetime.now(dt.UTC)

    def wait(self, seconds: float) -> None:
        """Wait this long."""
        threading.Event().wait(seconds)
