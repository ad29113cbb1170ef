"""Faults of services and networks: what passes by itself is tried again, the rest is said, and no copy is lost."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL

from evaluation.errors import ParameterError
from evaluation.fetch import Wishes, perform
from evaluation.fetch.asking import Order
from evaluation.fetch.kolada import KoladaQuestion
from evaluation.fetch.services import EVENTS, KOLADA, Service, at_address
from tests.fetch.desk import STUDY, Desk
from tests.fetch.public_services import Reply

DATA = "/v3/data/"
EVENTS_PATH = "/api/events"


def page_calls(desk: Desk) -> list[str]:
    return [call.query["page"][0] for call in desk.server.calls if call.path == DATA]


def test_429_waits_as_long_as_the_service_asks(desk: Desk) -> None:
    desk.server.faults[DATA] = [Reply(b"{}", 429, {"Retry-After": "7"})]
    assert desk.fetch("kolada", kpis=("N07403",), first=2022).code == 0
    assert desk.waits_for_faults() == [7.0]


def test_429_with_a_date_waits_until_then(desk: Desk) -> None:
    desk.server.faults[EVENTS_PATH] = [Reply(b"", 429, {"Retry-After": "Sun, 22 Nov 2026 09:00:30 GMT"})]
    assert desk.fetch("events").code == 0
    assert desk.waits_for_faults() == [30.0]


def test_429_for_an_hour_does_not_block_the_command(desk: Desk) -> None:
    desk.server.faults[DATA] = [Reply(b"{}", 429, {"Retry-After": "3600"})]
    outcome = desk.fetch("kolada", kpis=("N07403",))
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert desk.waits_for_faults() == []
    assert "3600 seconds" in str(outcome.error)
    assert "give the command again after 2026-11-22" in str(outcome.error)


def test_500_is_tried_again_with_growing_pauses(desk: Desk) -> None:
    desk.server.faults[DATA] = [Reply(b"oops", 500), Reply(b"oops", 503), Reply(b"oops", 502)]
    assert desk.fetch("kolada", kpis=("N07403",), first=2022).code == 0
    assert desk.waits_for_faults() == [1.0, 2.0, 4.0]


def test_500_without_end_is_given_up(desk: Desk) -> None:
    desk.server.faults[DATA] = [Reply(b"oops", 500)] * 9
    outcome = desk.fetch("kolada", kpis=("N07403",), first=2022)
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "HTTP 500: the service has a fault or too much to do after 5 tries" in str(outcome.error)
    assert page_calls(desk) == ["1"] * 5
    assert list(desk.raw.iterdir()) == []


@pytest.mark.parametrize(
    "fault",
    [
        Reply(b'{"values": [1, 2, 3]}', cut=True),
        Reply(b""),
        Reply(b'{"values": [{"kpi": '),
    ],
    ids=["cut connection", "empty", "cut JSON"],
)
def test_a_broken_answer_is_asked_for_again(desk: Desk, fault: Reply) -> None:
    desk.server.faults[DATA] = [fault]
    assert desk.fetch("kolada", kpis=("N07403",), first=2022).code == 0
    assert page_calls(desk) == ["1", "1", "2", "3", "4"]


class _Hasty(KoladaQuestion):
    """Kolada, but it has to answer within a twentieth of a second."""

    @property
    def service(self) -> Service:
        return replace(KOLADA, seconds_to_read=0.05)


def test_a_service_that_says_nothing_is_cut_off(desk: Desk) -> None:
    order = Order(_Hasty(2022, 2024, ("N07403",)), "kolada.json")
    desk.server.faults["/v3/kpi/N07403"] = [Reply(b"", hold=True)] * 5
    outcome = perform.attempt(desk.project, desk.study, order, desk.clock, desk.server.address)
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "Read timed out" in str(outcome.error)
    assert desk.waits_for_faults() == [1.0, 2.0, 4.0, 8.0]


def test_a_page_instead_of_json_is_not_tried_again(desk: Desk) -> None:
    page = Reply(
        b"<!doctype html><title>Underh\xc3\xa5ll</title>", headers={"Content-Type": "text/html; charset=utf-8"}
    )
    desk.server.faults[EVENTS_PATH] = [page]
    outcome = desk.fetch("events")
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "text/html; charset=utf-8 that begins with '<!doctype html><title>Underhåll</title>'" in str(outcome.error)
    assert desk.waits_for_faults() == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (410, "closed for good; expected HTTP 200. What to do: use the address of the present version (Kolada: …/v3)"),
        (404, "there is no such thing"),
        (403, "refuses this program"),
        (400, "cannot use the question"),
    ],
)
def test_final_answers_are_believed(desk: Desk, status: int, words: str) -> None:
    desk.server.faults["/v3/kpi/N07403"] = [Reply(b"{}", status)]
    outcome = desk.fetch("kolada", kpis=("N07403",))
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert f"HTTP {status}" in str(outcome.error)
    assert words in str(outcome.error)
    assert len(desk.server.calls) == 1


class _Version2(KoladaQuestion):
    """Kolada at the address that was closed."""

    @property
    def service(self) -> Service:
        return replace(KOLADA, address="https://api.kolada.se/v2")


def test_kolada_2_is_closed_and_the_message_names_3(desk: Desk) -> None:
    desk.server.faults["/v2/kpi/N07403"] = [Reply(b"", 410)]
    order = Order(_Version2(2022, 2024, ("N07403",)), "kolada.json")
    outcome = perform.attempt(desk.project, desk.study, order, desk.clock, desk.server.address)
    assert "HTTP 410: this part of the service is closed for good" in str(outcome.error)
    assert "Kolada: …/v3" in str(outcome.error)


def test_without_network_the_copy_stands_and_its_age_is_known(desk: Desk) -> None:
    assert desk.fetch("events").code == 0
    before = (desk.raw / "polisen_events.json").read_bytes()
    desk.clock.next_day()
    desk.server.shutdown()
    desk.server.server_close()
    outcome = desk.fetch("events")
    assert outcome.code == perform.NO_ANSWER_COPY_STANDS
    assert "check the network" in str(outcome.error)
    assert outcome.copy is not None
    assert perform.days_old(outcome.copy, desk.clock.now().date()) == 1
    assert desk.waits_for_faults() == [
        1.0,
        9.0,
    ]  # two tries are enough; the second also keeps ten seconds between calls
    assert (desk.raw / "polisen_events.json").read_bytes() == before


def test_a_half_done_fetch_goes_on_where_it_stopped(desk: Desk) -> None:
    question = {"kpis": ("N07403", "U07452"), "first": 2022}
    desk.server.quota[DATA] = 5
    assert desk.fetch("kolada", **question).code == perform.NO_ANSWER_NO_COPY
    assert page_calls(desk)[:6] == ["1", "2", "3", "4", "1", "2"]
    desk.server.quota.clear()
    desk.server.calls.clear()
    assert desk.fetch("kolada", **question).code == 0
    assert page_calls(desk) == ["2", "3", "4"]  # the five pages that were in are not asked for again
    desk.server.calls.clear()
    assert desk.fetch("kolada", **question).code == 0
    assert len(page_calls(desk)) == 8  # a finished fetch is not answered from pages that were kept


def test_a_fetch_that_was_killed_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL while the third page is under way; the first two are on disk."""
    monkeypatch.setenv("EVALUATION_ROOT", str(desk.project.root))
    desk.server.faults[DATA] = [None, None, Reply(b"", hold=True)]
    words = [
        "fetch",
        "kolada",
        "--study",
        STUDY,
        "--kpi",
        "N07403",
        "--first",
        "2022",
        "--base-url",
        desk.server.address,
    ]
    command = [sys.executable, "-c", "from evaluation.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert desk.server.holding.wait(60)
        process.kill()
    assert page_calls(desk) == ["1", "2", "3"]
    assert list(desk.raw.iterdir()) == []
    desk.server.calls.clear()
    assert desk.fetch("kolada", kpis=("N07403",), first=2022).code == 0
    assert page_calls(desk) == ["3", "4"]


def test_a_fault_in_a_later_block_of_years_is_not_passed_over(desk: Desk) -> None:
    """koladapy alone would go on after a batch that failed, and leave its years out without a word."""
    desk.server.quota[DATA] = 2  # 1998–2022 in two pages, then faults
    outcome = desk.fetch("kolada", kpis=("N07403",), first=1998, last=2024)
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "HTTP 500" in str(outcome.error)
    assert list(desk.raw.iterdir()) == []


def test_pages_without_end_are_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.fetch.transport.MOST_ANSWERS", 12)
    desk.server.change[DATA] = lambda page: page | {"next_url": "https://api.kolada.se/v3/data/?page=2"}
    outcome = desk.fetch("kolada", kpis=("N07403",), first=2022)
    assert "ever more pages" in str(outcome.error)


def test_no_figure_at_all_is_said(desk: Desk) -> None:
    outcome = desk.fetch("kolada", kpis=("N07403",), first=2010, last=2015)
    assert outcome.code == perform.NO_ANSWER_NO_COPY
    assert "no figure for N07403, 2010 to 2015" in str(outcome.error)
    desk.server.change[EVENTS_PATH] = lambda _: []
    assert "no event (Upplands Väsby, Stockholms län; any time)" in str(desk.fetch("events").error)


def test_one_indicator_without_figures_is_a_note(desk: Desk) -> None:
    desk.server.change[DATA] = lambda page: (
        page
        | {
            "values": [entry for entry in page["values"] if entry["kpi"] != "U07452"],
            "count": len([entry for entry in page["values"] if entry["kpi"] != "U07452"]),
        }
    )
    outcome = desk.fetch("kolada", kpis=("N07403", "U07452"), first=2022, last=2024)
    assert outcome.fetched is not None
    assert outcome.fetched.answered.notes == ("U07452: no figure from 2022 to 2024",)


def test_an_indicator_that_does_not_exist_is_named(desk: Desk) -> None:
    assert "no indicator N99999" in str(desk.fetch("kolada", kpis=("N07403", "N99999")).error)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"table": "TAB1"}, "expected one of TAB638, TAB6471"),
        ({"table": "TAB638", "first": 2024, "last": 2020}, "let --first come before --last"),
        ({"table": "TAB638", "kpis": ("N07403",), "when": "2026-04"}, "found --kpi, --when; expected --api --area"),
    ],
)
def test_questions_that_cannot_be_put(desk: Desk, wishes: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError) as refused:
        desk.fetch("scb", **wishes)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"areas": ("9999",)}, "municipality 9999: found no such code in the table"),
        ({"first": 1990, "last": 2000}, "expected years from 2018 to 2024"),
    ],
)
def test_a_question_that_no_table_answers_leaves_the_other_orders_their_turn(
    desk: Desk, wishes: dict[str, object], words: str
) -> None:
    outcome = desk.fetch("scb", table="TAB638", **wishes)
    assert outcome.code == 11
    assert words in str(outcome.error)


