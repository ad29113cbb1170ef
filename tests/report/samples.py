"""Notebooks with outputs of ours, manifests and index entries, plain and extreme; for report and browser tests."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from evaluation.report import (
    Claim,
    Facts,
    Heading,
    IndexEntry,
    Link,
    Notice,
    Site,
    SummaryLine,
    answer,
    prose,
    render_claims,
    render_index,
    render_run,
    render_statement,
    render_summary,
)
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording, wording

VERDICTS = ("clear_decrease", "clear_increase", "no_clear_change", "direction_only", "cannot_be_assessed")
MANIFEST: dict[str, Any] = {
    "question": "Minskade de anmälda brotten under avtalet?",
    "population": "Invånare i Exempelköping (9999)",
    "indicators": ["Anmälda brott per 100 000 invånare och år"],
    "sources": [
        {
            "title": "Händelselogg",
            "publisher": "Exempelköping",
            "published": "2026-08-20",
            "rows_read": 1248,
            "rows_kept": 1201,
        }
    ],
    "preliminary_from": "2026-01-01",
    "suppressed_cells": 3,
    "caveats": ["Kvartal 2 2020 är ovanligt högt."],
    "data_from": "2015-01-01",
    "data_through": "2026-06-30",
    "run_date": "2026-11-22",
    "next_expected": "2027-02-20",
    "contact": "utvardering@exempelkoping.example",
    "plan_hash": "a3f9c2",
    "code_version": "0.1.0",
    "run_id": "03-avtal-3",
    "breaks": [],
    "synthetic": True,
}
SITE_NAME = "Utvärdering av samverkansavtalen i Exempelköping"
TITLE = "Avtal 3, 2021–2022: anmälda brott"


def output(shown: Any) -> dict[str, Any]:
    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": metadata}


def code(*outputs: dict[str, Any], tags: tuple[str, ...] = (), source: str = "secret_code()") -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": list(outputs),
    }


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    numbered = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": numbered,
    }


def small_table(words: Wording, caption: str = "Förändring enligt olika beräkningar") -> Table:
    frame = pd.DataFrame({"design": ["Egen trend", "Jämförelse"], "change": [-9.2, np.nan], "p": [0.003, np.nan]})
    columns = [
        Column("design", "Beräkning"),
        Column("change", "Förändring", "per_cent", 1, True),
        Column("p", "p", "p"),
    ]
    return table(frame, caption, columns, words, source="syntetiska exempeldata")


def opening(words: Wording, title: str = TITLE) -> list[dict[str, Any]]:
    verdict = answer(
        words,
        "Minskade de anmälda brotten?",
        "clear_decrease",
        "Brotten var 9 % färre än väntat.",
        certainty="Vi är ganska säkra.",
        detectable="En förändring på 11 % hade synts.",
        mood="wanted",
    )
    return [code(output(Heading(title, 1))), code(output(verdict))]


def plain_notebook(words: Wording, figures: list[Any], *more: dict[str, Any]) -> dict[str, Any]:
    return notebook(
        *opening(words),
        code(output(Heading("Vad som hände"))),
        *(code(output(figure)) for figure in figures),
        code(output(Heading("Hur säkert är det?"))),
        code(output(small_table(words))),
        code(output(prose("Ett stycke.", items=["ett", "två"])), output(Facts((("Före", "2019–2020"),)))),
        code(output(Notice("Obs.", "Avtalet pågår.", "interim"))),
        markdown("## Begränsningar\n\nEn *minskning* av anmälningar är inte alltid en minskning av brott."),
        *more,
    )


def write_run(folder: Path, content: dict[str, Any], language: str = "sv", **options: Any) -> str:
    """Render a notebook and give the page's text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "notebook.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    settings = {"title": TITLE, "site": SITE_NAME, "manifest": MANIFEST, **options}
    return render_run(path, folder, language, **settings)[0].read_text(encoding="utf-8")


def site(language: str = "sv", synthetic: bool = True) -> Site:
    links = (
        Link("claims.html", "Påståenden"),
        Link("accessibility.html", "Tillgänglighet"),
        Link("en/index.html", "In English", "en"),
    )
    return Site(SITE_NAME, language, synthetic, ("Kördes 22 november 2026.",), links=links)


