"""Our own small nbconvert exporter: built once per process, autoescaping, code never shown."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.report.markdown import markdown_html
from evaluation.report.outputs import Names, output_html

if TYPE_CHECKING:
    from jinja2 import Environment
    from nbconvert.exporters import TemplateExporter
    from nbformat import NotebookNode

TEMPLATES = Path(str(files(__package__) / "templates"))


def main_html(notebook: NotebookNode) -> str:
    """Export what stands inside `<main>` from an executed notebook.

    Raises
    ------
    GateError
        An output is none of ours.
    """
    html, _ = exporter().from_notebook_node(notebook, resources={"names": Names()})
    return str(html)


@lru_cache(maxsize=1)
def exporter() -> TemplateExporter:
    """Build the exporter; building it costs more than exporting a page, so a process does it once.

    It is used once on nothing, which compiles the templates. nbconvert's preprocessors are left out: none has anything
    to do here, but the notebook would be copied and validated once for each of them.
    """
    from nbconvert.exporters import TemplateExporter
    from nbformat import v4

    class ReportExporter(TemplateExporter):
        def _create_environment(self) -> Environment:
            environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
            environment.autoescape = True
            return environment

    made = ReportExporter(  # type: ignore[no-untyped-call]
        template_name="evaluation",
        extra_template_basedirs=[str(TEMPLATES)],
        file_extension=".html",
        default_preprocessors=[],
        filters={"report_markdown": markdown_html, "report_output": output_html},
    )
    made.exclude_input = True
    made.from_notebook_node(v4.new_notebook(), resources={"names": Names()})  # type: ignore[no-untyped-call]
    return made
