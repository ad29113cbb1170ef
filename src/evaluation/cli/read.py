"""`evaluation read`: how a file is read, before anyone trusts a number in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

INPUT_ERROR = 11


def read(
    file: Annotated[Path, typer.Argument(help="The raw file.")],
    source: Annotated[str | None, typer.Option("--as", help="kind of source; without it every reader is tried")] = None,
    options: Annotated[
        Path | None, typer.Option(help="TOML file with the reader's options (column map, codebook)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the record as JSON")] = False,
    rows: Annotated[int, typer.Option(min=0, help="rows of the table to show")] = 8,
) -> None:
    """Show how FILE is read: encoding, delimiter, header, every guess, rows kept and set aside, and the first rows.

    Examples: evaluation read utdrag.txt · evaluation read utdrag.txt --as bra_sol_databasfil --json
    """
    from evaluation.errors import EvaluationError

    try:
        shown = _read_as(file, source, options, rows) if source else _look(file)
    except EvaluationError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(INPUT_ERROR) from error
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else _text(shown))


def _read_as(file: Path, source: str, options: Path | None, rows: int) -> dict[str, Any]:
    import tomllib

    from evaluation.sources import reader_for

    given = tomllib.loads(options.read_text(encoding="utf-8")) if options else {}
    reading = reader_for(source)(file, **given)
    table = reading.frame.head(rows).astype("object").where(reading.frame.head(rows).notna(), None)
    return {**reading.record.to_dict(), "first_rows": [_plain(row) for row in table.to_dict("records")]}


def _look(file: Path) -> dict[str, Any]:
    from evaluation.sources.preview import look_at

    look = look_at(file)
    return {
        **look.origin.to_dict(),
        "guesses": [{"what": guess.what, "value": guess.value, "why": guess.why} for guess in look.guesses],
        "row_lengths": {str(length): number for length, number in look.row_lengths.items()},
        "readers_that_understand_it": list(look.understood),
        "readers_that_do_not": dict(look.refused) if not look.understood else {},
        "first_rows": [dict(enumerate(row, start=1)) for row in look.rows],
    }


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value if isinstance(value, str | int | float | None) else str(value) for name, value in row.items()
    }


def _text(shown: dict[str, Any]) -> str:
    lines = [
        f"{key.replace('_', ' ')}: {_words(value)}" for key, value in shown.items() if key != "first_rows" and value
    ]
    table = [" | ".join("" if cell is None else str(cell) for cell in row.values()) for row in shown["first_rows"]]
    names = " | ".join(str(name) for name in shown["first_rows"][0]) if shown["first_rows"] else ""
    return "\n".join([*lines, "", names, *table])


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_words(entry)}" for key, entry in value.items())
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "".join(f"\n  {entry['what']}: {entry['value']} ({entry['why']})" for entry in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
