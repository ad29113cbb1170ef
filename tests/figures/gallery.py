"""One made example of every kind of figure, with gaps, hidden and preliminary points; for tests and for looking at."""

from __future__ import annotations

import numpy as np

from evaluation.figures import (
    Band,
    Event,
    Expectation,
    Figure,
    ForestRow,
    Place,
    WavePoint,
    calendar_figure,
    event_study_figure,
    forest_figure,
    hour_of_week_figure,
    map_figure,
    multiples_figure,
    placebo_gaps_figure,
    series_figure,
    specification_figure,
    waves_figure,
)
from evaluation.results import Estimate
from evaluation.series import TimeSeries
from evaluation.wording import Wording

DAY = np.datetime64
BANDS = (
    Band("Avtal 1", DAY("2017-01-01"), DAY("2018-12-31")),
    Band("Avtal 2", DAY("2019-01-01"), DAY("2020-12-31"), True),
    Band("Avtal 3", DAY("2021-01-01"), None),
)
EVENTS = (Event("pandemin börjar", DAY("2020-03-01")), Event("ny brottskod", DAY("2018-01-01")))
WHERE = "Exempelköping"
PER_YEAR = "Anmälda brott per 100 000 invånare och år"


def monthly(n: int = 84, seed: int = 3, level: float = 40.0, grain: str = "month") -> TimeSeries:
    draw = np.random.default_rng(seed)
    months = np.arange(n) * {"month": 1, "quarter": 3, "year": 12}[grain]
    start = (DAY("2016-01") + months).astype("datetime64[D]")
    count = draw.poisson(level * (1 + 0.2 * np.sin(2 * np.pi * months / 12))).astype(np.float64)
    if n > 20:
        count[7] = np.nan
    return TimeSeries("i", "0114", grain, start, count, np.full(n, 46_000 / 12), np.arange(n) >= n - 3)  # type: ignore[arg-type]


def expectation(series: TimeSeries) -> Expectation:
    level = float(np.nanmean(series.rate))
    before, after = series.start < DAY("2019-01-01"), series.start >= DAY("2019-01-01")
    after &= series.start < DAY("2021-01-01")
    line = np.full(series.n, level)
    return Expectation(
        *(np.where(part, line * k, np.nan) for part, k in ((before, 1), (after, 1), (after, 0.8), (after, 1.2)))
    )


def estimate(ratio: float, spread: float, p: float = 0.03, scale: str = "ratio") -> Estimate:
    low, high = (ratio / spread, ratio * spread) if scale == "ratio" else (ratio - spread, ratio + spread)
    return Estimate("own_trend_reml", scale, ratio, low, high, p, 0.1, 900.0, 900.0 / ratio, 36, 24, "made")  # type: ignore[arg-type]


