"""The finished figure: picture, alt text, message as title, and the numbers behind it as a table."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from evaluation.errors import ParameterError
from evaluation.figures.alt import LONGEST
from evaluation.tables import BLOCK_MIME, Table, in_notebook, table_from_block

MediaType = Literal["image/svg+xml", "image/png"]
_FRAME = Markup(
    '<figure id="{name}">\n<figcaption>{title}</figcaption>\n'
    '<img src="{source}" alt="{alt}" width="{width}" height="{height}">{notes}\n'
    "<details><summary>{label}</summary>\n{table}\n</details>\n</figure>"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in one language.

    Attributes
    ----------
    picture
        SVG text, or PNG bytes as base64 text.
    media_type
        image/svg+xml or image/png.
    width, height
        Size of the viewBox, for the place the picture takes before it is drawn.
    title
        The message, one sentence.
    alt
        Kind, axes, period, message, extremes; 1–250 characters.
    table
        The numbers that are drawn.
    notes
        How to read marks that need words: context events, preliminary points, source.
    numbers_label
        Label of the fold that holds the table.
    """

    picture: str
    media_type: MediaType
    width: int
    height: int
    title: str
    alt: str
    table: Table
    notes: tuple[str, ...]
    numbers_label: str

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.alt.strip() or len(self.alt) > LONGEST or self.alt == self.title:
            raise ParameterError(
                f"figure {self.title!r}",
                found=f"an alt text of {len(self.alt)} characters: {self.alt!r}",
                expected=f"a title, and an alt text of 1–{LONGEST} characters that says more than the title",
                todo="build the alt text with evaluation.figures.alt_text",
            )

    def html(self, name: str, *, stacks: bool = True) -> str:
        """Write the figure as HTML with the picture inside; `name` and `stacks` as for tables."""
        # An <img> never runs scripts nor loads anything, whatever the SVG holds, and keeps its ids to itself.
        return str(
            _FRAME.format(
                name=name,
                title=self.title,
                source=self.data_uri(),
                alt=self.alt,
                width=self.width,
                height=self.height,
                notes=Markup('\n<p class="note">{}</p>').format(Markup("<br>").join(self.notes)) if self.notes else "",
                label=self.numbers_label,
                table=Markup(self.table.html(f"{name}-table", stacks=stacks)),
            )
        )

    def data_uri(self) -> str:
        """Write the picture as a data: address; SVG stays text, which is a third smaller than base64."""
        if self.media_type == "image/png":
            return f"data:image/png;base64,{self.picture}"
        return "data:image/svg+xml," + quote(self.picture, safe=",/:;=@!()*+?$-_.~")

    def block(self) -> dict[str, Any]:
        """Give all but picture and alt text as JSON data; those two travel in the places Jupyter has for them."""
        return {
            "kind": "figure",
            "title": self.title,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
            "table": self.table.block(),
            "notes": list(self.notes),
            "numbers_label": self.numbers_label,
        }

    def _repr_html_(self) -> str:
        name = "f" + sha256(self.picture.encode()).hexdigest()[:8]
        return in_notebook(self.html(name, stacks=False))

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        del include, exclude
        data = {BLOCK_MIME: self.block(), self.media_type: self.picture, "text/html": self._repr_html_()}
        return {**data, "text/plain": f"{self.title}\n{self.alt}"}, {self.media_type: {"alt": self.alt}}


def figure_from_output(block: Mapping[str, Any], picture: str, alt: str) -> Figure:
    """Rebuild a figure from a notebook output; another shape raises KeyError, TypeError or ValueError."""
    media_type = block["media_type"]
    if media_type == "image/png":
        b64decode(picture, validate=True)
    elif media_type != "image/svg+xml":
        raise ValueError(f"a figure of type {media_type!r}")
    return Figure(
        picture=picture.strip(),
        media_type=media_type,
        width=int(block["width"]),
        height=int(block["height"]),
        title=str(block["title"]),
        alt=alt,
        table=table_from_block(block["table"]),
        notes=tuple(str(note) for note in block["notes"]),
        numbers_label=str(block["numbers_label"]),
    )


def png_text(data: bytes) -> str:
    """Write PNG bytes as the base64 text that notebooks hold."""
    return b64encode(data).decode("ascii")
