"""`evaluation fetch`: figures of public services into the raw files of a study, with cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    import datetime as dt

    from evaluation.fetch import Order, Outcome
    from evaluation.study import Study


def fetch(
    what: Annotated[str, typer.Argument(help="scb, kolada, events; or a study, to fetch all its sources again.")],
    study: Annotated[str | None, typer.Option(help="Id of the study whose raw files they become.")] = None,
    first: Annotated[int, typer.Option(min=1968, max=2100, help="First year, inclusive (scb, kolada).")] = 2000,
    last: Annotated[int | None, typer.Option(min=1968, max=2100, help="Last year, inclusive; default: now.")] = None,
    table: Annotated[str, typer.Option(help="scb: only TAB638 (to 2024) or TAB6471 (from 2025).")] = "",
    api: Annotated[Literal["1", "2"], typer.Option(help="scb: PxWebApi 1 or 2.")] = "2",
    area: Annotated[list[str] | None, typer.Option(help="scb: a municipality; repeat it. Default: all 290.")] = None,
    kpi: Annotated[
        list[str] | None, typer.Option(help="kolada: an indicator; repeat it. Default: crime and safety.")
    ] = None,
    any_title: Annotated[bool, typer.Option("--any-title", help="kolada: take indicators with a new title.")] = False,
    place: Annotated[list[str] | None, typer.Option(help="events: a place; default: municipality and county.")] = None,
    when: Annotated[str, typer.Option(help="events: a month, day or hour (2026-04, 2026-04-17).")] = "",
    base_url: Annotated[str, typer.Option(help="Another host that answers in the service's place.")] = "",
) -> None:
    """Fetch population (SCB), indicators (Kolada) or police events as raw files of a study, with cards.

    Answers are kept as they came. The same bytes change nothing; other bytes leave the earlier version beside the new
    one. A command that stopped half-way goes on where it stopped.

    Examples: evaluation fetch scb --study upplands-vasby · evaluation fetch kolada --study upplands-vasby --kpi N07403
    · evaluation fetch events --study upplands-vasby · evaluation fetch upplands-vasby

    Exit code 0 if all is there, 11 for a mistake in the command or a raw file changed by hand, 17 if the disk is full
    or may not be written, 18 while the study is being run, 20 if a service gave no answer and an earlier copy stands,
    21 if there is none, 22 if its answers have another shape than before.
    """
    from evaluation.fetch import SERVICES, Wishes, attempt, orders_for, orders_of_study, refuse_unheeded
    from evaluation.fetch.clock import SystemClock
    from evaluation.runs.project import find_project
    from evaluation.study import load_study

    if what in SERVICES and study is None:
        raise _study_missing(what)
    project, clock = find_project(), SystemClock()
    loaded, today = load_study(project.studies / f"{study or what}.toml"), clock.now().date()
    wishes = Wishes(
        table=table,
        api=1 if api == "1" else 2,
        first=first,
        last=last,
        areas=tuple(area or ()),
        kpis=tuple(kpi or ()),
        any_title=any_title,
        places=tuple(place or ()),
        when=when,
    )
    if study is None:
        refuse_unheeded(what, wishes)
        orders = orders_of_study(project.raw / loaded.id, loaded, today)
    else:
        orders = orders_for(what, wishes, loaded, today)
    outcomes = []
    for order in orders:
        typer.echo(f"asking {order.question.service.name} for {order.file} …", err=True)
        outcomes.append(attempt(project, loaded, order, clock, base_url))
        _report(outcomes[-1], today)
    _propose([outcome.order for outcome in outcomes if outcome.fetched], loaded)
    raise typer.Exit(max(outcome.code for outcome in outcomes))


def _study_missing(service: str) -> Exception:
    from evaluation.errors import ParameterError

    todo = f"evaluation fetch {service} --study upplands-vasby"
    return ParameterError("--study", found="nothing", expected="the study whose raw files they become", todo=todo)


def _report(outcome: Outcome, today: dt.date) -> None:
    file = outcome.order.file
    if outcome.fetched is None:
        typer.echo(f"error: {outcome.error}", err=True)
        typer.echo(f"{file}: {_standing(outcome, today)}")
        return
    kept, answered = outcome.fetched.kept, outcome.fetched.answered
    typer.echo(f"{file}: {kept.status}; {answered.extent}; {kept.card.bytes} bytes")
    if kept.earlier is not None:
        typer.echo(f"  the earlier version is kept as {kept.earlier.name}")
    for note in answered.notes:
        typer.echo(f"  note: {note}")


def _standing(outcome: Outcome, today: dt.date) -> str:
    from evaluation.fetch.perform import days_old

    if outcome.copy is None:
        return "not fetched, and there is no earlier copy with a card"
    return f"not fetched; the copy of {outcome.copy.accessed} stays in use ({days_old(outcome.copy, today)} days old)"


def _propose(orders: list[Order], study: Study) -> None:
    """Print the entries that the study file lacks."""
    from evaluation.fetch.proposal import entries_for

    entries = entries_for(orders, study)
    if entries:
        typer.echo("\n".join([f"\nTo use it, add to studies/{study.id}.toml:", *entries]))
