"""Calls to one service: in its pace, with time limits, tried again where a fault may pass, kept until all are in.

Answers are kept by requests-cache for a day, so that a command that stopped half-way asks only for what is missing.
When a whole question has been answered, `forget` lets them go, and the next command asks the service again.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, RequestException, Response
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from requests_cache.backends.sqlite import SQLiteCache

from evaluation.errors import FetchError
from evaluation.fetch.failures import TRIES, Failure, failure_of, failure_of_connection
from evaluation.fetch.pace import Pace, refuse_long_wait
from evaluation.fetch.services import Limit

if TYPE_CHECKING:
    from evaluation.fetch.clock import Clock
    from evaluation.fetch.services import Service

KEPT_FOR = dt.timedelta(days=1)
FIRST_PAUSE = 1.0
MOST_ANSWERS = 2_000
"""A question with more answers than this never ends: a service whose pages always name a next one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came: its address and its bytes."""

    url: str
    body: bytes

    @property
    def content(self) -> Any:  # noqa: ANN401 - JSON has no static type
        """What the JSON holds; services may put a byte order mark before it."""
        return json.loads(self.body.decode("utf-8-sig"))


@dataclass(slots=True)
class _Taken:
    answers: list[Answer] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


class _PacedAdapter(HTTPAdapter):
    """What every call over the network goes through, and no answer from the cache."""

    def __init__(self, service: Service, pace: Pace) -> None:
        super().__init__(max_retries=0)
        self._service, self._pace = service, pace

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - as requests has it
        self._pace.take_turn()
        options["timeout"] = (self._service.seconds_to_connect, self._service.seconds_to_read)
        return super().send(request, *args, **options)


class Transport:
    """The way to one service.

    Parameters
    ----------
    folder
        Where answers and times of calls are kept; can be removed at any time.
    agent
        Who is calling; services ask for it.

    Attributes
    ----------
    unanswered
        Whether the last call has brought no answer: the question is half done, and may go on where it stopped.
    """

    def __init__(self, service: Service, folder: Path, clock: Clock, agent: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.service, self._clock = service, clock
        self._pace = Pace(service, folder / f"calls-{service.name}.txt", clock)
        self._session = CachedSession(
            backend=SQLiteCache(folder / f"answers-{service.name}.sqlite", serializer="json", wal=True),
            expire_after=KEPT_FOR,
            allowable_methods=("GET", "POST"),
            filter_fn=lambda response: failure_of(response, clock.now()) is None,
        )
        self._session.headers["User-Agent"] = agent
        self._session.headers["Accept"] = "application/json"
        adapter = _PacedAdapter(service, self._pace)
        self._session.adapters.clear()  # what begins in another way, a redirection to http:// say, is not called
        self._session.mount(f"{urlsplit(service.address).scheme}://", adapter)
        self._taken = _Taken()
        self.unanswered = False

    def get(self, url: str, params: dict[str, Any] | None = None, **_: object) -> Response:
        """Ask with GET; the form in which koladapy calls its session. Time limits are the service's own."""
        return self._ask(Request("GET", url, params=params))

    def post(self, url: str, question: dict[str, Any], params: dict[str, Any] | None = None) -> Response:
        """Ask with POST, the question as JSON."""
        return self._ask(Request("POST", url, params=params, json=question))

    def keep_to(self, limits: tuple[Limit, ...]) -> None:
        """Go by the limits that the service itself has stated."""
        self._pace.limits = limits

    def answers(self) -> tuple[Answer, ...]:
        """Return the answers since the last `forget`, in the order in which they were asked for."""
        return tuple(self._taken.answers)

    def forget(self) -> None:
        """Let go of the answers: the question is answered, and the next one is asked anew."""
        self._session.cache.delete(*self._taken.keys)
        self._taken = _Taken()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()  # type: ignore[no-untyped-call]

    def _ask(self, request: Request) -> Response:
        prepared, self.unanswered = self._session.prepare_request(request), True
        for number in range(1, TRIES + 1):
            outcome = self._try(prepared)
            if isinstance(outcome, Response):
                self.unanswered = False
                return self._take(str(prepared.url), outcome)
            if not outcome.passing or number >= outcome.tries:
                raise self._error(str(prepared.url), outcome, number)
            self._pause(outcome, number)
        raise AssertionError("the last try returns or raises")

    def _take(self, url: str, response: Any) -> Response:  # noqa: ANN401 - a response with the key of requests-cache
        if len(self._taken.answers) >= MOST_ANSWERS:
            todo = "ask for less; if it happens again, the service's pages never end: report it"
            raise FetchError(url[:200], found="ever more pages", expected=f"at most {MOST_ANSWERS} answers", todo=todo)
        response.encoding = "utf-8-sig"  # for whoever calls its .json()
        self._taken.answers.append(Answer(url, response.content))
        self._taken.keys.append(response.cache_key)
        return response  # type: ignore[no-any-return]

    def _try(self, prepared: PreparedRequest) -> Response | Failure:
        # Proxy and certificates as the machine has them; `send` alone passes REQUESTS_CA_BUNDLE over.
        settings = self._session.merge_environment_settings(str(prepared.url), {}, None, None, None)
        try:
            response = self._session.send(prepared, **settings)
        except RequestException as error:
            return failure_of_connection(error)
        return failure_of(response, self._clock.now()) or response

    def _pause(self, failure: Failure, number: int) -> None:
        seconds = failure.retry_after if failure.retry_after is not None else FIRST_PAUSE * 2 ** (number - 1)
        refuse_long_wait(self.service.name, seconds, self._clock.now(), failure.found)
        self._clock.wait(seconds)

    def _error(self, url: str, failure: Failure, number: int) -> FetchError:
        tries = f" after {number} tries" if number > 1 else ""
        return FetchError(url[:200], found=failure.found + tries, expected=failure.expected, todo=failure.todo)
