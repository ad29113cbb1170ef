"""From a matplotlib figure to a light, repeatable SVG with real text, or to a PNG where marks are dense."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.figure import MediaType, png_text
from evaluation.figures.lighten import lighten
from evaluation.figures.palette import TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WIDTH = 480
TEXT_SIZE = 12.5
NARROW_TEXT_SIZE = 16
PNG_SCALE = 2
PNG_COLOURS = 48
# Media queries inside an image see the image's own width: labels grow where the picture is drawn small.
STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,'DejaVu Sans',sans-serif;"
    f"font-size:{TEXT_SIZE}px;fill:{TEXT}}}@media (max-width:400px){{text{{font-size:{NARROW_TEXT_SIZE}px!important}}}}"
)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this context, and the figure gets the house style, whatever style the caller has set."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_style())  # type: ignore[arg-type]
        yield


def blank(height: int, *, left: float, right: float = 10, top: float = 60, bottom: float = 26) -> tuple[Canvas, Axes]:
    """Make an empty figure with one pair of axes; margins in units of the viewBox, so nothing is measured to fit."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    return figure, figure.add_axes(box)


def svg(figure: Canvas) -> str:
    """Write the figure as SVG: same input, same bytes."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return lighten(out.getvalue(), STYLE, needless=(f"font-size: {TEXT_SIZE}px", f"fill: {TEXT}", "text-anchor: start"))


def png(figure: Canvas) -> str:
    """Draw the figure as PNG at twice its size, as base64 text; few colours, so a palette holds them all.

    The palette covers the colours that are there, rare ones too: counted by pixels (median cut), it costs four times
    the time and bends the colours of thin marks. Trying every way to pack the bytes would save a tenth of them for as
    much time as drawing takes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_dpi(72 * PNG_SCALE)
    canvas, out = FigureCanvasAgg(figure), io.BytesIO()
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]
    pixels.quantize(PNG_COLOURS, Image.Quantize.MAXCOVERAGE).save(out, format="png")
    return png_text(out.getvalue())


def text_room(text: str) -> float:
    """Bound the width of a text, in units of the viewBox, when it is drawn for a phone in a wide face."""
    return sum(5.5 if letter in " \u00a0.,:;|iltj" else 10.4 for letter in text)


def wrapped(text: str) -> list[str]:
    """Break a line where it would leave the picture on a phone."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and text_room(longer) > WIDTH - 4:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def shortened(text: str, room: float) -> str:
    """Cut a name that would leave its panel on a phone; the table behind the figure holds it in full."""
    kept = text
    while kept and text_room(kept) + text_room("…") * (kept != text) > room:
        kept = kept[:-1]
    return text if kept == text else kept.rstrip(" ,–") + "…"


def drawn(figure: Canvas, *, dense: bool = False) -> tuple[str, MediaType]:
    """Write the figure in the form its density asks for."""
    return (png(figure), "image/png") if dense else (svg(figure), "image/svg+xml")


@lru_cache(maxsize=1)
def _style() -> dict[str, Any]:
    import matplotlib as mpl

    with as_file(files(__package__) / "evaluation.mplstyle") as path:
        return {**mpl.rc_params_from_file(path, use_default_template=False)}  # type: ignore[dict-item]
