"""Cleaning: frames in, clean frames and a ledger out; nothing is changed or dropped without a ledger row."""

from evaluation.cleaning.areas import AreaBridge, bridge_areas, read_area_bridge
from evaluation.cleaning.batches import BatchRule, flag_batches, suspected_batches
from evaluation.cleaning.categories import (
    CategoryEntry,
    CategoryMap,
    category_coverage,
    map_categories,
    read_category_map,
    series_breaks,
)
from evaluation.cleaning.common_areas import common_areas, join_areas
from evaluation.cleaning.coordinates import CoordinateRule, locate
from evaluation.cleaning.duplicates import SameEventRule, drop_exact_duplicates, link_same_events
from evaluation.cleaning.incident_counts import CountFrame, incident_counts, uncounted_incidents
from evaluation.cleaning.incidents import IncidentRules, clean_incident_batches, clean_incidents
from evaluation.cleaning.late_registration import ReportingDelay, late_registration, reporting_delay
from evaluation.cleaning.ledger import (
    Cleaned,
    Step,
    ledger_summary,
    no_issues,
    pipe,
    row_balance,
    unrecorded_changes,
    withhold_columns,
)
from evaluation.cleaning.parquet import write_cleaned
from evaluation.cleaning.personal_data import (
    Hit,
    drop_street_numbers,
    find_in_html,
    find_personal_data,
    holds_personal_data,
    mask_personal_data,
    mask_text,
)
from evaluation.cleaning.published_counts import (
    drop_repeated_counts,
    inconsistent_sums,
    keep_final_counts,
    missing_points,
    numbered,
    refuse_conflicting_counts,
)
from evaluation.cleaning.reporter_panel import constant_reporters, keep_constant_reporters, reporter_presence
from evaluation.cleaning.revisions import apply_revisions, revision_history
from evaluation.cleaning.survey_answers import (
    Codebook,
    map_answers,
    read_codebook,
    set_aside_double_respondents,
    set_aside_repeated_records,
    set_aside_shifted,
)
from evaluation.cleaning.survey_breaks import mode_breaks, wording_breaks
from evaluation.cleaning.survey_weights import check_weight_sums, set_aside_unusable_weights, trim_weights
from evaluation.cleaning.times import (
    TimeLimits,
    flag_doubtful_times,
    hour_weights,
    order_intervals,
    set_aside_unplaced,
)

__all__ = [
    "AreaBridge",
    "BatchRule",
    "CategoryEntry",
    "CategoryMap",
    "Cleaned",
    "Codebook",
    "CoordinateRule",
    "CountFrame",
    "Hit",
    "IncidentRules",
    "ReportingDelay",
    "SameEventRule",
    "Step",
    "TimeLimits",
    "apply_revisions",
    "bridge_areas",
    "category_coverage",
    "check_weight_sums",
    "clean_incident_batches",
    "clean_incidents",
    "common_areas",
    "constant_reporters",
    "drop_exact_duplicates",
    "drop_repeated_counts",
    "drop_street_numbers",
    "find_in_html",
    "find_personal_data",
    "flag_batches",
    "flag_doubtful_times",
    "holds_personal_data",
    "hour_weights",
    "incident_counts",
    "inconsistent_sums",
    "join_areas",
    "keep_constant_reporters",
    "keep_final_counts",
    "late_registration",
    "ledger_summary",
    "link_same_events",
    "locate",
    "map_answers",
    "map_categories",
    "mask_personal_data",
    "mask_text",
    "missing_points",
    "mode_breaks",
    "no_issues",
    "numbered",
    "order_intervals",
    "pipe",
    "read_area_bridge",
    "read_category_map",
    "read_codebook",
    "refuse_conflicting_counts",
    "reporter_presence",
    "reporting_delay",
    "revision_history",
    "row_balance",
    "series_breaks",
    "set_aside_double_respondents",
    "set_aside_repeated_records",
    "set_aside_shifted",
    "set_aside_unplaced",
    "set_aside_unusable_weights",
    "suspected_batches",
    "trim_weights",
    "uncounted_incidents",
    "unrecorded_changes",
    "withhold_columns",
    "wording_breaks",
    "write_cleaned",
]
