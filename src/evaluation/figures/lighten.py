"""Half the bytes of matplotlib's SVG carry nothing: they are dropped, and the texts between the tags stay untouched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_HEAD = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>", re.DOTALL)
_TAG = re.compile(r"(<[^>]+>)\s*")
_FAMILY = re.compile(r"font-family: [^;\"]*(; )?")
_ROTATED_BY_NOTHING = re.compile(r' transform="rotate\(-?0 [^"]*"')
_LONG_NUMBER = re.compile(r"(\d\.\d)\d+")
# One class and no nesting: two ways to match one letter made the time grow exponentially with the length of a path.
_PATH = re.compile(r' d="(M [MLze\d. +-]*)"')
_REFERENCE = re.compile(r"#([\w-]+)")
_ID = re.compile(r' id="([^"]*)"')
_STYLE = re.compile(r' style="([^"]*)"')
_EMPTY = re.compile(r"<defs></defs>|<g/>|<g></g>")


def lighten(text: str, style: str, needless: Sequence[str] = ()) -> str:
    """Drop what a reader never sees, write paths as steps, and put `style` into the drawing's own style.

    Parameters
    ----------
    text
        SVG as matplotlib writes it.
    style
        CSS for the whole drawing.
    needless
        Declarations that the style already makes.
    """
    pieces = _TAG.split(_HEAD.sub("", text))
    used = set(_REFERENCE.findall(text))
    tags = [_light(tag, used, needless) for tag in pieces[1::2]]
    body = "".join(tag + between for tag, between in zip(_without_bare_groups(tags), pieces[2::2], strict=True))
    classes = _classes(tags)
    body = _STYLE.sub(lambda match: f' class="{classes[match[1]]}"' if match[1] in classes else match[0], body)
    rules = "".join(f".{name}{{{declarations}}}" for declarations, name in classes.items())
    return _EMPTY.sub("", _EMPTY.sub("", body)).replace("</style>", f"{style}{rules}</style>", 1).strip()


def steps(path: str) -> str:
    """Write a path of straight lines as steps of one decimal; rounding never adds up, for each step starts anew.

    `M 10 20 L 13 11.5 z` becomes `m10,20,3-8.5z`: in an address a comma is one byte, a space three.
    """
    written, at = [], (0, 0)
    for place in re.findall(r"[ML] (-?[\d.e-]+) (-?[\d.e-]+)|(z)", path):
        if place[2]:
            written.append("z")
            continue
        to = (round(10 * float(place[0])), round(10 * float(place[1])))
        written.append(_pair(to[0] - at[0], to[1] - at[1]))
        at = to
    return _joined(written, path)


def _joined(written: Sequence[str], path: str) -> str:
    # a second M starts a new line; inside one, steps need no letter
    starts = [index for index, letter in enumerate(re.findall(r"[MLz]", path)) if letter == "M"]
    parts = [("m" if index in starts else ",") + step if step != "z" else step for index, step in enumerate(written)]
    return "".join(parts).replace(",-", "-").replace("m,", "m")


def _pair(across: int, down: int) -> str:
    return f"{_tenth(across)},{_tenth(down)}"


def _tenth(value: int) -> str:
    return f"{value / 10:.1f}".removesuffix(".0").replace("0.", ".") if abs(value) < 10 else f"{value / 10:g}"


def _light(tag: str, used: set[str], needless: Sequence[str]) -> str:
    tag = _ROTATED_BY_NOTHING.sub("", _FAMILY.sub("", " ".join(tag.split())))
    tag = _ID.sub(lambda match: match[0] if match[1] in used else "", tag)
    for declaration in needless:
        tag = tag.replace(f"{declaration}; ", "").replace(declaration, "")
    tag = _PATH.sub(lambda match: f' d="{steps(match[1])}"', tag)
    tag = _STYLE.sub(lambda match: f' style="{match[1].replace(": ", ":").replace("; ", ";").rstrip(";")}"', tag)
    return _LONG_NUMBER.sub(r"\1", tag).replace(' style=""', "")


def _classes(tags: Sequence[str]) -> dict[str, str]:
    """Name the declarations that stand three times or more; `c0`, `c1`, … in order of appearance."""
    counts = Counter(match[1] for tag in tags if (match := _STYLE.search(tag)))
    return {declarations: f"c{n}" for n, declarations in enumerate(key for key, times in counts.items() if times > 2)}


def _without_bare_groups(tags: Sequence[str]) -> Iterator[str]:
    kept: list[bool] = []
    for tag in tags:
        if tag == "</g>":
            yield tag if kept.pop() else ""
        elif tag.startswith("<g") and not tag.endswith("/>"):
            kept.append(tag != "<g>")
            yield tag if kept[-1] else ""
        else:
            yield tag
