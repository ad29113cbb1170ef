"""`evaluation synth`: make the synthetic study Exempelköping, or one large log for benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_SEED = 20260702


def synth(
    out: Annotated[Path, typer.Option(help="Folder for the raw files and their cards.")] = Path(
        "data/raw/exempelkoping"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Same seed and size, same bytes.")] = DEFAULT_SEED,
    rows: Annotated[
        int | None, typer.Option(min=1000, help="True reports in the log (the log has about 2 % more rows).")
    ] = None,
    one_file: Annotated[
        str, typer.Option(help="Write only one log with everyone's reports under this name, for benchmarks.")
    ] = "",
    truth: Annotated[
        Path | None, typer.Option(help="Also write the true effects here; keep it out of data/raw.")
    ] = None,
) -> None:
    """Make the synthetic study Exempelköping (syntetiska exempeldata) at any size.

    Examples: evaluation synth --out data/raw/exempelkoping · evaluation synth --rows 1000000 --one-file log --out big
    """
    from evaluation.synthetic import exempelkoping, make_study, write_one_log, write_truth

    size = rows or exempelkoping().events
    if one_file:
        out.mkdir(parents=True, exist_ok=True)
        written = dict(write_one_log(out / one_file, exempelkoping(), seed, size).rows)
    else:
        true = make_study(out, seed=seed, events=size, command=f"evaluation synth --seed {seed} --rows {size}")
        written = true["log"]["rows_by_file"]
        if truth is not None:
            write_truth(truth, true)
    for name, count in written.items():
        typer.echo(f"{out / name}: {count} rows")
