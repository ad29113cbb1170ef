"""`evaluation fetch` as a person gives it: what it says, its exit codes, and a study fetched again from its cards."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable

import pytest

from evaluation.cli import main
from evaluation.errors import ParameterError
from evaluation.fetch import orders_of_study
from evaluation.fetch.asking import command_of, wishes_of
from evaluation.runs.locks import lock
from evaluation.study import load_study
from evaluation.study.cards import load_card
from tests.fetch.desk import STUDY, Desk
from tests.fetch.public_services import Reply

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a command in the project, against the services on this machine; returns exit code, output and errors."""
    monkeypatch.setenv("EVALUATION_ROOT", str(desk.project.root))
    monkeypatch.setattr("evaluation.fetch.clock.SystemClock", lambda: desk.clock)

    def give(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["evaluation", "fetch", *words, "--base-url", desk.server.address])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return give


def add_sources(desk: Desk, *entries: str) -> None:
    path = desk.project.studies / f"{STUDY}.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "".join(f"\n[[sources]]\nofficial = true\n{entry}\n" for entry in entries), encoding="utf-8")
    desk.study = load_study(path)


def test_population_is_fetched_and_its_entries_are_proposed(desk: Desk, command: Command) -> None:
    code, out, _ = command("scb", "--study", STUDY, "--first", "2020", "--area", "0114")
    assert code == 0
    assert "scb_TAB638.json: new; 1 municipality × 6 points, 2019 to 2024;" in out
    assert "scb_TAB6471.json: new; 1 municipality × 14 points, 2025M01 to 2026M02;" in out
    entries = tomllib.loads(out.partition(f"studies/{STUDY}.toml:")[2])["sources"]
    assert [(entry["id"], entry["kind"], entry["file"]) for entry in entries] == [
        ("population_scb", "scb_jsonstat", "scb_TAB638.json"),
        ("population_scb_2", "scb_jsonstat", "scb_TAB6471.json"),
    ]
    assert entries[1]["options"] == {"part_of": "population_scb"}


def test_a_second_time_nothing_changes_and_a_third_time_the_earlier_version_is_named(
    desk: Desk, command: Command
) -> None:
    words = ("kolada", "--study", STUDY, "--kpi", "N07403", "--first", "2022")
    assert "kolada.json: new; 1 indicator, 3 municipalities, 2022 to 2024" in command(*words)[1]
    assert "kolada.json: unchanged" in command(*words)[1]
    desk.server.next_value = 900.0
    code, out, _ = command(*words)
    assert (code, "the earlier version is kept as kolada.2026-11-22.json" in out) == (0, True)


def test_without_network_the_message_names_the_copy_and_its_age(desk: Desk, command: Command) -> None:
    words = ("events", "--study", STUDY)
    assert command(*words)[0] == 0
    for _ in range(12):
        desk.clock.next_day()
    desk.server.faults["/api/events"] = [Reply(b"", 503)] * 5
    code, out, err = command(*words)
    assert code == 20
    assert "HTTP 503" in err
    assert out == "polisen_events.json: not fetched; the copy of 2026-11-22 stays in use (12 days old)\n"


def test_without_network_and_copy_the_code_differs(desk: Desk, command: Command) -> None:
    desk.server.shutdown()
    desk.server.server_close()
    code, out, err = command("events", "--study", STUDY)
    assert code == 21
    assert "found no connection to the service (NewConnectionError) after 2 tries" in err
    assert out == "polisen_events.json: not fetched, and there is no earlier copy with a card\n"


def test_drift_has_a_code_of_its_own(desk: Desk, command: Command) -> None:
    desk.server.change["/api/events"] = lambda _: [{"id": "1"}]
    code, _, err = command("events", "--study", STUDY)
    assert code == 22
    assert "found id: text '1'; datetime: missing" in err
    assert "expected id: whole number; datetime: text" in err


def test_proposed_ids_are_free_and_parts_name_their_lead(desk: Desk, command: Command) -> None:
    add_sources(
        desk,
        'id = "events"\nkind = "police_events"\nfile = "handelser.json"',
        'id = "folk"\nkind = "scb_jsonstat"\nfile = "scb_TAB638.json"',
    )
    events = tomllib.loads(command("events", "--study", STUDY)[1].partition(".toml:")[2])["sources"]
    assert [(entry["id"], entry["file"]) for entry in events] == [("events_2", "polisen_events.json")]
    people = tomllib.loads(command("scb", "--study", STUDY)[1].partition(".toml:")[2])["sources"]
    assert [(entry["id"], entry["options"]) for entry in people] == [("population_scb", {"part_of": "folk"})]


def test_one_service_down_does_not_stop_the_others(desk: Desk, command: Command) -> None:
    """The exit code is the highest; what could be fetched is fetched."""
    desk.server.faults["/api/v2/tables/TAB638/data"] = [Reply(b"", 404)]
    code, out, _ = command("scb", "--study", STUDY)
    assert code == 21
    assert "scb_TAB638.json: not fetched" in out
    assert "scb_TAB6471.json: new" in out


