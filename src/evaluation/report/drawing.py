"""What an SVG may hold: shapes, text, patterns and embedded pixels; nothing that runs, links or loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_SHAPES = frozenset(
    {"svg", "g", "defs", "style", "path", "text", "tspan", "rect", "circle", "use", "image", "clipPath", "pattern"}
)
_INSIDE = re.compile(r"#|data:image/png[;,]")
_REACHES_OUT = re.compile(r"@import|url\(\s*['\"]?(?!#)|expression\(|javascript:", re.IGNORECASE)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def unsafe_parts(svg: str) -> Iterator[str]:
    """Name every part of an SVG that is not on the list of what we draw; a broken one is named as a whole.

    The list is of what is allowed, so what nobody thought of is refused too.
    """
    try:
        root = etree.fromstring(svg.encode(), _PARSER)
    except etree.XMLSyntaxError as fault:
        yield f"no well-formed drawing ({fault})"
        return
    if root.getroottree().docinfo.doctype:
        yield "a doctype"
    for node in root.iter():
        if not isinstance(node.tag, str) or etree.QName(node).localname not in _SHAPES:
            yield f"the element {node.tag if isinstance(node.tag, str) else 'comment or entity'}"
            continue
        yield from (f"the attribute {name}" for name, value in node.attrib.items() if _is_unsafe(str(name), str(value)))
        if etree.QName(node).localname == "style" and _REACHES_OUT.search(node.text or ""):
            yield "a style that reaches out"


def _is_unsafe(name: str, value: str) -> bool:
    local = name.rsplit("}")[-1].lower()
    if local in {"href", "src"}:
        return _INSIDE.match(value) is None
    return local.startswith("on") or _REACHES_OUT.search(value) is not None
