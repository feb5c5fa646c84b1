"""All HTML that the server makes comes from the templates in the folder beside this file.

Every value is escaped as it is put in; only what `safe_markdown` has sanitised goes in as HTML. A value that a template
names and nobody passes is an error.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined

from assistant.rendering.phrases import counted, day_in_words, is_iso_day, moment_in_words
from assistant.rendering.safe_markdown import blocks, inline, is_web_address
from assistant.rendering.text_language import declared_language


def render(template: str, **values: object) -> str:
    """Return the HTML of a template, named by its path in the folder."""
    return _environment().get_template(template).render(values).strip()


def new_environment(loader: BaseLoader) -> Environment:
    """Return the rules by which templates are read: everything is escaped, nothing may be missing."""
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "blocks": blocks,
        "inline": inline,
        "counted": counted,
        "day": day_in_words,
        "declared_language": declared_language,
        "moment": moment_in_words,
        "quoted": lambda text: quote(text, safe=""),
    }
    environment.tests["web_address"] = is_web_address
    environment.tests["iso_day"] = is_iso_day
    return environment


@cache
def _environment() -> Environment:
    """Return the environment with all templates compiled, so that nobody's first answer waits for that."""
    environment = new_environment(PackageLoader("assistant.rendering"))
    for name in environment.list_templates():
        environment.get_template(name)
    return environment