def gallery(wording: Wording) -> dict[str, Figure]:
    """Draw one figure of every kind."""
    series, draw = monthly(), np.random.default_rng(1)
    words = {"where": WHERE, "source": "syntetiska exempeldata"}
    hidden = np.zeros(series.n, np.bool_)
    hidden[20:22] = True
    rows = (
        ForestRow("Egen trend", estimate(0.91, 1.07), primary=True),
        ForestRow("Jämförelsekommuner, skillnad i skillnader", estimate(0.94, 1.1, 0.3)),
        ForestRow("Syntetisk kontroll", None),
        ForestRow("Kvot före och efter", estimate(0.4, 9.0, 0.4)),
    )
    variants = [estimate(0.8 + 0.006 * n, 1.1, 0.2) for n in range(48)]
    choices = [
        {"Säsong": ("ja", "nej")[n % 2], "Start": ("direkt", "efter 3 mån")[n // 2 % 2], "Före": f"{2 + n // 4 % 3} år"}
        for n in range(48)
    ]
    calendar = draw.poisson(12, (7, 12)).astype(float)
    calendar[0, :3] = np.nan
    secret = np.zeros((7, 12), np.bool_)
    secret[3, 5:7] = True
    square = np.array([(0, 0), (2, 0), (2, 2), (0, 2)], float)
    places = [
        Place(
            f"Område {n}",
            float(n * 4),
            (2.2 * (n % 3) + 1, 2.2 * (n // 3) + 1),
            (square + np.array([2.2 * (n % 3), 2.2 * (n // 3)]),),
            n == 4,
        )
        for n in range(8)
    ]
    places.append(Place("Stationen", 17.0, (7.5, 5.4)))
    waves = [
        WavePoint(2018, 31, 27, 35, 800),
        WavePoint(2020, 29, 25, 33, 790),
        WavePoint(2021, 24, 20, 28, 822, version=1),
        WavePoint(2022, 20, 10, 30, 15, version=1, hidden=True),
        WavePoint(2023, 13, 9, 17, 681, version=1),
    ]
    change = np.array([2.0, -3.0, 0.0, -8.0, -12.0, -9.0])
    spread = np.array([6, 6, np.nan, 7, 8, 9])
    quarters = monthly(40, grain="quarter")
    four = [monthly(seed=seed, level=10.0 * seed) for seed in range(1, 6)]
    return {
        "series": series_figure(
            series,
            wording,
            title="Brotten låg nära det väntade under avtal 2",
            quantity=PER_YEAR,
            expectation=expectation(series),
            bands=BANDS,
            events=EVENTS,
            hidden=hidden,
            **words,
        ),
        "trend": series_figure(
            quarters, wording, title="Nivån har varit jämn i tio år", quantity=PER_YEAR, bands=BANDS, **words
        ),
        "forest": forest_figure(
            rows, wording, title="Alla beräkningar utom en pekar nedåt", quantity="Förändring av anmälda brott", **words
        ),
        "forest_points": forest_figure(
            [
                ForestRow("2020–2023", estimate(-11, 4.5, scale="additive"), True),
                ForestRow("2018–2020", estimate(-2, 5, scale="additive")),
            ],
            wording,
            title="Otryggheten minskade mest efter 2020",
            quantity="Förändring av andelen otrygga, procentenheter",
            unit="points",
            **words,
        ),
        "specification": specification_figure(
            variants,
            choices,
            wording,
            title="Sju av tio sätt att räkna visar en minskning",
            quantity="Förändring av anmälda brott",
            primary=13,
            **words,
        ),
        "calendar": calendar_figure(
            calendar,
            range(2019, 2026),
            wording,
            title="Flest händelser anmäls på sommaren",
            quantity="Antal händelser",
            hidden=secret,
            **words,
        ),
        "hour_of_week": hour_of_week_figure(
            draw.poisson(6, (7, 24)).astype(float),
            wording,
            title="Helgnätterna sticker ut",
            quantity="Antal händelser",
            period="2019–2025",
            **words,
        ),
        "map": map_figure(
            places,
            wording,
            title="Flest händelser ligger i de norra områdena",
            quantity="Antal händelser",
            period="2025",
            **words,
        ),
        "waves": waves_figure(
            waves,
            wording,
            title="Färre känner sig otrygga 2023 än 2021",
            quantity="Andel otrygga ute sent, procent",
            bands=BANDS,
            **words,
        ),
        "event_study": event_study_figure(
            [f"{year}" for year in range(2016, 2022)],
            change,
            change - spread,
            change + spread,
            3,
            wording,
            title="Skillnaden syns först efter avtalets början",
            quantity="Skillnad mot jämförelsekommunerna, procent",
            **words,
        ),
        "placebo": placebo_gaps_figure(
            quarters.start,
            "quarter",
            draw.normal(0, 300, 40),
            draw.normal(0, 400, (25, 40)),
            DAY("2021-01-01"),
            wording,
            title="Skillnaden är inte större än i andra kommuner",
            quantity="Observerat minus syntetisk jämförelse",
            **words,
        ),
        "multiples": multiples_figure(
            four,
            ["Våld", "Skadegörelse", "Stöld", "Narkotika", "Bedrägeri"],
            wording,
            title="Bara narkotikabrotten har ökat",
            quantity=PER_YEAR,
            bands=BANDS,
            **words,
        ),
    }
