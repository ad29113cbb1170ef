"""Where tests fetch from: a project with one study, the services on this machine, and a clock that does not wait."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evaluation.fetch import Order, Outcome, Wishes, attempt, orders_for
from evaluation.runs.project import Project
from evaluation.study import Study, load_study
from tests.fetch.public_services import PublicServices

STUDY = "upplands-vasby"


class StoodClock:
    """A clock that stands still, except that waiting moves it; it remembers every wait."""

    def __init__(self) -> None:
        self.time = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
        self.waits: list[float] = []

    def now(self) -> dt.datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += dt.timedelta(seconds=seconds)

    def next_day(self) -> None:
        self.time += dt.timedelta(days=1)


class Desk:
    """Where tests fetch from: project, study, server and clock in one hand."""

    def __init__(self, root: Path, server: PublicServices) -> None:
        self.project, self.server, self.clock = Project(root), server, StoodClock()
        self.study: Study = load_study(root / "studies" / f"{STUDY}.toml")
        self.raw = self.project.raw / STUDY

    def orders(self, service: str, wishes: Wishes) -> tuple[Order, ...]:
        return orders_for(service, wishes, self.study, self.clock.now().date())

    def fetch(self, service: str, **wishes: object) -> Outcome:
        (order,) = self.orders(service, Wishes(**wishes))
        return attempt(self.project, self.study, order, self.clock, self.server.address)

    def waits_for_faults(self) -> list[float]:
        """Return the waits that are not just the pace of the service."""
        return [seconds for seconds in self.clock.waits if seconds >= 1]
