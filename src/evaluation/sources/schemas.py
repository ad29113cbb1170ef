"""The frames that leave this room: columns, types and limits, checked at the border by every reader.

counts
    One row is area × point × offence type. `area_code` is text (`"0114"`; empty where the source has names only),
    `start` the first day of the point, `count` NA where no figure was published, `rate` per 100 000 inhabitants and
    point as published (never annualised), `status` final or preliminary.
population
    One row is area × year: mean population, the denominator of the rates.
measures
    One row is one measure of one agreement: what was planned and what was done, with days (inclusive) and dose.
costs
    One row is one sum of money that one agreement cost, with the days (inclusive) that it covers.
"""

from __future__ import annotations

import pandera.pandas as pa

GRAINS = ("month", "quarter", "year")
STATUSES = ("final", "preliminary")
MEASURE_STATUSES = ("planned", "ongoing", "done", "not_done")


def _text() -> pa.Column:
    return pa.Column("str", nullable=False)


def _filled() -> pa.Column:
    return pa.Column("str", pa.Check.str_length(min_value=1), nullable=False)


def _real(low: float | None = None, high: float | None = None) -> pa.Column:
    checks = [pa.Check.ge(low)] if low is not None else []
    checks += [pa.Check.le(high)] if high is not None else []
    return pa.Column("Float64", checks, nullable=True)


def _whole(low: int | None = None, *, nullable: bool = True) -> pa.Column:
    return pa.Column("Int64", [pa.Check.ge(low)] if low is not None else [], nullable=nullable)


def _day(*, nullable: bool = False) -> pa.Column:
    return pa.Column("datetime64[us]", nullable=nullable)


def _schema(title: str, /, **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=title)


COUNTS = _schema(
    "counts",
    area_code=_text(),
    area=_filled(),
    start=_day(),
    grain=pa.Column("str", pa.Check.isin(GRAINS)),
    offence_type=_filled(),
    count=_whole(0),
    rate=_real(0),
    status=pa.Column("str", pa.Check.isin(STATUSES)),
)
POPULATION = _schema(
    "population",
    area_code=_filled(),
    area=_text(),
    year=_whole(1700, nullable=False),
    mean_population=_real(0),
)
SURVEY_SHARES = _schema(
    "survey shares",
    area_code=_text(),
    area=_filled(),
    survey=_filled(),
    year=_whole(1900, nullable=False),
    indicator=_filled(),
    share_percent=_real(0, 100),
    answers=_whole(1),
    note=_text(),
    source=_text(),
)
SURVEY_CHANGES = _schema(
    "survey changes",
    area_code=_text(),
    area=_filled(),
    survey=_filled(),
    year_from=_whole(1900, nullable=False),
    answers_from=_whole(1),
    year_to=_whole(1900, nullable=False),
    answers_to=_whole(1),
    indicator=_filled(),
    change_percentage_points=_real(-100, 100),
    note=_text(),
    source=_text(),
)
AGREEMENTS = _schema(
    "agreements",
    agreement=_filled(),
    start=_day(),
    end=_day(nullable=True),
    announced=_text(),
    content=_text(),
    source=_text(),
)
CONTEXT_EVENTS = _schema(
    "context events",
    date=_day(),
    kind=_filled(),
    description=_filled(),
    source=_text(),
)
MEASURES = _schema(
    "measures",
    row_number=_whole(1, nullable=False),
    id=_filled(),
    agreement=_filled(),
    priority_area=_filled(),
    name=_filled(),
    name_sv=_text(),
    name_en=_text(),
    planned_start=_day(nullable=True),
    planned_end=_day(nullable=True),
    start=_day(nullable=True),
    end=_day(nullable=True),
    status=pa.Column("str", pa.Check.isin(("", *MEASURE_STATUSES))),
    dose=_real(0),
    planned_dose=_real(0),
    unit=_text(),
    unit_sv=_text(),
    unit_en=_text(),
    counts_persons=pa.Column("str", pa.Check.isin(("", "yes", "no"))),
    area=_text(),
    source=_filled(),
)
COSTS = _schema(
    "costs",
    row_number=_whole(1, nullable=False),
    agreement=_filled(),
    start=_day(nullable=True),
    end=_day(nullable=True),
    amount=pa.Column("Float64", pa.Check.ge(0), nullable=False),
    currency=_filled(),
    price_year=pa.Column("Float64", pa.Check.in_range(1990, 2100), nullable=False),
    includes=_filled(),
    includes_sv=_text(),
    includes_en=_text(),
    source=_filled(),
)
KPI_VALUES = _schema(
    "indicator values",
    indicator=_filled(),
    area_code=_filled(),
    year=_whole(1900, nullable=False),
    gender=pa.Column("str", pa.Check.isin(("total", "women", "men"))),
    value=_real(),
    status=_text(),
)
POLICE_EVENTS = _schema(
    "police events",
    event_id=pa.Column("int64"),
    version=pa.Column("int64", pa.Check.ge(1)),
    latest=pa.Column("bool"),
    published=_day(),
    occurred=_day(nullable=True),
    type=_filled(),
    place=_text(),
    area_code=_text(),
    place_from=pa.Column("str", pa.Check.isin(("location", "title", "none"))),
    location_name=_text(),
    latitude=_real(-90, 90),
    longitude=_real(-180, 180),
    title=_filled(),
    summary=_text(),
    url=_text(),
    seen_at=_day(nullable=True),
)
