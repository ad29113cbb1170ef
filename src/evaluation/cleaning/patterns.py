"""How personal identifiers are written in Swedish text: one pattern per kind, for Arrow (RE2) and Python alike.

RE2 knows no look-around, so the character that may stand before an identifier is matched too (group 1) and put back by
masking. Sources: Skatteverket SKV 704 and 707 (personal and coordination numbers: month 01–12, day 01–31 or 61–91,
check digit by Luhn; an interim number has a letter first in its last four), PTS numbering plan (area codes),
Transportstyrelsen (plates: three letters without I, Q, V, Å, Ä, Ö; two digits; a digit or a letter).
"""

from __future__ import annotations

_UPPER = "A-ZÀ-ÖØ-Þ"
_LETTER = _UPPER + "a-zß-öø-ÿ"
_BEFORE = f"(^|[^{_LETTER}0-9])"
_BEFORE_FIGURE = f"(^|[^{_LETTER}0-9.,]|(?:^|[^0-9])[.,])"  # never inside a figure with decimals
_BEFORE_PHONE = f"(^|[^{_LETTER}0-9.,-]|(?:^|[^0-9])[.,-])"  # nor inside a date
_DASH = "[-+\u2010\u2011\u2012\u2013\u2212]"
_SLASH_OR_DASH = "[-/\u2010\u2011\u2013]"
_BLANK = "[ \u00a0\u202f]"

_MONTH = "(?:0[1-9]|1[0-2])"
_DAY = "(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_YEAR = "(?:18|19|20)?[0-9]{2}"
_LAST_FOUR = "(?:[0-9]{3}|[TRSUWXJKLMN][0-9]{2})[0-9]"
_SIGN = f"{_BLANK}?{_DASH}{_BLANK}?"
_SIGNED_IDENTITY = f"(?:{_YEAR}{_MONTH}{_DAY}{_SIGN}{_LAST_FOUR}|{_YEAR}-{_MONTH}-{_DAY}{_SIGN}{_LAST_FOUR})"
_BARE_IDENTITY = f"{_YEAR}{_MONTH}{_DAY}{_BLANK}?{_LAST_FOUR}"

_AREA_CODE = (
    "0(?:8|10|20|7[0-9]|1[1-9]|2[136]|3[1356]|4[0246]|54|6[03]|90"
    "|1[24-7][0-9]|2[24-9][0-9]|3[024789][0-9]|4[13-9][0-9]|5[0-35-9][0-9]|6[124-9][0-9]|7[0-9]{2}|9[1-8][0-9])"
)
_SUBSCRIBER = (
    f"(?:[0-9]{{3}}{_BLANK}?[0-9]{{2,3}}|[0-9]{{2}}{_BLANK}?[0-9]{{2,3}}{_BLANK}?[0-9]{{2}})(?:{_BLANK}?[0-9]{{2,3}})?"
)
_GAP = f"(?:{_BLANK}|{_DASH})"
_PHONE = (
    rf"(?:(?:\+|00){_BLANK}?46{_GAP}?(?:\(0\){_BLANK}?)?[1-9][0-9]{{0,2}}(?:{_GAP}?[0-9]{{2,3}}){{2,4}}"
    f"|07[0-9](?:{_GAP}?[0-9]){{7}}"
    "|08[0-9]{6,8}"
    rf"|\(?{_AREA_CODE}(?:\)|{_BLANK}?{_SLASH_OR_DASH}|{_BLANK}){_BLANK}?{_SUBSCRIBER})"
)

_LOCAL = f"[{_LETTER}0-9._%+-]"
_BEFORE_EMAIL = f"(^|[^{_LETTER}0-9._%+-])"  # a run of such characters is tried once, not from each of its dots
_EMAIL = rf"{_LOCAL}+(?:@| ?[(\[]at[)\]] ?)[{_LETTER}0-9-]+(?:\.[{_LETTER}0-9-]+)+"

_PLATE = (
    f"(?:[A-HJ-PR-UW-Z]{{3}}(?:{_BLANK}|-)?[0-9]{{2}}[0-9A-HJ-NPR-UW-Z]"
    "|[a-hj-pr-uw-z]{3}[0-9]{2}[0-9a-hj-npr-uw-z])"
)

_ENDING = (
    "(?:gatan?|väg(?:en)?|gränd(?:en)?|stig(?:en)?|allén?|back(?:e|en)|torg(?:et)?|plan|platsen|leden|slingan|svängen"
    "|kroken|ringen|höjden|parken|gården|esplanaden|kajen|stranden|åsen)"
)
_NUMBER = f"{_BLANK}(?:nr {_BLANK}?)?[0-9]{{1,3}}(?:{_BLANK}?[A-Ha-h])?"
_STREET = (
    f"(?:[{_UPPER}][{_LETTER}:-]*(?:{_BLANK}[{_LETTER}]+)?{_BLANK}?{_ENDING}{_NUMBER}"
    f"|[{_LETTER}]{{2,}}(?:gatan|vägen|gränd|stigen|allén){_NUMBER}"
    rf"|[{_UPPER}](?:[{_LETTER}]*[a-mo-zß-öø-ÿ]g|[{_LETTER}]+v)\.{_NUMBER})"  # Storg. 5, but a sentence on Enköping. 5
)

PATTERNS: tuple[tuple[str, str], ...] = (
    ("email", rf"{_BEFORE_EMAIL}{_EMAIL}\b"),
    ("identity_number", rf"{_BEFORE}{_SIGNED_IDENTITY}\b"),
    ("identity_number", rf"{_BEFORE_FIGURE}{_BARE_IDENTITY}\b"),
    ("phone", rf"{_BEFORE_PHONE}{_PHONE}\b"),
    ("registration_plate", rf"{_BEFORE}{_PLATE}\b"),
    ("street_address", rf"{_BEFORE}{_STREET}\b"),
)
"""Kind and pattern, in the order in which they are looked for; group 1 is what stands before the identifier."""

ANY_IDENTIFIER = "|".join(f"(?:{pattern})" for _, pattern in PATTERNS)
"""One pattern for all kinds: says whether a text holds any, in one pass."""

STREET_NUMBER = rf"((?:^|[^0-9{_LETTER}])[{_LETTER}][{_LETTER}:. -]*?[{_LETTER}.]){_NUMBER}\b"
"""A house number after a name, for the column that is known to be a place; group 1 is what stays."""
