"""What a notebook may show besides tables and figures: headings, answers, paragraphs, notices, lists of facts.

Each block is plain data. A report never takes over HTML from a notebook: it rebuilds the block and writes it itself.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from markupsafe import Markup

from evaluation.errors import ParameterError
from evaluation.results import Verdict
from evaluation.tables import BLOCK_MIME, in_notebook
from evaluation.wording import Wording

Mood = Literal["wanted", "unwanted", "neutral"]
NoticeKind = Literal["warning", "interim", "synthetic", "stale", "limit"]
_YEARS = re.compile(r"(?<=\d)–(?=\d)")  # a word joiner keeps 2023–2027 on one line
SHAPES: Mapping[Verdict, str] = {
    "clear_decrease": "▼",
    "clear_increase": "▲",
    "no_clear_change": "■",
    "direction_only": "◆",
    "cannot_be_assessed": "?",
}


class Block(ABC):
    """A value that Jupyter shows as HTML and a report writes again from its data."""

    __slots__ = ()
    kind = ""
    styled = True

    @abstractmethod
    def html(self, name: str) -> str:
        """Write the block as HTML; `name` makes ids unique on the page."""

    def block(self) -> dict[str, Any]:
        """Give the block as JSON data."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        html = self.html("block")
        shown = in_notebook(html) if self.styled else html
        return {BLOCK_MIME: self.block(), "text/html": shown, "text/plain": Markup(html).striptags()}


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading in the reader's language; level 1 is the page's title and stands once."""

    text: str
    level: int = 2
    kind = "heading"
    styled = False

    def html(self, name: str) -> str:
        """Write the heading; its id makes it an entry of the contents."""
        level = f"h{min(max(self.level, 1), 4)}"
        return Markup('<{0} id="{1}">{2}</{0}>').format(level, name, _YEARS.sub("–\u2060", self.text))


@dataclass(frozen=True, slots=True)
class Prose(Block):
    """Paragraphs, then a list (either may be empty)."""

    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    kind = "prose"
    styled = False

    def html(self, name: str) -> str:
        """Write paragraphs and list."""
        del name
        text = Markup("\n").join(Markup("<p>{}</p>").format(paragraph) for paragraph in self.paragraphs)
        items = Markup("").join(Markup("<li>{}</li>").format(item) for item in self.items)
        return text + (Markup("\n<ul>{}</ul>").format(items) if items else "")


@dataclass(frozen=True, slots=True)
class Answer(Block):
    """The answer that opens a page: question, verdict by word and shape, the sentence, how sure, what could be seen.

    `mood` tells whether the change goes the wanted way; it colours the box, and the words say the same.
    """

    question: str
    verdict: Verdict
    word: str
    sentence: str
    certainty: str
    detectable: str
    mood: Mood = "neutral"
    kind = "answer"

    def html(self, name: str) -> str:
        """Write the answer box."""
        del name
        details = (Markup("<p>{}</p>").format(text) for text in (self.certainty, self.detectable) if text)
        return Markup(
            '<div class="answer {}">\n<p class="question">{}</p>\n<p class="verdict">{}</p>\n'
            '<p class="sentence">{}</p>\n{}\n</div>'
        ).format(
            self.mood, self.question, verdict_mark(self.verdict, self.word), self.sentence, Markup("\n").join(details)
        )


@dataclass(frozen=True, slots=True)
class Notice(Block):
    """A framed notice: a warning first in the report, interim results, synthetic data, an outdated page."""

    title: str
    text: str
    about: NoticeKind = "warning"
    kind = "notice"

    def html(self, name: str) -> str:
        """Write the notice."""
        del name
        return Markup('<div class="notice {}"><p><strong>{}</strong> {}</p></div>').format(
            self.about, self.title, self.text
        )


@dataclass(frozen=True, slots=True)
class Facts(Block):
    """Terms with one description or several (what the evaluation rests on, quality declaration)."""

    rows: tuple[tuple[str, str | tuple[str, ...]], ...]
    kind = "facts"

    def html(self, name: str) -> str:
        """Write a list of terms."""
        del name
        return Markup("<dl>\n{}\n</dl>").format(Markup("\n").join(_fact(term, text) for term, text in self.rows))


def answer(
    wording: Wording, question: str, verdict: Verdict, sentence: str, *, certainty: str, detectable: str, mood: Mood
) -> Answer:
    """Make the opening answer with the word that the language has for the verdict (`verdict.<name>`)."""
    word = wording.say(f"verdict.{verdict}")
    return Answer(question, verdict, word, sentence, certainty, detectable, mood)


def prose(*paragraphs: str, items: Sequence[str] = ()) -> Prose:
    """Make paragraphs, and a list after them."""
    return Prose(tuple(paragraphs), tuple(items))


def verdict_mark(verdict: Verdict, word: str) -> Markup:
    """Write a verdict as shape and word: the shape for the eye, the word for everyone."""
    return Markup('<span class="mark {}"><span class="shape" aria-hidden="true">{} </span>{}</span>').format(
        verdict, SHAPES[verdict], word
    )


def block_from(data: Mapping[str, Any]) -> Block:
    """Rebuild a block from its data; another shape raises KeyError, TypeError or ValueError.

    Raises
    ------
    ParameterError
        The data names a kind that does not exist.
    """
    fields = {name: _frozen(value) for name, value in data.items() if name != "kind"}
    if data.get("kind") not in _KINDS:
        raise ParameterError(
            "notebook output",
            found=f"a block of kind {data.get('kind')!r}",
            expected=", ".join(sorted(_KINDS)),
            todo="show tables, figures and the blocks of evaluation.report",
        )
    return _KINDS[data["kind"]](**fields)


def _fact(term: str, text: str | tuple[str, ...]) -> Markup:
    texts = (text,) if isinstance(text, str) else text
    return Markup("<dt>{}</dt>{}").format(term, Markup("").join(Markup("<dd>{}</dd>").format(one) for one in texts))


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if not isinstance(value, str | int):
        raise TypeError(f"a block holds {type(value).__name__}")
    return value


_KINDS: Mapping[str, Callable[..., Block]] = {kind.kind: kind for kind in (Heading, Prose, Answer, Notice, Facts)}
