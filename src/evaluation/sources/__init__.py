"""Raw files to typed frames: one reader per source, one reading gate for all, and a record of every decision."""

from evaluation.sources.incident_schema import IncidentColumns
from evaluation.sources.places import resolve_inside
from evaluation.sources.reading import Reading, ReadingRecord
from evaluation.sources.registry import KINDS, reader_for

__all__ = ["KINDS", "IncidentColumns", "Reading", "ReadingRecord", "reader_for", "resolve_inside"]
