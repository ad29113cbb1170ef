"""Reader-facing words and formats, one TOML file per language."""

from evaluation.wording.lix import lix
from evaluation.wording.loader import Wording, fields_of, languages, wording

__all__ = ["Wording", "fields_of", "languages", "lix", "wording"]
