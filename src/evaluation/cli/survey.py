"""`evaluation survey`: shares per wave, changes, intervals and design effects for any survey file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from evaluation.results import Refusal

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.survey import DomainDescription, SurveyChange, SurveyColumns, SurveyDescription, WaveResult

Rule = Literal["adjust", "certainty", "refuse"]


def survey(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX or SPSS (.sav), one row per answer.")],
    wave: Annotated[str, typer.Option(help="Column with the wave.")],
    answer: Annotated[str, typer.Option(help="Column with the answer.")],
    yes: Annotated[
        list[str],
        typer.Option(help="Answers that count: labels, or codes of a .sav. Repeat, or separate by semicolons."),
    ],
    exclude: Annotated[list[str] | None, typer.Option(help="Answers that leave the base, such as don't know.")] = None,
    weight: Annotated[str | None, typer.Option(help="Column with the weight.")] = None,
    stratum: Annotated[str | None, typer.Option(help="Column with the stratum.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Column with the cluster, or the person in a panel.")] = None,
    domain: Annotated[str | None, typer.Option(help="Column with the group to report by.")] = None,
    fpc: Annotated[str | None, typer.Option(help="Column with the size of the stratum's population.")] = None,
    overlapping: Annotated[bool, typer.Option(help="Clusters can occur in several waves (panel, rotating).")] = False,
    single_cluster: Annotated[Rule, typer.Option(help="Rule for strata with a single cluster.")] = "adjust",
    survey_id: Annotated[str, typer.Option("--survey", help="Survey id, so that its registered breaks apply.")] = "",
    break_year: Annotated[list[int] | None, typer.Option(help="Year of a break of your own.")] = None,
    smallest_base: Annotated[int, typer.Option(min=1, help="Smaller bases are not printed.")] = 20,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Confidence level.")] = 0.95,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate shares per wave and the change from each wave to the next.

    Example: evaluation survey answers.csv --wave year --answer q1 --yes "Ganska otrygg;Mycket otrygg" --weight w --json
    """
    from evaluation.cli.survey_file import read_answer_file
    from evaluation.survey import SurveyColumns

    columns = SurveyColumns(wave, answer, weight, stratum, cluster, domain, fpc)
    answers = read_answer_file(file, columns, sheet)
    counted = answers.options(_separated(yes))
    report = survey_report(
        answers.frame,
        columns,
        counted,
        exclude=[
            *answers.options(_separated(exclude or [])),
            *(text for text in answers.missing if text not in counted),
        ],
        overlapping=overlapping,
        single_cluster=single_cluster,
        survey_id=survey_id,
        break_years=tuple(break_year or ()),
        smallest_base=smallest_base,
        level=level,
    )
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else "\n".join(lines_of(report)))


def _separated(values: list[str]) -> list[str]:
    return [option.strip() for value in values for option in value.split(";")]


def survey_report(
    answers: pd.DataFrame,
    columns: SurveyColumns,
    yes: list[str],
    *,
    exclude: list[str] | None = None,
    overlapping: bool = False,
    single_cluster: Rule = "adjust",
    survey_id: str = "",
    break_years: tuple[int, ...] = (),
    smallest_base: int = 20,
    level: float = 0.95,
) -> dict[str, Any]:
    """Describe a survey file as plain values ready for JSON: shares in per cent, changes in percentage points."""
    import datetime as dt

    from evaluation.survey import SurveyBreak, describe_survey, registered_breaks

    own = (SurveyBreak(survey_id, dt.date(year, 1, 1), {}) for year in break_years)
    found = describe_survey(
        answers,
        columns,
        yes,
        exclude=exclude or (),
        survey=survey_id,
        breaks=(*registered_breaks(), *own),
        overlapping=overlapping,
        single_cluster=single_cluster,
        smallest_base=smallest_base,
        level=level,
    )
    return _plain(found, level)


def lines_of(report: dict[str, Any]) -> list[str]:
    """Lay the report out as lines of text."""
    design, options = report["design"], report["options"]
    lines = [f"{report['respondents']} answers in {design['strata']} strata and {design['clusters']} clusters"]
    if report["rows_without_wave"]:
        lines.append(f"{report['rows_without_wave']} rows without a wave were left out")
    if report["rows_without_answer"]:
        lines.append(f"{report['rows_without_answer']} rows without an answer stay outside the base")
    if design["single_cluster_strata"]:
        lines.append(f"{design['single_cluster_strata']} strata with one cluster: {design['single_cluster_rule']}")
    lines += [f"{option!r}: {kind['use']}, {kind['rows']} rows" for option, kind in options.items()]
    for domain in report["domains"]:
        lines += ["", f"[{domain['domain'] or 'all'}]", *map(_wave_line, domain["waves"])]
        lines += [*map(_change_line, domain["changes"])]
    return lines


def _wave_line(row: dict[str, Any]) -> str:
    if row["suppressed"]:
        return f"{row['wave']:>12}  base too small to print"
    return (
        f"{row['wave']:>12}  {row['share']:6.2f} %  ({_two(row['low'])}–{_two(row['high'])})  "
        f"answers {row['answers']}, design effect {_two(row['design_effect'])}, "
        f"effective base {row['effective_base']:.0f}, df {row['degrees_of_freedom']:.0f}, {row['interval']} interval"
    )


def _change_line(row: dict[str, Any]) -> str:
    span = f"{row['from']} → {row['to']}"
    if "refused" in row:
        return f"{span:>14}  no change computed: {row['refused']}"
    return (
        f"{span:>14}  {row['change']:+.2f} points  ({_two(row['low'])} to {_two(row['high'])})  "
        f"p {row['p'] if row['p'] is None else format(row['p'], '.4f')}, df {_two(row['degrees_of_freedom'])}, "
        f"would have seen {_two(row['smallest_detectable'])}"
    )


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _plain(found: SurveyDescription, level: float) -> dict[str, Any]:
    return {
        "respondents": found.respondents,
        "rows_without_wave": found.without_wave,
        "rows_without_answer": found.without_answer,
        "level": level,
        "options": {option: {"use": kind, "rows": rows} for option, (kind, rows) in found.options.items()},
        "design": {
            "strata": found.strata,
            "clusters": found.clusters,
            "degrees_of_freedom": found.degrees_of_freedom,
            "single_cluster_strata": found.single_cluster_strata,
            "single_cluster_rule": found.single_cluster_rule,
        },
        "domains": [
            {
                "domain": domain.domain,
                "waves": [_wave_row(result) for result in domain.series.results],
                "changes": _change_rows(domain),
            }
            for domain in found.domains
        ],
    }


def _wave_row(result: WaveResult) -> dict[str, Any]:
    names = ("share", "low", "high", "standard_error", "degrees_of_freedom", "design_effect", "effective_base")
    numbers = {name: _finite(getattr(result, name)) for name in names}
    fixed = {"answers": result.answers, "interval": result.interval, "suppressed": result.suppressed}
    return {"wave": result.wave.label, **numbers, **fixed}


def _change_rows(domain: DomainDescription) -> list[dict[str, Any]]:
    results = domain.series.results
    return [
        {"from": earlier.wave.label, "to": later.wave.label, **_change_row(change)}
        for earlier, later, change in zip(results[:-1], results[1:], domain.changes, strict=True)
    ]


def _change_row(change: SurveyChange | Refusal) -> dict[str, Any]:
    if isinstance(change, Refusal):
        return {"refused": change.rule, **{key: _finite(value) for key, value in change.values.items()}}
    names = ("change", "low", "high", "p", "standard_error", "degrees_of_freedom", "smallest_detectable")
    return {name: _finite(getattr(change, name)) for name in names}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
