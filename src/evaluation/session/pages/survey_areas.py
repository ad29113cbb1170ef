"""Survey shares by area: the rows, and in words where the division into areas changed between the waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.session.pages.survey_tables import Row, group_name, share_cell
from evaluation.session.survey_follow import Followed

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def area_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return one row per area with a column per wave; nothing where the survey does not say where people live."""
    areas = followed.grouping("area")
    if areas is None:
        return []
    absent, nowhere = followed.absent_areas, session.words.say("page.safety.not_in_wave")
    return [
        Row(area=group_name(session, "area", area))
        | {
            result.wave.label: nowhere if result.wave.label in absent.get(area, ()) else share_cell(session, result)
            for result in series.results
        }
        for area, series in areas.series.items()
    ]


def area_sentences(session: OpenedStudy, followed: Followed) -> list[str]:
    """Say which areas are shown together or under a new name, and which do not stand in every wave."""
    words = session.words
    areas = followed.grouping("area")
    if areas is None:
        return [words.say("page.safety.no_areas")]
    reported = followed.one.areas_as_reported()
    joined = [area for area in areas.series if len(reported.get(area, ())) > 1]
    split = [area for area in joined if "+" in area]
    renamed = [group_name(session, "area", area) for area in joined if area not in split]
    said = [words.say("page.safety.areas_changed")] if joined else []
    said += [words.say("page.safety.areas_together", areas=group_name(session, "area", area)) for area in split]
    said += [words.say("page.safety.areas_renamed", areas=words.join(renamed))] if renamed else []
    return said + [
        words.say("page.safety.area_absent", area=group_name(session, "area", area), waves=words.join(list(waves)))
        for area, waves in followed.absent_areas.items()
    ]
