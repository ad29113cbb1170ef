"""The encoding ladder: byte order mark, strict UTF-8, Windows-1252, then a look at whether å, ä and ö make sense."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.errors import InputError

if TYPE_CHECKING:
    from evaluation.sources.intake import Intake

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SWEDISH = frozenset("åäöÅÄÖéÉüÜèàáæøÆØ")
_HIGH = "".join(
    bytes([code]).decode("cp1252") for code in range(0x80, 0xC0) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
)
TWICE = re.compile(f"[ÃÂÌ][{re.escape(_HIGH)}\x81\x8d\x8f\x90\x9d]|Ã\u00a0|â€|ï»¿|ï¿½|\ufffd")
"""What UTF-8 looks like after it was read as Windows-1252, and the sign for lost characters."""
FOREIGN = re.compile("[ŒœŠšŽž†‡„”™‰ƒ€…‹›ˆ˜¡¢£¥¦©ª«¬®¯±µ¶·¸¹º»¼½¾¿ÐÑÝÞßðñýþÿ×÷]")
"""Signs that å, ä, ö of MS-DOS (850), Macintosh and other code pages become when read as Windows-1252."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the encoding that gave it, and how that was found."""

    text: str
    encoding: str
    how: str


def decode(intake: Intake) -> Decoded:
    """Return the text of a file by the encoding ladder.

    A byte order mark decides. Without one the bytes must be valid UTF-8; if they are not, Windows-1252 is taken, and
    the result is held against what å, ä and ö look like in files of other code pages: nothing else is tried, because
    every single-byte code page can read every file.

    Raises
    ------
    InputError
        With row and the characters that make no sense: text encoded twice, lost characters, control characters, or a
        code page other than Windows-1252.
    """
    decoded = _by_mark(intake) or _without_mark(intake)
    text = decoded.text.removesuffix("\x1a")
    _refuse(intake.file, text, CONTROL, "a control character", "save the table again as CSV UTF-8")
    _refuse(intake.file, text, TWICE, "text that was encoded twice, or characters that are lost", "export it again")
    _check_plausible(intake.file, text, between=decoded.encoding != "cp1252")
    return Decoded(text, decoded.encoding, decoded.how)


def _by_mark(intake: Intake) -> Decoded | None:
    for mark, encoding in MARKS:
        if intake.data.startswith(mark):
            try:
                return Decoded(intake.data.decode(encoding), encoding, "byte order mark")
            except UnicodeDecodeError as error:
                raise _undecodable(intake, encoding, error) from error
    return None


def _without_mark(intake: Intake) -> Decoded:
    try:
        text = intake.data.decode("utf-8")
    except UnicodeDecodeError:
        return _as_windows(intake)
    return Decoded(text, "utf-8", "plain ASCII" if text.isascii() else "valid UTF-8")


def _as_windows(intake: Intake) -> Decoded:
    try:
        return Decoded(intake.data.decode("cp1252"), "cp1252", "not valid UTF-8; å, ä and ö are plausible")
    except UnicodeDecodeError as error:
        raise _undecodable(intake, "UTF-8 or Windows-1252", error) from error


def _undecodable(intake: Intake, encoding: str, error: UnicodeDecodeError) -> InputError:
    row = intake.data[: error.start].count(b"\n") + 1
    return InputError(
        f"file {intake.file}, line {row}",
        found=f"byte 0x{intake.data[error.start]:02x} that {encoding} does not have",
        expected="one encoding for the whole file",
        todo="open the file in the program that made it and save it as CSV UTF-8",
    )


def _refuse(file: str, text: str, pattern: re.Pattern[str], what: str, todo: str) -> None:
    match = pattern.search(text)
    if match:
        raise _implausible(file, text, match, what, todo)


def _implausible(file: str, text: str, match: re.Match[str], what: str, todo: str) -> InputError:
    around = text[max(match.start() - 12, 0) : match.end() + 12]
    return InputError(
        f"file {file}, line {text.count(chr(10), 0, match.start()) + 1}",
        found=f"{what}, near {around!r}",
        expected="readable Swedish text in UTF-8, UTF-16 or Windows-1252",
        todo=todo,
    )


def _check_plausible(file: str, text: str, *, between: bool) -> None:
    """Refuse a text in which å, ä, ö are outnumbered by foreign signs inside words.

    In a Windows-1252 reading such a sign touches a letter; in Unicode text, where it may be meant, it must stand
    between two letters.
    """
    if text.isascii():
        return
    least = 2 if between else 1
    high = [match for match in FOREIGN.finditer(text) if _letters_beside(text, match.start()) >= least]
    if high and len(high) >= sum(letter in SWEDISH for letter in text):
        what = "signs inside words: the code page is neither UTF-8 nor Windows-1252 (MS-DOS or Macintosh?)"
        raise _implausible(file, text, high[0], what, "save the file as CSV UTF-8")


def _letters_beside(text: str, at: int) -> int:
    return text[at - 1 : at].isalpha() + text[at + 1 : at + 2].isalpha()