def entries(areas: int = 2, indicators: int = 2, agreements: int = 4, name: str = "Indikator") -> list[IndexEntry]:
    found = []
    for n in range(areas * indicators * agreements):
        area, indicator, agreement = n // (indicators * agreements), n // agreements % indicators, n % agreements
        found.append(
            IndexEntry(
                agreement=f"Avtal {agreement + 1}, {2017 + 2 * agreement}–{2018 + 2 * agreement}",
                priority_area=f"Prioriterat område {area + 1}",
                indicator=f"{name} {indicator + 1}",
                verdict=VERDICTS[n % 5],
                headline=f"−{n % 30} % (−{n % 30 + 9} till +{n % 9} %)",
                mood=("wanted", "unwanted", "neutral")[n % 3],
                href=f"run-{n}/report.html" if n % 4 else "",
                previous=VERDICTS[(n + n // 3) % 5] if n % 2 else None,
                grade="Bevisgrad 2 av 5",
                interim=agreement == 3,
                stale="Uppgifterna är äldre än 97 dagar." if n % 7 == 3 else "",
                needed="Månadsvis antal från polisen." if VERDICTS[n % 5] == "cannot_be_assessed" else "",
            )
        )
    return found


def site_pages(language: str = "sv") -> dict[str, str]:
    """Render every page that is not a run."""
    here = site(language)
    claims = [
        Claim(
            "Det har blivit bättre",
            "Kommunen, 29 mars 2023",
            "partly_supported",
            "Delvis.",
            ("−9 %.",),
            ("Orsaken.",),
            "a/report.html",
        ),
        Claim(
            "Platsen ströks från listan",
            "Kommunen, 29 mars 2023",
            "fact",
            "Det stämmer.",
            ("Den ströks.",),
            ("Varför.",),
        ),
    ]
    lines = [
        SummaryLine(f"Fråga {n}", verdict, "Ett svar i en mening som är lagom lång.")
        for n, verdict in enumerate(VERDICTS)
    ]
    return {
        "index": render_index(
            entries(),
            here,
            title="Vad hände under avtalen?",
            question="Vad hände?",
            answer="Två minskade.",
            dates="Uppgifter till juni.",
            pages=[Link("q.html", "Datakvalitet")],
        ),
        "claims": render_claims(claims, here, title="Håller det som sagts?", lead=["Här prövas påståenden."]),
        "accessibility": render_statement(
            here, organisation="Exempelköping", contact="a@b.example", assessed="2026-11-22"
        ),
        "summary": render_summary(
            lines,
            here,
            title="En sida till nämnden",
            question="Blev det bättre?",
            limits=["Orsaken."],
            next_steps=["Publicera nivåerna."],
        ),
    }


def extreme_notebook(seed: int, gallery: ModuleType, words: Wording) -> dict[str, Any]:
    """Make a report at the edge: long names, no rows, everything hidden, forty areas, only zeros."""
    draw = np.random.default_rng(seed)
    rows = int(draw.choice([0, 1, 2, 40]))
    length = int(draw.choice([1, 12, 90, 200]))
    alphabet = np.array(list("abcdefghijklmnopqrstuvwxyzåäö  -&<>'\"{}%"))
    names = [("x" + "".join(draw.choice(alphabet, length))).strip() or "x" for _ in range(rows)]
    counts = draw.choice([0, 0, 1, 7, 1_234_567], rows).astype(float)
    counts[draw.random(rows) < 0.2] = np.nan
    hidden = pd.DataFrame({"count": draw.random(rows) < draw.choice([0.0, 0.3, 1.0])})
    frame = pd.DataFrame({"name": names, "count": counts, "share": counts * -0.123, "since": ["2020-04-01"] * rows})
    columns = [
        Column("name", "Område"),
        Column("count", "Antal", "count"),
        Column("share", "Förändring", "per_cent", 2, True),
        Column("since", "Från", "month"),
    ]
    made = table(frame, f"Antal per område {seed}", columns, words, hidden=hidden, note="n" * length)
    series = gallery.monthly(
        int(draw.choice([1, 3, 36, 120])), seed, level=float(draw.choice([0.0, 0.3, 20.0, 5_000.0]))
    )
    mask = draw.random(series.n) < draw.choice([0.0, 0.2, 1.0])
    words_of = {
        "title": "Titel " + "t" * length,
        "quantity": "Antal " + "q" * (length // 4),
        "where": "W" * (length // 2 + 1),
    }
    figure = gallery.series_figure(series, words, hidden=mask, **words_of)
    return notebook(
        *opening(words, f"Rapport {seed} " + "h" * length),
        code(output(Heading("H" * length))),
        code(output(made)),
        code(output(figure)),
        code(output(Heading("Tre"))),
        code(output(prose(*names[:3]))),
    )


def swedish() -> Wording:
    return wording("sv")