def test_a_study_that_is_being_run_is_left_alone(desk: Desk, command: Command) -> None:
    with lock(desk.project.locks / f"{STUDY}.lock", 60):
        code, _, err = command("events", "--study", STUDY)
    assert code == 18
    assert "held by process" in err
    assert list(desk.raw.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scb",), "--study: found nothing"),
        (("brå", "--study", STUDY), "no such service"),
        (("nowhere",), "nowhere.toml"),
        (("events", "--study", STUDY, "--when", "april"), "--when: found 'april'"),
        (("scb", "--study", STUDY, "--table", "TAB1"), "one of TAB638, TAB6471"),
        ((STUDY,), "no source that can be fetched"),
        ((STUDY, "--kpi", "N07403", "--first", "2015"), "found --first, --kpi; expected no option"),
        (("kolada", "--study", STUDY, "--area", "0114"), "found --area; expected --any-title --first --kpi --last"),
    ],
)
def test_mistakes_are_said_with_what_to_do(command: Command, words: tuple[str, ...], said: str) -> None:
    code, _, err = command(*words)
    assert code == 11
    assert said in err
    assert "What to do:" in err


def test_a_study_is_fetched_again_in_the_way_its_cards_say(desk: Desk, command: Command) -> None:
    command("scb", "--study", STUDY, "--table", "TAB638", "--first", "2019", "--last", "2021", "--area", "0115")
    command("kolada", "--study", STUDY, "--kpi", "U07452", "--first", "2023")
    add_sources(
        desk,
        'id = "population_scb"\nkind = "scb_jsonstat"\nfile = "scb_TAB638.json"',
        'id = "kolada"\nkind = "kolada"\nfile = "kolada.json"',
        'id = "events"\nkind = "police_events"\nfile = "handelser.json"',
    )
    desk.server.calls.clear()
    code, out, _ = command(STUDY)
    assert code == 0
    assert "scb_TAB638.json: unchanged; 1 municipality × 4 points, 2018 to 2021" in out
    assert "kolada.json: unchanged; 1 indicator, 3 municipalities, 2023 to 2024" in out
    assert "handelser.json: new; 3 events" in out  # not there before: asked for with the defaults, under its own name
    assert "To use it" not in out


def test_files_put_there_by_hand_are_not_asked_for(desk: Desk) -> None:
    add_sources(desk, 'id = "kolada"\nkind = "kolada"\nfile = "kolada.json"')
    (desk.raw / "kolada.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ParameterError, match="no source that can be fetched"):
        orders_of_study(desk.raw, desk.study, desk.clock.now().date())


def test_a_source_without_file_is_asked_for_by_its_name_and_kind(desk: Desk) -> None:
    add_sources(
        desk,
        'id = "a"\nkind = "scb_v1"\nfile = "scb_v1_TAB6471.json"',
        'id = "b"\nkind = "scb_jsonstat"\nfile = "folkmangd.json"',
    )
    orders = orders_of_study(desk.raw, desk.study, desk.clock.now().date())
    assert [(command_of(order.question, desk.study), order.file) for order in orders] == [
        (f"evaluation fetch scb --table TAB6471 --api 1 --first 2000 --study {STUDY}", "scb_v1_TAB6471.json"),
        (f"evaluation fetch scb --table TAB638 --api 2 --first 2000 --study {STUDY}", "folkmangd.json"),
    ]


@pytest.mark.parametrize(
    ("service", "wishes"),
    [
        ("scb", {"table": "TAB638", "api": 1, "first": 2010, "last": 2020, "areas": ("0114", "0115")}),
        ("scb", {"table": "TAB6471"}),
        ("kolada", {"kpis": ("N07403", "U07452"), "any_title": True, "last": 2024}),
        ("kolada", {}),
        ("events", {"places": ("Upplands Väsby", "Stockholms län"), "when": "2026-04-17 15"}),
    ],
)
def test_the_command_on_a_card_asks_the_same_question(desk: Desk, service: str, wishes: dict[str, object]) -> None:
    import shlex

    from evaluation.fetch import Wishes

    (order,) = desk.orders(service, Wishes(**wishes))
    _, _, named, *words = shlex.split(command_of(order.question, desk.study))
    assert named == service
    assert desk.orders(service, wishes_of(words)) == (order,)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--colour", "blue"], "--colour"),
        (["--first", "abc"], "invalid int value: 'abc'"),
        (["--api", "3"], "invalid choice: 3"),
        (["--first", "2022", "--kpi"], "--kpi: expected one argument"),
    ],
)
def test_a_card_of_another_version_is_said(words: list[str], said: str) -> None:
    with pytest.raises(ParameterError, match=f"command on the card: .*{said}"):
        wishes_of(words)


def test_the_card_of_a_renamed_file_keeps_its_question(desk: Desk, command: Command) -> None:
    add_sources(desk, 'id = "events"\nkind = "police_events"\nfile = "handelser.json"')
    assert command(STUDY)[0] == 0
    assert load_card(desk.raw / "handelser.json").command.startswith("evaluation fetch events --place 'Upplands Väsby'")
    assert "handelser.json: unchanged" in command(STUDY)[1]
