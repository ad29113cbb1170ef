"""How tables, figures and texts look inside a notebook, where no page's style sheet reaches them."""

from __future__ import annotations

from markupsafe import Markup

# The rules travel with each output. A notebook that is opened without being trusted drops them, and stays readable.
# `div.evaluation` outweighs the notebook's own rules for tables and lists. Colours are those around: dark themes exist.
STYLE = Markup(
    "div.evaluation p,div.evaluation dl{line-height:1.5}"
    "div.evaluation .scroll,div.evaluation figure{line-height:1.3}"
    "div.evaluation table{border-collapse:collapse;margin:.5em 0;font-variant-numeric:tabular-nums}"
    "div.evaluation caption{text-align:left;font-weight:600;padding:.3em 0}"
    "div.evaluation .scroll th,div.evaluation .scroll td{text-align:right;vertical-align:top;padding:.2em .7em}"
    "div.evaluation .scroll th,div.evaluation .scroll .t{text-align:left}"
    "div.evaluation .scroll th.n{text-align:right}"
    "div.evaluation .scroll tbody th{font-weight:400}"
    "div.evaluation .scroll{overflow-x:auto}"
    "div.evaluation figure{margin:0 0 1em;max-width:48em}"
    "div.evaluation figcaption,div.evaluation .verdict{font-weight:600}"
    "div.evaluation .note{font-size:.9em;opacity:.8}"
    "div.evaluation dl{display:grid;grid-template-columns:minmax(8em,max-content) 1fr;gap:.2em 1em}"
    "div.evaluation dl dt{grid-column:1;float:none;width:auto;font-weight:600}"
    "div.evaluation dl dd{grid-column:2;float:none;width:auto;margin:0}"
    "div.evaluation .answer,div.evaluation .notice{border-left:.25em solid;padding:.1em 1em}"
)


def in_notebook(html: str) -> str:
    """Wrap finished HTML with the few rules that it needs inside a notebook."""
    return f'<div class="evaluation"><style>{STYLE}</style>\n{html}\n</div>'
