"""Taking in the sources of a study: read, cleaned, counted; with record and ledger for every file."""

from evaluation.session.intake.sources import take_in
from evaluation.session.intake.taken import Taken

__all__ = ["Taken", "take_in"]
