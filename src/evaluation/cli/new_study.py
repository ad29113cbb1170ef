"""`evaluation new-study`: from a municipality's files to a study that runs, by questions or by flags."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evaluation.onboarding.new_study import NewStudy
    from evaluation.onboarding.recognise import Recognised
    from evaluation.onboarding.request import Period
    from evaluation.runs.project import Project

Texts = list[str] | None


def new_study(
    municipality: Annotated[str | None, typer.Argument(help="Code (0163) or name of the municipality.")] = None,
    agreement: Annotated[Texts, typer.Option(help="START..END, both days inclusive; =AREA,AREA for its aims.")] = None,
    file: Annotated[list[Path] | None, typer.Option(help="A file with figures; give it once per file.")] = None,
    study_id: Annotated[str, typer.Option("--id", help="Name of the study; default: the municipality's name.")] = "",
    language: Annotated[Texts, typer.Option(help="sv or en, the main one first; default: both.")] = None,
    contact: Annotated[str, typer.Option(help="Who answers questions about the report.")] = "",
    published: Annotated[Texts, typer.Option(help="Name of a file whose figures are already published.")] = None,
    compare: Annotated[Texts, typer.Option(help="auto, none, or a code to compare with; repeat for more.")] = None,
    neighbour: Annotated[Texts, typer.Option(help="Code of a neighbour, kept out of the comparison.")] = None,
    exclude: Annotated[Texts, typer.Option(help="Code of a municipality to leave out.")] = None,
    rest_as_other: Annotated[bool, typer.Option(help="Count unknown categories of a log as other.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Show the study file; write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Make a study: recognise the files, copy them, write their cards and a commented study file, check it all.

    Asks for what is not given of municipality, agreements and files, if there is somebody to ask, and then before it
    writes. Nothing is overwritten; on an error nothing is written.

    Example: evaluation new-study 0163 --agreement 2021-01-01..2022-12-31 --file Databasfil2022.txt
    """
    from evaluation.onboarding.names import study_name
    from evaluation.onboarding.new_study import new_study as make
    from evaluation.onboarding.package import put_in_place, refuse_existing_study
    from evaluation.onboarding.request import Request, in_order, municipality_of, slug_of
    from evaluation.runs.project import find_project

    asks = is_asked(yes) and not (municipality and agreement and file)
    project = find_project()
    code, name = municipality_of(municipality or _ask(asks, "Code or name of the municipality", "MUNICIPALITY"))
    study = study_name(study_id or slug_of(name))
    if not dry_run:
        refuse_existing_study(study, project)
    periods = in_order(_periods(agreement or [], asks))
    chosen, public = _files(file or [], asks)
    request = Request(
        code=code,
        name=name,
        study=study,
        periods=periods,
        files=chosen,
        languages=tuple(language or ("sv", "en")),
        contact=contact,
        published=frozenset({*(published or ()), *public}),
        compare=_compared(compare or ["auto"]),
        neighbours=tuple(neighbour or ()),
        left_out=tuple(exclude or ()),
    )
    made = make(request, project, datetime.now(UTC).date(), rest_as_other=rest_as_other)
    typer.echo(made.text if dry_run else summary(made))
    if dry_run or (asks and not typer.confirm(f"Write the study {request.study}?", default=True)):
        raise typer.Exit(0)
    written = put_in_place(made.package, project)
    typer.echo(_next_steps(request.study, written, project))


def is_asked(yes: bool) -> bool:
    """Whether questions can be asked: not with --yes, and only where somebody sits at a terminal."""
    return not yes and sys.stdin.isatty()


def _ask(asks: bool, question: str, flag: str) -> str:
    from evaluation.errors import ParameterError

    if asks:
        return str(typer.prompt(question))
    raise ParameterError(
        flag, found="nothing", expected="a value", todo=f"give {flag}; see evaluation new-study --help"
    )


def _periods(given: list[str], asks: bool) -> list[Period]:
    from evaluation.onboarding.request import period_of

    found = [period_of(text) for text in given]
    while asks and not given:
        period = _asked_period(len(found) + 1)
        found += [period] if period else []
        if period and not typer.confirm("Was there another agreement?", default=False):
            break
    return found


def _asked_period(number: int) -> Period | None:
    """Ask for one agreement; nothing where the answer was no period, which is then asked again."""
    from evaluation.errors import ParameterError
    from evaluation.onboarding.request import period_of

    start = typer.prompt(f"Agreement {number}: first day (2021-01-01)")
    end = typer.prompt(f"Agreement {number}: last day (2022-12-31)")
    try:
        return period_of(f"{start}..{end}")
    except ParameterError as error:
        typer.echo(f"  {error}")
        return None


def _files(given: list[Path], asks: bool) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Return the files, and the names of those of which somebody said that their figures are published."""
    found, public = list(given), set()
    while asks and not given:
        answer = typer.prompt("File with figures (empty: no more)", default="", show_default=False)
        if not answer:
            break
        file = _understood(_pasted(answer), found)
        found += [file.path] if file else []
        if file and file.use == "counts" and not file.official:
            public |= {file.path.name} if typer.confirm("  Are these figures published already?") else set()
    return tuple(found or [Path(_ask(False, "", "--file"))]), frozenset(public)


def _pasted(text: str) -> Path:
    """Return the path in an answer; Windows copies paths in quotes."""
    return Path(text.strip().strip("\"'")).expanduser()


def _understood(path: Path, others: list[Path]) -> Recognised | None:
    """Say what a file is beside the others; one that is nothing is not taken, and may be given again."""
    from evaluation.errors import EvaluationError
    from evaluation.onboarding.new_study import codebook_among, recognise_beside

    try:
        file = recognise_beside(path, codebook_among(others))
    except EvaluationError as error:
        typer.echo(f"  not taken: {error}")
        return None
    typer.echo(f"  {file.kind}, {file.rows} rows" if file.rows else f"  {file.kind}")
    return file


def _compared(given: list[str]) -> tuple[str, ...] | None:
    return None if given == ["auto"] else () if given == ["none"] else tuple(given)


def summary(made: NewStudy) -> str:
    """Return what the study holds, in lines."""
    tables, request = made.draft.tables, made.draft.request
    roles = [area["role"] for area in tables["areas"]]
    lines = [f"study {request.study}: {request.name} ({request.code})"]
    lines += [f"  agreement {a['id']}: {a['start']} to {a['end']}" for a in tables["agreements"]]
    lines += [f"  source {s['id']}: {s['kind']}, {s['file']}" for s in tables["sources"]]
    lines += [f"  indicator {i['id']}: {i['offence_type']}, {i['role']}" for i in tables["indicators"]]
    lines += [f"  survey question {q['id']}" for q in tables["survey_questions"]]
    lines += [f"  no figures: {m['priority_area']}" for m in tables["missing_indicators"]]
    lines += [f"  log {log.path.name}" for log in made.draft.logs]
    lines += [f"  comparison: {roles.count('comparison')} municipalities, {roles.count('excluded')} left out"]
    return "\n".join([*lines, *(f"  note: {note}" for note in made.draft.notes)])


def _next_steps(study: str, written: tuple[Path, ...], project: Project) -> str:
    from evaluation.onboarding.blanks import blanks_of

    lines = [f"wrote {path.relative_to(project.root).as_posix()}" for path in written]
    steps = [
        f"{study}: 0 faults; {len(blanks_of(project, study))} texts that only you can write are marked: not stated yet",
        "next:",
        f"  evaluation check {study}",
        f"  evaluation plan register {study}",
        f"  evaluation run {study}",
    ]
    return "\n".join([*lines, *steps])
