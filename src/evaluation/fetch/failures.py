"""What can go wrong with one call: which faults pass by themselves, and what to say about the others."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from requests import ConnectionError as NoConnection
from requests import ConnectTimeout
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, SSLError, Timeout
from urllib3.exceptions import NewConnectionError

if TYPE_CHECKING:
    from requests import RequestException, Response

TRIES, TRIES_WITHOUT_NETWORK = 5, 2
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes after which the same call may succeed."""

FINAL = {
    400: ("the service cannot use the question", "check the table, indicators, years and areas asked for"),
    403: ("the service refuses this program", "read the service's rules; calls may have been too many"),
    404: ("there is no such thing", "check what was asked for; the service asks not to repeat such calls"),
    410: ("this part of the service is closed for good", "use the address of the present version (Kolada: …/v3)"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that brought no answer.

    Attributes
    ----------
    found, expected, todo
        For the message.
    passing
        Whether another try may succeed.
    retry_after
        Seconds that the service asks to wait, none if it does not say.
    tries
        How often a call is tried in all.
    """

    found: str
    expected: str
    todo: str
    passing: bool
    retry_after: float | None = None
    tries: int = TRIES


def failure_of(response: Response, now: dt.datetime) -> Failure | None:
    """Return why a response is no usable JSON answer, or nothing if it is one."""
    if response.status_code != 200:
        return _by_status(response, now)
    if not response.content:
        return Failure("an empty answer", "JSON", "try again later", passing=True)
    if not is_json(response):
        kind = response.headers.get("Content-Type", "no type")
        found = f"{kind} that begins with {response.text[:60]!r}"
        todo = "look at the address in a browser: maintenance, a portal, a proxy?"
        return Failure(found, "JSON", todo, passing=False)
    return _by_content(response)


def failure_of_connection(error: RequestException) -> Failure:
    """Return the failure behind an exception of the connection; where nothing is reached, few tries are enough."""
    broken = isinstance(error, NoConnection | Timeout | ChunkedEncodingError | ContentDecodingError)
    reason = getattr(error.args[0], "reason", None) if error.args else None
    nothing_there = isinstance(error, ConnectTimeout) or isinstance(reason, NewConnectionError)
    why = f"{type(error).__name__}: {str(error.args[0] if error.args else error)[:160]}"
    return Failure(
        f"no connection to the service ({type(reason or error).__name__})" if nothing_there else f"no answer ({why})",
        "an answer",
        "check the network (a proxy?), then give the command again",
        passing=broken and not isinstance(error, SSLError),
        tries=TRIES_WITHOUT_NETWORK if nothing_there else TRIES,
    )


def is_json(response: Response) -> bool:
    """Whether the answer says that it is JSON."""
    return "json" in response.headers.get("Content-Type", "").lower()


def _by_status(response: Response, now: dt.datetime) -> Failure:
    status = response.status_code
    what, todo = FINAL.get(status, ("the service has a fault or too much to do", "try again later"))
    after = seconds_asked(response.headers.get("Retry-After"), now)
    return Failure(f"HTTP {status}: {what}", "HTTP 200", todo, passing=status in PASSING, retry_after=after)


def _by_content(response: Response) -> Failure | None:
    try:
        json.loads(response.content.decode("utf-8-sig"))
    except ValueError as error:
        return Failure(f"JSON that is cut off or broken ({error})"[:160], "JSON", "try again later", passing=True)
    return None


def seconds_asked(retry_after: str | None, now: dt.datetime) -> float | None:
    """Return the seconds of a `Retry-After` header, which holds a number or a date; none if it says nothing usable."""
    text = (retry_after or "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None