def test_an_answer_that_is_no_use_is_not_kept_for_a_day(desk: Desk) -> None:
    """What was not there may be there a minute later; only a question that stopped half-way goes on."""
    desk.server.change[EVENTS_PATH] = lambda _: []
    assert "no event" in str(desk.fetch("events").error)
    desk.server.change.clear()
    assert desk.fetch("events").code == 0


@pytest.mark.parametrize(
    ("service", "once", "twice"),
    [
        ("scb", {"table": "TAB638", "areas": ("0114",)}, {"table": "TAB638", "areas": ("0114", "0114")}),
        ("kolada", {"kpis": ("N07403",), "first": 2022}, {"kpis": ("N07403", "N07403"), "first": 2022}),
        ("events", {"places": ("Sigtuna",)}, {"places": ("Sigtuna", "Sigtuna")}),
    ],
)
def test_what_is_asked_for_twice_comes_once(
    desk: Desk, service: str, once: dict[str, object], twice: dict[str, object]
) -> None:
    assert desk.orders(service, Wishes(**once)) == desk.orders(service, Wishes(**twice))  # type: ignore[arg-type]


@pytest.mark.parametrize("service", ["kolada", "scb", "events"])
def test_a_byte_order_mark_before_an_answer_is_no_fault(desk: Desk, service: str) -> None:
    """SCB's older interface sends one; whichever service begins to, it is still JSON."""
    wishes = {"kolada": {"kpis": ("N07403",), "first": 2022}, "scb": {"table": "TAB638"}, "events": {}}[service]
    desk.server.mark = b"\xef\xbb\xbf"
    assert desk.fetch(service, **wishes).code == 0


