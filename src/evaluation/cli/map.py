"""`evaluation map`: which column of an incident export is what, and what its categories mean; written into a study."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evaluation.onboarding.categories import CategoryProposal
    from evaluation.onboarding.log_columns import LogColumns
    from evaluation.sources.dates import DateOrder

Texts = list[str] | None
QUESTIONS = {"occurred_from": "Which column says when it happened?", "category": "Which column says what happened?"}


def map(
    file: Annotated[Path, typer.Argument(help="The export: CSV or workbook, one row per incident.")],
    study: Annotated[str, typer.Option(help="Id of the study to write it into; none: only show.")] = "",
    source: Annotated[str, typer.Option(help="Id of the source; default: incidents.")] = "",
    settings: Annotated[
        Texts, typer.Option("--set", help="FIELD=HEADER, 'FIELD=Date + Time', or FIELD= for none.")
    ] = None,
    date_order: Annotated[Literal["dmy", "mdy"] | None, typer.Option(help="Where dates can be read both ways.")] = None,
    category: Annotated[Texts, typer.Option(help="WORD=KIND, or WORD=other for what no indicator counts.")] = None,
    rest_as_other: Annotated[bool, typer.Option(help="Count categories without a kind as other.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON.")] = False,
) -> None:
    """Propose a column map and kinds of incidents for an unknown log, show them, and write them into a study.

    Example: evaluation map handelser.csv --study exempelby --set reported=Registrerad --category "Ordning=disturbance"
    """
    from evaluation.cli.new_study import is_asked
    from evaluation.onboarding.categories import decide_categories, propose_categories, read_log
    from evaluation.onboarding.log_preview import log_lines, log_values
    from evaluation.onboarding.names import study_name

    asks = is_asked(yes) and not as_json
    log = _columns(file, _pairs(settings or [], "--set", str.partition), date_order, asks)
    readable = {"occurred_from", "category"} <= set(log.fields)
    reading = read_log(file, log) if readable else None
    proposals = propose_categories(reading) if reading else ()
    shown = log_values(log, reading, proposals)
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else log_lines(shown))
    if not study:
        raise typer.Exit(0)
    study_name(study, "--study")
    _refuse_doubt(file, log)
    words = _pairs(category or [], "--category", str.rpartition)
    words |= _asked_kinds([each for each in proposals if not (each.kind or each.spelling in words)]) if asks else {}
    kinds = decide_categories(proposals, words, rest_as_other=rest_as_other)
    if asks and not typer.confirm(f"Write this into the study {study}?", default=True):
        raise typer.Exit(0)
    _write(study, source, file, log, kinds, quiet=as_json)


def _columns(file: Path, given: dict[str, str], date_order: DateOrder | None, asks: bool) -> LogColumns:
    """Propose columns; where somebody can be asked, ask for what is only guessed."""
    from evaluation.onboarding.log_columns import propose_log
    from evaluation.onboarding.sheet import sheet_of

    sheet = sheet_of(file)
    log = propose_log(sheet, given, date_order)
    for name in log.doubtful if asks else ():
        typer.echo(f"columns: {', '.join(column.header for column in sheet.columns)}")
        given = {**given, name: typer.prompt(QUESTIONS[name], default=str(log.fields.get(name, "")))}
    return propose_log(sheet, given, date_order) if asks else log


def _refuse_doubt(file: Path, log: LogColumns) -> None:
    from evaluation.errors import ParameterError

    if log.doubtful:
        raise ParameterError(
            f"columns of {file.name}",
            found=f"no sure column for {' and '.join(log.doubtful)}",
            expected=f"one of {', '.join(log.unused)}" if log.unused else "the column named",
            todo=" ".join(f'--set "{name}=HEADER"' for name in log.doubtful),
        )
    counted = [warning for warning in log.warnings if "several incidents" in warning]
    if counted:
        raise ParameterError(file.name, found=counted[0], expected="one row per incident", todo="export single rows")


def _pairs(texts: list[str], flag: str, split: Callable[[str, str], tuple[str, str, str]]) -> dict[str, str]:
    """Return name → value; headers and words of a log may hold a = themselves, so `split` says from which end."""
    from evaluation.errors import ParameterError

    for text in texts:
        if "=" not in text:
            raise ParameterError(f"{flag} {text}", found="no =", expected="NAME=VALUE", todo="write it with =")
    return {name.strip(): value.strip() for name, _, value in (split(text, "=") for text in texts)}


def _asked_kinds(proposals: Sequence[CategoryProposal]) -> dict[str, str]:
    from evaluation.onboarding.catalogue import catalogue
    from evaluation.onboarding.categories import OTHER

    if proposals:
        typer.echo(f"kinds: {', '.join([kind.id for kind in catalogue().incidents])}, {OTHER}")
    return {
        each.spelling: typer.prompt(f"{each.spelling or '(empty)'} ({each.rows} rows) is", default=OTHER)
        for each in proposals
    }


def _write(study: str, source: str, file: Path, log: LogColumns, kinds: dict[str, str], *, quiet: bool) -> None:
    from evaluation.onboarding.categories import read_log
    from evaluation.onboarding.log_study import log_addition, ready_log
    from evaluation.onboarding.package import check_package, package_of_log, put_in_place
    from evaluation.runs.project import find_project
    from evaluation.study import load_study
    from evaluation.study.plan import plan_path

    project = find_project()
    path = project.studies / f"{study}.toml"
    load_study(path)
    text = path.read_bytes().decode("utf-8-sig")  # read_text would change the line ends of Windows
    ready = ready_log(file, log, kinds, read_log(file, log).frame)
    added = log_addition(text, ready, source)
    package = package_of_log(study, text, ready, added, datetime.now(UTC).date())
    check_package(package, project, into_study=True)
    written = put_in_place(package, project, into_study=True)
    lines = [f"wrote {one.relative_to(project.root).as_posix()}" for one in written]
    lines += [f"source {added.source} and its category map stand at the end of studies/{study}.toml"]
    lines += [f"indicator {name}" for name in added.indicators]
    lines += [f"no indicator for {kind}: under five cases a month on average" for kind in added.too_few]
    if added.indicators and plan_path(path).is_file():
        lines += ["the registered plan has no such indicators: reports show them as deviations (evaluation plan show)"]
    lines += ["next:", f"  evaluation check {study}", f"  evaluation run {study}"]
    typer.echo("\n".join(lines), err=quiet)
