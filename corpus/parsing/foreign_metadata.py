"""The front matter of help centres and documentation tools, in our own names.

Names that only a tool needs (a weight, a layout) are known too, so that lint does not report them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_URL = ("link", "html_url", "canonical_url", "canonical", "source_url", "permalink")
_UPDATED = (
    "updated_at updatedAt last_updated lastUpdated last_update lastmod last_modified modified modified_at modified_time"
    " date edited_at"
).split()
_LANGUAGES = ("lang", "locale", "language")
_TAGS = ("labels", "keywords", "label_names", "section", "category", "categories", *_LANGUAGES)
_TITLES = ("name", "subject", "headline")
_FOR_TOOLS = frozenset(
    "slug id description sidebar_position sidebar_label sidebar layout weight nav_order parent has_children toc order"
    " author authors created created_at createdAt published_at hide_title hide_table_of_contents pagination_next"
    " pagination_prev image icon draft published status state position type vote_sum vote_count section_id author_id"
    " user_segment_id permission_group_id comments_disabled promoted myst substitutions jupytext kernelspec template"
    " hide search summary excerpt linkTitle menu cascade outputs tableOfContents head editUrl next prev"
    " pageClass".split()
)
_ADDRESS = re.compile(r"https?://\S+\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE_TAG = re.compile(r"(?:[a-z]{2}|fil)(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)  # "de", "en_US", "zh-Hans-CN"


def understood(values: Mapping[str, object]) -> tuple[dict[str, object], frozenset[str]]:
    """Return metadata in our own names, and the further names that need not be reported.

    A value of ours is never replaced; one of another name counts only if it is of the right kind.
    """
    own = dict(values)
    if not _is_given(own, "title") and (title := _first_text(values, _TITLES)):
        own["title"] = title
    if not _is_given(own, "url") and (url := _first_text(values, _URL)) and _ADDRESS.match(url):
        own["url"] = url
    if not _is_given(own, "updated") and (day := _first_text(values, _UPDATED)) and _DAY.match(day):
        own["updated"] = day
    if not _is_given(own, "draft") and _is_unpublished(values):
        own["draft"] = "true"
    aliases = own.get("aliases")  # those of Hugo are paths of pages
    if isinstance(aliases, list) and all(isinstance(each, str) and each[:1] in {"/", "."} for each in aliases):
        del own["aliases"]
    if further := list(_tags(values)):
        given = own.get("tags")
        tags = [given] if isinstance(given, str) else list(given) if isinstance(given, list) else []
        own["tags"] = list(dict.fromkeys([*tags, *further]))
    return own, frozenset({*_URL, *_UPDATED, *_TAGS, *_TITLES, *_FOR_TOOLS})


def language_of(values: Mapping[str, object]) -> str | None:
    """Return the tag of the language that metadata name, or None; "German" and "C++" are none."""
    given = (value.strip() for name in _LANGUAGES if isinstance(value := values.get(name), str))
    return next((value for value in given if _LANGUAGE_TAG.fullmatch(value)), None)


def _is_given(values: Mapping[str, object], name: str) -> bool:
    value = values.get(name)
    return value is not None and not (isinstance(value, str) and value.strip() in {"", "~", "null"})


def _first_text(values: Mapping[str, object], names: tuple[str, ...] | list[str]) -> str | None:
    return next((value.strip() for name in names if isinstance(value := values.get(name), str) and value.strip()), None)


def _is_unpublished(values: Mapping[str, object]) -> bool:
    states = {str(values.get(name, "")).casefold() for name in ("status", "state")}
    return str(values.get("published", "")).casefold() in {"false", "no"} or "draft" in states


def _tags(values: Mapping[str, object]) -> Iterator[str]:
    for value in map(values.get, _TAGS):
        texts = value if isinstance(value, list) else [value]
        yield from (text.strip() for text in texts if isinstance(text, str) and text.strip())