def test_the_certificates_of_the_machine_are_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A municipal proxy that looks into the traffic has a certificate of its own, named by REQUESTS_CA_BUNDLE."""
    seen: list[object] = []

    def send(_: HTTPAdapter, request: PreparedRequest, **options: object) -> Response:
        seen.append(options["verify"])
        raise InvalidURL(str(request.url))

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/municipality.pem")
    monkeypatch.setattr(HTTPAdapter, "send", send)
    desk.fetch("events")
    assert seen == ["/etc/municipality.pem"]


def test_a_redirection_to_another_way_of_calling_is_not_followed(desk: Desk) -> None:
    elsewhere = Reply(b"", 302, {"Location": "https://127.0.0.1:1/api/events"})
    desk.server.faults[EVENTS_PATH] = [elsewhere]
    outcome = desk.fetch("events")
    assert "InvalidSchema" in str(outcome.error)
    assert desk.waits_for_faults() == []


@pytest.mark.parametrize(
    "address", ["http://api.example.org", "ftp://127.0.0.1", "api.kolada.se", "http://127.0.0.1.example.org"]
)
def test_nothing_is_sent_unencrypted_to_another_machine(address: str) -> None:
    with pytest.raises(ParameterError, match="https://"):
        at_address(KOLADA, address)


def test_another_host_keeps_the_path_of_the_service() -> None:
    assert at_address(KOLADA, "https://mirror.example.org/").address == "https://mirror.example.org/v3"
    assert at_address(EVENTS, "http://localhost:8000").address == "http://localhost:8000/api/events"
