"""The public services: where they are, how often they may be called, and under which terms their figures are used."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from evaluation.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` calls in any `seconds` seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Service:
    """One public service.

    Attributes
    ----------
    name
        Short name, in file names and messages.
    address
        Where its paths begin, without a slash at the end.
    limits
        How often it may be called; all of them hold.
    publisher, licence, citation
        What the cards of its answers say.
    seconds_to_connect, seconds_to_read
        How long one call waits for the connection, and for the next bytes.
    """

    name: str
    address: str
    limits: tuple[Limit, ...]
    publisher: str
    licence: str
    citation: str
    seconds_to_connect: float = 10.0
    seconds_to_read: float = 60.0


# 30 calls in 10 seconds; its /config has said 3 in 1, the same pace. Both hold until it has answered.
SCB_2 = Service(
    "scb",
    "https://statistikdatabasen.scb.se/api/v2",
    (Limit(3, 1), Limit(30, 10)),
    "Statistiska centralbyrån (SCB)",
    "CC0 1.0",
    "Källa: SCB",
)
SCB_1 = Service(
    "scb_v1",
    "https://api.scb.se/OV0104/v1/doris/sv/ssd",
    (Limit(10, 10),),
    SCB_2.publisher,
    SCB_2.licence,
    SCB_2.citation,
)
KOLADA = Service(
    "kolada",
    "https://api.kolada.se/v3",
    (Limit(5, 1),),
    "Rådet för främjande av kommunala analyser (RKA), Kolada",
    "Free to use with the source stated; what is computed from the figures must not be attributed to Kolada",
    "Källa: Kolada",
)
# polisen.se, rules for open data: 10 seconds between calls, 60 in an hour, 1 440 in a day, a user agent, HTTPS.
EVENTS = Service(
    "police_events",
    "https://polisen.se/api/events",
    (Limit(1, 10), Limit(60, 3_600), Limit(1_440, 86_400)),
    "Polismyndigheten",
    "Police open data; cite the source, follow the rules for open data of polisen.se",
    "Källa: Polismyndigheten",
)


def at_address(service: Service, address: str) -> Service:
    """Return the service behind another host, with its own path: a mirror, a gateway of one's own, a server for tests.

    Raises
    ------
    ParameterError
        The address is no web address, or would send calls unencrypted to another machine.
    """
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return replace(service, address=address.rstrip("/") + urlsplit(service.address).path)
    raise ParameterError(
        "--base-url",
        found=repr(address),
        expected="an address that begins with https:// (http:// only on this machine)",
        todo=f"leave the option out to use {service.address}",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
